/**
 * `Session.runInPlace` writes into memory it is given and copies nothing: held to the onnxruntime-node that is installed, whose ways it
 * relies on (models/runtime/session.ts).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { afterEach, describe, expect, it } from 'vitest';
import { DeviceError } from '../../../models/errors.ts';
import { GraphBuilder } from '../../../models/graph/builder.ts';
import { IN_PLACE_OUTPUT, encodeOnnx } from '../../../models/graph/onnx.ts';
import type { Value } from '../../../models/graph/ops.ts';
import type { Session, Tensor } from '../../../models/runtime/session.ts';
import { open } from './run.ts';

const root = join(import.meta.dirname, '../../..');
const versionIn = (path: string): string => (JSON.parse(readFileSync(join(root, path), 'utf8')) as { version: string }).version;

const opened: Session[] = [];
afterEach(async () => {
  for (const session of opened.splice(0)) await session.close();
});

/** y = -x and z = 2x, of any length. */
async function negateAndDouble(inPlace: boolean): Promise<Session> {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', ['n']);
  g.output(g.op('Neg', [x], {}, ['y']));
  g.output(g.op('Mul', [x, g.scalar(2)], {}, ['z']));
  const session = await open(g.build(), { inPlace });
  opened.push(session);
  return session;
}

/** The most bytes of new JavaScript memory that one of several calls left behind. */
async function allocated(call: () => Promise<unknown>): Promise<number> {
  let most = 0;
  for (let i = 0; i < 4; i++) {
    const before = process.memoryUsage().arrayBuffers;
    // Held until measured, so that a collection cannot hide it.
    const kept = await call();
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    expect(kept === undefined || typeof kept === 'object').toBe(true);
  }
  return most;
}

