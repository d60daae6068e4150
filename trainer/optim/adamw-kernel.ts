/**
 * The loops of AdamW in WebAssembly: one pass over parameters, gradient and moments, four numbers at a time, where they lie in a memory that
 * WebAssembly reaches. 15 million parameters took ONNX Runtime's operators 60 ms, since each of thirteen goes through all numbers; this takes 12.
 */
import {
  add as addDoubles, addDouble, addFloats, advance, assemble, type Code, divideFloats, doubleLane, F32, F64, get,
  I32, loadFloats, loadTwoAsDoubles, multiply, multiplyFloats, range, rootFloats, set, splatFloat, storeFloats,
  subtractFloats, times, V128, type WasmFunction, type WasmMemory,
} from '../../models/runtime/wasm.ts';

/** Numbers of one round of the loops. */
export const BLOCK = 16;

/** Folded from the options, the step and the norm. */
export const SCALARS = ['scale', 'mean', 'beta1', 'beta2', 'epsilon', 'rate', 'keep'] as const;
export type Scalars = Readonly<Record<(typeof SCALARS)[number], number>>;

/** Addresses are in bytes; at least one block. */
export interface AdamWKernel {
  /**
   * With g ← g · scale: m ← m · beta1 + g · mean, v ← v · beta2 + g², p ← p · keep − m / (√v + epsilon) · rate, in float32. The gradient is left as
   * it is.
   */
  update(p: number, g: number, m: number, v: number, blocks: number, ...scalars: readonly number[]): void;
  /** The sum of squares, in float64: no float32 has a square beyond it. */
  squares(g: number, blocks: number): number;
}

const VECTORS = range(BLOCK / 4);

const UPDATE: WasmFunction = (() => {
  const [p, g, m, v, blocks] = [0, 1, 2, 3, 4];
  const given = Object.fromEntries(SCALARS.map((name, i) => [name, 5 + i])) as Record<keyof Scalars, number>;
  const wide = Object.fromEntries(SCALARS.map((name, i) => [name, 5 + SCALARS.length + i])) as Record<keyof Scalars, number>;
  const first = 5 + 2 * SCALARS.length;
  const vectors = VECTORS.map((i) => ({ at: i * 16, gradient: first + i * 3, mean: first + i * 3 + 1, square: first + i * 3 + 2 }));
  // Each step for all vectors before the next: the processor finds independent work without looking far ahead.
  const step = (code: (vector: (typeof vectors)[number]) => Code): Code => vectors.flatMap(code);
  return {
    name: 'update',
    parameters: [I32, I32, I32, I32, I32, ...SCALARS.map(() => F32)],
    result: null,
    locals: [...SCALARS.map(() => V128), ...vectors.flatMap(() => [V128, V128, V128])],
    body: [
      ...SCALARS.flatMap((name) => set(wide[name], splatFloat(get(given[name])))),
      ...times(blocks, [
        // Scaled before it is squared: a norm that is finite may be too large for its square to be.
        ...step(({ at, gradient }) => set(gradient, multiplyFloats(loadFloats(get(g), at), get(wide.scale)))),
        ...step(({ at, gradient, mean }) => set(mean, addFloats(multiplyFloats(loadFloats(get(m), at), get(wide.beta1)), multiplyFloats(get(gradient), get(wide.mean))))),
        ...step(({ at, gradient, square }) => set(square, addFloats(multiplyFloats(loadFloats(get(v), at), get(wide.beta2)), multiplyFloats(get(gradient), get(gradient))))),
        ...step(({ at, mean }) => storeFloats(get(m), at, get(mean))),
        ...step(({ at, square }) => storeFloats(get(v), at, get(square))),
        ...step(({ at, mean, square }) => {
          const direction = divideFloats(get(mean), addFloats(rootFloats(get(square)), get(wide.epsilon)));
          return storeFloats(get(p), at, subtractFloats(multiplyFloats(loadFloats(get(p), at), get(wide.keep)), multiplyFloats(direction, get(wide.rate))));
        }),
        ...[p, g, m, v].flatMap((pointer) => advance(pointer, BLOCK * 4)),
      ]),
    ],
  };
})();

const SQUARES: WasmFunction = (() => {
  const [g, blocks, first] = [0, 1, 2];
  const pairs = range(BLOCK / 2).map((i) => ({ at: i * 8, value: first + i * 2, sum: first + i * 2 + 1 }));
  const sums = pairs.map(({ sum }) => get(sum)).reduce((a, b) => addDoubles(a, b));
  const all = first + pairs.length * 2;
  return {
    name: 'squares',
    parameters: [I32, I32],
    result: F64,
    locals: [...pairs.flatMap(() => [V128, V128]), V128],
    body: [
      ...times(blocks, [
        ...pairs.flatMap(({ at, value }) => set(value, loadTwoAsDoubles(get(g), at))),
        ...pairs.flatMap(({ value, sum }) => set(sum, addDoubles(get(sum), multiply(get(value), get(value))))),
        ...advance(g, BLOCK * 4),
      ]),
      ...set(all, sums),
      ...addDouble(doubleLane(get(all), 0), doubleLane(get(all), 1)),
    ],
  };
})();

const MODULE = assemble([UPDATE, SQUARES]);

export function kernelOver(memory: WasmMemory): AdamWKernel {
  return memory.functions<AdamWKernel>(MODULE);
}
