import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../models/graph/builder.ts';
import type { OpAttributes, OpName, Shape, Value } from '../../../models/graph/ops.ts';
import { GraphError, SHAPES, axisOf, broadcast } from '../../../models/graph/shapes.ts';
import type { Tensor } from '../../../models/runtime/session.ts';
import { CASES, type Input, type OpCase, SIZES } from './cases.ts';
import { arrayOf, open } from './run.ts';

const OPS = Object.keys(SHAPES) as OpName[];
const caseOf = (op: OpName): OpCase<OpAttributes[OpName]> => CASES[op] as OpCase<OpAttributes[OpName]>;
const valuesOf = (inputs: readonly Input[]): (Value | null)[] => inputs.map((input, i) => input && { name: `input.${i}`, type: input[0], shape: input[1] });
const yielded = (op: OpName, inputs: readonly Input[], attributes: OpAttributes[OpName]): unknown[] => {
  const rule = SHAPES[op] as (inputs: readonly (Value | null)[], attributes: OpAttributes[OpName]) => readonly { type: string; shape: Shape }[];
  return rule(valuesOf(inputs), attributes).map(({ type, shape }) => [type, shape]);
};
const sizesOf = (shape: Shape): number[] => shape.map((dimension) => (typeof dimension === 'number' ? dimension : SIZES[dimension]!));

describe.each(OPS)('%s', (op) => {
  const { inputs, attributes, yields, values, refused } = caseOf(op);

  it('yields the shapes and types that its rule says', () => {
    expect(yielded(op, inputs, attributes)).toEqual(yields);
  });

  it.each(refused.map(([bad, message, other]) => ({ bad, message, other })))('refuses what does not fit, naming itself and the shapes: $message', ({ bad, message, other }) => {
    const attempt = (): unknown => yielded(op, bad, other ?? attributes);
    expect(attempt).toThrow(GraphError);
    expect(attempt).toThrow(expect.objectContaining({ op, message: `${op}: ${message}` }));
  });

  it('runs, and ONNX Runtime yields those shapes too', async () => {
    const g = new GraphBuilder();
    const given = inputs.map((input, i) => input && g.input(`input.${i}`, input[0], input[1]));
    const outputs = g.ops(op, given, attributes);
    for (const output of outputs) g.output(output);
    const session = await open(g.build());
    try {
      const feeds: Record<string, Tensor> = {};
      inputs.forEach((input, i) => {
        if (!input) return;
        const sizes = sizesOf(input[1]);
        const count = sizes.reduce((product, size) => product * size, 1);
        feeds[`input.${i}`] = session.tensor(input[0], arrayOf(input[0], input[2] ?? Array.from({ length: count }, (_, at) => at % 3)), sizes);
      });
      const results = await session.run(feeds, outputs.map(({ name }) => name));
      outputs.forEach(({ name, type }, i) => {
        expect(results[name]!.type).toBe(type);
        expect(results[name]!.dims).toEqual(sizesOf(yields[i]![1]));
      });
      const found = [...(results[outputs[0]!.name]!.data as Float32Array)].map(Number);
      if (values) found.forEach((value, i) => expect(value).toBeCloseTo(values[i]!, 5));
      expect(found).toHaveLength(values?.length ?? found.length);
    } finally {
      await session.close();
    }
  });
});

describe('Reshape', () => {
  const to = (shape: Shape, target: Shape): Shape => SHAPES.Reshape([{ name: 'x', type: 'float32', shape }], { to: target })[0]!.shape;

  it('finds what remains where names stand on both sides', () => {
    expect(to(['n', 12], [0, 3, -1])).toEqual(['n', 3, 4]);
    expect(to(['batch', 'sequence', 8], [-1, 8])).toEqual(['batch·sequence', 8]);
    expect(to(['batch', 'sequence', 8], ['batch', -1])).toEqual(['batch', 'sequence·8']);
    expect(to(['tokens', 8], ['batch', -1, 8])).toEqual(['batch', 'tokens/batch', 8]);
  });

  it('takes names on trust that only running can check', () => {
    expect(to(['batch', 'sequence', 8], ['tokens', 8])).toEqual(['tokens', 8]);
    expect(to([], [1, 1])).toEqual([1, 1]);
  });
});

describe('Concat', () => {
  it('adds names up', () => {
    const value = (shape: Shape): Value => ({ name: 'x', type: 'float32', shape });
    expect(SHAPES.Concat([value(['past', 2]), value(['new', 2])], { axis: 0 })[0]!.shape).toEqual(['past+new', 2]);
  });
});

describe('broadcast and axisOf', () => {
  it('let a name meet itself and 1', () => {
    expect(broadcast('Add', ['n', 1, 3], [4, 1])).toEqual(['n', 4, 3]);
    expect(broadcast('Add', ['n'], ['n'])).toEqual(['n']);
    expect(() => broadcast('Add', ['n'], [2])).toThrow('Add: [n] does not broadcast with [2]');
  });

  it('count axes from either end', () => {
    expect([axisOf('Split', 1, [2, 3]), axisOf('Split', -2, [2, 3])]).toEqual([1, 0]);
  });
});
