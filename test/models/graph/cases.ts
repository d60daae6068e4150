/**
 * One small graph per operator, with what its rule says of it and, where it is a line of arithmetic, the numbers; and inputs that the
 * rule refuses. The compiler holds the table complete. Meanings: onnx/docs/Operators.md, onnxruntime/docs/ContribOperators.md.
 */
import type { DataType, OpAttributes, OpName, Shape } from '../../../models/graph/ops.ts';

/** A type, a shape whose names stand for SIZES, and the data if it matters; null for an input that is left out. */
export type Input = readonly [type: DataType, shape: Shape, data?: readonly number[]] | null;
/** A name in a shape that is no name of SIZES is not compared. */
export const SIZES: Readonly<Record<string, number>> = { n: 3, m: 2, batch: 2, sequence: 1, tokens: 2 };

export interface OpCase<Attributes extends object> {
  readonly inputs: readonly Input[];
  readonly attributes: Attributes;
  readonly yields: readonly (readonly [DataType, Shape])[];
  /** Of the first output. */
  readonly values?: readonly number[];
  /** Inputs (and attributes) that do not fit, and the message, which follows the operator's name. */
  readonly refused: readonly (readonly [inputs: readonly Input[], message: string, attributes?: Attributes])[];
}

const f = (...shape: Shape): Input => ['float32', shape];
const of = (shape: Shape, ...data: number[]): Input => ['float32', shape, data];
const ids = (shape: Shape, ...data: number[]): Input => ['int64', shape, data];
const MISSING = 'input 1 is missing';

function binary(yields: DataType, values: readonly number[]): OpCase<OpAttributes['Add']> {
  return {
    inputs: [of(['n', 2], 1, 2, 3, 4, 5, 6), of([2], 2, 4)],
    attributes: {},
    yields: [[yields, ['n', 2]]],
    values,
    refused: [
      [[f(2, 3), f(4)], '[2, 3] does not broadcast with [4]'],
      [[f('n', 3), f('m', 3)], '[n, 3] does not broadcast with [m, 3]'],
      [[f(2), ['int64', [2]]], 'float32 with int64'],
      [[f(2)], MISSING],
    ],
  };
}

const FOUR = [0.25, 0.5, 1, 2] as const;
function unary(of: (x: number) => number): OpCase<OpAttributes['Exp']> {
  return { inputs: [['float32', ['m', 2], FOUR]], attributes: {}, yields: [['float32', ['m', 2]]], values: FOUR.map(of), refused: [[[], 'input 0 is missing']] };
}

const along = (values: readonly number[]): OpCase<OpAttributes['Softmax']> => ({
  inputs: [of([2, 2], 0, Math.log(3), 1, 1)],
  attributes: { axis: -1 },
  yields: [['float32', [2, 2]]],
  values,
  refused: [[[f(2, 3)], 'axis 2 of [2, 3]', { axis: 2 }], [[f(2, 3)], 'axis -3 of [2, 3]', { axis: -3 }]],
});

const reduced = (values: readonly number[]): OpCase<OpAttributes['ReduceSum']> => ({
  inputs: [of(['m', 3], 1, 2, 6, 3, 3, 9)],
  attributes: { axes: [-1], keepdims: 1 },
  yields: [['float32', ['m', 1]]],
  values,
  refused: [[[f(2, 3)], 'axis 2 of [2, 3]', { axes: [0, 2], keepdims: 0 }]],
});

const root = Math.sqrt(12.5);
const silu = (x: number): number => x / (1 + Math.exp(-x));

const CACHE = ['float32', ['batch', 1, 8, 16]] as const;
const GQA = { num_heads: 2, kv_num_heads: 1, scale: 0.25, do_rotary: 1, rotary_interleaved: 0 } as const;
const ROTARY = [['int32', ['batch'], [0, 3]], ['int32', [], [4]], f(8, 8), f(8, 8)] as const;
const NBITS = { K: 64, N: 5, bits: 4, block_size: 32, accuracy_level: 4 } as const;

