/** What onnx.ts writes, read back field by field (onnx/onnx.proto), and run. */
import { describe, expect, it } from 'vitest';
import { type Graph, GraphBuilder } from '../../../models/graph/builder.ts';
import { IN_PLACE_OUTPUT, encodeOnnx } from '../../../models/graph/onnx.ts';
import { Message } from './protobuf.ts';
import { open } from './run.ts';

// Fields of ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto, ValueInfoProto.
const MODEL = { irVersion: 1, producer: 2, graph: 7, opsets: 8 } as const;
const GRAPH = { nodes: 1, name: 2, initializers: 5, inputs: 11, outputs: 12 } as const;
const NODE = { inputs: 1, outputs: 2, name: 3, op: 4, attributes: 5, domain: 7 } as const;
const ATTRIBUTE = { name: 1, float: 2, integer: 3, integers: 8, type: 20 } as const;
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9, external: 13, location: 14 } as const;
const INT64 = 7;

const modelOf = (graph: Graph, options: Parameters<typeof encodeOnnx>[1] = {}): Message => new Message(encodeOnnx(graph, options));
const graphOf = (graph: Graph, options: Parameters<typeof encodeOnnx>[1] = {}): Message => modelOf(graph, options).message(MODEL.graph);

/** The one node that `add` makes. */
function nodeOf(add: (g: GraphBuilder) => void): { readonly node: Message; readonly graph: Message } {
  const g = new GraphBuilder();
  add(g);
  const graph = graphOf(g.build());
  return { node: graph.messages(GRAPH.nodes).at(-1)!, graph };
}

/** Attributes as [name, type, value]. */
const attributesOf = (node: Message): unknown[] =>
  node.messages(NODE.attributes).map((one) => {
    const type = one.integers(ATTRIBUTE.type)[0];
    return [one.text(ATTRIBUTE.name), type, type === 1 ? one.all(ATTRIBUTE.float)[0] : type === 2 ? one.integers(ATTRIBUTE.integer)[0] : one.integers(ATTRIBUTE.integers)];
  });

/** int64 numbers of an initializer. */
function listOf(graph: Message, name: string): number[] {
  const tensor = graph.messages(GRAPH.initializers).find((one) => one.text(TENSOR.name) === name)!;
  expect(tensor.integers(TENSOR.type)).toEqual([INT64]);
  const numbers = [...new BigInt64Array(tensor.bytes(TENSOR.raw).slice().buffer)].map(Number);
  expect(tensor.integers(TENSOR.dims)).toEqual([numbers.length]);
  return numbers;
}

