/**
 * Whatever is wrong with a model, a machine or a request is told in a class of models/errors.ts that names file and field, across the
 * border of the model's thread; the process stays up, and nothing is left on the disk.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelFileError } from '../../models/errors.ts';
import { GREEDY, type GenerateRequest, type LanguageModel } from '../../models/runtime/language-model.ts';
import type { LocalModelOptions } from '../../models/runtime/local-model.ts';
import { type GgufTensor, type GgufValue, writeGguf } from '../support/gguf-writer.ts';
import { type SafeTensor, assembleSafetensors, writeSafetensors } from '../support/safetensors-writer.ts';
import { type TinyModel, numbersFrom, tinyConfigJson, tinyGguf, tinyGgufTensors, tinyMetadata, tinyModel, tinyTokenizerJson, writeTinyFolder } from '../support/tiny-model.ts';

const MODEL: TinyModel = tinyModel('llama', { layers: 1, headDim: 16 });

type Errors = typeof import('../../models/errors.ts');

let root: string;
let compiled: string;
let errors: Errors;
let startLocalModel: (typeof import('../../models/runtime/local-model.ts'))['startLocalModel'];

/** `models/` as it is published. From source every thread would load a compiler first, which takes longer than all else that it does here. */
async function compile(): Promise<void> {
  const repository = join(import.meta.dirname, '../..');
  // Beside node_modules, where packages are looked up.
  await mkdir(join(repository, '.cache'), { recursive: true });
  compiled = await mkdtemp(join(repository, '.cache/bad-input-'));
  const settings = { extends: '../../tsconfig.json', compilerOptions: { noEmit: false, noCheck: true, outDir: '.', rootDir: '../..' }, include: ['../../models'] };
  await writeFile(join(compiled, 'tsconfig.json'), JSON.stringify(settings));
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  await promisify(execFile)(process.execPath, [compiler, '-p', compiled]);
  const load = (path: string): Promise<unknown> => import(/* @vite-ignore */ pathToFileURL(join(compiled, 'models', path)).href);
  errors = (await load('errors.js')) as Errors;
  ({ startLocalModel } = (await load('runtime/local-model.js')) as { startLocalModel: typeof startLocalModel });
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'winnow-bad-input-'));
  await compile();
});
afterAll(async () => {
  await rm(root, { recursive: true });
  await rm(compiled, { recursive: true });
});

let made = 0;
async function fresh(): Promise<string> {
  const folder = join(root, `${made++}`);
  await mkdir(folder);
  return folder;
}

async function optionsFor(path: string, over: Partial<LocalModelOptions> = {}): Promise<LocalModelOptions> {
  return { path, device: 'cpu', precision: 'fp32', threads: 1, contextLength: 64, slots: 2, temporaryFolder: await fresh(), maxQueue: 10, ...over };
}

/** What a start is refused with. */
async function refusal(path: string, over: Partial<LocalModelOptions> = {}): Promise<Error> {
  const options = await optionsFor(path, over);
  const error = await startLocalModel(options).then(
    async (model) => {
      await model.close();
      return expect.fail('It was not refused.');
    },
    (thrown: unknown) => thrown as Error,
  );
  if (over.temporaryFolder === undefined) expect(await readdir(options.temporaryFolder)).toEqual([]);
  return error;
}

/** A model that is sound but for one thing; returns its path. */
type Making = (folder: string) => Promise<string> | string;

const folderWith = (change: (folder: string) => Promise<void>): Making => async (folder) => {
  await writeTinyFolder(folder, MODEL);
  await change(folder);
  return folder;
};
const config = (over: Record<string, unknown>): Making => folderWith((folder) => writeFile(join(folder, 'config.json'), JSON.stringify(tinyConfigJson(MODEL, over))));
const file = (name: string, content: string | Uint8Array): Making => folderWith((folder) => writeFile(join(folder, name), content));
const without = (name: string): Making => folderWith((folder) => rm(join(folder, name)));
const tokenizer = (over: Record<string, unknown>): Making => file('tokenizer.json', JSON.stringify({ ...tinyTokenizerJson, ...over }));

