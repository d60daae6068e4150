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
    if (a.type !== b.type) throw new GraphError(op, `${a.type} with ${b.type}`);
    return [{ type: yields ?? a.type, shape: broadcast(op, a.shape, b.shape) }];
  };
}

function same(op: OpName): Rule<OpName> {
  return (inputs) => {
    const { type, shape } = required(op, inputs, 0);
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

/** 0 copies a dimension; the rest is taken as given, so a -1 must be said as the dimension it will be. */
function reshaped(shape: Shape, to: Shape): Shape {
  const target = to.map((dimension, i) => (dimension === 0 ? shape[i]! : dimension));
  const known = (all: Shape): number | null => (all.every((dimension) => typeof dimension === 'number' && dimension > 0) ? (all as number[]).reduce((a, b) => a * b, 1) : null);
  const before = known(shape);
  const free = target.indexOf(-1);
  if (free >= 0) {
    const rest = known(target.filter((_, i) => i !== free));
    const dimension = before !== null && rest !== null ? before / rest : `${shape.join('·')}/${target.filter((_, i) => i !== free).join('·')}`;
    if (typeof dimension === 'number' && !Number.isInteger(dimension)) throw new GraphError('Reshape', `${show(shape)} to ${show(to)}`);
    return target.map((one, i) => (i === free ? dimension : one));
  }
  const after = known(target);
  if (before !== null && after !== null && before !== after) throw new GraphError('Reshape', `${show(shape)} to ${show(to)}`);
  return target;
}

export const SHAPES: { readonly [O in OpName]: Rule<O> } = {
  Add: elementwise('Add'),
  Sub: elementwise('Sub'),
  Mul: elementwise('Mul'),
  Div: elementwise('Div'),
  Neg: same('Neg'),
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
    if (c && show(broadcast('Gemm', c.shape, shape)) !== show(shape)) throw new GraphError('Gemm', `adding ${show(c.shape)} to ${show(shape)}`);
    return [{ type: a.type, shape }];
  },
  MatMul(inputs) {
    const a = required('MatMul', inputs, 0);
    const b = required('MatMul', inputs, 1);
    return [{ type: a.type, shape: matmul('MatMul', a.shape, b.shape) }];
  },
  Softmax: same('Softmax'),
  LogSoftmax: same('LogSoftmax'),
  SimplifiedLayerNormalization(inputs) {
    const x = required('SimplifiedLayerNormalization', inputs, 0);
    const scale = required('SimplifiedLayerNormalization', inputs, 1);
    if (scale.shape.at(-1) !== x.shape.at(-1)) throw new GraphError('SimplifiedLayerNormalization', `${show(x.shape)} scaled by ${show(scale.shape)}`);
    return [{ type: x.type, shape: x.shape }];
  },
  SkipSimplifiedLayerNormalization(inputs) {
    const x = required('SkipSimplifiedLayerNormalization', inputs, 0);
    const skip = required('SkipSimplifiedLayerNormalization', inputs, 1);
    if (show(x.shape) !== show(skip.shape)) throw new GraphError('SkipSimplifiedLayerNormalization', `${show(x.shape)} plus ${show(skip.shape)}`);
    return [x, x];
  },
  QuickGelu: same('QuickGelu'),
  Gather(inputs, { axis }) {
    const data = required('Gather', inputs, 0);
    const at = axisOf('Gather', axis, data.shape);
    return [{ type: data.type, shape: [...data.shape.slice(0, at), ...required('Gather', inputs, 1).shape, ...data.shape.slice(at + 1)] }];
  },
  GatherElements(inputs) {
    return [{ type: required('GatherElements', inputs, 0).type, shape: required('GatherElements', inputs, 1).shape }];
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
  Concat(inputs, { axis }) {
    const values = inputs.map((_, i) => required('Concat', inputs, i));
    const first = values[0]!;
    const at = axisOf('Concat', axis, first.shape);
    const sizes = values.map(({ shape }) => shape[at]!);
    const size = sizes.every((one) => typeof one === 'number') ? (sizes as number[]).reduce((a, b) => a + b, 0) : sizes.join('+');
    for (const { shape } of values) {
      if (shape.some((dimension, i) => i !== at && dimension !== first.shape[i])) throw new GraphError('Concat', `${values.map((value) => show(value.shape)).join(' and ')} along ${axis}`);
    }
    return [{ type: first.type, shape: first.shape.map((dimension, i) => (i === at ? size : dimension)) }];
  },
  Split(inputs, { axis, sizes }) {
    const { type, shape } = required('Split', inputs, 0);
    const at = axisOf('Split', axis, shape);
    if (sizes.reduce((a, b) => a + b, 0) !== shape[at]) throw new GraphError('Split', `${show(shape)} along ${axis} into ${show(sizes)}`);
    return sizes.map((size) => ({ type, shape: shape.map((dimension, i) => (i === at ? size : dimension)) }));
  },
  ReduceSum: reduce('ReduceSum'),
  ReduceMean: reduce('ReduceMean'),
  ReduceMax: reduce('ReduceMax'),
  Cast(inputs, { to }) {
    return [{ type: to, shape: required('Cast', inputs, 0).shape }];
  },
  MatMulNBits(inputs, { K, N }) {
    const a = required('MatMulNBits', inputs, 0);
    if (a.shape.at(-1) !== K) throw new GraphError('MatMulNBits', `${show(a.shape)} · [${K}, ${N}]`);
    return [{ type: a.type, shape: [...a.shape.slice(0, -1), N] }];
  },
  GatherBlockQuantized(inputs, { bits }) {
    const data = required('GatherBlockQuantized', inputs, 0);
    const scales = required('GatherBlockQuantized', inputs, 2);
    const columns = data.shape[1] as number;
    return [{ type: scales.type, shape: [...required('GatherBlockQuantized', inputs, 1).shape, (columns * 8) / bits] }];
  },
  GroupQueryAttention(inputs, { num_heads, kv_num_heads }) {
    const query = required('GroupQueryAttention', inputs, 0);
    const past = required('GroupQueryAttention', inputs, 3);
    const headDim = past.shape[3] as number;
    // Without keys and values of their own, the three are packed into the query.
    const width = (inputs[1] ? num_heads : num_heads + 2 * kv_num_heads) * headDim;
    if (query.shape[2] !== width) throw new GraphError('GroupQueryAttention', `${show(query.shape)} where [.., .., ${width}] was expected`);
    return [{ type: query.type, shape: [query.shape[0]!, query.shape[1]!, num_heads * headDim] }, past, required('GroupQueryAttention', inputs, 4)];
  },
};
