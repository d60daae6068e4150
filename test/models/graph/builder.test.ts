import { describe, expect, it } from 'vitest';
import { GraphBuilder, bytesOf, pruned } from '../../../models/graph/builder.ts';
import { GraphError } from '../../../models/graph/shapes.ts';

describe('GraphBuilder', () => {
  it('keeps inputs, nodes, weights and outputs in the order in which they were made', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', ['n', 4]);
    const weight = g.weight('w', 'float32', [4, 3]);
    const product = g.op('MatMul', [x, weight], {});
    const sum = g.op('Add', [product, g.scalar(2)], {}, ['sum']);
    g.output(sum);
    const graph = g.build();
    expect(graph.inputs).toEqual([{ name: 'x', type: 'float32', shape: ['n', 4] }]);
    expect(graph.outputs).toEqual([{ name: 'sum', type: 'float32', shape: ['n', 3] }]);
    expect(graph.nodes.map(({ op, inputs, outputs }) => [op, inputs.map((input) => input?.name), outputs.map(({ name }) => name)])).toEqual([
      ['MatMul', ['x', 'w'], ['MatMul.0']],
      ['Add', ['MatMul.0', 'scalar float32 2'], ['sum']],
    ]);
    expect(graph.initializers.map(({ value, bytes }) => [value.name, bytes?.length ?? null])).toEqual([['w', null], ['scalar float32 2', 4]]);
  });

  it('names what is made in a scope after it, also where one lies in another or fails', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [2]);
    const inner = g.scope('layer', () => g.scope('mlp', () => g.op('Neg', [x], {})));
    expect(inner.name).toBe('layer/mlp/Neg.0');
    expect(() => g.scope('broken', () => g.op('Split', [x], { axis: 0, sizes: [3] }))).toThrow(GraphError);
    expect(g.op('Neg', [x], {}).name).toBe('Neg.1');
    expect(g.scope('a', () => g.ops('Split', [x], { axis: 0, sizes: [1, 1] })).map(({ name }) => name)).toEqual(['a/Split.2', 'a/Split.2.1']);
  });

  it('takes names for the first outputs, and makes up the rest', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [4]);
    expect(g.ops('Split', [x], { axis: 0, sizes: [1, 1, 2] }, ['first', 'second']).map(({ name }) => name)).toEqual(['first', 'second', 'Split.0.2']);
  });

  it('refuses a second value of one name', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [4]);
    expect(() => g.weight('x', 'float32', [4])).toThrow("The graph holds two values of the name 'x'.");
    expect(() => g.op('Neg', [x], {}, ['x'])).toThrow("The graph holds two values of the name 'x'.");
  });

  it('refuses a node that does not fit where it is made, and goes on', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', ['n', 4]);
    expect(() => g.op('MatMul', [x, g.weight('w', 'float32', [5, 4])], {})).toThrow('MatMul: [n, 4] · [5, 4]');
    expect(() => g.reshape(x, [0, 5])).toThrow('Reshape: [n, 4] to [0, 5]');
    g.output(g.op('Neg', [x], {}));
    expect(g.build().nodes.map(({ op }) => op)).toEqual(['Neg']);
  });

  it('makes a constant once by its name, and a scalar once by its value and type', () => {
    const g = new GraphBuilder();
    expect(g.scalar(0.5)).toBe(g.scalar(0.5));
    expect(g.scalar(2, 'int64')).not.toBe(g.scalar(2));
    const table = g.constant('table', 'float32', [2], Float32Array.of(1, 2));
    expect(g.constant('table', 'float32', [2], Float32Array.of(1, 2))).toBe(table);
    const { initializers } = g.build();
    expect(initializers).toHaveLength(4);
    expect(initializers.find(({ value }) => value.name === 'scalar int64 2')!.bytes).toEqual(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0));
  });

  it('takes the bytes of a part of an array as that part', () => {
    const g = new GraphBuilder();
    g.constant('part', 'float32', [1], Float32Array.of(1, 2, 3).subarray(1, 2));
    expect(g.build().initializers[0]!.bytes).toEqual(new Uint8Array(Float32Array.of(2).buffer));
  });
});

describe('pruned', () => {
  it('has the nodes and constants that an output asks for, in their order, and every input', () => {
    const g = new GraphBuilder();
    const [a, b] = [g.input('a', 'float32', [2]), g.input('b', 'float32', [2])];
    const sum = g.op('Add', [a, g.scalar(1)], {});
    g.op('Exp', [g.op('Mul', [b, g.scalar(2)], {})], {});
    const [left] = g.ops('Split', [sum], { axis: 0, sizes: [1, 1] });
    g.output(g.op('Exp', [left!], {}));
    const { nodes, initializers, inputs } = pruned(g.build());
    expect(nodes.map(({ op }) => op)).toEqual(['Add', 'Split', 'Exp']);
    expect(initializers.map(({ value }) => value.name)).toEqual(['scalar float32 1']);
    expect(inputs).toEqual([a, b]);
    expect(g.build().nodes).toHaveLength(5);
  });
});

describe('bytesOf', () => {
  it('counts the bytes of a tensor', () => {
    expect([bytesOf('float32', [2, 3]), bytesOf('float16', [2, 3]), bytesOf('int64', []), bytesOf('uint8', [7]), bytesOf('float32', [0, 4])]).toEqual([24, 12, 8, 7, 0]);
  });
});