const tensors = (change: (all: Record<string, SafeTensor>) => void = () => {}): Record<string, SafeTensor> => {
  const all: Record<string, SafeTensor> = Object.fromEntries([...MODEL.tensors].map(([name, { shape, values }]) => [name, { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) }]));
  change(all);
  return all;
};
const safetensors = (change: (all: Record<string, SafeTensor>) => void): Making => file('model.safetensors', writeSafetensors(tensors(change)));
const header = (edit: (header: Record<string, { data_offsets: number[]; dtype: string }>) => void): Making => file('model.safetensors', writeSafetensors(tensors(), edit));
const NORM = 'model.norm.weight';

const ggufFile = (bytes: Uint8Array): Making => async (folder) => {
  const path = join(folder, 'tiny.gguf');
  await writeFile(path, bytes);
  return path;
};
const gguf = (over: Record<string, GgufValue>, change: (tensors: GgufTensor[]) => GgufTensor[] = (all) => all): Making => ggufFile(writeGguf({ metadata: { ...tinyMetadata(MODEL), ...over }, tensors: change(tinyGgufTensors(MODEL)) }));
const overwritten = (bytes: Uint8Array, at: number, ...over: number[]): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy.set(over, at);
  return copy;
};
const GGUF = tinyGguf(MODEL);

interface Case {
  readonly of: Making;
  readonly error: 'ModelFileError' | 'UnsupportedModelError';
  /** Inside the folder; '' for the path itself. */
  readonly file: string;
  readonly field: string | RegExp;
  readonly over?: Partial<LocalModelOptions>;
}
const fault = (of: Making, name: string, field: string | RegExp, over: Partial<LocalModelOptions> = {}): Case => ({ of, error: 'ModelFileError', file: name, field, over });
const unsupported = (of: Making, name: string, field: string | RegExp): Case => ({ of, error: 'UnsupportedModelError', file: name, field });

