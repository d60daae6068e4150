import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Format } from '../../../models/architectures/architecture.ts';
import { ARCHITECTURES } from '../../../models/architectures/index.ts';
import type { ModelConfig } from '../../../models/config.ts';
import { ModelFileError } from '../../../models/errors.ts';
import { GraphBuilder } from '../../../models/graph/builder.ts';
import { floatsToHalves } from '../../../models/weights/half.ts';
import { type MaterializeOptions, materialize, transposed } from '../../../models/weights/materialize.ts';
import { quantizeRows, quantizeRowsSymmetric } from '../../../models/weights/quantize.ts';
import type { Weights } from '../../../models/weights/weights.ts';
import { type TinyModel, tinyModel } from '../../support/tiny-model.ts';
import { Message } from '../graph/protobuf.ts';

let root: string;
let options: MaterializeOptions;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'winnow-materialize-'));
});
beforeEach(async () => {
  options = { folder: await mkdtemp(join(root, 'folder-')), inPlace: true };
});
afterAll(() => rm(root, { recursive: true }));

const bytesOf = (data: Float32Array | Uint16Array | Uint8Array): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Weights in memory; every read is noted by its number of bytes. */
function weightsOf({ tensors }: TinyModel, reads: number[] = []): Weights {
  const read = (name: string): Float32Array => {
    const tensor = tensors.get(name);
    if (!tensor) throw new ModelFileError('memory', name, 'a tensor of this name', 'there is none');
    return tensor.values;
  };
  const noted = (bytes: Uint8Array): Uint8Array => {
    reads.push(bytes.length);
    return bytes.slice();
  };
  return {
    source: 'memory',
    tensors: new Map([...tensors].map(([name, { shape, values }]) => [name, { name, shape, type: 'F32', byteLength: values.byteLength, file: 'memory' }])),
    read: async (name) => noted(bytesOf(read(name))),
    readRows: async (name, first, rows) => {
      const columns = tensors.get(name)!.shape[1]!;
      return noted(bytesOf(read(name).subarray(first * columns, (first + rows) * columns)));
    },
    close: async () => undefined,
  };
}

const FORMATS: Readonly<Record<Format['matrices'], Format>> = {
  float32: { matrices: 'float32', compute: 'float32' },
  float16: { matrices: 'float16', compute: 'float16' },
  int8: { matrices: 'int8', compute: 'float32' },
  int4: { matrices: 'int4', compute: 'float16' },
};
const graphOf = ({ config }: TinyModel, matrices: Format['matrices']) => ARCHITECTURES[config.architecture].cached(config, FORMATS[matrices], 32);
const sized = (over: Partial<ModelConfig> = {}): TinyModel => tinyModel('llama', { layers: 1, headDim: 16, ...over });

/** Bytes of every weight beside a `model.onnx`, by name. */
async function written(path: string): Promise<Map<string, Uint8Array>> {
  const file = await readFile(join(dirname(path), 'weights.bin'));
  const graph = new Message(new Message(await readFile(path)).bytes(7));
  const found = new Map<string, Uint8Array>();
  for (const initializer of graph.all(5)) {
    const tensor = new Message(initializer as Uint8Array);
    const entries = new Map(tensor.all(13).map((entry) => new Message(entry as Uint8Array).texts(1).concat(new Message(entry as Uint8Array).texts(2)) as [string, string]));
    if (entries.size === 0) continue;
    expect(entries.get('location')).toBe('weights.bin');
    const [offset, length] = [Number(entries.get('offset')), Number(entries.get('length'))];
    expect(offset % 4096, 'what can be mapped').toBe(0);
    expect(offset + length).toBeLessThanOrEqual(file.length);
    found.set(tensor.text(8)!, file.subarray(offset, offset + length));
  }
  return found;
}

/** Tensors one under the other. */
function stacked({ tensors }: TinyModel, names: readonly string[]): { readonly values: Float32Array; readonly rows: number; readonly columns: number } {
  const parts = names.map((name) => tensors.get(name)!);
  const columns = parts[0]!.shape[1]!;
  return { values: Float32Array.from(parts.flatMap(({ values }) => [...values])), rows: parts.reduce((sum, { shape }) => sum + shape[0]!, 0), columns };
}
const LAYER = 'model.layers.0';
const QKV = ['q', 'k', 'v'].map((one) => `${LAYER}.self_attn.${one}_proj.weight`);

