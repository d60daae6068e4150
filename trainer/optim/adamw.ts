/**
 * AdamW (Loshchilov & Hutter, arXiv 1711.05101) as torch.optim.AdamW computes it, with gradients clipped before as by
 * torch.nn.utils.clip_grad_norm_. With g the clipped gradient, of step t:
 *
 *     p ← p (1 - lr λ)         m ← β₁ m + (1 - β₁) g         v ← β₂ v + (1 - β₂) g²
 *     p ← p - lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
 *
 * Two graphs work through the flat arrays chunk by chunk and write p, m and v where they lie. Beside the arrays only what a chunk needs is
 * held.
 */
import { GraphBuilder } from '../../models/graph/builder.ts';
import { encodeOnnx } from '../../models/graph/onnx.ts';
import type { Value } from '../../models/graph/ops.ts';
import { type Session, type Tensor, openSession } from '../../models/runtime/session.ts';
import type { ParameterLayout } from '../parameters.ts';

/** Elements of one run, 1 MiB of each array: a run costs 0.1 ms whatever it does, and chunks from four times this on leave the cache. */
const CHUNK = 2 ** 18;
/** Elements that are summed in float32; their sums are added up as doubles, so that the norm depends on no thread. */
const ROW = 1024;
/** torch.nn.utils.clip_grad_norm_. */
const CLIP_EPSILON = 1e-6;

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  /** Above 0: it keeps the padding between tensors 0. */
  readonly epsilon: number;
  /** λ, on the first `layout.decayed` elements. */
  readonly weightDecay: number;
  /** Gradients of a larger global norm are scaled down to it; null for never. */
  readonly maxGradNorm: number | null;
  /** Of one operator. Default 1: operators are short, and two threads took three times as long on two cores that had other work. */
  readonly threads?: number;
}

/** torch.optim.AdamW's defaults, but for the norm, which is what trainers of language models take. */
export const ADAMW_DEFAULTS: AdamWOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, maxGradNorm: 1 };

/** Laid out as the parameters are. */
export interface AdamWState {
  /** First moment, the mean of the gradient. */
  m: Float32Array;
  /** Second moment, the mean of its square. */
  v: Float32Array;
  /** Updates applied. */
  step: number;
}

export interface Update {
  /** Before clipping; NaN or Infinity where an element is. */
  readonly gradNorm: number;
  /** False where the norm is not finite: nothing has been changed then, nor counted. */
  readonly applied: boolean;
}

export interface Optimizer {
  init(layout: ParameterLayout): AdamWState;
  /**
   * Writes `p` and `state` in place; `g` is left as it is. Nobody else may touch them until it settles. Where it throws (DeviceError), some
   * chunks may have been written: go on from a checkpoint.
   */
  update(p: Float32Array, g: Float32Array, state: AdamWState, layout: ParameterLayout, lr: number): Promise<Update>;
  close(): Promise<void>;
}

const INPUTS = ['p', 'g', 'm', 'v'] as const;
/** One number each, folded from the options, the step and the norm: see `scalarsOf`. */
const SCALARS = ['scale', 'mean', 'beta1', 'beta2', 'epsilon', 'rate', 'keep'] as const;
type Scalars = Readonly<Record<(typeof SCALARS)[number], number>>;

function updateGraph(): Uint8Array {
  const b = new GraphBuilder();
  const [p, g, m, v] = INPUTS.map((name) => b.input(name, 'float32', ['n'])) as [Value, Value, Value, Value];
  const scalar = Object.fromEntries(SCALARS.map((name) => [name, b.input(name, 'float32', [])])) as Record<keyof Scalars, Value>;
  // Scaled before it is squared: a norm that is finite may be too large for its square to be.
  const scaled = b.op('Mul', [g, scalar.scale], {});
  const mean = b.op('Add', [b.op('Mul', [m, scalar.beta1], {}), b.op('Mul', [scaled, scalar.mean], {})], {}, ['m_next']);
  const square = b.op('Add', [b.op('Mul', [v, scalar.beta2], {}), b.op('Mul', [scaled, scaled], {})], {}, ['v_next']);
  const direction = b.op('Div', [mean, b.op('Add', [b.op('Sqrt', [square], {}), scalar.epsilon], {})], {});
  const next = b.op('Sub', [b.op('Mul', [p, scalar.keep], {}), b.op('Mul', [direction, scalar.rate], {})], {}, ['p_next']);
  for (const output of [next, mean, square]) b.output(output);
  return encodeOnnx(b.build(), { inPlace: true });
}

/** g [rows, ROW] → the sum of squares of each row. */
function squaresGraph(): Uint8Array {
  const b = new GraphBuilder();
  const g = b.input('g', 'float32', ['rows', ROW]);
  b.output(b.op('ReduceSum', [b.op('Mul', [g, g], {})], { axes: [1], keepdims: 0 }, ['squares']));
  return encodeOnnx(b.build(), { inPlace: true });
}

