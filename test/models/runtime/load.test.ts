import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArchitectureName } from '../../../models/config.ts';
import { DEVICES, type Generated, GREEDY, PRECISIONS } from '../../../models/runtime/language-model.ts';
import { type LoadOptions, type LoadedModel, formatOf, loadModel } from '../../../models/runtime/load.ts';
import { runJobs } from '../../support/run-jobs.ts';
import { type TinyModel, tinyGguf, tinyModel, writeTinyFolder } from '../../support/tiny-model.ts';

let root: string;
let temporaryFolder: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'winnow-load-'));
  temporaryFolder = join(root, 'temporary');
  await mkdir(temporaryFolder);
});
afterAll(() => rm(root, { recursive: true }));

/** Sizes that every precision can hold. */
const sized = (architecture: ArchitectureName, over: Parameters<typeof tinyModel>[1] = {}): TinyModel => tinyModel(architecture, { headDim: 16, ...over });
let made = 0;
async function folderOf(model: TinyModel, over: Record<string, unknown> = {}): Promise<string> {
  const folder = join(root, `model-${made++}`);
  await writeTinyFolder(folder, model, over);
  return folder;
}
const optionsFor = (path: string, over: Partial<LoadOptions> = {}): LoadOptions => ({ path, device: 'cpu', precision: 'fp32', threads: 1, contextLength: 64, slots: 2, temporaryFolder, ...over });

async function generate({ scheduler }: LoadedModel, tokens: readonly number[], over: { readonly maxTokens?: number; readonly ignoreEos?: boolean } = {}): Promise<Generated> {
  const [generated] = await runJobs(scheduler, [{ prompt: { tokens }, maxTokens: 20, stop: [], ignoreEos: true, sampling: GREEDY, logprobs: null, owner: 'a', ...over }]);
  return generated!;
}

const descriptors = async (): Promise<number> => readdir('/proc/self/fd').then((names) => names.length, () => 0);

