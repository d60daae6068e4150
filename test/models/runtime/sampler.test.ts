/** Sampling against a plain reference that sorts the whole row, and against χ². */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GREEDY, type Sampling } from '../../../models/runtime/language-model.ts';
import { DEPTH } from '../../../models/runtime/logit-row.ts';
import { uniform } from '../../../models/runtime/random.ts';
import { Sampler, SamplingError, type History } from '../../../models/runtime/sampler.ts';

const NOTHING: History = { penalised: new Set() };
const sampling = (options: Partial<Sampling>): Sampling => ({ ...GREEDY, temperature: 1, ...options });

/** Numbers of a normal distribution, the same each time (Box-Muller). */
function normals(count: number, deviation: number, seed = 0): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => deviation * Math.sqrt(-2 * Math.log(1 - uniform(seed, 2 * i))) * Math.cos(2 * Math.PI * uniform(seed, 2 * i + 1)));
}

function penalise(logits: ArrayLike<number>, { repetitionPenalty }: Sampling, { penalised }: History): number[] {
  return Array.from(logits, (logit, id) => (penalised.has(id) ? Math.fround(logit < 0 ? logit * repetitionPenalty : logit / repetitionPenalty) : logit));
}

/** Tokens in the order of the draw, with their probabilities: the steps one after another on the whole row. */
function reference(logits: ArrayLike<number>, options: Sampling, history: History): { tokens: number[]; probabilities: number[] } {
  const scores = penalise(logits, options, history).map((logit) => (options.temperature === 0 ? logit : logit / options.temperature));
  const best = Math.max(...scores);
  let tokens = [...scores.keys()].filter((id) => scores[id]! > -Infinity).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const weight = (id: number): number => Math.exp(scores[id]! - best);
  const massOf = (ids: readonly number[]): number => ids.reduce((sum, id) => sum + weight(id), 0);
  if (options.temperature === 0) return { tokens: tokens.slice(0, 1), probabilities: [1] };
  const cut = (options.topK > 0 && options.topK < scores.length) || options.topP < 1 || options.minP > 0;
  // Where anything is cut, so is what is e⁻⁴⁰ of the first.
  if (cut) tokens = tokens.filter((id) => best - scores[id]! <= DEPTH);
  if (options.topK > 0) tokens = tokens.slice(0, options.topK);
  if (options.topP < 1) {
    const wanted = options.topP * massOf(tokens);
    let above = 0;
    tokens = tokens.filter((id, i) => {
      const kept = i === 0 || above < wanted;
      above += weight(id);
      return kept;
    });
  }
  if (options.minP > 0) tokens = tokens.filter((id) => scores[id]! === best || weight(id) >= options.minP);
  if (!cut) tokens.sort((a, b) => a - b);
  const mass = massOf(tokens);
  return { tokens, probabilities: tokens.map((id) => weight(id) / mass) };
}

// Not fc.float, most of whose numbers are next to 0.
const thousandths = (bound: number): fc.Arbitrary<number> => fc.integer({ min: -1000 * bound, max: 1000 * bound }).map((x) => x / 1000);
const logits = fc.oneof(
  // Many ties, several blocks.
  fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 300 }),
  fc.array(fc.oneof({ weight: 9, arbitrary: thousandths(15) }, { weight: 1, arbitrary: fc.constantFrom(-Infinity, 0, -0, 2 ** -149, -(2 ** -149)) }), { minLength: 1, maxLength: 300 }),
  // Ascending: the largest all in the last blocks.
  fc.array(thousandths(8), { minLength: 100, maxLength: 300 }).map((row) => row.sort((a, b) => a - b)),
).filter((row) => row.some((logit) => logit > -Infinity)).map((row) => Float32Array.from(row));
const settings = fc.record({
  temperature: fc.constantFrom(0, 0.3, 0.7, 1, 1.5),
  topP: fc.constantFrom(1, 0.01, 0.5, 0.9, 0.95, 0.999),
  topK: fc.constantFrom(0, 1, 2, 5, 40, 150, 1000),
  minP: fc.constantFrom(0, 0.02, 0.1, 0.5, 1),
  repetitionPenalty: fc.constantFrom(1, 1, 1.1, 2, 0.5),
  seed: fc.integer({ min: 0, max: 0xffffffff }),
});
const histories = fc.array(fc.nat(400), { maxLength: 30 }).map((ids) => ({ penalised: new Set(ids) }));

