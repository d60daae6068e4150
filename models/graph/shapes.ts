/**
 * What an operator yields, from what it is given: one rule per operator, and a graph that does not fit is refused where it is built,
 * with the operator and both shapes named, rather than by the runtime with a node's number.
 */
import type { DataType, Dimension, OpAttributes, OpName, Shape, Value } from './ops.ts';

export interface ValueType {
  readonly type: DataType;
  readonly shape: Shape;
}
type Rule<O extends OpName> = (inputs: readonly (Value | null)[], attributes: OpAttributes[O]) => readonly ValueType[];

export class GraphError extends Error {
  readonly op: OpName;
  constructor(op: OpName, message: string) {
    super(`${op}: ${message}`);
    this.name = new.target.name;
    this.op = op;
  }
}

const show = (shape: Shape): string => `[${shape.join(', ')}]`;

function required(op: OpName, inputs: readonly (Value | null)[], at: number): Value {
  const value = inputs[at];
  if (!value) throw new GraphError(op, `input ${at} is missing`);
  return value;
}

/** NumPy's broadcasting; a symbolic dimension meets itself or 1. */
export function broadcast(op: OpName, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const shape: Dimension[] = [];
  for (let i = 0; i < rank; i++) {
    const left = a[a.length - rank + i] ?? 1;
    const right = b[b.length - rank + i] ?? 1;
    if (left !== right && left !== 1 && right !== 1) throw new GraphError(op, `${show(a)} does not broadcast with ${show(b)}`);
    shape.push(left === 1 ? right : left);
  }
  return shape;
}

function elementwise(op: OpName, yields?: DataType): Rule<OpName> {
  return (inputs) => {
    const a = required(op, inputs, 0);
    const b = required(op, inputs, 1);
    alike(op, a, b);
    return [{ type: yields ?? a.type, shape: broadcast(op, a.shape, b.shape) }];
  };
}

function same(op: OpName): Rule<OpName> {
  return (inputs) => {
    const { type, shape } = required(op, inputs, 0);
    return [{ type, shape }];
  };
}

/** The same shape, worked on along one axis. */
function along(op: OpName): (inputs: readonly (Value | null)[], attributes: { readonly axis: number }) => readonly ValueType[] {
  return (inputs, { axis }) => {
    const { type, shape } = required(op, inputs, 0);
    axisOf(op, axis, shape);
    return [{ type, shape }];
  };
}

export function axisOf(op: OpName, axis: number, shape: Shape): number {
  const at = axis < 0 ? axis + shape.length : axis;
  if (at < 0 || at >= shape.length) throw new GraphError(op, `axis ${axis} of ${show(shape)}`);
  return at;
}

function reduce(op: OpName): (inputs: readonly (Value | null)[], attributes: OpAttributes['ReduceSum']) => readonly ValueType[] {
  return (inputs, { axes, keepdims }) => {
    const { type, shape } = required(op, inputs, 0);
    const reduced = new Set(axes.map((axis) => axisOf(op, axis, shape)));
    return [{ type, shape: shape.flatMap((dimension, i) => (reduced.has(i) ? (keepdims ? [1] : []) : [dimension])) }];
  };
}

function matmul(op: OpName, a: Shape, b: Shape): Shape {
  if (a.length < 2 || b.length < 2 || a.at(-1) !== b.at(-2)) throw new GraphError(op, `${show(a)} · ${show(b)}`);
  return [...broadcast(op, a.slice(0, -2), b.slice(0, -2)), a.at(-2)!, b.at(-1)!];
}

