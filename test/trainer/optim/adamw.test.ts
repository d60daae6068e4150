import { describe, expect, it } from 'vitest';
import { type AdamWOptions, type AdamWState, type Optimizer, ADAMW_DEFAULTS, createAdamW } from '../../../trainer/optim/adamw.ts';
import { type ParameterLayout, arraysFor, layOut, viewOf } from '../../../trainer/parameters.ts';
import { numbersFrom } from '../../support/tiny-model.ts';

const open = (over: Partial<AdamWOptions> = {}): Optimizer => createAdamW({ ...ADAMW_DEFAULTS, maxGradNorm: null, ...over });

interface Trained {
  readonly layout: ParameterLayout;
  readonly p: Float32Array;
  readonly g: Float32Array;
  readonly state: AdamWState;
}

/** Random parameters and gradients where tensors lie, 0 between. */
function trained(optimizer: Optimizer, layout: ParameterLayout, seed = 1, arrays = arraysFor(layout, 4)): Trained {
  const next = numbersFrom(seed);
  const [p, g, m, v] = arrays as [Float32Array, Float32Array, Float32Array, Float32Array];
  for (const array of [p, g]) for (const name of layout.slots.keys()) viewOf(layout, array, name).forEach((_, i, view) => (view[i] = next()));
  return { layout, p, g, state: optimizer.init(layout, { m, v }) };
}

/** Of large arrays, which `toEqual` compares slowly. */
const bytesOf = ({ p, state }: Trained): Buffer[] => [p, state.m, state.v].map((array) => Buffer.from(array.slice().buffer));
const same = (a: readonly Buffer[], b: readonly Buffer[]): boolean => a.length === b.length && a.every((bytes, i) => bytes.equals(b[i]!));

const SMALL = layOut([['norm', [3]], ['matrix', [2, 3]]]);

/** The formulas of the paper, one element at a time, in doubles. */
function byHand({ beta1, beta2, epsilon, weightDecay, maxGradNorm }: AdamWOptions, { layout, p, g, state }: Trained, lr: number): { p: number[]; m: number[]; v: number[]; norm: number } {
  const norm = Math.hypot(...g);
  const clip = maxGradNorm === null ? 1 : Math.min(1, maxGradNorm / (norm + 1e-6));
  const t = state.step + 1;
  const next = { p: [] as number[], m: [] as number[], v: [] as number[], norm };
  for (const [i, weight] of p.entries()) {
    const gradient = g[i]! * clip;
    const m = beta1 * state.m[i]! + (1 - beta1) * gradient;
    const v = beta2 * state.v[i]! + (1 - beta2) * gradient ** 2;
    const decayed = i < layout.decayed ? weight * (1 - lr * weightDecay) : weight;
    next.m.push(m);
    next.v.push(v);
    next.p.push(decayed - (lr * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon));
  }
  return next;
}

function expectClose(found: Float32Array, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...expected.map((one, i) => Math.abs(found[i]! - one)));
  expect(worst / largest).toBeLessThan(1e-6);
}