/** With s = √(1 - β₂) in the gradient, its square needs no factor of its own; √(1 - β₂ᵗ) goes from under √v to ε and the rate. */
function scalarsOf({ beta1, beta2, epsilon, weightDecay }: AdamWOptions, step: number, lr: number, clip: number): Scalars {
  const root = Math.sqrt(1 - beta2);
  const correction = Math.sqrt(1 - beta2 ** step);
  return {
    scale: clip * root,
    mean: (1 - beta1) / root,
    beta1,
    beta2,
    epsilon: epsilon * correction,
    rate: (lr * correction) / (1 - beta1 ** step),
    keep: 1 - lr * weightDecay,
  };
}

function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

class AdamW implements Optimizer {
  readonly #options: AdamWOptions;
  readonly #update: Session;
  readonly #squares: Session;
  readonly #sums = new Float32Array(CHUNK / ROW);

  constructor(options: AdamWOptions, update: Session, squares: Session) {
    this.#options = options;
    this.#update = update;
    this.#squares = squares;
  }

  init({ length }: ParameterLayout): AdamWState {
    return { m: new Float32Array(length), v: new Float32Array(length), step: 0 };
  }

  async update(p: Float32Array, g: Float32Array, state: AdamWState, layout: ParameterLayout, lr: number): Promise<Update> {
    for (const [name, { length }] of Object.entries({ p, g, m: state.m, v: state.v })) {
      if (length !== layout.length) throw new RangeError(`${name} holds ${length} numbers; expected the layout's ${layout.length}.`);
    }
    if (!(lr >= 0 && lr < Infinity)) throw new RangeError(`The learning rate is ${lr}; expected a number from 0 on.`);
    const gradNorm = await this.#norm(g);
    if (!Number.isFinite(gradNorm)) return { gradNorm, applied: false };
    const { maxGradNorm } = this.#options;
    const clip = maxGradNorm === null ? 1 : Math.min(1, maxGradNorm / (gradNorm + CLIP_EPSILON));
    const scalars = scalarsOf(this.#options, state.step + 1, lr, clip);
    const arrays = { p, g, m: state.m, v: state.v };
    await this.#range(arrays, 0, layout.decayed, scalars);
    await this.#range(arrays, layout.decayed, layout.length, { ...scalars, keep: 1 });
    state.step += 1;
    return { gradNorm, applied: true };
  }

  async close(): Promise<void> {
    await this.#update.close();
    await this.#squares.close();
  }

  async #norm(g: Float32Array): Promise<number> {
    const whole = g.length - (g.length % ROW);
    let sum = sumOfSquares(g.subarray(whole));
    for (let from = 0; from < whole; from += CHUNK) {
      const chunk = g.subarray(from, Math.min(whole, from + CHUNK));
      const sums = this.#sums.subarray(0, chunk.length / ROW);
      const feeds = { g: this.#squares.tensor('float32', chunk, [sums.length, ROW]) };
      await this.#squares.runInPlace(feeds, { squares: this.#squares.tensor('float32', sums, [sums.length]) });
      // A square may pass float32's range where the norm does not.
      for (const [row, one] of sums.entries()) sum += Number.isFinite(one) ? one : sumOfSquares(chunk.subarray(row * ROW, (row + 1) * ROW));
    }
    return Math.sqrt(sum);
  }

  async #range(arrays: Readonly<Record<(typeof INPUTS)[number], Float32Array>>, start: number, end: number, scalars: Scalars): Promise<void> {
    const numbers = Object.fromEntries(SCALARS.map((name) => [name, this.#update.tensor('float32', Float32Array.of(scalars[name]), [])]));
    for (let from = start; from < end; from += CHUNK) {
      const to = Math.min(end, from + CHUNK);
      const chunk = Object.fromEntries(INPUTS.map((name) => [name, this.#update.tensor('float32', arrays[name].subarray(from, to), [to - from])])) as Record<(typeof INPUTS)[number], Tensor>;
      await this.#update.runInPlace({ ...chunk, ...numbers }, { p_next: chunk.p, m_next: chunk.m, v_next: chunk.v });
    }
  }
}

function check({ beta1, beta2, epsilon, weightDecay, maxGradNorm }: AdamWOptions): void {
  const expect = (name: string, value: number, sound: boolean, expected: string): void => {
    if (!sound) throw new RangeError(`${name} is ${value}; expected ${expected}.`);
  };
  expect('beta1', beta1, beta1 >= 0 && beta1 < 1, 'a number from 0 to below 1');
  expect('beta2', beta2, beta2 >= 0 && beta2 < 1, 'a number from 0 to below 1');
  expect('epsilon', epsilon, epsilon > 0 && epsilon < Infinity, 'a number above 0');
  expect('weightDecay', weightDecay, weightDecay >= 0 && weightDecay < Infinity, 'a number from 0 on');
  if (maxGradNorm !== null) expect('maxGradNorm', maxGradNorm, maxGradNorm > 0, 'a number above 0, or null');
}

/** Throws RangeError for options out of their range, DeviceError where ONNX Runtime cannot be had. */
export async function createAdamW(options: AdamWOptions): Promise<Optimizer> {
  check(options);
  const session = { device: 'cpu', threads: options.threads ?? 1 } as const;
  const update = await openSession(updateGraph(), session);
  try {
    return new AdamW(options, update, await openSession(squaresGraph(), session));
  } catch (error) {
    await update.close();
    throw error;
  }
}