/** 0 copies a dimension and -1 is what remains. Names that stand on both sides cancel; what is left of them is not known before the graph runs. */
function reshaped(shape: Shape, to: Shape): Shape {
  const refused = (): GraphError => new GraphError('Reshape', `${show(shape)} to ${show(to)}`);
  const target = to.map((dimension, i) => (dimension === 0 ? shape[i] : dimension));
  if (target.includes(undefined)) throw refused();
  const free = target.indexOf(-1);
  if (free !== target.lastIndexOf(-1)) throw refused();
  const product = (all: readonly (Dimension | undefined)[]): number => all.reduce<number>((size, dimension) => (typeof dimension === 'number' ? size * dimension : size), 1);
  const named = (all: readonly (Dimension | undefined)[]): string[] => all.filter((dimension) => typeof dimension === 'string');
  const fixed = target.filter((_, i) => i !== free);
  const left = named(shape);
  const right = named(fixed).filter((name) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const ratio = product(shape) / product(fixed);
  const known = left.length === 0 && right.length === 0;
  if (known && (free < 0 ? ratio !== 1 : !Number.isInteger(ratio))) throw refused();
  const rest = known ? ratio : `${[...left, ...(ratio === 1 ? [] : [ratio])].join('·')}${right.length > 0 ? `/${right.join('·')}` : ''}`;
  return target.map((dimension, i) => (i === free ? rest : dimension!));
}

/** All of one type. */
function alike(op: OpName, ...values: readonly (Value | null | undefined)[]): void {
  const types = values.flatMap((value) => (value ? [value.type] : []));
  if (types.some((type) => type !== types[0])) throw new GraphError(op, types.join(' with '));
}

/** Rows that an index picks. */
function indices(op: OpName, value: Value): Value {
  if (value.type !== 'int64' && value.type !== 'int32') throw new GraphError(op, `indices in ${value.type}, where int64 or int32 was expected`);
  return value;
}

export const SHAPES: { readonly [O in OpName]: Rule<O> } = {
  Add: elementwise('Add'),
  Sub: elementwise('Sub'),
  Mul: elementwise('Mul'),
  Div: elementwise('Div'),
  Neg: same('Neg'),
  Identity: same('Identity'),
  Exp: same('Exp'),
  Log: same('Log'),
  Sqrt: same('Sqrt'),
  Sigmoid: same('Sigmoid'),
  Equal: elementwise('Equal', 'bool'),
  Less: elementwise('Less', 'bool'),
  GreaterOrEqual: elementwise('GreaterOrEqual', 'bool'),
  Where(inputs) {
    const condition = required('Where', inputs, 0);
    const a = required('Where', inputs, 1);
    const b = required('Where', inputs, 2);
    if (condition.type !== 'bool' || a.type !== b.type) throw new GraphError('Where', `${condition.type} ? ${a.type} : ${b.type}`);
    return [{ type: a.type, shape: broadcast('Where', condition.shape, broadcast('Where', a.shape, b.shape)) }];
  },
  Gemm(inputs, { transA = 0, transB = 0 }) {
    const a = required('Gemm', inputs, 0);
    const b = required('Gemm', inputs, 1);
    const turned = (shape: Shape, turn: 0 | 1): Shape => (turn ? [...shape].reverse() : shape);
    if (a.shape.length !== 2 || b.shape.length !== 2) throw new GraphError('Gemm', `${show(a.shape)} · ${show(b.shape)}`);
    const shape = matmul('Gemm', turned(a.shape, transA), turned(b.shape, transB));
    const c = inputs[2];
    alike('Gemm', a, b, c);
    if (c && show(broadcast('Gemm', c.shape, shape)) !== show(shape)) throw new GraphError('Gemm', `adding ${show(c.shape)} to ${show(shape)}`);
    return [{ type: a.type, shape }];
  },
  MatMul(inputs) {
    const a = required('MatMul', inputs, 0);
    const b = required('MatMul', inputs, 1);
    alike('MatMul', a, b);
    return [{ type: a.type, shape: matmul('MatMul', a.shape, b.shape) }];
  },
  FusedMatMul(inputs, { transA = 0, transB = 0 }) {
    const a = required('FusedMatMul', inputs, 0);
    const b = required('FusedMatMul', inputs, 1);
    alike('FusedMatMul', a, b);
    const turned = (shape: Shape, turn: 0 | 1): Shape => (turn ? [...shape.slice(0, -2), ...shape.slice(-2).reverse()] : shape);
    return [{ type: a.type, shape: matmul('FusedMatMul', turned(a.shape, transA), turned(b.shape, transB)) }];
  },
  Softmax: along('Softmax'),
  LogSoftmax: along('LogSoftmax'),
  SimplifiedLayerNormalization(inputs) {
    const x = required('SimplifiedLayerNormalization', inputs, 0);
    const scale = required('SimplifiedLayerNormalization', inputs, 1);
    alike('SimplifiedLayerNormalization', x, scale);
    if (scale.shape.length !== 1 || scale.shape[0] !== x.shape.at(-1)) throw new GraphError('SimplifiedLayerNormalization', `${show(x.shape)} scaled by ${show(scale.shape)}`);
    return [{ type: x.type, shape: x.shape }, { type: 'float32', shape: [...x.shape.slice(0, -1), 1] }];
  },
  SkipSimplifiedLayerNormalization(inputs) {
    const x = required('SkipSimplifiedLayerNormalization', inputs, 0);
    const skip = required('SkipSimplifiedLayerNormalization', inputs, 1);
    if (show(x.shape) !== show(skip.shape)) throw new GraphError('SkipSimplifiedLayerNormalization', `${show(x.shape)} plus ${show(skip.shape)}`);
    const scale = required('SkipSimplifiedLayerNormalization', inputs, 2);
    alike('SkipSimplifiedLayerNormalization', x, skip, scale);
    if (scale.shape.length !== 1 || scale.shape[0] !== x.shape.at(-1)) throw new GraphError('SkipSimplifiedLayerNormalization', `${show(x.shape)} scaled by ${show(scale.shape)}`);
    return [x, x];
  },
  QuickGelu: same('QuickGelu'),
  RotaryEmbedding(inputs) {
    const x = required('RotaryEmbedding', inputs, 0);
    const first = indices('RotaryEmbedding', required('RotaryEmbedding', inputs, 1));
    const cos = required('RotaryEmbedding', inputs, 2);
    const sin = required('RotaryEmbedding', inputs, 3);
    alike('RotaryEmbedding', x, cos, sin);
    const width = x.shape[2];
    const half = cos.shape[1];
    const fits = x.shape.length === 3 && cos.shape.length === 2 && typeof width === 'number' && typeof half === 'number' && width % (2 * half) === 0;
    if (!fits || show(cos.shape) !== show(sin.shape) || show(first.shape) !== '[1]') throw new GraphError('RotaryEmbedding', `${show(x.shape)} from ${show(first.shape)} by ${show(cos.shape)} and ${show(sin.shape)}`);
    return [{ type: x.type, shape: x.shape }];
  },
  Gather(inputs, { axis }) {
    const data = required('Gather', inputs, 0);
    const at = axisOf('Gather', axis, data.shape);
    return [{ type: data.type, shape: [...data.shape.slice(0, at), ...indices('Gather', required('Gather', inputs, 1)).shape, ...data.shape.slice(at + 1)] }];
  },
  GatherElements(inputs, { axis }) {
    const data = required('GatherElements', inputs, 0);
    const { shape } = indices('GatherElements', required('GatherElements', inputs, 1));
    axisOf('GatherElements', axis, data.shape);
    if (shape.length !== data.shape.length) throw new GraphError('GatherElements', `${show(shape)} out of ${show(data.shape)}`);
    return [{ type: data.type, shape }];
  },
  ScatterND(inputs) {
    const data = required('ScatterND', inputs, 0);
    const at = required('ScatterND', inputs, 1);
    const updates = required('ScatterND', inputs, 2);
    alike('ScatterND', data, updates);
    const depth = at.shape.at(-1);
    // One index of `depth` numbers per slice; ONNX takes them as int64 alone.
    const wanted = at.type === 'int64' && typeof depth === 'number' && depth <= data.shape.length ? [...at.shape.slice(0, -1), ...data.shape.slice(depth)] : null;
    if (wanted === null || show(wanted) !== show(updates.shape)) throw new GraphError('ScatterND', `${show(updates.shape)} at ${show(at.shape)} of ${show(data.shape)}`);
    return [{ type: data.type, shape: data.shape }];
  },
  ScatterElements(inputs, { axis }) {
    const data = required('ScatterElements', inputs, 0);
    const at = indices('ScatterElements', required('ScatterElements', inputs, 1));
    const updates = required('ScatterElements', inputs, 2);
    alike('ScatterElements', data, updates);
    axisOf('ScatterElements', axis, data.shape);
    if (at.shape.length !== data.shape.length || show(at.shape) !== show(updates.shape)) throw new GraphError('ScatterElements', `${show(updates.shape)} at ${show(at.shape)} of ${show(data.shape)}`);
    return [{ type: data.type, shape: data.shape }];
  },
  Reshape(inputs, { to }) {
    const { type, shape } = required('Reshape', inputs, 0);
    return [{ type, shape: reshaped(shape, to) }];
  },
  Transpose(inputs, { perm }) {
    const { type, shape } = required('Transpose', inputs, 0);
    if ([...perm].sort((a, b) => a - b).some((axis, i) => axis !== i) || perm.length !== shape.length) throw new GraphError('Transpose', `${show(shape)} by ${show(perm)}`);
    return [{ type, shape: perm.map((axis) => shape[axis]!) }];
  },
  Expand(inputs, { to }) {
    const { type, shape } = required('Expand', inputs, 0);
    return [{ type, shape: broadcast('Expand', shape, to) }];
  },
  Shape(inputs) {
    return [{ type: 'int64', shape: [required('Shape', inputs, 0).shape.length] }];
  },
  Concat(inputs, { axis }) {
    const values = inputs.map((_, i) => required('Concat', inputs, i));
    const first = required('Concat', inputs, 0);
    alike('Concat', ...values);
    const at = axisOf('Concat', axis, first.shape);
    const sizes = values.map(({ shape }) => shape[at]!);
    const size = sizes.every((one) => typeof one === 'number') ? (sizes as number[]).reduce((a, b) => a + b, 0) : sizes.join('+');
    for (const { shape } of values) {
      if (shape.length !== first.shape.length || shape.some((dimension, i) => i !== at && dimension !== first.shape[i])) throw new GraphError('Concat', `${values.map((value) => show(value.shape)).join(' and ')} along ${axis}`);
    }
    return [{ type: first.type, shape: first.shape.map((dimension, i) => (i === at ? size : dimension)) }];
  },
  Split(inputs, { axis, sizes }) {
    const { type, shape } = required('Split', inputs, 0);
    const at = axisOf('Split', axis, shape);
    const known = sizes.every((size) => typeof size === 'number');
    if (known ? (sizes as readonly number[]).reduce((a, b) => a + b, 0) !== shape[at] : !inputs[1]) throw new GraphError('Split', `${show(shape)} along ${axis} into ${show(sizes)}`);
    return sizes.map((size) => ({ type, shape: shape.map((dimension, i) => (i === at ? size : dimension)) }));
  },
  ReduceSum: reduce('ReduceSum'),
  ReduceMean: reduce('ReduceMean'),
  ReduceMax: reduce('ReduceMax'),
  Cast(inputs, { to }) {
    return [{ type: to, shape: required('Cast', inputs, 0).shape }];
  },
  MatMulNBits(inputs, { K, N, bits, block_size }) {
    const a = required('MatMulNBits', inputs, 0);
    const packed = required('MatMulNBits', inputs, 1);
    const scales = required('MatMulNBits', inputs, 2);
    const [, , , zeroPoints, , bias] = inputs;
    const blocks = Math.ceil(K / block_size);
    if (a.shape.at(-1) !== K) throw new GraphError('MatMulNBits', `${show(a.shape)} · [${K}, ${N}]`);
    alike('MatMulNBits', a, scales, bias);
    const expected = [[packed, [N, blocks, (block_size * bits) / 8]], [scales, [N, blocks]], [zeroPoints, [N, Math.ceil((blocks * bits) / 8)]], [bias, [N]]] as const;
    for (const [value, shape] of expected) {
      if (value && show(value.shape) !== show(shape)) throw new GraphError('MatMulNBits', `${show(value.shape)} where ${show(shape)} was expected, for [${K}, ${N}] in ${bits} bits`);
    }
    return [{ type: a.type, shape: [...a.shape.slice(0, -1), N] }];
  },
  GatherBlockQuantized(inputs, { bits, block_size }) {
    const data = required('GatherBlockQuantized', inputs, 0);
    const picked = indices('GatherBlockQuantized', required('GatherBlockQuantized', inputs, 1));
    const scales = required('GatherBlockQuantized', inputs, 2);
    const [rows, bytes] = data.shape;
    const columns = ((bytes as number) * 8) / bits;
    if (data.shape.length !== 2 || show(scales.shape) !== show([rows!, Math.ceil(columns / block_size)])) throw new GraphError('GatherBlockQuantized', `${show(data.shape)} in blocks of ${show(scales.shape)}`);
    return [{ type: scales.type, shape: [...picked.shape, columns] }];
  },
  GroupQueryAttention(inputs, { num_heads, kv_num_heads, do_rotary }) {
    const query = required('GroupQueryAttention', inputs, 0);
    const past = required('GroupQueryAttention', inputs, 3);
    const pastValues = required('GroupQueryAttention', inputs, 4);
    if (query.shape.length !== 3 || past.shape.length !== 4 || past.shape[1] !== kv_num_heads || num_heads % kv_num_heads !== 0) {
      throw new GraphError('GroupQueryAttention', `${show(query.shape)} over ${show(past.shape)}, with ${num_heads} heads and ${kv_num_heads} of keys`);
    }
    alike('GroupQueryAttention', query, past, pastValues);
    if (show(past.shape) !== show(pastValues.shape)) throw new GraphError('GroupQueryAttention', `keys ${show(past.shape)} with values ${show(pastValues.shape)}`);
    const headDim = past.shape[3] as number;
    // The kernel says so only when it runs (onnxruntime, group_query_attention_helper.h).
    if (do_rotary && headDim % 16 !== 0) throw new GraphError('GroupQueryAttention', `${show(past.shape)}: rotary heads are multiples of 16 wide`);
    // Without keys and values of their own, the three are packed into the query.
    const width = (inputs[1] ? num_heads : num_heads + 2 * kv_num_heads) * headDim;
    if (query.shape[2] !== width) throw new GraphError('GroupQueryAttention', `${show(query.shape)} where [.., .., ${width}] was expected`);
    return [{ type: query.type, shape: [query.shape[0]!, query.shape[1]!, num_heads * headDim] }, past, pastValues];
  },
};