/** Whether rounding decides: a running sum within 1e-8 of where it is cut, a token next to the edge of min-p or of DEPTH. */
function undecided(row: Float32Array, options: Sampling, history: History): boolean {
  const scores = penalise(row, options, history).map((logit) => logit / options.temperature);
  const best = Math.max(...scores);
  if (scores.some((score) => Math.abs(best - score - DEPTH) < 1e-9)) return true;
  const nudged = (topP: number, minP: number): number => reference(row, { ...options, topP, minP }, history).tokens.length;
  const { topP, minP } = options;
  const less = [topP < 1 ? topP * (1 - 1e-8) : 1, minP * (1 - 1e-12)] as const;
  const more = [topP < 1 ? topP * (1 + 1e-8) : 1, minP * (1 + 1e-12)] as const;
  return nudged(less[0], more[1]) !== nudged(more[0], less[1]);
}

describe('distribution', () => {
  it('is that of the plain reference, token for token', () => {
    let compared = 0;
    fc.assert(fc.property(logits, settings, histories, (row, options, history) => {
      if (undecided(row, options, history)) return;
      compared += 1;
      const expected = reference(row, options, history);
      const found = new Sampler(row.length).distribution(row, options, history);
      expect(found.tokens).toEqual(expected.tokens);
      for (const [i, probability] of found.probabilities.entries()) expect(Math.abs(probability - expected.probabilities[i]!)).toBeLessThan(1e-8);
    }), { numRuns: 800 });
    expect(compared).toBeGreaterThan(600);
  });

  it.each<[string, Float32Array]>([
    ['of large spread', normals(20_007, 4)],
    ['nearly flat', normals(20_007, 0.3)],
    ['in ascending order', normals(20_007, 2).sort()],
    ['of few different logits', normals(20_007, 2).map(Math.round)],
  ])('is that of the plain reference on a vocabulary of 20,007, the row %s', (_, row) => {
    const sampler = new Sampler(row.length);
    for (const options of [{ topK: 1 }, { topK: 40 }, { topK: 40, topP: 0.9, minP: 0.01 }, { topK: 79 }, { topK: 1000 }, { topP: 0.95 }, { topP: 0.3 }, { minP: 0.05 }, { temperature: 0.7, topP: 0.9, repetitionPenalty: 1.2 }]) {
      const history = { penalised: new Set([0, 20_006, 777]) };
      expect(undecided(row, sampling(options), history)).toBe(false);
      expect(sampler.distribution(row, sampling(options), history).tokens).toEqual(reference(row, sampling(options), history).tokens);
    }
  });

  it('keeps exactly k tokens where more tie, the lower ids', () => {
    const { tokens } = new Sampler(500).distribution(new Float32Array(500).fill(1.5), sampling({ topK: 7 }), NOTHING);
    expect(tokens).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('takes top-p of what top-k left', () => {
    // Of 4, 3, 2, 1 in ten: top-k 2 leaves 4/7 = 0.571 and 3/7.
    const row = Float32Array.from([1, 2, 3, 4], Math.log);
    const sampler = new Sampler(4);
    expect(sampler.distribution(row, sampling({ topK: 2, topP: 0.57 }), NOTHING).tokens).toEqual([3]);
    expect(sampler.distribution(row, sampling({ topK: 2, topP: 0.58 }), NOTHING).tokens).toEqual([3, 2]);
    expect(sampler.distribution(row, sampling({ topP: 0.57 }), NOTHING).tokens).toEqual([3, 2]);
  });

  it('keeps one token at least', () => {
    for (const options of [{ topP: 0 }, { topP: 1e-9 }, { minP: 1 }, { topK: 1 }]) {
      const { tokens, probabilities } = new Sampler(4).distribution(Float32Array.of(1, 4, 2, 3), sampling(options), NOTHING);
      expect([tokens, probabilities]).toEqual([[1], [1]]);
    }
  });
});

describe('sample', () => {
  it('draws by inverse CDF in the order of the distribution', () => {
    fc.assert(fc.property(logits, settings, histories, fc.nat(10_000), (row, options, history, position) => {
      const sampler = new Sampler(row.length);
      const { tokens, probabilities } = sampler.distribution(row, options, history);
      const random = uniform(options.seed, position);
      let sum = 0;
      const at = probabilities.findIndex((probability) => (sum += probability) > random - 1e-8);
      sum = 0;
      const atMost = probabilities.findIndex((probability) => (sum += probability) > random + 1e-8);
      const drawn = tokens.indexOf(sampler.sample(row, options, history, position, null).token);
      expect(drawn).toBeGreaterThanOrEqual(at);
      expect(drawn).toBeLessThanOrEqual(atMost < 0 ? tokens.length - 1 : atMost);
    }), { numRuns: 800 });
  });

  it.each<[string, Partial<Sampling>, spread: number]>([
    ['the whole row', {}, 1],
    ['a hot row', { temperature: 2 }, 1],
    ['top-k', { topK: 6 }, 1],
    ['top-p', { topP: 0.8 }, 1],
    ['min-p', { minP: 0.1 }, 1],
    ['all cuts and a penalty', { temperature: 0.8, topK: 12, topP: 0.95, minP: 0.02, repetitionPenalty: 1.3 }, 1.5],
  ])('draws as often as probability says, from %s', (_, options, spread) => {
    const row = normals(200, spread, 3);
    const sampler = new Sampler(row.length);
    const history = { penalised: new Set([5, 50, 150]) };
    const { tokens, probabilities } = reference(row, sampling(options), history);
    const draws = 10_000;
    const seen = new Map(tokens.map((token) => [token, 0]));
    for (let i = 0; i < draws; i++) {
      const { token } = sampler.sample(row, sampling({ ...options, seed: i % 100 }), history, Math.floor(i / 100), null);
      seen.set(token, seen.get(token)! + 1);
    }
    expect(seen.size).toBe(tokens.length);
    let chiSquare = 0;
    for (const [i, token] of tokens.entries()) chiSquare += (seen.get(token)! - draws * probabilities[i]!) ** 2 / (draws * probabilities[i]!);
    // Passed once in 10,000: Wilson and Hilferty's approximation of χ² at 3.719 deviations.
    const freedom = tokens.length - 1;
    expect(freedom).toBeGreaterThan(3);
    expect(chiSquare).toBeLessThan(freedom * (1 - 2 / (9 * freedom) + 3.719 * Math.sqrt(2 / (9 * freedom))) ** 3);
  });

  it('draws the same token for the same seed and position, whatever was sampled before', () => {
    const rows = [normals(3000, 4, 1), normals(3000, 1, 2)] as const;
    const every = [{}, { topK: 40, topP: 0.9 }, { topP: 0.9 }, { minP: 0.05 }, { temperature: 0 }].map(sampling);
    const tokens = (sampler: Sampler, order: readonly number[]): number[] => {
      const drawn: number[] = [];
      for (const i of order) drawn[i] = sampler.sample(rows[0], { ...every[i % every.length]!, seed: 9 }, NOTHING, i, null).token;
      return drawn;
    };
    const order = Array.from({ length: 50 }, (_, i) => i);
    const used = new Sampler(3000);
    for (const [i, options] of every.entries()) used.sample(rows[1], { ...options, repetitionPenalty: 1.5 }, { penalised: new Set(order) }, i, 5);
    expect(tokens(used, order.toReversed())).toEqual(tokens(new Sampler(3000), order));
    expect(new Set(tokens(used, order)).size).toBeGreaterThan(10);
  });

  it('leaves the logits as they were', () => {
    const row = normals(1000, 3);
    const before = row.slice();
    for (const temperature of [0, 1]) new Sampler(1000).sample(row, sampling({ temperature, repetitionPenalty: 1.7, topK: 5 }), { penalised: new Set([1, 2, 3]) }, 0, 3);
    expect(row).toEqual(before);
  });

  it('is greedy at temperature 0, with the lower id on a tie and after the penalty', () => {
    const row = new Float32Array(300).fill(-5);
    row[290] = 2;
    row[70] = 2;
    row[130] = 3;
    const sampler = new Sampler(300);
    expect(sampler.sample(row, GREEDY, NOTHING, 0, null)).toEqual({ token: 130, logprob: null, alternatives: [] });
    expect(sampler.sample(row, { ...GREEDY, repetitionPenalty: 2 }, { penalised: new Set([130, 9999]) }, 0, null).token).toBe(70);
    expect(new Sampler(2).sample(Float32Array.of(-0, 0), GREEDY, NOTHING, 0, null).token).toBe(0);
  });

  it('multiplies a negative logit by the penalty', () => {
    expect(new Sampler(2).sample(Float32Array.of(-1, -1.5), { ...GREEDY, repetitionPenalty: 2 }, { penalised: new Set([0]) }, 0, null).token).toBe(1);
  });

  it('takes a penalty next to 0 for a certainty, and still finds nonsense', () => {
    const penalty = { ...GREEDY, repetitionPenalty: 1e-39 };
    const history = { penalised: new Set([1, 2]) };
    expect(new Sampler(3).sample(Float32Array.of(9, 1, 5), penalty, history, 0, 1)).toEqual({ token: 1, logprob: -Math.log(2), alternatives: [{ token: 1, logprob: -Math.log(2) }] });
    expect(() => new Sampler(3).sample(Float32Array.of(9, 1, Infinity), penalty, history, 0, null)).toThrow(/token 2 is Infinity/);
  });

  it('goes over to greedy as the temperature falls to nothing', () => {
    const row = normals(500, 2);
    const greedy = new Sampler(500).sample(row, GREEDY, NOTHING, 0, null).token;
    for (const temperature of [1e-6, 1e-40, Number.MIN_VALUE]) {
      for (const options of [{}, { topK: 3 }, { topP: 0.9 }, { minP: 0.1 }]) {
        expect(new Sampler(500).sample(row, sampling({ ...options, temperature }), NOTHING, 7, null).token).toBe(greedy);
      }
    }
  });

  it('never draws a token whose logit is -Infinity', () => {
    const row = new Float32Array(400).fill(-Infinity);
    row[399] = -80;
    row[200] = -81;
    const sampler = new Sampler(400);
    for (const options of [{}, { temperature: 50 }, { topK: 5 }, { topP: 0.99 }, { minP: 0.01 }]) {
      for (let position = 0; position < 50; position++) expect([200, 399]).toContain(sampler.sample(row, sampling(options), NOTHING, position, null).token);
    }
  });
});

describe('logprobs', () => {
  it('are the log softmax of the penalised and tempered row, before any cut', () => {
    fc.assert(fc.property(logits, settings, histories, fc.nat(20), (row, options, history, count) => {
      const sampler = new Sampler(row.length);
      const { token, logprob, alternatives } = sampler.sample(row, options, history, 3, count);
      expect(token).toBe(sampler.sample(row, options, history, 3, null).token);
      const scores = penalise(row, options, history).map((logit) => logit / (options.temperature === 0 ? 1 : options.temperature));
      const best = Math.max(...scores);
      const logSum = best + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - best), 0));
      expect(Math.abs(logprob! - (scores[token]! - logSum))).toBeLessThan(1e-7);
      expect(logprob).toBeLessThanOrEqual(0);
      const order = [...scores.keys()].filter((id) => scores[id]! > -Infinity).sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, count);
      expect(alternatives.map((alternative) => alternative.token)).toEqual(order);
      for (const alternative of alternatives) expect(Math.abs(alternative.logprob - (scores[alternative.token]! - logSum))).toBeLessThan(1e-7);
    }), { numRuns: 500 });
  });

  it('list tokens however improbable, where the row has no others', () => {
    expect(new Sampler(3).sample(Float32Array.of(0, -1e30, -Infinity), GREEDY, NOTHING, 0, 20).alternatives).toEqual([
      { token: 0, logprob: 0 },
      { token: 1, logprob: expect.closeTo(-1e30, -25) },
    ]);
  });
});

describe('SamplingError', () => {
  it.each<[string, number[], RegExp]>([
    ['a NaN', [1, Number.NaN, 3], /token 1 is NaN/],
    ['an infinite logit', [1, 2, Infinity], /token 2 is Infinity/],
    ['a row that allows nothing', [-Infinity, -Infinity, -Infinity], /Every logit is -Infinity/],
    ['a row of another length', [1, 2], /expected a row of 3; it has 2/],
  ])('is thrown at %s', (_, row, message) => {
    for (const temperature of [0, 1]) {
      const sample = (): unknown => new Sampler(3).sample(Float32Array.from(row), sampling({ temperature }), NOTHING, 0, null);
      expect(sample).toThrow(SamplingError);
      expect(sample).toThrow(message);
    }
  });

  it('is thrown at a vocabulary that cannot be', () => {
    for (const size of [0, 1.5, 2 ** 21 + 1]) expect(() => new Sampler(size)).toThrow(/vocabSize: expected a whole number/);
  });
});
