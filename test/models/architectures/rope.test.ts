import { describe, expect, it } from 'vitest';
import { frequencies, rotaryTables } from '../../../models/architectures/rope.ts';
import type { ModelConfig, RopeScaling } from '../../../models/config.ts';
import { tinyModel } from '../../support/tiny-model.ts';

/** Heads of 8 and theta 10,000: frequencies of 1, 1/10, 1/100, 1/1000, whose waves are 2π, 20π, 200π and 2000π long. */
const configWith = (over: Partial<ModelConfig> = {}): ModelConfig => tinyModel('llama', { headDim: 8, ropeTheta: 10_000, ...over }).config;
const scaled = (ropeScaling: RopeScaling): ReturnType<typeof frequencies> => frequencies(configWith({ ropeScaling }));

function expectNear(found: Float64Array, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((one, i) => expect(one / expected[i]!, `frequency ${i}`).toBeCloseTo(1, 12));
}

describe('frequencies', () => {
  it('fall from 1 by equal ratios', () => {
    const { inverse, scale } = frequencies(configWith());
    expectNear(inverse, [1, 0.1, 0.01, 0.001]);
    expect(scale).toBe(1);
  });

  it('are divided by one factor in linear scaling', () => {
    const { inverse, scale } = scaled({ type: 'linear', factor: 4 });
    expectNear(inverse, [0.25, 0.025, 0.0025, 0.000_25]);
    expect(scale).toBe(1);
  });

  it('are kept for short waves and divided for long ones in Llama 3\'s scaling, with a ramp between', () => {
    // The original length is 200 waves of the first: 20 of the second, 2 of the third, a fifth of the last. Between 1 and 4 is the ramp.
    const { inverse, scale } = scaled({ type: 'llama3', factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalContextLength: 400 * Math.PI });
    // (2 - 1) / (4 - 1) of the frequency, and two thirds of its eighth.
    expectNear(inverse, [1, 0.1, 0.01 / 3 + (2 * 0.01) / 3 / 8, 0.001 / 8]);
    expect(scale).toBe(1);
  });

  it('follow YaRN\'s ramp, and its factor on cosine and sine', () => {
    // A thousand waves of the first, so 10^(3 - i) of wave i. 31.25 turns (1000 / 32) lie at i = 1.49, one turn at i = 3.
    const yarn = { type: 'yarn', factor: 4, originalContextLength: 2000 * Math.PI, betaFast: 32, betaSlow: 1, attentionFactor: null } as const;
    const { inverse, scale } = scaled(yarn);
    // From 1 (rounded down) to 3: half way at 2.
    expectNear(inverse, [1, 0.1, (0.01 + 0.01 / 4) / 2, 0.001 / 4]);
    expect(scale).toBeCloseTo(1 + 0.1 * Math.log(4), 12);
    expect(scaled({ ...yarn, attentionFactor: 0.8 }).scale).toBe(0.8);
    expect(scaled({ ...yarn, factor: 1 }).scale).toBe(1);
    // Where more turns are asked for than there are, both ends fall to 0, and a ramp of no width is a step.
    expectNear(scaled({ ...yarn, betaFast: 3000, betaSlow: 2000 }).inverse, [1, 0.025, 0.0025, 0.000_25]);
  });

  it('are divided one by one where a file gives divisors, as it does for Llama 3\'s scaling', () => {
    expectNear(frequencies(configWith({ ropeFactors: [1, 2, 4, 8] })).inverse, [1, 0.05, 0.0025, 0.000_125]);
    const llama3: RopeScaling = { type: 'llama3', factor: 32, lowFreqFactor: 1, highFreqFactor: 4, originalContextLength: 8192 };
    const config = { headDim: 64, ropeTheta: 500_000 };
    const plain = frequencies(configWith(config)).inverse;
    const stretched = frequencies(configWith({ ...config, ropeScaling: llama3 })).inverse;
    const factors = [...plain].map((one, i) => one / stretched[i]!);
    expect([factors[0], factors.at(-1)]).toEqual([1, 32]);
    expect(factors.filter((factor) => factor > 1 && factor < 32).length).toBeGreaterThan(2);
    expectNear(frequencies(configWith({ ...config, ropeFactors: factors })).inverse, [...stretched]);
  });
});

describe('rotaryTables', () => {
  const SCALINGS: readonly (readonly [string, RopeScaling | null])[] = [
    ['none', null],
    ['linear', { type: 'linear', factor: 2 }],
    ['llama3', { type: 'llama3', factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalContextLength: 64 }],
    ['yarn', { type: 'yarn', factor: 4, originalContextLength: 64, betaFast: 8, betaSlow: 0.25, attentionFactor: null }],
  ];

  it.each(SCALINGS)('turn by nothing at 0 and otherwise by points of one circle: %s', (_, ropeScaling) => {
    const config = configWith({ ropeScaling });
    const { scale } = frequencies(config);
    const { cos, sin } = rotaryTables(config, 100);
    expect([cos.length, sin.length]).toEqual([400, 400]);
    expect([...cos.subarray(0, 4), ...sin.subarray(0, 4)]).toEqual([...new Array<number>(4).fill(Math.fround(scale)), 0, 0, 0, 0]);
    cos.forEach((one, i) => expect(Math.hypot(one, sin[i]!)).toBeCloseTo(scale, 6));
  });

  it.each(SCALINGS)('turn by the sum where positions are added: %s', (_, ropeScaling) => {
    const config = configWith({ ropeScaling });
    const { scale } = frequencies(config);
    const { cos, sin } = rotaryTables(config, 100);
    for (let i = 0; i < 4; i++) {
      const at = (position: number): readonly [number, number] => [cos[position * 4 + i]! / scale, sin[position * 4 + i]! / scale];
      const [[c30, s30], [c69, s69], [c99, s99]] = [at(30), at(69), at(99)];
      expect(c30 * c69 - s30 * s69).toBeCloseTo(c99, 5);
      expect(s30 * c69 + c30 * s69).toBeCloseTo(s99, 5);
    }
  });

  it('hold position by position, a row of headDim / 2 each', () => {
    const { cos, sin } = rotaryTables(configWith(), 8);
    expect(cos[7 * 4 + 1]).toBeCloseTo(Math.cos(0.7), 6);
    expect(sin[7 * 4 + 1]).toBeCloseTo(Math.sin(0.7), 6);
    expect(sin[5 * 4 + 3]).toBeCloseTo(0.005, 6);
  });

  it('reach twice as far for the same angle under linear scaling by 2', () => {
    const plain = rotaryTables(configWith(), 50);
    const stretched = rotaryTables(configWith({ ropeScaling: { type: 'linear', factor: 2 } }), 100);
    for (let position = 0; position < 50; position++) {
      expect([...stretched.cos.subarray(8 * position, 8 * position + 4)]).toEqual([...plain.cos.subarray(4 * position, 4 * position + 4)]);
    }
  });

  it('are the same from the first positions on, however long they are', () => {
    const [short, long] = [rotaryTables(configWith(), 10), rotaryTables(configWith(), 1000)];
    expect([...long.cos.subarray(0, 40)]).toEqual([...short.cos]);
  });
});