export const CASES: { readonly [O in OpName]: OpCase<OpAttributes[O]> } = {
  Add: binary('float32', [3, 6, 5, 8, 7, 10]),
  Sub: binary('float32', [-1, -2, 1, 0, 3, 2]),
  Mul: binary('float32', [2, 8, 6, 16, 10, 24]),
  Div: binary('float32', [0.5, 0.5, 1.5, 1, 2.5, 1.5]),
  Equal: binary('bool', [0, 0, 0, 1, 0, 0]),
  Less: binary('bool', [1, 1, 0, 0, 0, 0]),
  GreaterOrEqual: binary('bool', [0, 0, 1, 1, 1, 1]),
  Neg: unary((x) => -x),
  Identity: unary((x) => x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Where: {
    inputs: [['bool', [2, 1], [1, 0]], of([2, 2], 1, 2, 3, 4), of([], 9)],
    attributes: {},
    yields: [['float32', [2, 2]]],
    values: [1, 2, 9, 9],
    refused: [
      [[f(2), f(2), f(2)], 'float32 ? float32 : float32'],
      [[['bool', [2]], f(2), ['int64', [2]]], 'bool ? float32 : int64'],
      [[['bool', [3]], f(2), f(2)], '[3] does not broadcast with [2]'],
    ],
  },
  Gemm: {
    inputs: [of(['n', 2], 1, 2, 3, 4, 5, 6), of([2, 2], 1, 0, 1, 1), of([2], 10, 20)],
    attributes: { transB: 1 },
    yields: [['float32', ['n', 2]]],
    values: [11, 23, 13, 27, 15, 31],
    refused: [
      [[f('n', 2), f(2, 3)], '[n, 2] · [3, 2]', { transB: 1 }],
      [[f(2, 3), f(2, 4)], '[2, 3] · [2, 4]', {}],
      [[f(2, 3), f(3, 4), f(3)], '[3] does not broadcast with [2, 4]', {}],
      [[f(1, 3), f(3, 4), f(2, 4)], 'adding [2, 4] to [1, 4]', {}],
      [[f(2, 2, 3), f(3, 4)], '[2, 2, 3] · [3, 4]', {}],
      [[f(2, 3), ['float16', [3, 4]]], 'float32 with float16', {}],
    ],
  },
  MatMul: {
    inputs: [of([2, 'n', 2], 1, 0, 0, 1, 1, 1, 2, 0, 0, 2, 2, 2), of([2, 2], 1, 2, 3, 4)],
    attributes: {},
    yields: [['float32', [2, 'n', 2]]],
    values: [1, 2, 3, 4, 4, 6, 2, 4, 6, 8, 8, 12],
    refused: [
      [[f('n', 3), f(4, 5)], '[n, 3] · [4, 5]'],
      [[f(3), f(3, 5)], '[3] · [3, 5]'],
      [[f(2, 4, 3), f(3, 3, 5)], '[2] does not broadcast with [3]'],
      [[f(4, 3), ['float16', [3, 5]]], 'float32 with float16'],
    ],
  },
  FusedMatMul: {
    inputs: [of([2, 2, 'n'], 1, 0, 1, 0, 1, 1, 2, 0, 2, 0, 2, 2), of([2, 2], 1, 3, 2, 4)],
    attributes: { transA: 1, transB: 1, alpha: 2 },
    yields: [['float32', [2, 'n', 2]]],
    values: [2, 4, 6, 8, 8, 12, 4, 8, 12, 16, 16, 24],
    refused: [
      [[f('n', 3), f(3, 5)], '[n, 3] · [5, 3]', { transB: 1 }],
      [[f(3), f(3, 5)], '[3] · [3, 5]', {}],
      [[f(4, 3), ['float16', [3, 5]]], 'float32 with float16', {}],
    ],
  },
  Softmax: along([0.25, 0.75, 0.5, 0.5]),
  LogSoftmax: along([0.25, 0.75, 0.5, 0.5].map(Math.log)),
  SimplifiedLayerNormalization: {
    inputs: [of(['n', 2], 3, 4, -3, 4, 0, 0), of([2], 1, 2)],
    attributes: { axis: -1, epsilon: 1e-12 },
    yields: [['float32', ['n', 2]], ['float32', ['n', 1]]],
    values: [3 / root, 8 / root, -3 / root, 8 / root, 0, 0],
    refused: [[[f('n', 4), f(3)], '[n, 4] scaled by [3]'], [[f('n', 4), ['float16', [4]]], 'float32 with float16']],
  },
  SkipSimplifiedLayerNormalization: {
    inputs: [of(['n', 2], 1, 1, -1, 1, 0, 0), of(['n', 2], 2, 3, -2, 3, 0, 0), of([2], 1, 2)],
    attributes: { epsilon: 1e-12 },
    yields: [['float32', ['n', 2]], ['float32', ['n', 2]]],
    values: [3 / root, 8 / root, -3 / root, 8 / root, 0, 0],
    refused: [[[f('n', 4), f(1, 4), f(4)], '[n, 4] plus [1, 4]'], [[f('n', 4), f('n', 4), f(3)], '[n, 4] scaled by [3]'], [[f('n', 4), f('n', 4)], 'input 2 is missing']],
  },
  QuickGelu: { ...unary(silu), attributes: { alpha: 1 }, refused: [[[], 'input 0 is missing']] },
  RotaryEmbedding: {
    inputs: [of([1, 2, 4], 1, 2, 3, 4, 5, 6, 7, 8), ids([1], 1), of([4, 2], 1, 1, 1, 0, 0, 1, 1, 1), of([4, 2], 0, 0, 0, 1, 1, 0, 0, 0)],
    attributes: { interleaved: 0 },
    yields: [['float32', [1, 2, 4]]],
    values: [1, -4, 3, 2, -7, 6, 5, 8],
    refused: [
      [[f(2, 3, 12), ids([1], 0), f(8, 4), f(8, 4)], '[2, 3, 12] from [1] by [8, 4] and [8, 4]'],
      [[f(2, 3, 16), ids([1], 0), f(8, 4), f(8, 2)], '[2, 3, 16] from [1] by [8, 4] and [8, 2]'],
      [[f(2, 3, 16), ids([2], 0, 0), f(8, 4), f(8, 4)], '[2, 3, 16] from [2] by [8, 4] and [8, 4]'],
      [[f(2, 3, 16), f(1), f(8, 4), f(8, 4)], 'indices in float32, where int64 or int32 was expected'],
      [[f(2, 3, 16), ids([1], 0), f(8, 4), ['float16', [8, 4]]], 'float32 with float32 with float16'],
    ],
  },
  Gather: {
    inputs: [of([3, 2], 1, 2, 3, 4, 5, 6), ids(['m', 1], 2, 0)],
    attributes: { axis: 0 },
    yields: [['float32', ['m', 1, 2]]],
    values: [5, 6, 1, 2],
    refused: [[[f(3, 2), ids([2], 0, 0)], 'axis 2 of [3, 2]', { axis: 2 }], [[f(3, 2), f(2)], 'indices in float32, where int64 or int32 was expected']],
  },
  GatherElements: {
    inputs: [of([2, 3], 1, 2, 3, 4, 5, 6), ids([2, 1], 2, 0)],
    attributes: { axis: 1 },
    yields: [['float32', [2, 1]]],
    values: [3, 4],
    refused: [[[f(2, 3), ids([2], 0, 0)], '[2] out of [2, 3]'], [[f(2, 3), ids([2, 1], 0, 0)], 'axis -3 of [2, 3]', { axis: -3 }], [[f(2, 3), f(2, 1)], 'indices in float32, where int64 or int32 was expected']],
  },
  ScatterND: {
    inputs: [of([3, 2], 1, 2, 3, 4, 5, 6), ids(['m', 1], 2, 0), of(['m', 2], 7, 8, 9, 10)],
    attributes: {},
    yields: [['float32', [3, 2]]],
    values: [9, 10, 3, 4, 7, 8],
    refused: [
      [[f(3, 2), ids([1, 1], 0), f(2, 2)], '[2, 2] at [1, 1] of [3, 2]'],
      [[f(3, 2), ids([1, 3], 0, 0, 0), f(1)], '[1] at [1, 3] of [3, 2]'],
      [[f(3, 2), ['int32', [1, 1]], f(1, 2)], '[1, 2] at [1, 1] of [3, 2]'],
      [[f(3, 2), ids([1, 1], 0), ['float16', [1, 2]]], 'float32 with float16'],
    ],
  },
  ScatterElements: {
    inputs: [of([3, 2], 1, 2, 3, 4, 5, 6), ids(['m', 2], 2, 0, 2, 1), of(['m', 2], 7, 8, 9, 10)],
    attributes: { axis: 0, reduction: 'add' },
    yields: [['float32', [3, 2]]],
    values: [1, 10, 3, 14, 21, 6],
    refused: [
      [[f(3, 2), ids([1, 2], 0, 0), f(2, 2)], '[2, 2] at [1, 2] of [3, 2]'],
      [[f(3, 2), ids([1], 0), f(1)], '[1] at [1] of [3, 2]'],
      [[f(3, 2), ids([1, 2], 0, 0), ['float16', [1, 2]]], 'float32 with float16'],
      [[f(3, 2), f(1, 2), f(1, 2)], 'indices in float32, where int64 or int32 was expected'],
      [[f(3, 2), ids([1, 2], 0, 0), f(1, 2)], 'axis 2 of [3, 2]', { axis: 2, reduction: 'add' }],
    ],
  },
  Reshape: {
    inputs: [of(['n', 4], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)],
    attributes: { to: [0, 2, -1] },
    yields: [['float32', ['n', 2, 2]]],
    values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    refused: [
      [[f(2, 6)], '[2, 6] to [5, -1]', { to: [5, -1] }],
      [[f(2, 6)], '[2, 6] to [3, 5]', { to: [3, 5] }],
      [[f('n', 6)], '[n, 6] to [n, 3, 3]', { to: ['n', 3, 3] }],
      [[f('n', 6)], '[n, 6] to [0, 4, -1]', { to: [0, 4, -1] }],
      [[f(2, 6)], '[2, 6] to [-1, -1]', { to: [-1, -1] }],
      [[f(2, 6)], '[2, 6] to [2, 6, 0]', { to: [2, 6, 0] }],
    ],
  },
  Transpose: {
    inputs: [of([2, 3, 1], 1, 2, 3, 4, 5, 6)],
    attributes: { perm: [1, 2, 0] },
    yields: [['float32', [3, 1, 2]]],
    values: [1, 4, 2, 5, 3, 6],
    refused: [[[f(2, 3)], '[2, 3] by [0, 0]', { perm: [0, 0] }], [[f(2, 3)], '[2, 3] by [0, 1, 2]', { perm: [0, 1, 2] }]],
  },
  Expand: {
    inputs: [of([2, 1], 1, 2)],
    attributes: { to: [2, 3] },
    yields: [['float32', [2, 3]]],
    values: [1, 1, 1, 2, 2, 2],
    refused: [[[f(2, 2)], '[2, 2] does not broadcast with [2, 3]', { to: [2, 3] }]],
  },
  Shape: {
    inputs: [f('m', 4, 'n')],
    attributes: {},
    yields: [['int64', [3]]],
    values: [2, 4, 3],
    refused: [[[], 'input 0 is missing']],
  },
  Concat: {
    inputs: [of(['m', 1], 1, 2), of(['m', 2], 3, 4, 5, 6)],
    attributes: { axis: -1 },
    yields: [['float32', ['m', 3]]],
    values: [1, 3, 4, 2, 5, 6],
    refused: [
      [[f(2, 3), f(4, 3)], '[2, 3] and [4, 3] along 1', { axis: 1 }],
      [[f(2, 3), f(2)], '[2, 3] and [2] along 0', { axis: 0 }],
      [[f(2, 3), ['int64', [2, 3]]], 'float32 with int64', { axis: 0 }],
      [[], 'input 0 is missing', { axis: 0 }],
    ],
  },
  Split: {
    inputs: [of(['m', 3], 1, 2, 3, 4, 5, 6)],
    attributes: { axis: 1, sizes: [1, 2] },
    yields: [['float32', ['m', 1]], ['float32', ['m', 2]]],
    values: [1, 4],
    refused: [[[f(2, 3)], '[2, 3] along 1 into [1, 1]', { axis: 1, sizes: [1, 1] }], [[f('n', 3)], '[n, 3] along 0 into [1, 1]', { axis: 0, sizes: [1, 1] }], [[f('n', 3)], '[n, 3] along 0 into [a, b]', { axis: 0, sizes: ['a', 'b'] }]],
  },
  ReduceSum: reduced([9, 15]),
  ReduceMean: reduced([3, 5]),
  ReduceMax: reduced([6, 9]),
  Cast: {
    inputs: [of(['n'], 1.5, -2, 0)],
    attributes: { to: 'int32' },
    yields: [['int32', ['n']]],
    values: [1, -2, 0],
    refused: [[[], 'input 0 is missing']],
  },
  MatMulNBits: {
    inputs: [f('n', 64), ['uint8', [5, 2, 16]], f(5, 2), ['uint8', [5, 1]], null, f(5)],
    attributes: NBITS,
    yields: [['float32', ['n', 5]]],
    refused: [
      [[f('n', 96), ['uint8', [5, 2, 16]], f(5, 2)], '[n, 96] · [64, 5]'],
      [[f('n', 64), ['uint8', [5, 2, 32]], f(5, 2)], '[5, 2, 32] where [5, 2, 16] was expected, for [64, 5] in 4 bits'],
      [[f('n', 64), ['uint8', [5, 2, 16]], f(5, 3)], '[5, 3] where [5, 2] was expected, for [64, 5] in 4 bits'],
      [[f('n', 64), ['uint8', [5, 2, 16]], f(5, 2), ['uint8', [5, 2]]], '[5, 2] where [5, 1] was expected, for [64, 5] in 4 bits'],
      [[f('n', 64), ['uint8', [5, 2, 16]], f(5, 2), null, null, f(64)], '[64] where [5] was expected, for [64, 5] in 4 bits'],
      [[f('n', 64), ['uint8', [5, 2, 16]], ['float16', [5, 2]]], 'float32 with float16'],
    ],
  },
  GatherBlockQuantized: {
    inputs: [['uint8', [7, 32]], ids(['m'], 6, 0), f(7, 2), ['uint8', [7, 1]]],
    attributes: { bits: 4, block_size: 32, gather_axis: 0, quantize_axis: 1 },
    yields: [['float32', ['m', 64]]],
    refused: [[[['uint8', [7, 32]], ids(['m'], 0, 0), f(7, 1)], '[7, 32] in blocks of [7, 1]'], [[['uint8', [7, 32]], f('m'), f(7, 2)], 'indices in float32, where int64 or int32 was expected']],
  },
  GroupQueryAttention: {
    inputs: [f('batch', 'sequence', 64), null, null, CACHE, CACHE, ...ROTARY],
    attributes: GQA,
    yields: [['float32', ['batch', 'sequence', 32]], CACHE, CACHE],
    refused: [
      [[f('batch', 'sequence', 32), null, null, CACHE, CACHE, ...ROTARY], '[batch, sequence, 32] where [.., .., 64] was expected'],
      [[f('batch', 'sequence', 64), f('batch', 'sequence', 16), f('batch', 'sequence', 16), CACHE, CACHE, ...ROTARY], '[batch, sequence, 64] where [.., .., 32] was expected'],
      [[f('tokens', 64), null, null, CACHE, CACHE, ...ROTARY], '[tokens, 64] over [batch, 1, 8, 16], with 2 heads and 1 of keys'],
      [[f('batch', 'sequence', 64), null, null, f('batch', 2, 8, 16), CACHE, ...ROTARY], '[batch, sequence, 64] over [batch, 2, 8, 16], with 2 heads and 1 of keys'],
      [[f('batch', 'sequence', 64), null, null, CACHE, f('batch', 1, 9, 16), ...ROTARY], 'keys [batch, 1, 8, 16] with values [batch, 1, 9, 16]'],
      [[f('batch', 'sequence', 40), null, null, f('batch', 1, 8, 10), f('batch', 1, 8, 10), ...ROTARY], '[batch, 1, 8, 10]: rotary heads are multiples of 16 wide'],
    ],
  },
};