describe('loadModel', () => {
  it('tells what it has loaded, and cuts the context to what the model was made for', async () => {
    const path = await folderOf(sized('qwen2', { contextLength: 50 }));
    const short = await loadModel(optionsFor(path, { contextLength: 32 }));
    expect(short.facts).toMatchObject({ name: path.split('/').at(-1), device: 'cpu', precision: 'fp32', contextLength: 32, slots: 2, hasChatTemplate: true, config: { architecture: 'qwen2' } });
    expect([short.engine.capacity, short.engine.slots, short.engine.vocabSize]).toEqual([32, 2, 258]);
    await short.close();
    const long = await loadModel(optionsFor(path, { contextLength: 4096, name: 'mine' }));
    expect([long.facts.name, long.facts.contextLength, long.engine.capacity]).toEqual(['mine', 50, 50]);
    expect((await generate(long, [1, 2, 3], { maxTokens: 1000 })).tokens).toHaveLength(47);
    await long.close();
  });

  it('writes the same text from a folder and from a GGUF file', async () => {
    const model = sized('llama');
    const file = join(root, 'tiny.gguf');
    await writeFile(file, tinyGguf(model));
    const texts: unknown[] = [];
    for (const path of [await folderOf(model), file]) {
      const loaded = await loadModel(optionsFor(path));
      texts.push((await generate(loaded, [5, 6, 7])).tokens);
      await loaded.close();
    }
    expect(texts[0]).toEqual(texts[1]);
  });

  it('ends a text at an end token that the configuration names', async () => {
    const path = await folderOf(sized('llama'));
    const free = await loadModel(optionsFor(path));
    const { tokens } = await generate(free, [5, 6, 7]);
    await free.close();
    const end = tokens[9]!;
    await writeFile(join(path, 'generation_config.json'), JSON.stringify({ eos_token_id: [end] }));
    const ending = await loadModel(optionsFor(path));
    const done = await generate(ending, [5, 6, 7], { ignoreEos: false });
    expect(done.tokens).toEqual(tokens.slice(0, tokens.indexOf(end) + 1));
    expect(done).toMatchObject({ finishReason: 'stop', stoppedBy: null });
    await ending.close();
  });

  it('has cleared up when it has loaded, and when it has failed, and when it is closed', async () => {
    const path = await folderOf(sized('llama'));
    await (await loadModel(optionsFor(path))).close();
    const before = await descriptors();
    for (let i = 0; i < 3; i++) {
      const loaded = await loadModel(optionsFor(path));
      expect(await readdir(temporaryFolder)).toEqual([]);
      await loaded.close();
    }
    const refused = await folderOf(sized('llama', { intermediateSize: 48 }));
    for (let i = 0; i < 10; i++) await expect(loadModel(optionsFor(refused, { precision: 'int8' }))).rejects.toThrow('precision');
    expect(await readdir(temporaryFolder)).toEqual([]);
    expect(await descriptors()).toBeLessThan(before + 3);
  });

  it.each([
    ['slots', 0, 'a whole number from 1; it is 0'],
    ['slots', 1.5, 'a whole number from 1; it is 1.5'],
    ['threads', -1, 'a whole number from 1; it is -1'],
    ['contextLength', Number.NaN, 'a whole number from 2; it is NaN'],
    ['contextLength', 1, 'a whole number from 2; it is 1'],
  ] as const)('refuses %s of %d', async (field, value, message) => {
    await expect(loadModel(optionsFor('nowhere', { [field]: value }))).rejects.toMatchObject({ name: 'ModelRequestError', message: `${field}: expected ${message}.` });
  });

  it.each([
    ['its hidden size', { hiddenSize: 48, heads: 4 }, '48, 64, 64'],
    ['its inner size', { intermediateSize: 80 }, '32, 80, 64'],
    ['the width of its heads', { heads: 3, kvHeads: 1 }, '32, 64, 48'],
  ])('refuses blocks of 32 where they do not fit %s, and runs it in floats', async (_, sizes, named) => {
    const path = await folderOf(sized('llama', sizes));
    for (const precision of ['int8', 'int4'] as const) {
      await expect(loadModel(optionsFor(path, { precision }))).rejects.toMatchObject({ name: 'ModelRequestError', field: 'precision', message: `precision: expected fp32 or fp16 for this model; of its sizes ${named} not all are multiples of 32, which ${precision} needs.` });
    }
    const loaded = await loadModel(optionsFor(path, { precision: 'fp16' }));
    expect((await generate(loaded, [1, 2])).tokens).toHaveLength(20);
    await loaded.close();
  });

  it('refuses heads of a size that attention cannot turn', async () => {
    const path = await folderOf(tinyModel('llama', { headDim: 8 }));
    await expect(loadModel(optionsFor(path))).rejects.toMatchObject({ name: 'UnsupportedModelError', file: path, field: 'head_dim', message: `${path}: head_dim: expected a multiple of 16, which the attention kernel needs; it is 8.` });
  });

  it('says that there is no memory for a context of billions', async () => {
    const path = await folderOf(sized('llama', { contextLength: 2 ** 31 - 1 }));
    await expect(loadModel(optionsFor(path, { contextLength: 2 ** 31 - 1 }))).rejects.toMatchObject({ name: 'DeviceError', message: 'There is no memory for 2 slots of 2147483647 tokens. Choose a smaller --context, or fewer --slots.' });
    expect(await readdir(temporaryFolder)).toEqual([]);
  });

  it('names the model whose chat template cannot be read', async () => {
    const path = await folderOf(sized('llama'));
    const config = join(path, 'tokenizer_config.json');
    await writeFile(config, JSON.stringify({ ...(JSON.parse(await readFile(config, 'utf8')) as object), chat_template: '{% for x in %}' }));
    await expect(loadModel(optionsFor(path))).rejects.toMatchObject({ name: 'UnsupportedModelError', file: path, field: 'chat_template' });
  });
});

describe('formatOf', () => {
  it('computes in half floats where a GPU holds them, and in floats else', () => {
    const formats = DEVICES.flatMap((device) => PRECISIONS.map((precision) => [device, precision, ...Object.values(formatOf(device, precision))].join(' ')));
    expect(formats).toEqual([
      'cpu fp32 float32 float32', 'cpu fp16 float16 float32', 'cpu int8 int8 float32', 'cpu int4 int4 float32',
      'webgpu fp32 float32 float32', 'webgpu fp16 float16 float16', 'webgpu int8 int8 float32', 'webgpu int4 int4 float32',
      'cuda fp32 float32 float32', 'cuda fp16 float16 float32', 'cuda int8 int8 float32', 'cuda int4 int4 float32',
    ]);
  });
});
