/**
 * The gradient of each operator, in reverse mode: from the gradients of a node's outputs to those of its inputs, as more nodes. One row
 * per operator; the compiler holds the table complete.
 */
import type { GraphBuilder } from '../../models/graph/builder.ts';
import type { Dimension, OpAttributes, OpName, Shape, Value } from '../../models/graph/ops.ts';
import { axisOf } from '../../models/graph/shapes.ts';

/**
 * One more summand of a gradient: a value, or what adds itself to the sum so far where the operator can do so at no cost (Gemm). `sum` is
 * null for the first.
 */
export type Summand = Value | ((sum: Value | null) => Value);

export interface Call<O extends OpName = OpName> {
  readonly g: GraphBuilder;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: OpAttributes[O];
  /** Of each output, in its shape; null where nothing that is wanted depends on it. At least one is there. */
  readonly gradients: readonly (Value | null)[];
  /** Whether the gradient of an input is wanted. */
  readonly wanted: readonly boolean[];
  /** An input or output for use in the backward pass. */
  late(value: Value): Value;
}

/** Yields the gradient of each input, in its shape; what stands for an input that is not wanted is not looked at. */
export type Rule<O extends OpName> = (call: Call<O>) => readonly (Summand | null)[];

/** `stop`: nothing passes, by its meaning. Otherwise it has a gradient that is not implemented, and asking for it is an error. */
export type NoRule = 'stop' | { readonly refused: string };

/** Shape `to` of a value whose gradient is `like`-shaped, for Reshape: as attributes where they suffice, else asked of the value when the graph runs. */
export function reshapeTo(g: GraphBuilder, x: Value, like: Value): Value {
  if (same(x.shape, like.shape)) return x;
  const to: Dimension[] = like.shape.map((dimension, i) => (typeof dimension === 'string' && dimension === x.shape[i] ? 0 : dimension));
  const open = to.flatMap((dimension, i) => (typeof dimension === 'string' ? [i] : []));
  if (open.length > 1) return g.op('Reshape', [x, g.op('Shape', [like], {})], { to: like.shape });
  const made = g.reshape(x, to.map((dimension) => (typeof dimension === 'string' ? -1 : dimension)));
  return { ...made, shape: like.shape };
}

/** x [.., n] as [rows, n]. */
export function flat(g: GraphBuilder, x: Value): Value {
  return x.shape.length === 2 ? x : g.reshape(x, [-1, x.shape.at(-1)!]);
}

/** x, broadcast to the shape of `like`. */
export function expandTo(g: GraphBuilder, x: Value, like: Value): Value {
  if (same(x.shape, like.shape)) return x;
  return like.shape.every((dimension) => typeof dimension === 'number') ? g.op('Expand', [x], { to: like.shape }) : g.op('Expand', [x, g.op('Shape', [like], {})], { to: like.shape });
}

export function zerosLike(g: GraphBuilder, like: Value): Value {
  return expandTo(g, g.scalar(0), like);
}

/** What broadcasting repeated, summed: x in the shape of `like`, which broadcasts to x's. */
export function sumTo(g: GraphBuilder, x: Value, like: Value): Value {
  const lead = x.shape.length - like.shape.length;
  const leading = Array.from({ length: lead }, (_, i) => i);
  const dropped = lead > 0 ? g.op('ReduceSum', [x], { axes: leading, keepdims: 0 }) : x;
  const axes = like.shape.flatMap((dimension, i) => (dimension === 1 && dropped.shape[i] !== 1 ? [i] : []));
  return axes.length > 0 ? g.op('ReduceSum', [dropped], { axes, keepdims: 1 }) : dropped;
}

const same = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((dimension, i) => dimension === b[i]);

/** The gradient of the only output. */
const only = ({ gradients }: Call): Value => gradients[0]!;

/** Inputs and output of an operator, each made ready where it is asked for. */
interface Operands {
  readonly a: Value;
  readonly b: Value;
  readonly y: Value;
}
function operands({ inputs, outputs, late }: Call): Operands {
  return {
    get a() {
      return late(inputs[0]!);
    },
    get b() {
      return late(inputs[1]!);
    },
    get y() {
      return late(outputs[0]!);
    },
  };
}