const CASES: Readonly<Record<string, Case>> = {
  'a path where nothing is': fault((folder) => join(folder, 'nowhere'), '', ''),
  'an empty folder': fault((folder) => folder, '', ''),
  'a folder of two GGUF files': fault(async (folder) => (await Promise.all(['a.gguf', 'b.gguf'].map((name) => writeFile(join(folder, name), GGUF))), folder), '', ''),
  'a text by the name of a GGUF file': fault(ggufFile(Buffer.from('Once upon a time there was a model.')), '', 'header'),
  'an empty GGUF file': fault(ggufFile(new Uint8Array()), '', 'header'),
  'a GGUF file that ends within its header': fault(ggufFile(GGUF.subarray(0, 600)), '', /./),
  'a GGUF file that ends within its weights': fault(ggufFile(GGUF.subarray(0, GGUF.length - 5000)), '', /^blk|^token_embd|^output|^model\./),
  'a GGUF file of version 99': unsupported(ggufFile(overwritten(GGUF, 4, 99)), '', /./),
  'a GGUF file that promises a million million tensors': fault(ggufFile(overwritten(GGUF, 13, 1, 1)), '', /./),
  'a GGUF file whose first key is longer than the file': fault(ggufFile(overwritten(GGUF, 28, 0, 0, 1)), '', /./),
  'a GGUF file of another architecture': unsupported(gguf({ 'general.architecture': { text: 'mamba' } }), '', 'general.architecture'),
  'a GGUF file of no layers': fault(gguf({ 'llama.block_count': { u32: 0 } }), '', 'llama.block_count'),
  'a GGUF file whose context is a text': fault(gguf({ 'llama.context_length': { text: 'long' } }), '', 'llama.context_length'),
  'a GGUF file without a tensor': fault(gguf({}, (all) => all.filter(({ name }) => name !== 'output_norm.weight')), '', NORM),
  'a GGUF file with a tensor of a type that is not read': unsupported(gguf({}, (all) => all.map((one) => (one.name === 'output_norm.weight' ? { ...one, type: 'Q5_K' } : one))), '', NORM),
  'a GGUF file of a tokenizer that is not known': unsupported(gguf({ 'tokenizer.ggml.model': { text: 'rwkv' } }), '', 'tokenizer.ggml.model'),

  'weights that end early': fault(file('model.safetensors', writeSafetensors(tensors()).subarray(0, -100)), 'model.safetensors', ''),
  'weights whose header is longer than the file': fault(file('model.safetensors', overwritten(writeSafetensors(tensors()), 0, 0xff, 0xff, 0xff, 0x7f)), 'model.safetensors', 'header'),
  'weights whose header is no JSON': fault(file('model.safetensors', assembleSafetensors('{"a": ', [])), 'model.safetensors', 'header'),
  'weights that lie outside their file': fault(header((all) => (all[NORM]!.data_offsets = [1e12, 1e12 + 128])), 'model.safetensors', /data_offsets$/),
  'weights of a type that is not read': unsupported(header((all) => (all[NORM]!.dtype = 'I32')), 'model.safetensors', NORM),
  'a tensor of another shape': fault(safetensors((all) => (all[NORM] = { dtype: 'F32', shape: [31], bytes: new Uint8Array(124) })), 'model.safetensors', NORM),
  'a missing tensor': fault(safetensors((all) => void delete all[NORM]), '', NORM),
  'a tensor that would be left out': unsupported(safetensors((all) => (all['model.layers.7.mlp.up_proj.weight'] = all[NORM]!)), 'model.safetensors', 'model.layers.7.mlp.up_proj.weight'),
  'a weight that is no number': fault(safetensors((all) => (all['lm_head.weight'] = { ...all['lm_head.weight']!, bytes: overwritten(all['lm_head.weight']!.bytes, 8, 0, 0, 0xc0, 0x7f) })), 'model.safetensors', 'lm_head.weight', { precision: 'int8' }),
  'an index that names a file which is not there': fault(folderWith(async (folder) => {
    await rm(join(folder, 'model.safetensors'));
    await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: Object.fromEntries([...MODEL.tensors.keys()].map((name) => [name, 'model-1.safetensors'])) }));
  }), 'model-1.safetensors', ''),
  'no weights': fault(without('model.safetensors'), '', ''),

  'no configuration': fault(without('config.json'), '', ''),
  'a configuration that is no JSON': fault(file('config.json', '{'), 'config.json', ''),
  'a configuration that is a list': fault(file('config.json', '[]'), 'config.json', ''),
  'an unknown architecture': unsupported(config({ model_type: 'mamba' }), 'config.json', 'model_type'),
  'a quantised checkpoint': unsupported(config({ quantization_config: { bits: 4 } }), 'config.json', 'quantization_config'),
  'a width below zero': fault(config({ hidden_size: -32 }), 'config.json', 'hidden_size'),
  'a width beyond all numbers': fault(config({ hidden_size: 1e308 }), 'config.json', 'hidden_size'),
  'half a token': fault(config({ vocab_size: 3.5 }), 'config.json', 'vocab_size'),
  'a thousand million layers': fault(config({ num_hidden_layers: 1e9 }), 'config.json', 'num_hidden_layers'),
  'heads that do not divide': fault(config({ num_key_value_heads: 3 }), 'config.json', 'num_key_value_heads'),
  'heads that attention cannot turn': unsupported((folder) => writeTinyFolder(folder, tinyModel('llama', { layers: 1, headDim: 8 })).then(() => folder), '', 'head_dim'),
  'a context that is a text': fault(config({ max_position_embeddings: 'long' }), 'config.json', 'max_position_embeddings'),
  'an epsilon of nothing': fault(config({ rms_norm_eps: 0 }), 'config.json', 'rms_norm_eps'),
  'a rotation that is not known': unsupported(config({ rope_scaling: { type: 'spiral' } }), 'config.json', 'rope_scaling.type'),

  'no tokenizer': fault(without('tokenizer.json'), 'tokenizer.json', ''),
  'an unsupported tokenizer': unsupported(tokenizer({ model: { type: 'Unigram', vocab: [] } }), 'tokenizer.json', 'model.type'),
  'a tokenizer that is no JSON': fault(file('tokenizer.json', 'vocab'), 'tokenizer.json', ''),
  'a tokenizer without a vocabulary': fault(tokenizer({ model: { type: 'BPE' } }), 'tokenizer.json', 'model.vocab'),
  'a chat template that cannot be read': unsupported(file('tokenizer_config.json', JSON.stringify({ chat_template: '{% if %}' })), '', 'chat_template'),
};

