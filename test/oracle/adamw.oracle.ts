/**
 * Five steps of AdamW with clipping, and the schedules, beside PyTorch's and transformers' (adamw.py). The error is the largest
 * difference in parts of the largest number; of parameters, in parts of how far the farthest has moved. PyTorch in float32 beside itself
 * in float64 shows what rounding alone does: of steps of 1e-6, it takes more than 1e-4.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdamWOptions, createAdamW } from '../../trainer/optim/adamw.ts';
import { type ScheduleName, createSchedule } from '../../trainer/optim/schedule.ts';
import { layOut, viewOf } from '../../trainer/parameters.ts';
import { numbersFrom } from '../support/tiny-model.ts';
import { absent, runOracle, table } from './support.ts';

const ABSENT = absent(import.meta.filename, ['torch', 'transformers', 'numpy']);
const MOST = 1e-4;
const STEPS = 5;

/** More than one chunk, and a border of decay within one. */
const SHAPES: readonly (readonly number[])[] = [[300, 700], [64], [17, 31], [700], [500, 200], [5]];
const LAYOUT = layOut(SHAPES.map((shape, i) => [`tensor ${i}`, shape]));
const SIZES = SHAPES.map((shape) => shape.reduce((product, size) => product * size, 1));
const COUNT = SIZES.reduce((sum, size) => sum + size, 0);

interface Case extends AdamWOptions {
  readonly name: string;
  readonly lr: readonly number[];
}
const base = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, maxGradNorm: 1, lr: [1e-3, 1e-3, 1e-3, 1e-3, 1e-3] } as const;
const CASES: readonly Case[] = [
  { ...base, name: "PyTorch's defaults, clipped to 1" },
  { ...base, name: 'not clipped', maxGradNorm: null },
  { ...base, name: 'a norm between those of the steps', maxGradNorm: 800 },
  { ...base, name: 'β 0.9, 0.95, decay 0.1, a rate that changes', beta2: 0.95, weightDecay: 0.1, lr: [0, 5e-4, 1e-3, 6e-4, 2e-4] },
  { ...base, name: 'a large ε, no decay', epsilon: 1e-3, weightDecay: 0 },
  { ...base, name: 'hardly any momentum', beta1: 0.1, beta2: 0.2 },
  { ...base, name: 'a rate for policies', maxGradNorm: 0.1, lr: [1e-6, 1e-6, 1e-6, 1e-6, 1e-6] },
];

interface ScheduleCase {
  readonly name: ScheduleName;
  readonly warmup: number;
  readonly total: number;
  readonly floor: number;
}
const SCHEDULES: readonly ScheduleCase[] = [
  { name: 'constant', warmup: 7, total: 40, floor: 0 },
  { name: 'linear', warmup: 0, total: 40, floor: 0 },
  { name: 'linear', warmup: 9, total: 40, floor: 0 },
  { name: 'cosine', warmup: 0, total: 40, floor: 0 },
  { name: 'cosine', warmup: 5, total: 40, floor: 0 },
  { name: 'cosine', warmup: 5, total: 40, floor: 0.1 },
];
const RATES = 41;

/** Parameters up to 0.02, then gradients: up to 1 to 1e-4 by tensor, and larger from step to step, so that some steps are clipped and some not. */
function numbers(): Float32Array {
  const next = numbersFrom(7);
  const made = new Float32Array((STEPS + 1) * COUNT);
  let at = 0;
  for (let step = 0; step <= STEPS; step++) {
    for (const [i, size] of SIZES.entries()) for (let k = 0; k < size; k++) made[at++] = next() * (step === 0 ? 0.02 : step * 10 ** -(i % 5));
  }
  return made;
}

/** What the tensors of a flat array hold, one after another. */
const tight = (flat: Float32Array): Float32Array => Float32Array.from(SHAPES.flatMap((_, i) => [...viewOf(LAYOUT, flat, `tensor ${i}`)]));

function laidOut(values: Float32Array): Float32Array {
  const flat = new Float32Array(LAYOUT.length);
  let at = 0;
  for (const [i, size] of SIZES.entries()) viewOf(LAYOUT, flat, `tensor ${i}`).set(values.subarray(at, (at += size)));
  return flat;
}

