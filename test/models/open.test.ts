import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARCHITECTURE_NAMES } from '../../models/config.ts';
import { openModel } from '../../models/open.ts';
import { dequantize } from '../../models/weights/dequantize.ts';
import { type GgufTensor, writeGguf } from '../support/gguf-writer.ts';
import { SMOLLM2 } from '../support/llama-server/fetch-model.ts';
import { writeSafetensors } from '../support/safetensors-writer.ts';
import { TINY_TEMPLATE, type TinyModel, tinyConfigJson, tinyGguf, tinyGgufTensors, tinyMetadata, tinyModel, tinyTokenizerJson, writeTinyFolder } from '../support/tiny-model.ts';
import { fuzzFile } from './weights/damage.ts';

const absent = !existsSync(SMOLLM2);
if (absent) console.warn(`Skipped: no model at ${SMOLLM2}`);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'winnow-open-'));
});
afterAll(() => rm(root, { recursive: true }));

let made = 0;
const fresh = async (): Promise<string> => {
  const folder = join(root, `model-${made++}`);
  await mkdir(folder);
  return folder;
};
const ggufFile = async (bytes: Uint8Array): Promise<string> => {
  const file = join(await fresh(), 'tiny.gguf');
  await writeFile(file, bytes);
  return file;
};
const openAndClose = async (path: string): Promise<void> => (await openModel(path)).weights.close();

/** The folder of a model whose tensors are changed: null takes one away. */
async function folderWith(model: TinyModel, changes: Readonly<Record<string, readonly number[] | null>>, over: Record<string, unknown> = {}): Promise<string> {
  const folder = await fresh();
  await writeTinyFolder(folder, model, over);
  const shapes = new Map<string, readonly number[] | null>([...[...model.tensors].map(([name, { shape }]) => [name, shape] as const), ...Object.entries(changes)]);
  const tensors = [...shapes].flatMap(([name, shape]) => (shape ? [[name, { dtype: 'F32', shape, bytes: new Uint8Array(4 * shape.reduce((product, size) => product * size, 1)) }] as const] : []));
  await writeFile(join(folder, 'model.safetensors'), writeSafetensors(Object.fromEntries(tensors)));
  return folder;
}