describe('a model cannot be started from', () => {
  it.concurrent.each(Object.entries(CASES))('%s', async (_, { of, error: wanted, file: name, field, over }) => {
    const path = await of(await fresh());
    const error = (await refusal(path, over)) as ModelFileError;
    expect(error).toBeInstanceOf(errors[wanted]);
    expect(error.name).toBe(wanted);
    expect(error.file).toBe(name === '' ? path : join(path, name));
    if (typeof field === 'string') expect(error.field).toBe(field);
    else expect(error.field).toMatch(field);
    expect(error.message).toContain(`${error.file}: ${error.field === '' ? '' : `${error.field}: `}expected ${error.expected}; `);
    expect(error.message.length).toBeLessThan(1000);
  });
});

describe('an option or a machine that does not fit is named', () => {
  const sound = async (): Promise<string> => {
    const folder = await fresh();
    await writeTinyFolder(folder, MODEL);
    return folder;
  };

  it.concurrent.each([
    ['precision', { precision: 'int4' }, 'of its sizes 48, 64, 64 not all are multiples of 32'],
    ['slots', { slots: 0 }, 'it is 0'],
    ['contextLength', { contextLength: -5 }, 'it is -5'],
    ['threads', { threads: 0.5 }, 'it is 0.5'],
  ] as const)('%s', async (field, over, message) => {
    const folder = await fresh();
    await writeTinyFolder(folder, tinyModel('llama', { layers: 1, headDim: 16, hiddenSize: 48 }));
    const error = await refusal(folder, over);
    expect(error).toBeInstanceOf(errors.ModelRequestError);
    expect(error).toMatchObject({ field, message: expect.stringContaining(message) });
  });

  it.concurrent('a temporary folder that is not there, or is a file', async () => {
    const path = await sound();
    for (const temporaryFolder of [join(path, 'nowhere'), join(path, 'config.json')]) {
      const error = await refusal(path, { temporaryFolder });
      expect(error).toBeInstanceOf(errors.DeviceError);
      expect(error).toMatchObject({ remedy: 'Point TMPDIR at a folder that can be.', message: expect.stringContaining(`${temporaryFolder} cannot be written to`) });
    }
  });

  it.concurrent('a temporary folder that may not be written to', { skip: process.getuid?.() === 0 || process.platform === 'win32' }, async () => {
    const path = await sound();
    const temporaryFolder = await fresh();
    await (await open(temporaryFolder)).chmod(0o500);
    const error = await refusal(path, { temporaryFolder });
    expect(error).toBeInstanceOf(errors.DeviceError);
    expect(error.message).toContain('EACCES');
  });

  it.concurrent('a disk that is too small for the model', async (context) => {
    const folder = await fresh();
    const { bavail, bsize } = await statfs(folder);
    // Of zeros that take no room themselves: a file with a hole in it.
    const hiddenSize = 8192;
    const large: TinyModel = { ...MODEL, config: { ...MODEL.config, hiddenSize, intermediateSize: 32, heads: 1, kvHeads: 1, vocabSize: Math.ceil((bavail * bsize) / hiddenSize / 2), tieEmbeddings: true } };
    const { config: sizes } = large;
    const shapes: Record<string, readonly number[]> = {
      'model.embed_tokens.weight': [sizes.vocabSize, hiddenSize],
      'model.norm.weight': [hiddenSize],
      'model.layers.0.input_layernorm.weight': [hiddenSize],
      'model.layers.0.post_attention_layernorm.weight': [hiddenSize],
      'model.layers.0.self_attn.q_proj.weight': [16, hiddenSize],
      'model.layers.0.self_attn.k_proj.weight': [16, hiddenSize],
      'model.layers.0.self_attn.v_proj.weight': [16, hiddenSize],
      'model.layers.0.self_attn.o_proj.weight': [hiddenSize, 16],
      'model.layers.0.mlp.gate_proj.weight': [32, hiddenSize],
      'model.layers.0.mlp.up_proj.weight': [32, hiddenSize],
      'model.layers.0.mlp.down_proj.weight': [hiddenSize, 32],
    };
    await writeTinyFolder(folder, MODEL);
    await writeFile(join(folder, 'config.json'), JSON.stringify(tinyConfigJson(large)));
    let end = 0;
    const entries = Object.entries(shapes).map(([name, shape]) => {
      const begin = end;
      end += 2 * shape.reduce((product, size) => product * size, 1);
      return [name, { dtype: 'F16', shape, data_offsets: [begin, end] }];
    });
    const start = assembleSafetensors(JSON.stringify(Object.fromEntries(entries)), []);
    const handle = await open(join(folder, 'model.safetensors'), 'w');
    try {
      await handle.write(start);
      await handle.truncate(start.length + end);
    } catch (error) {
      return context.skip(`this file system has no files of ${end} bytes: ${(error as Error).message}`);
    } finally {
      await handle.close();
    }
    const error = await refusal(folder, { precision: 'fp16' });
    expect(error).toBeInstanceOf(errors.DeviceError);
    expect(error.message).toMatch(/ has \d+ MB free, and the converted model takes \d+ MB\. Point TMPDIR/);
  });
});

