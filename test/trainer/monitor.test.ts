import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Draw, hash } from '../../src/hash.ts';
import { type Alarm, type Measurements, type MonitorOptions, type MonitorState, NEW_MONITOR, SIGNALS, type Signal, observe } from '../../trainer/monitor.ts';
import type { Trajectory, Turn } from '../../trainer/rollout/trajectory.ts';
import { textHealth } from '../../trainer/text-health.ts';

const OPTIONS: MonitorOptions = { mostSearches: 3 };

/** Steps from 1 on, with the state passed through JSON as a checkpoint does. */
function watch(steps: readonly Measurements[], options = OPTIONS): { alarms: Alarm[]; values: Readonly<Record<string, number>>[]; state: MonitorState } {
  let state = NEW_MONITOR;
  const alarms: Alarm[] = [];
  const values: Readonly<Record<string, number>>[] = [];
  steps.forEach((measurements, i) => {
    const observed = observe(JSON.parse(JSON.stringify(state)) as MonitorState, i + 1, measurements, options);
    state = observed.state;
    alarms.push(...observed.alarms);
    values.push(observed.values);
  });
  return { alarms, values, state };
}
const series = (signal: Signal, values: readonly (number | null)[]): Measurements[] => values.map((value) => ({ [signal]: value }));
const rose = (signal: Signal, values: readonly (number | null)[], options = OPTIONS): number[] => watch(series(signal, values), options).alarms.map(({ step }) => step);
const repeat = (value: number, times: number): number[] => Array.from({ length: times }, () => value);

describe('an alarm', () => {
  it.each<[Signal, number, number, string]>([
    ['rollout-kl', 0.05, 0.0501, 'KL(rollout ‖ train) is 0.0501, above 0.05'],
    ['leak-canary', 0.01, 0.02, 'exact match on questions with made-up answers is 0.02, above 0.01'],
    ['search-gain', 0.001, 0, 'what search adds to exact match is 0: search is of no use'],
  ])('%s: %d is well, %d is not', (signal, well, not, message) => {
    expect(rose(signal, repeat(well, 10))).toEqual([]);
    expect(watch(series(signal, [well, not])).alarms).toEqual([{ signal, step: 2, value: not, message }]);
  });

  it('rises once, stands while its cause does, and may rise again', () => {
    const { alarms, values, state } = watch(series('rollout-kl', [0, 0.1, 0.2, 0, 0.3]));
    expect(alarms.map(({ step }) => step)).toEqual([2, 5]);
    expect(values.map((one) => one['alarm/rollout-kl'])).toEqual([0, 1, 1, 0, 1]);
    expect(values.map((one) => one['monitor/rollout-kl'])).toEqual([0, 0.1, 0.2, 0, 0.3]);
    expect(state.standing).toEqual({ 'rollout-kl': 5 });
  });

  it('keeps its standing through steps that do not measure it, and such steps have no value', () => {
    const { alarms, values, state } = watch([{ 'search-gain': -0.1 }, {}, { 'search-gain': null }, { 'search-gain': -0.2 }]);
    expect(alarms.map(({ step }) => step)).toEqual([1]);
    expect(values.map((one) => Object.keys(one).length)).toEqual([2, 0, 0, 2]);
    expect(state.standing).toEqual({ 'search-gain': 1 });
  });

  it('rises for what is no number, which spoils no median', () => {
    const { alarms } = watch(series('gradient-norm', [...repeat(1, 6), Number.NaN, 1, Number.POSITIVE_INFINITY, 1, 9, 11]));
    expect(alarms.map(({ step, message }) => [step, message])).toEqual([
      [7, 'the norm of the gradient is NaN'],
      [9, 'the norm of the gradient is Infinity'],
      [12, 'the norm of the gradient is 11, 11 times its median'],
    ]);
  });
});

describe('log-probabilities of good trajectories', () => {
  const noisy = (slope: number, seed: string): number[] => {
    const draw = new Draw(hash('logprobs', seed));
    return Array.from({ length: 40 }, (_, i) => -1 - slope * i + 0.6 * (draw.next() - 0.5));
  };

  it('that slide down raise it, also where some steps do not measure them', () => {
    const values = noisy(0.06, 'slides');
    const [at] = rose('positive-logprob', values);
    expect(at).toBeLessThanOrEqual(20);
    expect(rose('positive-logprob', values.flatMap((value) => [value, null]))[0]).toBe(2 * at! - 1);
    const { message } = watch(series('positive-logprob', values)).alarms[0]!;
    expect(message).toMatch(/^the log-probability of good trajectories slides down: -\d\.\d+, 0\.\d+ less than 12 updates ago$/);
  });

  it('that only scatter, or rise, hardly ever do', () => {
    const seeds = Array.from({ length: 40 }, (_, i) => `still ${i}`);
    expect(seeds.flatMap((seed) => rose('positive-logprob', noisy(0, seed))).length).toBeLessThanOrEqual(8);
    expect(seeds.flatMap((seed) => rose('positive-logprob', noisy(-0.06, seed)))).toEqual([]);
  });
});

