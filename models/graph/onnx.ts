/**
 * A graph as an ONNX file (onnx/onnx.proto, IR version 10, opset 21). Weights are not in the bytes: they are named as ranges of a file
 * in the same folder ("external data"), so that a model may be larger than protobuf's 2 GiB and is mapped rather than copied.
 */
import { Writer } from '../protobuf.ts';
import type { Graph, Initializer } from './builder.ts';
import { type Attribute, DOMAINS, type DataType, type Node, type OpName, type Shape, type Value } from './ops.ts';

const IR_VERSION = 10;
const OPSET = 21;

/** TensorProto.DataType. */
const TENSOR_TYPES: Readonly<Record<DataType, number>> = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float16: 10 };
/** AttributeProto.AttributeType. */
const FLOAT = 1;
const INT = 2;
const STRING = 3;
const INTS = 7;

/** Attributes whose value is a float even when it is whole; every other number is an integer. */
const FLOATS = new Set(['alpha', 'beta', 'epsilon', 'scale']);
/** What ONNX takes as a second input where this graph holds an attribute: int64, one dimension. */
const AS_INPUT: Partial<Record<OpName, string>> = { Reshape: 'to', Expand: 'to', Split: 'sizes', ReduceSum: 'axes', ReduceMean: 'axes', ReduceMax: 'axes' };

/** Where ONNX puts the outputs of an operator that has others, unused here, between them. */
const OUTPUT_POSITIONS: Partial<Record<OpName, readonly number[]>> = { SkipSimplifiedLayerNormalization: [0, 3] };

/** From which output on those that nobody reads are left out. */
const OPTIONAL_OUTPUTS: Partial<Record<OpName, number>> = { SimplifiedLayerNormalization: 1 };

/**
 * A first output that is a sequence, which onnxruntime-node declines to hand over: what a session that writes all its outputs into
 * memory it was given ends with (runtime/session.ts).
 */
export const IN_PLACE_OUTPUT = 'written_in_place';

/** Where the bytes of a weight lie. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** NodeProto.attribute. A shape among the attributes is an input by now, so numbers, words and lists of numbers remain. */
function writeAttribute(writer: Writer, name: string, value: Attribute): void {
  if (value === undefined) return;
  writer.message(5, (attribute) => {
    attribute.text(1, name);
    if (typeof value === 'string') attribute.text(4, value).integer(20, STRING);
    else if (typeof value !== 'number') {
      for (const item of value as readonly number[]) attribute.integer(8, item);
      attribute.integer(20, INTS);
    } else if (FLOATS.has(name)) attribute.float(2, value).integer(20, FLOAT);
    else attribute.integer(3, value).integer(20, INT);
  });
}

function writeNode(writer: Writer, node: Node, constants: Map<string, readonly number[]>, read: ReadonlySet<string>): void {
  const attributes: Record<string, Attribute> = { ...(node.attributes as Record<string, Attribute>) };
  const names = node.inputs.map((input) => input?.name ?? '');
  const asInput = AS_INPUT[node.op];
  if (asInput && node.inputs.length > 1) delete attributes[asInput];
  else if (asInput) {
    // -1 is what remains; a symbolic dimension is always that.
    const list = (attributes[asInput] as Shape).map((dimension) => (typeof dimension === 'number' ? dimension : -1));
    if (list.filter((dimension) => dimension === -1).length > 1 && asInput === 'to') throw new Error(`${node.op} to [${(attributes[asInput] as Shape).join(', ')}] leaves more than one dimension open.`);
    const name = `list ${list.join(' ')}`;
    constants.set(name, list);
    names.push(name);
    delete attributes[asInput];
  }
  if (node.op === 'Cast') attributes.to = TENSOR_TYPES[attributes.to as DataType];
  while (names.at(-1) === '') names.pop();
  for (const name of names) writer.text(1, name);
  const outputs: string[] = [];
  node.outputs.forEach(({ name }, i) => {
    if (i < (OPTIONAL_OUTPUTS[node.op] ?? node.outputs.length) || read.has(name)) outputs[OUTPUT_POSITIONS[node.op]?.[i] ?? i] = name;
  });
  for (const name of Array.from(outputs, (one) => one ?? '')) writer.text(2, name);
  writer.text(3, node.outputs[0]!.name).text(4, node.op);
  for (const [name, value] of Object.entries(attributes)) writeAttribute(writer, name, value);
  if (DOMAINS[node.op] !== '') writer.text(7, DOMAINS[node.op]);
}