function largest(values: Float32Array, minus?: Float32Array): number {
  let most = 0;
  values.forEach((value, i) => {
    const size = Math.abs(value - (minus?.[i] ?? 0));
    if (!(size <= most)) most = size;
  });
  return most;
}

describe.skipIf(ABSENT)('the optimiser', () => {
  let folder: string;
  let theirs: { readonly norms: number[][]; readonly rates: number[][] };
  const given = numbers();
  const start = given.subarray(0, COUNT);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'winnow-adamw-'));
    writeFileSync(join(folder, 'numbers.f32'), given);
    const cases = [false, true].flatMap((double) =>
      CASES.map(({ lr, beta1, beta2, epsilon, weightDecay, maxGradNorm }) => ({ lr, betas: [beta1, beta2], eps: epsilon, weight_decay: weightDecay, max_norm: maxGradNorm, double })),
    );
    theirs = await runOracle('adamw.py', { folder, shapes: SHAPES, steps: STEPS, cases, schedules: SCHEDULES.map((one) => ({ ...one, steps: RATES })) });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Of each step: parameters, first and second moments. */
  function theirSteps(index: number): Float32Array[][] {
    const values = new Float32Array(readFileSync(join(folder, `${index}.f32`)).buffer.slice(0));
    return Array.from({ length: STEPS }, (_, step) => [0, 1, 2].map((part) => values.subarray((step * 3 + part) * COUNT, (step * 3 + part + 1) * COUNT)));
  }
  const errorsOf = (ours: readonly Float32Array[], wanted: readonly Float32Array[]): number[] =>
    ours.map((array, part) => largest(array, wanted[part]!) / (part === 0 ? largest(wanted[0]!, start) || 1 : largest(wanted[part]!)));

  const report: (readonly (string | number)[])[] = [];
  afterAll(() => console.log(table(['largest error of five steps', 'norm', 'p', 'm', 'v', "PyTorch's own: p", 'm', 'v'], report)));

  it.each(CASES.map((one, index) => ({ ...one, index })))('steps as PyTorch does with $name', async ({ name, index, lr, ...options }) => {
    const optimizer = createAdamW(options);
    const state = optimizer.init(LAYOUT);
    const p = laidOut(start);
    const [wanted, exact] = [theirSteps(index), theirSteps(CASES.length + index)];
    const worst = new Array<number>(7).fill(0);
    for (let step = 0; step < STEPS; step++) {
      const g = laidOut(given.subarray((step + 1) * COUNT, (step + 2) * COUNT));
      const { gradNorm, applied } = await optimizer.update(p, g, state, LAYOUT, lr[step]!);
      expect(applied).toBe(true);
      const ours = [p, state.m, state.v].map(tight);
      const errors = [Math.abs(gradNorm / theirs.norms[index]![step]! - 1), ...errorsOf(ours, wanted[step]!), ...errorsOf(wanted[step]!, exact[step]!)];
      errors.forEach((error, i) => (worst[i] = Math.max(worst[i]!, error)));
    }
    report.push([name, ...worst]);
    const [norm, moved, m, v, rounding] = worst as [number, number, number, number, number];
    for (const error of [norm, m, v]) expect(error).toBeLessThanOrEqual(MOST);
    expect(moved).toBeLessThanOrEqual(Math.max(MOST, 2 * rounding));
  });

  it('clips some steps and not others', () => {
    const norms = theirs.norms[2]!;
    expect(norms.map((norm) => norm > 800)).toEqual([false, false, false, true, true]);
  });

  it.each(SCHEDULES.map((one, index) => ({ ...one, index })))('has the rates of transformers: $name, $warmup of $total steps of warm-up, down to $floor', ({ index, name, warmup, total, floor }) => {
    const schedule = createSchedule(name, { totalSteps: total, warmup, floor });
    const rates = theirs.rates[index]!;
    expect(rates).toHaveLength(RATES);
    rates.forEach((rate, step) => expect(schedule(step)).toBeCloseTo(rate, 12));
  });
});