type Elementwise = (g: GraphBuilder, dy: Value, of: Operands) => Value;
/** Of an operator that broadcasts two inputs. */
function binary(first: Elementwise, second: Elementwise): (call: Call) => readonly (Value | null)[] {
  return (call) => {
    const { g, inputs, wanted } = call;
    const dy = only(call);
    const of = operands(call);
    return [wanted[0] ? sumTo(g, first(g, dy, of), inputs[0]!) : null, wanted[1] ? sumTo(g, second(g, dy, of), inputs[1]!) : null];
  };
}

function unary(rule: Elementwise): (call: Call) => readonly Value[] {
  return (call) => [rule(call.g, only(call), operands(call))];
}

const mul = (g: GraphBuilder, a: Value, b: Value): Value => g.op('Mul', [a, b], {});
const add = (g: GraphBuilder, a: Value, b: Value): Value => g.op('Add', [a, b], {});
const sub = (g: GraphBuilder, a: Value, b: Value): Value => g.op('Sub', [a, b], {});
const sumAlong = (g: GraphBuilder, x: Value, axis: number): Value => g.op('ReduceSum', [x], { axes: [axis], keepdims: 1 });

/**
 * A matrix turned, as a step of its own, which costs a fortieth of the product: where a product is asked to turn its first operand, ONNX
 * Runtime 1.30 reaches 66 GFLOPS on one core, else 82.
 */
const turned = (g: GraphBuilder, x: Value): Value => g.op('Transpose', [x], { perm: [1, 0] });

/** dB of a · b for a matrix b: aᵀ · dy, over all rows of a at once. */
const weightGradient = (g: GraphBuilder, a: Value, dy: Value) => (sum: Value | null): Value => g.op('Gemm', [turned(g, flat(g, a)), flat(g, dy), sum], {});

/** Of y = x r w, with r = (mean(x²) + epsilon)^-1/2, n numbers a row, and dr what arrives at r by other ways: dw = Σ r dy x; dx = r dy w - x r³ (Σ(dy x w) + dr) / n. */
function normGradients(g: GraphBuilder, dy: Value, dr: Value | null, x: Value, r: Value, scale: Value, wanted: readonly boolean[]): readonly [Value | null, Value | null] {
  const size = scale.shape[0] as number;
  const product = mul(g, dy, x);
  const dw = wanted[1] ? g.reshape(g.op('Gemm', [g.reshape(r, [1, -1]), g.reshape(product, [-1, size])], {}), [size]) : null;
  if (!wanted[0]) return [null, dw];
  const along = g.op('MatMul', [product, g.reshape(scale, [size, 1])], {});
  const back = mul(g, mul(g, dr ? add(g, along, dr) : along, g.scalar(1 / size)), mul(g, r, mul(g, r, r)));
  return [sub(g, mul(g, mul(g, dy, scale), r), mul(g, x, back)), dw];
}

/** The size of the axes that are reduced, as a float. */
function countOf(g: GraphBuilder, x: Value, axes: readonly number[]): Value {
  const sizes = axes.map((axis) => x.shape[axisOf('ReduceMean', axis, x.shape)]!);
  if (sizes.every((size) => typeof size === 'number')) return g.scalar(sizes.reduce((product, size) => product * size, 1));
  const shape = g.op('Cast', [g.op('Shape', [x], {})], { to: 'float32' });
  return axes.map((axis) => g.op('Gather', [shape, g.scalar(axisOf('ReduceMean', axis, x.shape), 'int64')], { axis: 0 })).reduce((product, size) => mul(g, product, size));
}

/** A reduction's result or its gradient with the axes it lost back as 1. */
function kept(g: GraphBuilder, reduced: Value, x: Value, { axes, keepdims }: OpAttributes['ReduceSum']): Value {
  if (keepdims) return reduced;
  const lost = new Set(axes.map((axis) => axisOf('ReduceSum', axis, x.shape)));
  const shape = x.shape.map((dimension, i) => (lost.has(i) ? 1 : dimension));
  const open = shape.filter((dimension) => typeof dimension === 'string').length;
  if (open <= 1) return { ...g.reshape(reduced, shape.map((dimension) => (typeof dimension === 'string' ? -1 : dimension))), shape };
  // Two dimensions or more are open: a sum along the lost axes has the shape that is wanted.
  return g.op('Reshape', [reduced, g.op('Shape', [g.op('ReduceSum', [x], { axes, keepdims: 1 })], {})], { to: shape });
}