describe('what is written', () => {
  it.each(['float32', 'float16'] as const)('is %s: matrices the other way round, those that are computed together as one', async (matrices) => {
    const model = sized();
    const { path, remove } = await materialize(graphOf(model, matrices), weightsOf(model), options);
    const found = await written(path);
    const held = (values: Float32Array): Buffer => Buffer.from(bytesOf(matrices === 'float16' ? floatsToHalves(values) : values));
    const qkv = stacked(model, QKV);
    expect(Buffer.from(found.get(`${LAYER}.self_attn.qkv.weight`)!)).toEqual(held(Float32Array.from({ length: qkv.values.length }, (_, i) => qkv.values[(i % qkv.rows) * qkv.columns + Math.floor(i / qkv.rows)]!)));
    for (const name of ['model.embed_tokens.weight', 'lm_head.weight', 'model.norm.weight']) expect(Buffer.from(found.get(name)!), name).toEqual(held(model.tensors.get(name)!.values));
    await remove();
    expect(await readdir(options.folder)).toEqual([]);
  });

  it.each(['int8', 'int4'] as const)('is blocks of %s, with their scales and zero points', async (matrices) => {
    const model = sized();
    const { path } = await materialize(graphOf(model, matrices), weightsOf(model), options);
    const found = await written(path);
    for (const [name, parts] of [[`${LAYER}.self_attn.qkv`, QKV], ['model.embed_tokens', ['model.embed_tokens.weight']], [`${LAYER}.mlp.down_proj`, [`${LAYER}.mlp.down_proj.weight`]]] as const) {
      const { values, rows, columns } = stacked(model, parts);
      const { packed, scales, zeroPoints } = matrices === 'int8' ? quantizeRowsSymmetric(values, rows, columns, 8) : quantizeRows(values, rows, columns, 4);
      expect(found.get(`${name}.packed`), name).toEqual(Buffer.from(packed));
      expect(found.get(`${name}.scales`), name).toEqual(Buffer.from(bytesOf(matrices === 'int4' ? floatsToHalves(scales) : scales)));
      expect(found.get(`${name}.zeroPoints`), name).toEqual(zeroPoints === null ? undefined : Buffer.from(zeroPoints));
    }
  });

  it.each(['float32', 'float16', 'int8', 'int4'] as const)('has an embedding that is also the output matrix once: %s', async (matrices) => {
    const [tied, apart] = [true, false].map((tieEmbeddings) => sized({ tieEmbeddings, vocabSize: 4096 }));
    const once = await materialize(graphOf(tied!, matrices), weightsOf(tied!), options);
    const twice = await materialize(graphOf(apart!, matrices), weightsOf(apart!), options);
    const found = await written(once.path);
    const table = (name: string): number => [...found].filter(([key]) => key.startsWith(name)).reduce((sum, [, bytes]) => sum + bytes.length, 0);
    expect(table('model.embed_tokens')).toBeGreaterThan(4096);
    expect(twice.bytes - once.bytes).toBeGreaterThanOrEqual(table('model.embed_tokens'));
    if (matrices.startsWith('int')) expect(found.get('lm_head.packed')).toEqual(found.get('model.embed_tokens.packed'));
  });

  it('is told as it grows', async () => {
    const model = sized();
    const told: (readonly [number, number])[] = [];
    const { bytes } = await materialize(graphOf(model, 'int8'), weightsOf(model), { ...options, onProgress: (done, total) => told.push([done, total]) });
    expect(told.length).toBeGreaterThan(5);
    expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).sort((a, b) => a - b));
    expect(told.at(-1)![0]).toBe(bytes);
    expect(new Set(told.map(([, total]) => total)).size).toBe(1);
  });

  it('is read a few rows at a time where it is quantised', async () => {
    const model = sized({ vocabSize: 100_000, tieEmbeddings: true });
    const reads: number[] = [];
    await materialize(graphOf(model, 'int4'), weightsOf(model, reads), options);
    expect(Math.max(...reads)).toBeLessThanOrEqual(2 ** 22);
    expect(reads.reduce((sum, bytes) => sum + bytes)).toBeGreaterThan(100_000 * 32 * 4);
  });
});