describe('a model whose bytes were changed at random', () => {
  const next = numbersFrom(3);
  const below = (end: number): number => Math.floor(((next() + 1) / 2) * end);
  const damages = Array.from({ length: 10 }, (_, i) => ({ i, where: next(), bytes: Array.from({ length: 1 + below(8) }, () => below(256)), cut: i % 5 === 4 }));

  it.concurrent.each(damages)('starts, or is refused like any other: $i', async ({ i, where, bytes, cut }) => {
    const folder = await fresh();
    const names = ['tiny.gguf', 'model.safetensors', 'config.json', 'tokenizer.json', 'tokenizer_config.json'];
    const name = names[i % names.length]!;
    if (name === 'tiny.gguf') await writeFile(join(folder, name), GGUF);
    else await writeTinyFolder(folder, MODEL);
    const sound = await readFile(join(folder, name));
    // Most of it in the header.
    const at = Math.floor(((where + 1) / 2) * Math.min(sound.length - 10, 3000));
    await writeFile(join(folder, name), cut ? sound.subarray(0, at) : overwritten(sound, at, ...bytes));
    const options = await optionsFor(folder);
    try {
      await (await startLocalModel(options)).close();
    } catch (error) {
      expect(error).toBeInstanceOf(errors.ModelFileError);
      expect((error as ModelFileError).file).toContain(folder);
    }
    expect(await readdir(options.temporaryFolder)).toEqual([]);
  });
});

describe('a request that cannot be met', () => {
  let model: LanguageModel;
  beforeAll(async () => {
    const folder = await fresh();
    await writeTinyFolder(folder, MODEL);
    await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({ chat_template: "{{ raise_exception('Never.') }}" }));
    model = await startLocalModel(await optionsFor(folder));
  });
  afterAll(() => model.close());
  const request = (over: Partial<GenerateRequest>): GenerateRequest => ({ prompt: { text: 'x' }, maxTokens: 4, stop: [], ignoreEos: true, sampling: GREEDY, logprobs: null, owner: 'a', ...over });

  it.each([
    ['prompt', { prompt: { text: 'longer than the context of 64 tokens, of a byte each in this case' } }],
    ['tokens', { prompt: { tokens: [] } }],
    ['tokens', { prompt: { tokens: [258] } }],
    ['messages', { prompt: { messages: [{ role: 'user', content: 'x' }] } }],
    ['maxTokens', { maxTokens: -1 }],
    ['logprobs', { logprobs: 21 }],
    ['sampling.temperature', { sampling: { ...GREEDY, temperature: -1 } }],
  ] satisfies readonly (readonly [string, Partial<GenerateRequest>])[])('is refused by its %s, and the next is answered', async (field, over) => {
    const refused = model.generate(request(over));
    await expect(refused).rejects.toBeInstanceOf(errors.ModelRequestError);
    await expect(refused).rejects.toMatchObject({ field });
    expect((await model.generate(request({}))).tokens).toHaveLength(4);
  });
});