describe('encodeOnnx', () => {
  it('states the version of the format and of both sets of operators', () => {
    const g = new GraphBuilder();
    g.output(g.op('Neg', [g.input('x', 'float32', [1])], {}));
    const model = modelOf(g.build());
    expect(model.integers(MODEL.irVersion)).toEqual([10]);
    expect(model.messages(MODEL.opsets).map((one) => [one.text(1), ...one.integers(2)])).toEqual([['', 21], ['com.microsoft', 1]]);
    expect(model.text(MODEL.producer)).toBe('winnow');
    expect(model.message(MODEL.graph).text(GRAPH.name)).toBe('graph');
  });

  it('writes inputs and outputs with their types and shapes: numbers, names, and none for a scalar', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float16', ['batch', 3, 'größe']);
    g.input('n', 'int32', []);
    g.output(g.op('Cast', [x], { to: 'float32' }, ['y']));
    const graph = graphOf(g.build());
    const valueOf = (value: Message): unknown[] => {
      const tensor = value.message(2).message(1);
      return [value.text(1), ...tensor.integers(1), tensor.message(2).messages(1).map((one) => one.text(2) ?? one.integers(1)[0])];
    };
    expect(graph.messages(GRAPH.inputs).map(valueOf)).toEqual([['x', 10, ['batch', 3, 'größe']], ['n', 6, []]]);
    expect(graph.messages(GRAPH.outputs).map(valueOf)).toEqual([['y', 1, ['batch', 3, 'größe']]]);
  });

  it('writes whole numbers as floats where ONNX wants floats, and negative numbers whole', () => {
    const gemm = nodeOf((g) => g.op('Gemm', [g.input('a', 'float32', [1, 1]), g.input('b', 'float32', [1, 1])], { alpha: 2, transB: 1 }));
    expect(attributesOf(gemm.node)).toEqual([['alpha', 1, 2], ['transB', 2, 1]]);
    const norm = nodeOf((g) => g.op('SimplifiedLayerNormalization', [g.input('x', 'float32', [4]), g.input('w', 'float32', [4])], { axis: -1, epsilon: 2 ** -17 }));
    expect(attributesOf(norm.node)).toEqual([['axis', 2, -1], ['epsilon', 1, 2 ** -17]]);
    const turned = nodeOf((g) => g.op('Transpose', [g.input('x', 'float32', [2, 300])], { perm: [1, 0] }));
    expect(attributesOf(turned.node)).toEqual([['perm', 7, [1, 0]]]);
  });

  it('leaves out attributes that are not given', () => {
    const { node } = nodeOf((g) => g.op('Gemm', [g.input('a', 'float32', [1, 1]), g.input('b', 'float32', [1, 1])], { transA: undefined as never }));
    expect(attributesOf(node)).toEqual([]);
  });

  it('names the domain of operators that are Microsoft\'s, and only of those', () => {
    const own = nodeOf((g) => g.op('QuickGelu', [g.input('x', 'float32', [1])], { alpha: 1 }));
    expect([own.node.text(NODE.op), own.node.text(NODE.domain)]).toEqual(['QuickGelu', 'com.microsoft']);
    expect(nodeOf((g) => g.op('Neg', [g.input('x', 'float32', [1])], {})).node.numbers).not.toContain(NODE.domain);
  });

  it('turns shapes, sizes and axes into inputs, a name in a shape into what remains', () => {
    const cases: readonly (readonly [(g: GraphBuilder) => void, number[]])[] = [
      [(g) => g.op('Reshape', [g.input('x', 'float32', ['n', 6])], { to: ['n', 2, 3] }), [-1, 2, 3]],
      [(g) => g.op('Reshape', [g.input('x', 'float32', ['n', 6])], { to: [0, -1, 3] }), [0, -1, 3]],
      [(g) => g.op('Expand', [g.input('x', 'float32', [1, 3])], { to: [2, 3] }), [2, 3]],
      [(g) => g.op('Split', [g.input('x', 'float32', [6])], { axis: 0, sizes: [2, 4] }), [2, 4]],
      [(g) => g.op('ReduceMax', [g.input('x', 'float32', [6, 1])], { axes: [-1, 0], keepdims: 0 }), [-1, 0]],
    ];
    for (const [add, expected] of cases) {
      const { node, graph } = nodeOf(add);
      const names = node.texts(NODE.inputs);
      expect(names).toHaveLength(2);
      expect(listOf(graph, names[1]!)).toEqual(expected);
      expect(attributesOf(node).map((one) => (one as string[])[0])).not.toEqual(expect.arrayContaining(['to', 'sizes', 'axes']));
    }
  });

  it('writes one list for all nodes that need the same', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [6]);
    g.output(g.reshape(g.reshape(g.reshape(x, [2, 3]), [6]), [2, 3]));
    expect(graphOf(g.build()).messages(GRAPH.initializers).map((one) => one.text(TENSOR.name))).toEqual(['list 2 3', 'list 6']);
  });

  it('refuses a shape in which more than one dimension is open, unless the shape comes as an input', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', ['tokens', 4]);
    const split = g.input('split', 'int64', [3]);
    g.op('Reshape', [x, split], { to: ['batch', 'sequence', 4] });
    expect(graphOf(g.build()).messages(GRAPH.nodes)[0]!.texts(NODE.inputs)).toEqual(['x', 'split']);
    g.op('Reshape', [x], { to: ['batch', 'sequence', 4] });
    expect(() => encodeOnnx(g.build())).toThrow('Reshape to [batch, sequence, 4] leaves more than one dimension open.');
  });

  it('keeps the place of inputs that are left out, but for the last', () => {
    const { node } = nodeOf((g) => {
      const x = g.input('x', 'float32', [1, 32]);
      g.op('MatMulNBits', [x, g.input('w', 'uint8', [4, 1, 32]), g.input('s', 'float32', [4, 1]), null, null, g.input('b', 'float32', [4])], { K: 32, N: 4, bits: 8, block_size: 32, accuracy_level: 4 });
    });
    expect(node.texts(NODE.inputs)).toEqual(['x', 'w', 's', '', '', 'b']);
    const { node: without } = nodeOf((g) => {
      const x = g.input('x', 'float32', [1, 32]);
      g.op('MatMulNBits', [x, g.input('w', 'uint8', [4, 1, 32]), g.input('s', 'float32', [4, 1]), null, null, null], { K: 32, N: 4, bits: 8, block_size: 32, accuracy_level: 4 });
    });
    expect(without.texts(NODE.inputs)).toEqual(['x', 'w', 's']);
  });

  it('puts the sum of SkipSimplifiedLayerNormalization where ONNX Runtime has it, fourth', () => {
    const { node } = nodeOf((g) => g.ops('SkipSimplifiedLayerNormalization', [g.input('x', 'float32', [2, 4]), g.input('skip', 'float32', [2, 4]), g.input('w', 'float32', [4])], { epsilon: 1e-6 }, ['norm', 'sum']));
    expect(node.texts(NODE.outputs)).toEqual(['norm', '', '', 'sum']);
  });

  it('leaves out the second output of SimplifiedLayerNormalization where nobody reads it', () => {
    const norm = (read: boolean) =>
      nodeOf((g) => {
        const [, r] = g.ops('SimplifiedLayerNormalization', [g.input('x', 'float32', [2, 4]), g.input('w', 'float32', [4])], { axis: -1, epsilon: 1e-6 }, ['norm', 'r']);
        if (read) g.output(r!);
      }).node.texts(NODE.outputs);
    expect(norm(false)).toEqual(['norm']);
    expect(norm(true)).toEqual(['norm', 'r']);
  });

  it('names a node after its first output', () => {
    expect(nodeOf((g) => g.op('Neg', [g.input('x', 'float32', [1])], {}, ['minus'])).node.text(NODE.name)).toBe('minus');
  });
});

