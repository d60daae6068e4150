/**
 * What may be drawn, and how often, against transformers' logits processors (sampler.py): 200 random rows and settings.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { GREEDY, type Sampling } from '../../models/runtime/language-model.ts';
import { uniform } from '../../models/runtime/random.ts';
import { Sampler } from '../../models/runtime/sampler.ts';
import { absent, runOracle } from './support.ts';

const ABSENT = absent(import.meta.filename, ['torch', 'transformers']);
const SETTINGS = 200;
/** Less is not counted as possible: Winnow leaves out what is e⁻⁴⁰ of the first, transformers keeps it. */
const POSSIBLE = 1e-16;

interface Survivors {
  readonly tokens: number[];
  readonly probabilities: number[];
}
interface Case {
  readonly logits: Float32Array;
  readonly penalised: number[];
  readonly options: Sampling;
}

function makeCase(seed: number): Case {
  let counter = 0;
  const random = (): number => uniform(seed, counter++);
  const pick = <T>(...values: T[]): T => values[Math.floor(random() * values.length)]!;
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const size = pick(30, 1000, 5000);
  const spread = pick(0.5, 2, 4);
  const logits = Float32Array.from({ length: size }, () => spread * normal());
  // As a model's rows are: a few tokens stand out.
  for (let i = 0; i < pick(0, 5, 40); i++) logits[Math.floor(random() * size)]! += 4 * spread * random();
  const options: Sampling = {
    temperature: 0.2 + 1.8 * random(),
    topP: pick(1, random(), 0.9 + 0.1 * random(), 0.95),
    topK: pick(0, 0, 1 + Math.floor(random() * 100), 1 + Math.floor(random() * size)),
    minP: pick(0, 0, 0.3 * random(), 0.05),
    repetitionPenalty: pick(1, 1.1, 0.5 + 1.5 * random()),
    seed: 0,
  };
  const penalised = [...new Set(Array.from({ length: pick(1, 20, 200) }, () => Math.floor(random() * size)))];
  return { logits, penalised, options: { ...GREEDY, ...options } };
}

describe.skipIf(ABSENT)(`survivors of ${SETTINGS} random settings`, () => {
  const cases = Array.from({ length: SETTINGS }, (_, seed) => makeCase(seed));
  let expected: Survivors[];
  let found: Survivors[];
  const possible = ({ tokens, probabilities }: Survivors): Map<number, number> =>
    new Map(tokens.map((token, i) => [token, probabilities[i]!] as const).filter(([, probability]) => probability > POSSIBLE).sort(([a], [b]) => a - b));

  beforeAll(async () => {
    const rows = cases.map(({ logits, penalised, options }) => ({ ...options, penalised, logits: [...logits] }));
    expected = await runOracle<Survivors[]>('sampler.py', { rows });
    found = cases.map(({ logits, penalised, options }) => {
      const { tokens, probabilities } = new Sampler(logits.length).distribution(logits, options, { penalised: new Set(penalised) });
      return { tokens: [...tokens], probabilities: [...probabilities] };
    });
  }, 120_000);

  it('are the same tokens', () => {
    expect(expected).toHaveLength(SETTINGS);
    for (const [i, survivors] of expected.entries()) expect([i, ...possible(found[i]!).keys()]).toEqual([i, ...possible(survivors).keys()]);
  });

  it('have the same probabilities to within 1e-5', () => {
    let worst = 0;
    for (const [i, survivors] of expected.entries()) {
      const ours = possible(found[i]!);
      for (const [token, probability] of possible(survivors)) worst = Math.max(worst, Math.abs(probability - ours.get(token)!));
    }
    console.log(`largest difference of probabilities: ${worst.toExponential(1)}`);
    expect(worst).toBeLessThanOrEqual(1e-5);
  });

  it('are cut in every way, and not cut', () => {
    const share = (cut: (options: Sampling) => boolean): number => cases.filter(({ options }) => cut(options)).length / SETTINGS;
    for (const cut of [share(({ topK }) => topK > 0), share(({ topP }) => topP < 1), share(({ minP }) => minP > 0)]) {
      expect(cut).toBeGreaterThan(0.3);
      expect(cut).toBeLessThan(0.9);
    }
  });
});