function writeValue(writer: Writer, { name, type, shape }: Value): void {
  writer.text(1, name).message(2, (proto) =>
    proto.message(1, (tensor) =>
      tensor.integer(1, TENSOR_TYPES[type]).message(2, (dimensions) => {
        for (const dimension of shape) dimensions.message(1, (one) => (typeof dimension === 'number' ? one.integer(1, dimension) : one.text(2, dimension)));
      }),
    ),
  );
}

function writeInitializer(writer: Writer, { value, bytes }: Initializer, weights: ReadonlyMap<string, Range>, file: string): void {
  for (const dimension of value.shape) writer.integer(1, dimension as number);
  writer.integer(2, TENSOR_TYPES[value.type]).text(8, value.name);
  if (bytes) {
    writer.bytes(9, bytes);
    return;
  }
  const range = weights.get(value.name);
  if (!range) throw new Error(`Nobody wrote the weight '${value.name}'.`);
  for (const [key, text] of [['location', file], ['offset', String(range.offset)], ['length', String(range.length)]] as const) {
    writer.message(13, (entry) => entry.text(1, key).text(2, text));
  }
  writer.integer(14, 1);
}

/** ValueInfoProto of a sequence of int64 tensors. */
function writeSequence(writer: Writer, name: string): void {
  writer.text(1, name).message(2, (proto) => proto.message(4, (sequence) => sequence.message(1, (element) => element.message(1, (tensor) => tensor.integer(1, TENSOR_TYPES.int64)))));
}

export interface OnnxOptions {
  /** Where in `file`, which lies in the same folder, the bytes of each weight are. Every weight of the graph must be there. */
  readonly weights?: ReadonlyMap<string, Range>;
  readonly file?: string;
  /** Adds IN_PLACE_OUTPUT. */
  readonly inPlace?: boolean;
}

/** The bytes of `model.onnx`. */
export function encodeOnnx(graph: Graph, { weights = new Map(), file = 'weights.bin', inPlace = false }: OnnxOptions = {}): Uint8Array {
  const constants = new Map<string, readonly number[]>();
  const read = new Set([...graph.nodes.flatMap(({ inputs }) => inputs.map((input) => input?.name ?? '')), ...graph.outputs.map(({ name }) => name)]);
  return new Writer()
    .integer(1, IR_VERSION)
    .text(2, 'winnow')
    .message(7, (proto) => {
      for (const node of graph.nodes) proto.message(1, (inner) => writeNode(inner, node, constants, read));
      if (inPlace) {
        constants.set('list 1', [1]);
        proto.message(1, (inner) => inner.text(1, 'list 1').text(2, IN_PLACE_OUTPUT).text(3, IN_PLACE_OUTPUT).text(4, 'SequenceConstruct'));
      }
      proto.text(2, 'graph');
      for (const initializer of graph.initializers) proto.message(5, (inner) => writeInitializer(inner, initializer, weights, file));
      for (const [name, list] of constants) {
        proto.message(5, (inner) => inner.integer(1, list.length).integer(2, TENSOR_TYPES.int64).text(8, name).bytes(9, new Uint8Array(BigInt64Array.from(list, BigInt).buffer)));
      }
      for (const input of graph.inputs) proto.message(11, (inner) => writeValue(inner, input));
      if (inPlace) proto.message(12, (inner) => writeSequence(inner, IN_PLACE_OUTPUT));
      for (const output of graph.outputs) proto.message(12, (inner) => writeValue(inner, output));
      // The runtime cannot follow shapes through every Reshape, and writes over a used-up input only where it knows that the sizes agree.
      const ends = new Set(graph.outputs);
      for (const node of graph.nodes) for (const value of node.outputs) if (!ends.has(value) && read.has(value.name)) proto.message(13, (inner) => writeValue(inner, value));
    })
    .message(8, (set) => set.text(1, '').integer(2, OPSET))
    .message(8, (set) => set.text(1, 'com.microsoft').integer(2, 1))
    .finish();
}