describe('importance ratios', () => {
  const noisy = (slope: number, scatter: number, seed: string): number[] => {
    const draw = new Draw(hash('ratios', seed));
    return Array.from({ length: 30 }, (_, i) => Math.exp(-slope * i + scatter * (draw.next() + draw.next() + draw.next() - 1.5)));
  };

  it('that slide to 0 raise it', () => {
    expect(rose('mean-ratio', noisy(0.02, 0.02, 'slides'))).toHaveLength(1);
    expect(rose('min-ratio', noisy(0.3, 1, 'slides'))).toHaveLength(1);
  });

  it('that only scatter do not, nor those that stay low', () => {
    for (let seed = 0; seed < 40; seed++) {
      expect(rose('mean-ratio', noisy(0, 0.05, `still ${seed}`))).toEqual([]);
      expect(rose('min-ratio', noisy(0, 1, `still ${seed}`)).length).toBeLessThanOrEqual(1);
    }
    expect(rose('min-ratio', repeat(0, 30))).toEqual([]);
    expect(rose('mean-ratio', repeat(0.7, 30))).toEqual([]);
  });
});

describe('measures of a run’s own', () => {
  it('a gradient of ten times the median, once there is a median', () => {
    expect(rose('gradient-norm', [1, 100])).toEqual([]);
    expect(rose('gradient-norm', [1, 2, 1, 2, 1, 9.9])).toEqual([]);
    expect(rose('gradient-norm', [1, 2, 1, 2, 1, 10.1])).toEqual([6]);
  });

  it('strange characters and repetition, when they double and are worth a look', () => {
    expect(rose('non-ascii', [...repeat(0.001, 6), ...repeat(0.005, 6)])).toEqual([]);
    expect(rose('non-ascii', [...repeat(0.01, 6), ...repeat(0.05, 6)])).toEqual([7]);
    expect(rose('non-ascii', [...repeat(0.3, 6), ...repeat(0.5, 6)])).toEqual([]);
    expect(rose('repetition', [...repeat(0.1, 6), 0.9, ...repeat(0.1, 3)])).toEqual([7]);
    expect(rose('repetition', [...repeat(0, 6), ...repeat(0.04, 9)])).toEqual([]);
  });

  it('thoughts that end', () => {
    expect(rose('think-length', [...repeat(100, 6), ...repeat(30, 6)])).toEqual([]);
    expect(rose('think-length', [...repeat(100, 6), ...repeat(5, 6)])).toEqual([9]);
    expect(rose('think-length', repeat(0, 20))).toEqual([]);
  });

  it('searches that end, or that never do', () => {
    expect(rose('searches', [1, 0.05, 0.05, 0.05])).toEqual([4]);
    expect(rose('searches', [1, 2.9, 2.9, 2.9])).toEqual([4]);
    expect(rose('searches', repeat(1, 20), { mostSearches: 1 })).toEqual([]);
    expect(rose('searches', repeat(0, 20), { mostSearches: 1 })).toEqual([3]);
  });

  it('says whether a policy has stopped searching or never began', () => {
    const said = (values: readonly number[]): string[] => watch(series('searches', values)).alarms.map(({ message }) => message);
    expect(said([...repeat(1, 5), ...repeat(0, 3)])).toEqual(['the number of searches per question is 0: the policy has stopped searching']);
    expect(said(repeat(0.1, 8))).toEqual(['the number of searches per question is 0.1: the policy hardly searches']);
  });

  it('answers that are not closed, over as many steps as tell two in a hundred from none', () => {
    expect(rose('answers-closed', repeat(0.98, 20))).toEqual([]);
    // One of 16 at one step in four.
    expect(rose('answers-closed', Array.from({ length: 40 }, (_, i) => (i % 4 === 3 ? 15 / 16 : 1)))).toEqual([]);
    expect(watch(series('answers-closed', [...repeat(1, 12), 0.5])).alarms).toEqual([{ signal: 'answers-closed', step: 13, value: 0.5, message: 'the share of answers that are closed is 0.95, below 0.98' }]);
    expect(rose('answers-closed', [...repeat(1, 12), ...repeat(0.97, 10)])).toEqual([19]);
  });

  it('groups that teach nothing, over several steps', () => {
    expect(rose('zero-variance', repeat(0.79, 20))).toEqual([]);
    expect(rose('zero-variance', Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : 0.5)).slice(1))).toEqual([]);
    expect(watch(series('zero-variance', [...repeat(0.5, 12), ...repeat(1, 10)])).alarms).toEqual([{ signal: 'zero-variance', step: 19, value: 1, message: 'the share of groups of one reward is 0.85, above 0.8' }]);
  });

  it('bounds may be set', () => {
    expect(rose('rollout-kl', [0.07, 0.2], { mostSearches: 3, bounds: { rolloutKl: 0.1 } })).toEqual([2]);
  });
});