describe('openModel', () => {
  it.each(ARCHITECTURE_NAMES)('gives the same model from a folder and from a GGUF file: %s', async (architecture) => {
    const model = tinyModel(architecture, { rmsNormEps: 2 ** -17 });
    const folder = await fresh();
    await writeTinyFolder(folder, model);
    const file = await ggufFile(tinyGguf(model));
    const fromFolder = await openModel(folder);
    const fromFile = await openModel(file);
    expect(fromFolder.config).toEqual(model.config);
    expect(fromFile.config).toEqual(model.config);
    expect([fromFolder.name, fromFile.name]).toEqual([folder.split('/').at(-1), 'tiny']);
    expect([fromFolder.chatTemplate, fromFile.chatTemplate]).toEqual([TINY_TEMPLATE, TINY_TEMPLATE]);
    expect(fromFile.tokenizer.vocabulary).toEqual(fromFolder.tokenizer.vocabulary);
    expect(fromFile.tokenizer.added).toEqual(fromFolder.tokenizer.added);
    for (const [name, { values }] of model.tensors) {
      for (const { weights } of [fromFolder, fromFile]) expect(dequantize('F32', await weights.read(name)), name).toEqual(values);
    }
    await Promise.all([fromFolder.weights.close(), fromFile.weights.close()]);
  });

  it('opens a folder that holds one GGUF file, also beside its original\'s config.json', async () => {
    const file = await ggufFile(tinyGguf(tinyModel('qwen3')));
    const folder = join(file, '..');
    for (const beside of [null, 'config.json', 'README.md']) {
      if (beside) await writeFile(join(folder, beside), '{}');
      const { config, weights } = await openModel(folder);
      expect(config.architecture).toBe('qwen3');
      await weights.close();
    }
    await cp(file, join(folder, 'other.gguf'));
    await rm(join(folder, 'config.json'));
    await expect(openAndClose(folder)).rejects.toMatchObject({ name: 'ModelFileError', file: folder, message: expect.stringContaining('the folder has 2; name the file') });
  });

  it('opens a real model', { skip: absent }, async () => {
    const { name, config, tokenizer, chatTemplate, weights } = await openModel(SMOLLM2);
    await weights.close();
    expect(name).toBe('SmolLM2-135M-Instruct.Q4_1');
    expect(config).toMatchObject({ architecture: 'llama', hiddenSize: 576, layers: 30, heads: 9, kvHeads: 3, headDim: 64, vocabSize: 49_152, tieEmbeddings: true, ropeTheta: 100_000, eosTokens: [2, 0] });
    expect(tokenizer.vocabulary).toHaveLength(49_152);
    expect(chatTemplate).toContain('<|im_start|>');
  });

  it('leaves it to the tokenizer where a text ends, if the configuration does not say', async () => {
    const folder = await fresh();
    await writeTinyFolder(folder, tinyModel('llama'), { eos_token_id: null });
    const { config, weights } = await openModel(folder);
    await weights.close();
    expect(config.eosTokens).toEqual([257]);
  });

  it('takes a checkpoint with an output matrix that is tied, and with frequencies that are derived', async () => {
    const model = tinyModel('llama', { tieEmbeddings: true });
    await openAndClose(await folderWith(model, { 'lm_head.weight': [258, 32], 'model.layers.0.self_attn.rotary_emb.inv_freq': [4] }));
  });

  it.each([
    ['model.embed_tokens.weight', [257, 32], 'the shape [258, 32], by the configuration; it is [257, 32]'],
    ['model.layers.1.self_attn.k_proj.weight', [32, 32], 'the shape [16, 32], by the configuration; it is [32, 32]'],
    ['model.layers.0.mlp.down_proj.weight', [64, 32], 'the shape [32, 64], by the configuration; it is [64, 32]'],
    ['model.layers.0.input_layernorm.weight', [32, 1], 'the shape [32], by the configuration; it is [32, 1]'],
    ['model.layers.0.self_attn.q_proj.bias', [16], 'the shape [32], by the configuration; it is [16]'],
    ['lm_head.weight', null, 'a tensor of this name; there is none'],
    ['model.norm.weight', null, 'a tensor of this name; there is none'],
    ['model.layers.1.self_attn.v_proj.bias', null, 'a tensor of this name; there is none'],
  ])('names the file and the tensor where a folder\'s %s is wrong: %j', async (name, shape, message) => {
    const folder = await folderWith(tinyModel('qwen2'), { [name]: shape });
    const file = shape ? join(folder, 'model.safetensors') : folder;
    await expect(openAndClose(folder)).rejects.toMatchObject({ name: 'ModelFileError', file, field: name, message: `${file}: ${name}: expected ${message}.` });
  });

  it.each([
    ['llama', 'model.layers.0.self_attn.o_proj.bias', [32]],
    ['llama', 'model.layers.0.self_attn.q_norm.weight', [8]],
    ['llama', 'model.layers.1.mlp.gate_proj.bias', [64]],
    ['qwen3', 'model.layers.2.input_layernorm.weight', [32]],
    ['qwen2', 'lm_head.bias', [258]],
  ] as const)('refuses a checkpoint of %s with a tensor that would be left out: %s', async (architecture, name, shape) => {
    const folder = await folderWith(tinyModel(architecture), { [name]: shape });
    await expect(openAndClose(folder)).rejects.toMatchObject({ name: 'UnsupportedModelError', file: join(folder, 'model.safetensors'), field: name });
  });

  it('names the tensor where a GGUF file\'s is wrong, missing, of a type that is not read, or would be left out', async () => {
    const model = tinyModel('llama');
    const opened = async (change: (tensors: GgufTensor[]) => GgufTensor[]): Promise<void> => openAndClose(await ggufFile(writeGguf({ metadata: tinyMetadata(model), tensors: change(tinyGgufTensors(model)) })));
    const swap = (name: string, made: Partial<GgufTensor>) => (tensors: GgufTensor[]) => tensors.map((tensor) => (tensor.name === name ? { ...tensor, ...made } : tensor));
    await opened((tensors) => tensors);
    await expect(opened(swap('blk.0.ffn_up.weight', { shape: [32, 64] }))).rejects.toMatchObject({ name: 'ModelFileError', field: 'model.layers.0.mlp.up_proj.weight', expected: 'the shape [64, 32], by the configuration' });
    await expect(opened((tensors) => tensors.filter(({ name }) => name !== 'blk.1.attn_norm.weight'))).rejects.toMatchObject({ name: 'ModelFileError', field: 'model.layers.1.input_layernorm.weight' });
    await expect(opened(swap('blk.0.ffn_up.weight', { type: 'Q5_K' }))).rejects.toMatchObject({ name: 'UnsupportedModelError', field: 'model.layers.0.mlp.up_proj.weight', message: expect.stringContaining('its type is Q5_K') });
    const more: GgufTensor = { name: 'blk.0.attn_sinks.weight', shape: [4], type: 'F32', bytes: new Uint8Array(16) };
    await expect(opened((tensors) => [...tensors, more])).rejects.toMatchObject({ name: 'UnsupportedModelError', field: 'blk.0.attn_sinks.weight' });
  });

  it('names what a folder lacks', async () => {
    const folder = await fresh();
    await expect(openAndClose(folder)).rejects.toThrow(`${folder}: expected a folder with config.json, or with one .gguf; the folder has neither.`);
    await writeFile(join(folder, 'config.json'), JSON.stringify(tinyConfigJson(tinyModel('llama'))));
    await expect(openAndClose(folder)).rejects.toMatchObject({ name: 'ModelFileError', file: join(folder, 'tokenizer.json') });
    await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tinyTokenizerJson));
    await writeFile(join(folder, 'tokenizer_config.json'), '{}');
    await expect(openAndClose(folder)).rejects.toMatchObject({ name: 'ModelFileError', file: folder, expected: 'model.safetensors or model.safetensors.index.json' });
    await writeFile(join(folder, 'pytorch_model.bin'), '');
    await expect(openAndClose(folder)).rejects.toMatchObject({ name: 'UnsupportedModelError', file: join(folder, 'pytorch_model.bin') });
    await expect(openAndClose(join(root, 'nowhere'))).rejects.toMatchObject({ name: 'ModelFileError', file: join(root, 'nowhere') });
  });

  it('closes its files where it refuses a model', async () => {
    const folder = await folderWith(tinyModel('llama'), { 'model.norm.weight': null });
    const descriptors = async (): Promise<number> => (existsSync('/proc/self/fd') ? (await import('node:fs/promises')).readdir('/proc/self/fd').then((names) => names.length) : 0);
    const before = await descriptors();
    for (let i = 0; i < 20; i++) await expect(openAndClose(folder)).rejects.toThrow('model.norm.weight');
    expect(await descriptors()).toBeLessThan(before + 10);
  });

  it('fails as a file fails, whatever happens to a GGUF\'s header', async () => {
    const bytes = tinyGguf(tinyModel('llama', { layers: 1, vocabSize: 258 }));
    const file = await ggufFile(bytes);
    // The header ends where the first tensor begins: only there is there something to misread.
    const header = Buffer.from(bytes).lastIndexOf('blk.0.ffn_norm.weight') + 60;
    const counts = await fuzzFile(file, bytes, () => openAndClose(file), 300, header);
    expect(counts.refused).toBeGreaterThan(100);
  });

  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json'])('fails as a file fails, whatever happens to %s', async (name) => {
    const folder = await fresh();
    await writeTinyFolder(folder, tinyModel('qwen3', { layers: 1 }));
    const file = join(folder, name);
    const counts = await fuzzFile(file, await readFile(file), () => openAndClose(folder), 300);
    expect(counts.refused).toBeGreaterThan(50);
  });
});
