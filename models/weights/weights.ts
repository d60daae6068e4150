/**
 * The contract of a set of weights on disk: tensors under Hugging Face's names (`model.layers.0.self_attn.q_proj.weight`), whatever
 * the file calls them, in Hugging Face's row order, read one at a time.
 */

/** Byte formats this runtime reads. The lower rows are GGUF's blocks (ggml-quants.c): 32 or 256 weights of one row each. */
export const TENSOR_TYPES = ['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0', 'Q4_1', 'Q4_K', 'Q6_K'] as const;
export type TensorType = (typeof TENSOR_TYPES)[number];

export interface TensorInfo {
  readonly name: string;
  /** Rows first: a linear layer is [out, in]. */
  readonly shape: readonly number[];
  readonly type: TensorType;
  /** In its file; for messages. */
  readonly byteLength: number;
  readonly file: string;
}

export interface Weights {
  /** Where they come from, for messages: a folder or a file. */
  readonly source: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /**
   * The bytes of one tensor, in its own format, little-endian, rows in Hugging Face's order. A new buffer that the caller may keep
   * or drop; nothing is cached. Throws ModelFileError where the tensor is missing or its bytes end early.
   */
  read(name: string): Promise<Uint8Array>;
  /** `rows` rows from `first` on of a tensor of two dimensions, so that an embedding need not be held whole. */
  readRows(name: string, first: number, rows: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Of one row block: how many weights share it, and its bytes. */
export const BLOCKS: Readonly<Record<TensorType, { readonly weights: number; readonly bytes: number }>> = {
  F32: { weights: 1, bytes: 4 },
  F16: { weights: 1, bytes: 2 },
  BF16: { weights: 1, bytes: 2 },
  Q8_0: { weights: 32, bytes: 34 },
  Q4_0: { weights: 32, bytes: 18 },
  Q4_1: { weights: 32, bytes: 20 },
  Q4_K: { weights: 256, bytes: 144 },
  Q6_K: { weights: 256, bytes: 210 },
};

export function byteLengthOf(type: TensorType, shape: readonly number[]): number {
  const { weights, bytes } = BLOCKS[type];
  return (shape.reduce((product, dimension) => product * dimension, 1) / weights) * bytes;
}