describe('runInPlace', () => {
  it('writes every output into the memory given for it', async () => {
    const session = await negateAndDouble(true);
    const [y, z] = [new Float32Array(3), new Float32Array(5).fill(9)];
    const tensor = (data: Float32Array): Tensor => session.tensor('float32', data, [3]);
    await session.runInPlace({ x: tensor(Float32Array.of(1, 2, 3)) }, { y: tensor(y), z: tensor(z.subarray(1, 4)) });
    expect([...y]).toEqual([-1, -2, -3]);
    expect([...z]).toEqual([9, 2, 4, 6, 9]);
    await session.runInPlace({ x: tensor(Float32Array.of(4, 5, 6)) }, { y: tensor(y), z: tensor(z.subarray(2, 5)) });
    expect([...y, ...z]).toEqual([-4, -5, -6, 9, 2, 8, 10, 12]);
  });

  it('writes over its own input where it is given that', async () => {
    const session = await negateAndDouble(true);
    const x = session.tensor('float32', Float32Array.of(1, 2, 3), [3]);
    const z = session.tensor('float32', new Float32Array(3), [3]);
    for (let i = 0; i < 3; i++) await session.runInPlace({ x }, { y: x, z });
    expect([...(x.data as Float32Array)]).toEqual([-1, -2, -3]);
  });

  it('extends a cache where it lies, and leaves the rest of it alone', async () => {
    const g = new GraphBuilder();
    const [heads, capacity, dim] = [1, 6, 16];
    const query = g.input('query', 'float32', ['batch', 'sequence', 3 * dim]);
    const past = ['key', 'value'].map((name) => g.input(`past_${name}`, 'float32', ['batch', heads, 'capacity', dim]));
    const lengths = g.input('lengths', 'int32', ['batch']);
    const longest = g.input('longest', 'int32', []);
    const table = (name: string, fill: number): Value => g.constant(name, 'float32', [capacity, dim / 2], new Float32Array((capacity * dim) / 2).fill(fill));
    const outputs = g.ops('GroupQueryAttention', [query, null, null, ...past, lengths, longest, table('cos', 1), table('sin', 0)], { num_heads: 1, kv_num_heads: 1, scale: 0.25, do_rotary: 1, rotary_interleaved: 0 }, ['mixed', 'key', 'value']);
    for (const output of outputs) g.output(output);
    const session = await open(g.build(), { inPlace: true });
    opened.push(session);

    const shape = [2, heads, capacity, dim];
    const [key, value] = [0.5, 0.25].map((fill) => session.tensor('float32', new Float32Array(2 * capacity * dim).fill(fill), shape));
    const row = Float32Array.from({ length: 2 * 3 * dim }, (_, i) => i);
    const mixed = session.tensor('float32', new Float32Array(2 * dim), [2, 1, dim]);
    const feeds = { query: session.tensor('float32', row, [2, 1, 3 * dim]), past_key: key!, past_value: value!, lengths: session.tensor('int32', Int32Array.of(2, 4), [2]), longest: session.tensor('int32', Int32Array.of(5), []) };
    await session.runInPlace(feeds, { mixed, key: key!, value: value! });

    // Row 0 holds two tokens, so its third place is written; row 1 its fifth. A row of the query is query, key, value.
    for (const [tensor, offset, fill] of [[key!, dim, 0.5], [value!, 2 * dim, 0.25]] as const) {
      const expected = new Float32Array(2 * capacity * dim).fill(fill);
      expected.set(row.subarray(offset, offset + dim), 2 * dim);
      expected.set(row.subarray(3 * dim + offset, 3 * dim + offset + dim), (capacity + 4) * dim);
      expect(tensor.data).toEqual(expected);
    }
    expect((mixed.data as Float32Array).every((one) => Number.isFinite(one) && one !== 0)).toBe(true);
  });

  it('makes no new memory for its outputs, where run makes all of it', async () => {
    const session = await negateAndDouble(true);
    const copying = await negateAndDouble(false);
    const n = 4_000_000;
    const [x, y, z] = [1, 2, 3].map(() => session.tensor('float32', new Float32Array(n), [n]));
    await session.runInPlace({ x: x! }, { y: y!, z: z! });
    expect(await allocated(() => session.runInPlace({ x: x! }, { y: y!, z: z! }))).toBeLessThan(100_000);
    expect(await allocated(() => copying.run({ x: x! }, ['y', 'z']))).toBeGreaterThanOrEqual(8 * n);
  });

  it('fails as the runtime does where the graph cannot be computed', async () => {
    const session = await negateAndDouble(true);
    const [three, four] = [3, 4].map((n) => session.tensor('float32', new Float32Array(n), [n]));
    await expect(session.runInPlace({ x: three! }, { y: four!, z: three! })).rejects.toThrow(/shape/i);
    await expect(session.runInPlace({}, { y: three!, z: three! })).rejects.toThrow(/'x'/);

    const g = new GraphBuilder();
    const data = g.input('data', 'float32', [2]);
    g.output(g.op('Gather', [data, g.input('at', 'int64', [1])], { axis: 0 }, ['y']));
    const gather = await open(g.build(), { inPlace: true });
    opened.push(gather);
    const y = gather.tensor('float32', Float32Array.of(7), [1]);
    const at = (index: bigint) => ({ data: gather.tensor('float32', Float32Array.of(1, 2), [2]), at: gather.tensor('int64', BigInt64Array.of(index), [1]) });
    await expect(gather.runInPlace(at(5n), { y })).rejects.toThrow(/out of data bounds/);
    await gather.runInPlace(at(1n), { y });
    expect(y.data).toEqual(Float32Array.of(2));
  });

  it('is refused by a graph that was not written for it', async () => {
    const session = await negateAndDouble(false);
    const [x, y, z] = [1, 2, 3].map(() => session.tensor('float32', new Float32Array(3), [3]));
    await expect(session.runInPlace({ x: x! }, { y: y!, z: z! })).rejects.toThrow(DeviceError);
  });

  it('says so where the runtime returns what it should decline to return', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [1]);
    // A tensor in the sequence's place, which every runtime returns.
    g.output(g.op('Neg', [x], {}, [IN_PLACE_OUTPUT]));
    g.output(g.op('Exp', [x], {}, ['y']));
    const session = await open(g.build());
    opened.push(session);
    const one = (): ReturnType<Session['tensor']> => session.tensor('float32', new Float32Array(1), [1]);
    await expect(session.runInPlace({ x: one() }, { y: one() })).rejects.toThrow(DeviceError);
  });
});

describe('the installed onnxruntime-node', () => {
  it('is the version that package.json names, to the last digit', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
    expect(dependencies['onnxruntime-node']).toBe('1.30.0');
    expect(versionIn('node_modules/onnxruntime-node/package.json')).toBe('1.30.0');
  });

  it('computes into memory given for an output, returns a copy of it, and declines to return a sequence only after it computed all', async () => {
    const g = new GraphBuilder();
    g.output(g.op('Neg', [g.input('x', 'float32', [2])], {}, ['y']));
    const session = await InferenceSession.create(encodeOnnx(g.build(), { inPlace: true }), { executionProviders: ['cpu'] });
    expect(session.outputNames).toEqual([IN_PLACE_OUTPUT, 'y']);
    const x = new OrtTensor('float32', Float32Array.of(1, 2), [2]);
    const y = new OrtTensor('float32', new Float32Array(2), [2]);
    const returned = (await session.run({ x }, { y }))['y']!;
    expect(y.data).toEqual(Float32Array.of(-1, -2));
    expect(returned.data).toEqual(y.data);
    expect((returned.data as Float32Array).buffer).not.toBe((y.data as Float32Array).buffer);

    const again = new OrtTensor('float32', new Float32Array(2), [2]);
    await expect(session.run({ x }, { [IN_PLACE_OUTPUT]: null, y: again })).rejects.toThrow('Non tensor type');
    expect(again.data).toEqual(Float32Array.of(-1, -2));
    await session.release();
  });
});
