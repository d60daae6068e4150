/**
 * AdamW (Loshchilov & Hutter, arXiv 1711.05101) as torch.optim.AdamW computes it, with gradients clipped before as by
 * torch.nn.utils.clip_grad_norm_. With g the clipped gradient, of step t:
 *
 *     p ← p (1 - lr λ)         m ← β₁ m + (1 - β₁) g         v ← β₂ v + (1 - β₂) g²
 *     p ← p - lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
 *
 * Arrays that lie in one memory of WebAssembly's (`arraysFor`) are worked on in place; others go through a small one chunk by chunk, which
 * takes seven times as long and gives the same bits.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WasmMemory } from '../../models/runtime/wasm.ts';
import type { Moments, ParameterLayout } from '../parameters.ts';
import { type AdamWKernel, BLOCK, SCALARS, type Scalars, kernelOver } from './adamw-kernel.ts';

/** Elements at a time, 64 KiB of each array; a sum of squares begins anew with each. */
const CHUNK = 2 ** 14;
/** Chunks between two looks at the event loop: 3 ms. */
const CHUNKS_OF_A_TURN = 256;
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
}

/** torch.optim.AdamW's defaults, but for the norm, which is what trainers of language models take. */
export const ADAMW_DEFAULTS: AdamWOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, maxGradNorm: 1 };

export interface AdamWState extends Moments {
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
  /** In memory of its own, or in `moments`, which are zeros and stay the state's; with what was saved `from` an earlier state. */
  init(layout: ParameterLayout, moments?: Moments, from?: AdamWState | null): AdamWState;
  /** Writes `p` and `state` in place; `g` is left as it is. Nobody else may touch them until it settles. */
  update(p: Float32Array, g: Float32Array, state: AdamWState, layout: ParameterLayout, lr: number): Promise<Update>;
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

const ARRAYS = ['p', 'g', 'm', 'v'] as const;
type Arrays = Readonly<Record<(typeof ARRAYS)[number], Float32Array>>;

/** Addresses of a chunk of each array, and whoever works there. */
interface Placed {
  readonly kernel: AdamWKernel;
  readonly at: Readonly<Record<(typeof ARRAYS)[number], number>>;
  readonly blocks: number;
  /** Copies `p`, `m` and `v` back to where they came from. */
  release(): void;
}

const nothing = (): void => undefined;

class AdamW implements Optimizer {
  readonly #options: AdamWOptions;
  readonly #staging = new WasmMemory(ARRAYS.length * CHUNK * 4);
  readonly #staged: AdamWKernel;
  /** Of the memory that was worked in last. */
  #own: { readonly memory: WasmMemory; readonly kernel: AdamWKernel } | null = null;

  constructor(options: AdamWOptions) {
    this.#options = options;
    this.#staged = kernelOver(this.#staging);
  }

  init({ length }: ParameterLayout, moments: Moments = { m: new Float32Array(length), v: new Float32Array(length) }, from: AdamWState | null = null): AdamWState {
    if (from) {
      moments.m.set(from.m);
      moments.v.set(from.v);
    }
    return { ...moments, step: from?.step ?? 0 };
  }

  async update(p: Float32Array, g: Float32Array, state: AdamWState, layout: ParameterLayout, lr: number): Promise<Update> {
    const arrays: Arrays = { p, g, m: state.m, v: state.v };
    for (const [name, { length }] of Object.entries(arrays)) {
      if (length !== layout.length) throw new RangeError(`${name} holds ${length} numbers; expected the layout's ${layout.length}.`);
    }
    if (!(lr >= 0 && lr < Infinity)) throw new RangeError(`The learning rate is ${lr}; expected a number from 0 on.`);
    const kernel = this.#kernelOf(arrays);
    const gradNorm = await this.#norm(arrays, kernel);
    if (!Number.isFinite(gradNorm)) return { gradNorm, applied: false };
    const { maxGradNorm } = this.#options;
    const clip = maxGradNorm === null ? 1 : Math.min(1, maxGradNorm / (gradNorm + CLIP_EPSILON));
    const scalars = scalarsOf(this.#options, state.step + 1, lr, clip);
    await this.#range(arrays, kernel, 0, layout.decayed, scalars);
    await this.#range(arrays, kernel, layout.decayed, layout.length, { ...scalars, keep: 1 });
    state.step += 1;
    return { gradNorm, applied: true };
  }

  /** Null where the arrays are not all in one memory of WebAssembly's. */
  #kernelOf({ p, g, m, v }: Arrays): AdamWKernel | null {
    const memory = WasmMemory.of(p);
    if (memory === null || [g, m, v].some((array) => array.buffer !== p.buffer)) return null;
    if (this.#own?.memory !== memory) this.#own = { memory, kernel: kernelOver(memory) };
    return this.#own.kernel;
  }

  /** In the order of the numbers, whoever adds them. */
  async #norm(arrays: Arrays, kernel: AdamWKernel | null): Promise<number> {
    let sum = 0;
    for await (const { kernel: one, at, blocks } of this.#chunks(arrays, ['g'], kernel, 0, arrays.g.length)) sum += one.squares(at.g, blocks);
    return Math.sqrt(sum);
  }

  async #range(arrays: Arrays, kernel: AdamWKernel | null, start: number, end: number, scalars: Scalars): Promise<void> {
    const numbers = SCALARS.map((name) => scalars[name]);
    for await (const { kernel: one, at, blocks, release } of this.#chunks(arrays, ARRAYS, kernel, start, end)) {
      one.update(at.p, at.g, at.m, at.v, blocks, ...numbers);
      release();
    }
  }

  async *#chunks(arrays: Arrays, needed: readonly (keyof Arrays)[], kernel: AdamWKernel | null, start: number, end: number): AsyncGenerator<Placed> {
    let turn = 0;
    for (let from = start; from < end; from += CHUNK) {
      const to = Math.min(end, from + CHUNK);
      // A block that is not whole would reach into what comes after it.
      yield kernel !== null && (to - from) % BLOCK === 0 ? inPlace(arrays, kernel, from, to) : this.#stage(arrays, needed, from, to);
      if (++turn % CHUNKS_OF_A_TURN === 0) await nextTurn();
    }
  }

  #stage(arrays: Arrays, needed: readonly (keyof Arrays)[], from: number, to: number): Placed {
    const blocks = Math.ceil((to - from) / BLOCK);
    const at = Object.fromEntries(ARRAYS.map((name, i) => [name, i * CHUNK * 4])) as Placed['at'];
    const staged = needed.map((name) => {
      const chunk = new Float32Array(this.#staging.buffer, at[name], blocks * BLOCK);
      chunk.set(arrays[name].subarray(from, to));
      return { name, chunk: chunk.fill(0, to - from).subarray(0, to - from) };
    });
    return {
      kernel: this.#staged,
      at,
      blocks,
      release() {
        for (const { name, chunk } of staged) if (name !== 'g') arrays[name].set(chunk, from);
      },
    };
  }
}

function inPlace(arrays: Arrays, kernel: AdamWKernel, from: number, to: number): Placed {
  const at = Object.fromEntries(ARRAYS.map((name) => [name, arrays[name].byteOffset + from * 4])) as Placed['at'];
  return { kernel, at, blocks: (to - from) / BLOCK, release: nothing };
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

/** Throws RangeError for options out of their range. */
export function createAdamW(options: AdamWOptions): Optimizer {
  check(options);
  return new AdamW(options);
}
