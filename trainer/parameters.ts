/**
 * The numbers that are trained, in one array, so that an optimiser sees no tensors: matrices first, which decay, then vectors (norms,
 * biases), which do not. The same layout holds gradients and the moments of the optimiser.
 */
import { MOST_BYTES, WasmMemory } from '../models/runtime/wasm.ts';

export interface ParameterSlot {
  /** As in the checkpoint (Hugging Face's name), or `<name>.lora_A` / `.lora_B`, or `value_head.weight`. */
  readonly name: string;
  /** As in the training graph: matrices are [in, out], except the embedding and lm_head [vocabSize, hiddenSize]. */
  readonly shape: readonly number[];
  /** In elements. */
  readonly offset: number;
  readonly length: number;
}

export interface ParameterLayout {
  /** By name, ascending offset. Offsets are multiples of 16 elements; what lies between is 0 and stays 0. */
  readonly slots: ReadonlyMap<string, ParameterSlot>;
  /** The first so many elements decay. */
  readonly decayed: number;
  /** Elements of the whole. */
  readonly length: number;
}

/** An optimiser's, of the gradient and of its square; laid out as the parameters are. */
export interface Moments {
  readonly m: Float32Array;
  readonly v: Float32Array;
}

const ALIGNMENT = 16;

/** Lays out tensors: those of two dimensions first, each group in the order given. */
export function layOut(tensors: Iterable<readonly [name: string, shape: readonly number[]]>): ParameterLayout {
  const all = [...tensors];
  const slots = new Map<string, ParameterSlot>();
  let at = 0;
  let decayed = 0;
  for (const matrices of [true, false]) {
    for (const [name, shape] of all) {
      if (shape.length >= 2 !== matrices) continue;
      const length = shape.reduce((product, size) => product * size, 1);
      slots.set(name, { name, shape, offset: at, length });
      at = Math.ceil((at + length) / ALIGNMENT) * ALIGNMENT;
    }
    if (matrices) decayed = at;
  }
  return { slots, decayed, length: at };
}

/** `count` arrays of zeros for a layout, in one memory that WebAssembly reaches (optim/adamw-kernel.ts); JavaScript's own where they are too large for it. */
export function arraysFor({ length }: ParameterLayout, count: number): Float32Array[] {
  const memory = count * length * 4 <= MOST_BYTES ? new WasmMemory(count * length * 4) : null;
  return Array.from({ length: count }, (_, i) => (memory === null ? new Float32Array(length) : new Float32Array(memory.buffer, i * length * 4, length)));
}

/** A tensor's numbers, not copied. */
export function viewOf(layout: ParameterLayout, flat: Float32Array, name: string): Float32Array {
  const slot = layout.slots.get(name);
  if (!slot) throw new Error(`There is no parameter '${name}'.`);
  return flat.subarray(slot.offset, slot.offset + slot.length);
}