describe('transposed', () => {
  it('has rows for columns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 70 }), (rows, columns) => {
        const values = Float32Array.from({ length: rows * columns }, (_, i) => i);
        const turned = transposed(values, rows, columns);
        for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) if (turned[column * rows + row] !== values[row * columns + column]) return false;
        return turned.length === values.length;
      }),
      { numRuns: 40 },
    );
  });
});

describe('where it fails, it leaves nothing', () => {
  async function refused(model: TinyModel, matrices: Format['matrices'], weights = weightsOf(model)): Promise<unknown> {
    const error = await materialize(graphOf(model, matrices), weights, options).then(() => expect.fail('It was not refused.'), (thrown: unknown) => thrown);
    expect(await readdir(options.folder)).toEqual([]);
    return error;
  }

  it.each(['float32', 'int8'] as const)('for want of a tensor in %s', async (matrices) => {
    const model = sized();
    const name = `${LAYER}.mlp.down_proj.weight`;
    const without = { ...model, tensors: new Map([...model.tensors].filter(([key]) => key !== name)) };
    expect(await refused(model, matrices, weightsOf(without))).toMatchObject({ name: 'ModelFileError', file: 'memory', field: name });
  });

  it('for a weight that is no number, which blocks cannot hold', async () => {
    const model = sized();
    model.tensors.get('lm_head.weight')!.values[3] = Number.NaN;
    expect(await refused(model, 'int4')).toMatchObject({ name: 'ModelFileError', field: 'lm_head.weight', expected: 'finite weights' });
  });

  it('for what a read throws', async () => {
    const model = sized();
    const fault = new ModelFileError('memory', 'lm_head.weight', 'more bytes', 'the file ends');
    const weights: Weights = { ...weightsOf(model), readRows: async () => { throw fault; } };
    expect(await refused(model, 'int8', weights)).toBe(fault);
  });

  it('for want of room, before it writes a byte', async () => {
    const { bavail, bsize } = await statfs(options.folder);
    const g = new GraphBuilder();
    g.output(g.weight('large', 'uint8', [bavail * bsize]));
    const error = await materialize({ graph: g.build(), weights: new Map() }, weightsOf(sized()), options).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'DeviceError', remedy: 'Point TMPDIR at a disk with more room, or choose a smaller --precision.' });
    expect((error as Error).message).toMatch(/^.+ has \d+ MB free, and the converted model takes \d+ MB\. Point TMPDIR/);
    expect(await readdir(options.folder)).toEqual([]);
  });

  it('for a folder that is not there, or is none', async () => {
    const model = sized();
    const file = join(options.folder, 'file');
    await writeFile(file, '');
    for (const folder of [join(options.folder, 'nowhere'), file]) {
      const error = await materialize(graphOf(model, 'int8'), weightsOf(model), { ...options, folder }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'DeviceError', message: expect.stringContaining(`${folder} cannot be written to: `), remedy: 'Point TMPDIR at a folder that can be.' });
    }
  });

  it('for a disk that fills up under way', { skip: process.platform === 'win32' }, async () => {
    // A limit on the size of files stands for the disk: what the system says differs in its number alone.
    const from = (path: string): string => JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../..', path)).href);
    const program = `
      const { materialize } = await import(${from('models/weights/materialize.ts')});
      const { GraphBuilder } = await import(${from('models/graph/builder.ts')});
      const g = new GraphBuilder();
      g.output(g.weight('large', 'float32', [2 ** 22]));
      const weights = { source: 'memory', tensors: new Map([['large', { type: 'F32' }]]), read: async () => new Uint8Array(2 ** 24) };
      const recipe = { kind: 'float', parts: ['large'], transpose: false, type: 'float32' };
      await materialize({ graph: g.build(), weights: new Map([['large', recipe]]) }, weights, { folder: ${JSON.stringify(options.folder)}, inPlace: false })
        .catch(({ name, message }) => console.log(name + ': ' + message));`;
    const child = spawn('sh', ['-c', 'ulimit -f 1024 && exec "$0" "$@"', process.execPath, '--import', 'tsx', '--input-type=module', '-e', program], { cwd: join(import.meta.dirname, '../../..'), timeout: 20_000 });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await new Promise((resolve) => child.once('close', resolve));
    expect(out).toBe(`DeviceError: ${options.folder} cannot be written to: EFBIG: file too large, write. Point TMPDIR at a folder that can be.\n`);
    expect(await readdir(options.folder)).toEqual([]);
  });
});