describe('weights in a file beside the graph', () => {
  const twoWeights = (): Graph => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', ['n', 2]);
    const product = g.op('MatMul', [x, g.weight('w', 'float32', [2, 2])], {});
    g.output(g.op('Add', [product, g.weight('b', 'float32', [2])], {}, ['y']));
    return g.build();
  };

  it('are named by file, offset and length, without bytes', () => {
    const weights = new Map([['w', { offset: 4096, length: 16 }], ['b', { offset: 2 ** 33, length: 8 }]]);
    const tensors = graphOf(twoWeights(), { weights, file: 'other.bin' }).messages(GRAPH.initializers);
    expect(tensors.map((one) => [one.text(TENSOR.name), one.integers(TENSOR.dims), one.integers(TENSOR.location), one.messages(TENSOR.external).map((entry) => entry.texts(1).concat(entry.texts(2)))])).toEqual([
      ['w', [2, 2], [1], [['location', 'other.bin'], ['offset', '4096'], ['length', '16']]],
      ['b', [2], [1], [['location', 'other.bin'], ['offset', '8589934592'], ['length', '8']]],
    ]);
    for (const tensor of tensors) expect(tensor.numbers).not.toContain(TENSOR.raw);
  });

  it('must all be there', () => {
    expect(() => encodeOnnx(twoWeights(), { weights: new Map([['w', { offset: 0, length: 16 }]]) })).toThrow("Nobody wrote the weight 'b'.");
  });

  it('are what the graph computes with', async () => {
    const bytes = new Uint8Array(8192);
    new Float32Array(bytes.buffer, 4096, 4).set([1, 2, 3, 4]);
    new Float32Array(bytes.buffer, 0, 2).set([10, 20]);
    const session = await open(twoWeights(), { bytes, weights: new Map([['b', { offset: 0, length: 8 }], ['w', { offset: 4096, length: 16 }]]) });
    const { y } = await session.run({ x: session.tensor('float32', Float32Array.of(1, 1, 0, 2), [2, 2]) }, ['y']);
    expect([...(y!.data as Float32Array)]).toEqual([14, 26, 16, 28]);
    await session.close();
  });
});

describe('a graph that is run in place', () => {
  it('begins its outputs with a sequence of int64, made of a constant', () => {
    const g = new GraphBuilder();
    g.output(g.op('Neg', [g.input('x', 'float32', [2])], {}, ['y']));
    const graph = graphOf(g.build(), { inPlace: true });
    const [first, second] = graph.messages(GRAPH.outputs);
    expect([first!.text(1), second!.text(1)]).toEqual([IN_PLACE_OUTPUT, 'y']);
    // TypeProto.sequence_type (4), its elem_type (1), a tensor (1) of int64.
    expect(first!.message(2).message(4).message(1).message(1).integers(1)).toEqual([INT64]);
    const maker = graph.messages(GRAPH.nodes).find((node) => node.texts(NODE.outputs).includes(IN_PLACE_OUTPUT))!;
    expect([maker.text(NODE.op), maker.texts(NODE.inputs)]).toEqual(['SequenceConstruct', ['list 1']]);
    expect(listOf(graph, 'list 1')).toEqual([1]);
    expect(graphOf(g.build()).messages(GRAPH.outputs)).toHaveLength(1);
  });
});