describe('AdamW', () => {
  it('moves a first step by the rate against the sign, whatever the gradient is', async () => {
    const optimizer = open({ weightDecay: 0 });
    const layout = layOut([['w', [1, 2]]]);
    const p = new Float32Array(layout.length);
    p.set([1, -1]);
    const g = new Float32Array(layout.length);
    g.set([0.5, -8]);
    const state = optimizer.init(layout);
    const { gradNorm, applied } = await optimizer.update(p, g, state, layout, 0.125);
    // m̂ = g, v̂ = g²: p - lr g / (|g| + ε).
    expect([...p.subarray(0, 2)]).toEqual([0.875, -0.875].map((one) => expect.closeTo(one, 6)));
    expect([...state.m.subarray(0, 2)]).toEqual([0.05, -0.8].map((one) => expect.closeTo(one, 6)));
    expect([...state.v.subarray(0, 2)]).toEqual([0.00025, 0.064].map((one) => expect.closeTo(one, 6)));
    expect({ gradNorm, applied, step: state.step }).toEqual({ gradNorm: expect.closeTo(Math.sqrt(64.25), 5), applied: true, step: 1 });
  });

  it.each<[string, Partial<AdamWOptions>]>([
    ['its defaults', {}],
    ['decay and clipping', { weightDecay: 0.3, maxGradNorm: 0.1 }],
    ['a norm that is not reached', { maxGradNorm: 100 }],
    ['a large epsilon', { epsilon: 0.1, beta1: 0.5, beta2: 0.9 }],
    ['no momentum', { beta1: 0, beta2: 0 }],
  ])('follows the formulas for five steps with %s', async (_, over) => {
    const options = { ...ADAMW_DEFAULTS, maxGradNorm: null, ...over };
    const optimizer = open(over);
    const run = trained(optimizer, SMALL);
    for (let step = 1; step <= 5; step++) {
      run.g.set(trained(optimizer, SMALL, step + 10).g);
      const expected = byHand(options, run, 0.01 * step);
      const before = run.g.slice();
      const { gradNorm } = await optimizer.update(run.p, run.g, run.state, SMALL, 0.01 * step);
      expect(gradNorm).toBeCloseTo(expected.norm, 5);
      expect(run.g).toEqual(before);
      expectClose(run.p, expected.p);
      expectClose(run.state.m, expected.m);
      expectClose(run.state.v, expected.v);
      expect(run.state.step).toBe(step);
    }
  });

  it('decays matrices and leaves vectors alone', async () => {
    const optimizer = open({ weightDecay: 0.5 });
    const run = trained(optimizer, SMALL);
    run.g.fill(0);
    const before = run.p.slice();
    await optimizer.update(run.p, run.g, run.state, SMALL, 0.5);
    expect(viewOf(SMALL, run.p, 'matrix')).toEqual(viewOf(SMALL, before, 'matrix').map((one) => one * 0.75));
    expect(viewOf(SMALL, run.p, 'norm')).toEqual(viewOf(SMALL, before, 'norm'));
  });

  it('keeps what lies between tensors 0', async () => {
    const optimizer = open({ maxGradNorm: 0.5 });
    const run = trained(optimizer, SMALL);
    for (let step = 0; step < 3; step++) await optimizer.update(run.p, run.g, run.state, SMALL, 0.1);
    for (const array of [run.p, run.state.m, run.state.v]) {
      expect([...array.subarray(6, 16), ...array.subarray(19)].every((one) => one === 0)).toBe(true);
      expect(array[0]).not.toBe(0);
    }
  });

  it('works through arrays of many chunks, the border of decay within one, as through one element', async () => {
    const layout = layOut([['matrix', [700, 500]], ['bias', [250_016]]]);
    expect(layout.decayed).toBe(350_000);
    const optimizer = open({ weightDecay: 0.2, maxGradNorm: 1 });
    const run = trained(optimizer, layout);
    const start = run.p.slice();
    let norm = 0;
    for (const one of run.g) norm += one * one;
    norm = Math.sqrt(norm);
    const { gradNorm } = await optimizer.update(run.p, run.g, run.state, layout, 0.01);
    expect(gradNorm / norm).toBeCloseTo(1, 6);
    const clip = 1 / (norm + 1e-6);
    let worst = 0;
    for (const [i, weight] of start.entries()) {
      const g = run.g[i]! * clip;
      const wanted = (i < layout.decayed ? weight * (1 - 0.01 * 0.2) : weight) - (0.01 * g) / (Math.abs(g) + 1e-8);
      worst = Math.max(worst, Math.abs(run.p[i]! - wanted));
    }
    expect(worst).toBeLessThan(1e-6);
  });

  it.each<[string, ParameterLayout]>([
    ['several chunks, the last of them short', layOut([['matrix', [512, 600]], ['norm', [1000]]])],
    ['a border of decay and an end within a block', { slots: new Map([['w', { name: 'w', shape: [70_003], offset: 0, length: 70_003 }]]), decayed: 40_001, length: 70_003 }],
  ])('gives the same bytes wherever its arrays lie: %s', async (_, layout) => {
    const plain = (): Float32Array[] => Array.from({ length: 4 }, () => new Float32Array(layout.length));
    const mixed = (): Float32Array[] => [...arraysFor(layout, 2), ...plain().slice(2)];
    const results: Buffer[][] = [];
    for (const arrays of [arraysFor(layout, 4), plain(), mixed()]) {
      const optimizer = open({ maxGradNorm: 1, weightDecay: 0.1 });
      const run = trained(optimizer, layout, 1, arrays);
      const norms: number[] = [];
      for (let step = 0; step < 3; step++) norms.push((await optimizer.update(run.p, run.g, run.state, layout, 0.01)).gradNorm);
      results.push([...bytesOf(run), Buffer.from(Float64Array.from(norms).buffer)]);
    }
    for (const others of results.slice(1)) expect(same(results[0]!, others)).toBe(true);
  });

  it('takes up a saved state, which stays as it was', async () => {
    const optimizer = open({ maxGradNorm: 1 });
    const run = trained(optimizer, SMALL);
    await optimizer.update(run.p, run.g, run.state, SMALL, 0.1);
    const saved = { m: run.state.m.slice(), v: run.state.v.slice(), step: run.state.step };
    const again: Trained = { ...run, p: run.p.slice(), state: optimizer.init(SMALL, undefined, saved) };
    for (const { p, state } of [run, again]) await optimizer.update(p, run.g, state, SMALL, 0.1);
    expect(bytesOf(again)).toEqual(bytesOf(run));
    expect([saved.step, again.state.step]).toEqual([1, 2]);
    expect(saved.m).not.toEqual(run.state.m);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('changes nothing where an element of the gradient is %d', async (odd) => {
    const optimizer = open({ maxGradNorm: 1 });
    const layout = layOut([['matrix', [300, 1000]]]);
    for (const place of [270_000, layout.length - 1]) {
      const run = trained(optimizer, layout);
      await optimizer.update(run.p, run.g, run.state, layout, 0.01);
      const before = bytesOf(run);
      run.g[place] = odd;
      const { gradNorm, applied } = await optimizer.update(run.p, run.g, run.state, layout, 0.01);
      expect([gradNorm, applied, run.state.step]).toEqual([Number.isNaN(odd) ? Number.NaN : Number.POSITIVE_INFINITY, false, 1]);
      expect(same(bytesOf(run), before)).toBe(true);
    }
  });

  it('clips a gradient whose squares no float32 holds', async () => {
    const optimizer = open({ maxGradNorm: 1, weightDecay: 0 });
    const layout = layOut([['matrix', [2, 1024]]]);
    const run = trained(optimizer, layout);
    run.g.fill(1e30);
    const { gradNorm, applied } = await optimizer.update(run.p, run.g, run.state, layout, 0.5);
    expect(applied).toBe(true);
    expect(gradNorm / (1e30 * Math.sqrt(2048))).toBeCloseTo(1, 6);
    expect(run.state.m[5]).toBeCloseTo(0.1 / Math.sqrt(2048), 8);
    expect(run.p.every(Number.isFinite)).toBe(true);
  });

  it('makes no array of the size of the parameters', async () => {
    const optimizer = open({ maxGradNorm: 1 });
    const run = trained(optimizer, layOut([['matrix', [4000, 1000]]]));
    await optimizer.update(run.p, run.g, run.state, run.layout, 0.01);
    const before = process.memoryUsage().arrayBuffers;
    await optimizer.update(run.p, run.g, run.state, run.layout, 0.01);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000);
  });

  it('refuses arrays of another length and options out of their range by name', async () => {
    const optimizer = open();
    const run = trained(optimizer, SMALL);
    await expect(optimizer.update(run.p, new Float32Array(4), run.state, SMALL, 0.1)).rejects.toThrow(/g holds 4 numbers; expected the layout's 32/);
    await expect(optimizer.update(run.p, run.g, run.state, SMALL, Number.NaN)).rejects.toThrow(/learning rate is NaN/);
    for (const [name, value] of [['beta1', 1], ['beta2', -0.1], ['epsilon', 0], ['weightDecay', -1], ['maxGradNorm', 0]] as const) {
      expect(() => createAdamW({ ...ADAMW_DEFAULTS, [name]: value })).toThrow(new RegExp(`${name} is ${value}`));
    }
  });
});
