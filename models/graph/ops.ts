/**
 * The operators that graphs are built of, as one closed union: what each takes, what it yields, which domain of ONNX holds it.
 * A table over `OpName` is checked by the compiler for completeness; shapes here, gradients in the trainer.
 *
 * Sources: onnx/docs/Operators.md (opset 21); microsoft/onnxruntime, docs/ContribOperators.md for `com.microsoft`.
 */

export const DATA_TYPES = ['float32', 'float16', 'int64', 'int32', 'uint8', 'bool'] as const;
export type DataType = (typeof DATA_TYPES)[number];

/** A number, or the name of a dimension that is known when the graph runs. */
export type Dimension = number | string;
export type Shape = readonly Dimension[];

/** One edge of a graph. */
export interface Value {
  readonly name: string;
  readonly type: DataType;
  readonly shape: Shape;
}

/** Attributes of each operator, by ONNX's names. */
export interface OpAttributes {
  Add: object;
  Sub: object;
  Mul: object;
  Div: object;
  Neg: object;
  /** The same values, through which no gradient passes. */
  Identity: object;
  Exp: object;
  Log: object;
  Sqrt: object;
  Sigmoid: object;
  Equal: object;
  Less: object;
  GreaterOrEqual: object;
  Where: object;
  /** a [M, K] · b [K, N], transposed first where asked; plus c [N] if given. */
  Gemm: { readonly transA?: 0 | 1; readonly transB?: 0 | 1; readonly alpha?: number; readonly beta?: number };
  MatMul: object;
  /** alpha · a · b, the last two axes of each transposed first where asked. */
  FusedMatMul: { readonly transA?: 0 | 1; readonly transB?: 0 | 1; readonly alpha?: number };
  Softmax: { readonly axis: number };
  LogSoftmax: { readonly axis: number };
  /** x · r · scale over the last axis, with r = 1 / sqrt(mean(x²) + epsilon), the second output; ONNX Runtime's name for RMS norm. */
  SimplifiedLayerNormalization: { readonly axis: number; readonly epsilon: number };
  /** Adds input and skip, norms the sum; yields the norm and the sum. */
  SkipSimplifiedLayerNormalization: { readonly epsilon: number };
  /** x · sigmoid(alpha · x): SiLU at alpha 1. */
  QuickGelu: { readonly alpha: number };
  /**
   * x [batch, sequence, heads · headDim], the two halves of each head turned into each other by angle tables [positions, headDim / 2]; the
   * second input, int64 [1], is the position of the first token.
   */
  RotaryEmbedding: { readonly interleaved: 0 };
  Gather: { readonly axis: number };
  GatherElements: { readonly axis: number };
  /** The first input with the slices at `indices` [n, k] replaced by `updates`. */
  ScatterND: object;
  /** The first input with updates [i][j] added at [indices [i][j]][j] (axis 0, two dimensions; the others alike). */
  ScatterElements: { readonly axis: number; readonly reduction: 'add' };
  /** 0 keeps a dimension, -1 is what remains. A second input, int64, says the same when the graph runs, where two dimensions are open. */
  Reshape: { readonly to: Shape };
  Transpose: { readonly perm: readonly number[] };
  /** A second input, int64, says the same when the graph runs, where a dimension of `to` is not in the first. */
  Expand: { readonly to: Shape };
  /** int64 [rank]. */
  Shape: object;
  Concat: { readonly axis: number };
  /** A second input, int64, says the same when the graph runs, where sizes are names. */
  Split: { readonly axis: number; readonly sizes: Shape };
  ReduceSum: { readonly axes: readonly number[]; readonly keepdims: 0 | 1 };
  ReduceMean: { readonly axes: readonly number[]; readonly keepdims: 0 | 1 };
  ReduceMax: { readonly axes: readonly number[]; readonly keepdims: 0 | 1 };
  Cast: { readonly to: DataType };
  /** a [.., K] · dequantised b [N, K]ᵀ: blocks along K, each its scale and zero point. */
  MatMulNBits: { readonly K: number; readonly N: number; readonly bits: 4 | 8; readonly block_size: number; readonly accuracy_level: number };
  /** Rows of a matrix held in blocks, dequantised. */
  GatherBlockQuantized: { readonly bits: 4 | 8; readonly block_size: number; readonly gather_axis: 0; readonly quantize_axis: 1 };
  /** Causal attention with rotary positions and a cache: [B, heads, capacity, headDim], written in place where input and output share memory. */
  GroupQueryAttention: { readonly num_heads: number; readonly kv_num_heads: number; readonly scale: number; readonly do_rotary: 0 | 1; readonly rotary_interleaved: 0 | 1 };
}
export type OpName = keyof OpAttributes;

export type Attribute = number | string | readonly number[] | Shape | undefined;

export interface Node<O extends OpName = OpName> {
  readonly op: O;
  /** Null for an optional input that is left out. */
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: OpAttributes[O];
}

/** `''` is ONNX's own domain. */
export const DOMAINS: Readonly<Record<OpName, '' | 'com.microsoft'>> = {
  Add: '',
  Sub: '',
  Mul: '',
  Div: '',
  Neg: '',
  Identity: '',
  Exp: '',
  Log: '',
  Sqrt: '',
  Sigmoid: '',
  Equal: '',
  Less: '',
  GreaterOrEqual: '',
  Where: '',
  Gemm: '',
  MatMul: '',
  FusedMatMul: 'com.microsoft',
  Softmax: '',
  LogSoftmax: '',
  SimplifiedLayerNormalization: '',
  SkipSimplifiedLayerNormalization: 'com.microsoft',
  QuickGelu: 'com.microsoft',
  RotaryEmbedding: 'com.microsoft',
  Gather: '',
  GatherElements: '',
  ScatterND: '',
  ScatterElements: '',
  Reshape: '',
  Transpose: '',
  Expand: '',
  Shape: '',
  Concat: '',
  Split: '',
  ReduceSum: '',
  ReduceMean: '',
  ReduceMax: '',
  Cast: '',
  MatMulNBits: 'com.microsoft',
  GatherBlockQuantized: 'com.microsoft',
  GroupQueryAttention: 'com.microsoft',
};