/** Rows picked along the first axis: the gradients of each are summed where it was picked from. */
function scatterRows(g: GraphBuilder, data: Value, indices: Value, dy: Value): Value {
  const width = data.shape.slice(1);
  if (width.some((dimension) => typeof dimension !== 'number')) throw new Error(`The gradient of Gather from [${data.shape.join(', ')}] needs slices of a known size.`);
  const columns = (width as number[]).reduce((product, size) => product * size, 1);
  const rows = g.reshape(dy, [-1, columns]);
  const at = expandTo(g, g.reshape(indices, [-1, 1]), rows);
  const table = g.reshape(zerosLike(g, data), [-1, columns]);
  // ScatterND would add from several threads at once, and lose sums where an index stands twice (ONNX Runtime 1.30).
  return reshapeTo(g, g.op('ScatterElements', [table, at, rows], { axis: 0, reduction: 'add' }), data);
}

export const RULES: { readonly [O in OpName]: Rule<O> | NoRule } = {
  Add: binary((_, dy) => dy, (_, dy) => dy),
  Sub: binary((_, dy) => dy, (g, dy) => g.op('Neg', [dy], {})),
  Mul: binary((g, dy, { b }) => mul(g, dy, b), (g, dy, { a }) => mul(g, dy, a)),
  Div: binary((g, dy, { b }) => g.op('Div', [dy, b], {}), (g, dy, { b, y }) => g.op('Neg', [g.op('Div', [mul(g, dy, y), b], {})], {})),
  Neg: unary((g, dy) => g.op('Neg', [dy], {})),
  Identity: 'stop',
  Exp: unary((g, dy, { y }) => mul(g, dy, y)),
  Log: unary((g, dy, { a }) => g.op('Div', [dy, a], {})),
  Sqrt: unary((g, dy, { y }) => g.op('Div', [mul(g, dy, g.scalar(0.5)), y], {})),
  Sigmoid: unary((g, dy, { y }) => mul(g, dy, mul(g, y, sub(g, g.scalar(1), y)))),
  Equal: 'stop',
  Less: 'stop',
  GreaterOrEqual: 'stop',
  Where(call) {
    const { g, inputs, wanted } = call;
    const [condition, a, b] = inputs as readonly [Value, Value, Value];
    const dy = only(call);
    const zero = g.scalar(0);
    return [null, wanted[1] ? sumTo(g, g.op('Where', [condition, dy, zero], {}), a) : null, wanted[2] ? sumTo(g, g.op('Where', [condition, zero, dy], {}), b) : null];
  },
  Gemm(call) {
    const { g, inputs, attributes, wanted, late } = call;
    const [a, b, c] = inputs as readonly [Value, Value, Value | undefined];
    const { transA = 0, transB = 0, alpha = 1, beta = 1 } = attributes;
    const dy = only(call);
    const product = (left: Value, right: Value) => (sum: Value | null): Value => g.op('Gemm', [left, right, sum], alpha === 1 ? {} : { alpha });
    const as = (x: Value, turn: number): Value => (turn ? turned(g, x) : x);
    const da = (sum: Value | null): Value => (transA ? product(as(late(b), transB), turned(g, dy)) : product(dy, as(late(b), 1 - transB)))(sum);
    // The wide side of dy stays as it is: turning the result is cheaper.
    const db = (sum: Value | null): Value => {
      if (!transB) return product(as(late(a), 1 - transA), dy)(sum);
      const back = turned(g, product(as(late(a), 1 - transA), dy)(null));
      return sum ? add(g, sum, back) : back;
    };
    return [da, db, c && wanted[2] ? sumTo(g, beta === 1 ? dy : mul(g, dy, g.scalar(beta)), c) : null];
  },
  MatMul(call) {
    const { g, inputs, wanted, late } = call;
    const [a, b] = inputs as readonly [Value, Value];
    const dy = only(call);
    if (b.shape.length > 2) {
      const product = (left: Value, right: Value, turn: 'transA' | 'transB'): Value => g.op('FusedMatMul', [left, right], { [turn]: 1 });
      return [wanted[0] ? sumTo(g, product(dy, late(b), 'transB'), a) : null, wanted[1] ? sumTo(g, product(late(a), dy, 'transA'), b) : null];
    }
    return [wanted[0] ? reshapeTo(g, g.op('Gemm', [flat(g, dy), late(b)], { transB: 1 }), a) : null, wanted[1] ? weightGradient(g, late(a), dy) : null];
  },
  FusedMatMul(call) {
    const { g, inputs, attributes, wanted, late } = call;
    const [a, b] = inputs as readonly [Value, Value];
    const { transA = 0, transB = 0, alpha = 1 } = attributes;
    const dy = only(call);
    const product = (left: Value, right: Value, turnLeft: 0 | 1, turnRight: 0 | 1): Value => g.op('FusedMatMul', [left, right], { transA: turnLeft, transB: turnRight, alpha });
    const da = (): Value => (transA ? product(late(b), dy, transB, 1) : product(dy, late(b), 0, transB ? 0 : 1));
    const db = (): Value => (transB ? product(dy, late(a), 1, transA) : product(late(a), dy, transA ? 0 : 1, 0));
    return [wanted[0] ? sumTo(g, da(), a) : null, wanted[1] ? sumTo(g, db(), b) : null];
  },
  Softmax(call) {
    const { g, outputs, attributes, late } = call;
    const y = late(outputs[0]!);
    const dy = only(call);
    return [mul(g, y, sub(g, dy, sumAlong(g, mul(g, dy, y), attributes.axis)))];
  },
  LogSoftmax(call) {
    const { g, outputs, attributes, late } = call;
    const dy = only(call);
    return [sub(g, dy, mul(g, g.op('Exp', [late(outputs[0]!)], {}), sumAlong(g, dy, attributes.axis)))];
  },
  SimplifiedLayerNormalization(call) {
    const { g, gradients, outputs, late, wanted } = call;
    const [x, scale] = call.inputs as readonly [Value, Value];
    const [dy, dr] = gradients;
    return normGradients(g, dy ?? zerosLike(g, outputs[0]!), dr ?? null, late(x), late(outputs[1]!), scale, wanted);
  },
  SkipSimplifiedLayerNormalization(call) {
    const { g, inputs, outputs, gradients, attributes, wanted, late } = call;
    const [dNorm, dSum] = gradients;
    if (!dNorm) return [dSum!, dSum!, null];
    const sum = late(outputs[1]!);
    const mean = g.op('ReduceMean', [mul(g, sum, sum)], { axes: [-1], keepdims: 1 });
    const r = g.op('Div', [g.scalar(1), g.op('Sqrt', [add(g, mean, g.scalar(attributes.epsilon))], {})], {});
    const [through, scale] = normGradients(g, dNorm, null, sum, r, inputs[2]!, [wanted[0]! || wanted[1]!, wanted[2]!]);
    const dx = through && dSum ? add(g, through, dSum) : through;
    return [dx, dx, scale];
  },
  /** d/dx x s(αx) = s + α x s (1 - s) = s (1 + α (x - x s)), for the logistic function s. */
  QuickGelu(call) {
    const { g, inputs, attributes, late } = call;
    const x = late(inputs[0]!);
    const scaled = attributes.alpha === 1 ? x : mul(g, x, g.scalar(attributes.alpha));
    const gate = g.op('Sigmoid', [scaled], {});
    return [mul(g, only(call), mul(g, gate, add(g, g.scalar(1), sub(g, scaled, mul(g, scaled, gate)))))];
  },
  /** Turned back by the same angles. */
  RotaryEmbedding(call) {
    const { g, inputs } = call;
    const [, first, cos, sin] = inputs as readonly Value[];
    return [g.op('RotaryEmbedding', [only(call), first!, cos!, g.op('Neg', [sin!], {})], { interleaved: 0 }), null, null, null];
  },
  Gather(call) {
    const { g, inputs, attributes } = call;
    const [data, indices] = inputs as readonly [Value, Value];
    const dy = only(call);
    const axis = axisOf('Gather', attributes.axis, data.shape);
    if (axis === 0) return [scatterRows(g, data, indices, dy), null];
    // The picked axis goes first, and comes back.
    const rank = data.shape.length;
    const perm = [axis, ...Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis)];
    const picked = Array.from({ length: indices.shape.length }, (_, i) => axis + i);
    const others = Array.from({ length: dy.shape.length }, (_, i) => i).filter((i) => !picked.includes(i));
    const turned = scatterRows(g, g.op('Transpose', [data], { perm }), indices, g.op('Transpose', [dy], { perm: [...picked, ...others] }));
    return [g.op('Transpose', [turned], { perm: inverse(perm) }), null];
  },
  GatherElements(call) {
    const { g, inputs, attributes } = call;
    const [data, indices] = inputs as readonly [Value, Value];
    return [g.op('ScatterElements', [zerosLike(g, data), indices, only(call)], { axis: attributes.axis, reduction: 'add' }), null];
  },
  ScatterND: { refused: 'what it replaces would have to be gathered again' },
  ScatterElements(call) {
    const { g, inputs, attributes } = call;
    return [only(call), null, g.op('GatherElements', [only(call), inputs[1]!], { axis: attributes.axis })];
  },
  Reshape(call) {
    return [reshapeTo(call.g, only(call), call.inputs[0]!), null];
  },
  Transpose(call) {
    return [call.g.op('Transpose', [only(call)], { perm: inverse(call.attributes.perm) })];
  },
  Expand(call) {
    return [sumTo(call.g, only(call), call.inputs[0]!), null];
  },
  Shape: 'stop',
  Concat(call) {
    const { g, inputs, attributes } = call;
    const sizes = inputs.map(({ shape }) => shape[axisOf('Concat', attributes.axis, shape)]!);
    if (sizes.some((size) => typeof size !== 'number')) throw new Error(`The gradient of Concat needs known sizes along its axis, not ${sizes.join(', ')}.`);
    return g.ops('Split', [only(call)], { axis: attributes.axis, sizes: sizes as number[] });
  },
  Split(call) {
    const { g, outputs, gradients, attributes } = call;
    return [g.op('Concat', gradients.map((one, i) => one ?? zerosLike(g, outputs[i]!)), { axis: attributes.axis })];
  },
  ReduceSum(call) {
    return [expandTo(call.g, kept(call.g, only(call), call.inputs[0]!, call.attributes), call.inputs[0]!)];
  },
  ReduceMean(call) {
    const { g, attributes } = call;
    const x = call.inputs[0]!;
    return [expandTo(g, g.op('Div', [kept(g, only(call), x, attributes), countOf(g, x, attributes.axes)], {}), x)];
  },
  /** Shared equally by all that are largest, as PyTorch's amax. */
  ReduceMax(call) {
    const { g, attributes } = call;
    const x = call.late(call.inputs[0]!);
    const largest = g.op('Cast', [g.op('Equal', [x, kept(g, call.late(call.outputs[0]!), x, attributes)], {})], { to: 'float32' });
    const ties = g.op('ReduceSum', [largest], { axes: attributes.axes, keepdims: 1 });
    return [mul(g, largest, g.op('Div', [kept(g, only(call), x, attributes), ties], {}))];
  },
  Cast(call) {
    return [call.g.op('Cast', [only(call)], { to: call.inputs[0]!.type })];
  },
  MatMulNBits: { refused: 'weights in blocks are not trained, and nothing is trained through them' },
  GatherBlockQuantized: { refused: 'rows held in blocks are not trained' },
  GroupQueryAttention: { refused: 'attention over a cache is for generation; the plain graph is for training' },
};

function inverse(perm: readonly number[]): number[] {
  const back = new Array<number>(perm.length);
  perm.forEach((from, to) => (back[from] = to));
  return back;
}