it('whatever is measured, a state is JSON of bounded size, and a step observed again gives the same', () => {
  const measurement = fc.record(Object.fromEntries(SIGNALS.map((signal) => [signal, fc.option(fc.float().map((value) => value + 0))])), { requiredKeys: [] }) as fc.Arbitrary<Measurements>;
  fc.assert(
    fc.property(fc.array(measurement, { maxLength: 80 }), (steps) => {
      const { state } = watch(steps);
      for (const kept of Object.values(state.recent)) expect(kept.length).toBeLessThanOrEqual(50);
      const observed = observe(state, 99, steps[0] ?? {}, OPTIONS);
      expect(observe(state, 99, steps[0] ?? {}, OPTIONS)).toEqual(observed);
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    }),
    { numRuns: 60, seed: 1 },
  );
});

/** A trajectory of turns given as text and action; a token a character. */
function trajectory(turns: readonly (readonly [text: string, action: Turn['action']])[], over: Partial<Trajectory> = {}): Trajectory {
  const tokens = [1, 1, 1, 1, 1];
  const made = turns.map(([text, action]): Turn => {
    const start = tokens.length;
    tokens.push(...[...text].map((character) => character.codePointAt(0)!));
    const end = tokens.length;
    // Shown, not written: what stands here must not count.
    tokens.push(...repeat(7, 20));
    return { action, text, argument: '', start, end, search: action === 'search' ? { query: 'q', status: 'ok', documents: 1, kind: null, milliseconds: 1, text: 'ééé' } : null };
  });
  return {
    id: '1-q-0', question: { id: 'q', question: 'é?', goldenAnswers: ['x'], dataSource: 'test', metadata: {} }, group: 'g', step: 1, tokens, promptLength: 5,
    mask: tokens.map(() => 0), logprobs: tokens.map(() => 0), turns: made, answer: made.some(({ action }) => action === 'answer') ? 'x' : null, stopReason: 'answer', ...over,
  };
}

describe('text health', () => {
  it('is of what the policy wrote', () => {
    const health = textHealth([
      trajectory([['<think>abc</think><search>q</search>', 'search'], ['<answer>é</answer>', 'answer']]),
      trajectory([['<answer>never closed', 'none']], { stopReason: 'length' }),
    ]);
    expect(health).toEqual({
      nonAscii: 1 / (36 + 18 + 20), repeated: expect.any(Number) as number, answersClosed: 0.5, invalidTurns: 1 / 3, answered: 0.5, truncated: 0.5, thinkLength: 1.5, searches: 0.5, tokens: (36 + 18 + 20) / 2,
    });
  });

  it('counts a 4-gram that the trajectory has had before, across turns and not from one into the next', () => {
    expect(textHealth([trajectory([['abcdefgh', 'none']])]).repeated).toBe(0);
    // 5 of abcabcab: abca bcab cabc abca bcab.
    expect(textHealth([trajectory([['abcabcab', 'none']])]).repeated).toBe(2 / 5);
    expect(textHealth([trajectory([['abcd', 'invalid'], ['abcd', 'none']])]).repeated).toBe(1 / 2);
    expect(textHealth([trajectory([['abc', 'invalid'], ['def', 'none']])]).repeated).toBeNull();
    expect(textHealth([trajectory([['abcd', 'none']]), trajectory([['abcd', 'none']])]).repeated).toBe(0);
  });

  it.each([
    ['<think> abc </think>', 3],
    ['<think>a</think> text <think>bc</think>', 3],
    ['begun by the prompt</think><answer>x</answer>', 19],
    ['<think>cut off', 7],
    ['no thought', 0],
  ])('a thought of %j has %i characters', (text, length) => {
    expect(textHealth([trajectory([[text, 'none']])]).thinkLength).toBe(length);
  });

  it('leaves out what was stopped, and says nothing of nothing', () => {
    const nothing = { nonAscii: null, repeated: null, answersClosed: null, invalidTurns: null, answered: null, truncated: null, thinkLength: null, searches: null, tokens: null };
    expect(textHealth([])).toEqual(nothing);
    expect(textHealth([trajectory([['é', 'none']], { stopReason: 'aborted' })])).toEqual(nothing);
  });

  it('does not count an answer closed twice as two', () => {
    expect(textHealth([trajectory([['<answer>x</answer></answer>', 'answer'], ['<answer>', 'none']])]).answersClosed).toBe(0.5);
  });
});
