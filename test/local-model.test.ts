import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DeviceError } from '../models/errors.ts';
import type { LanguageModel } from '../models/runtime/language-model.ts';
import { startLocalModel } from '../models/runtime/local-model.ts';
import { type Config, resolveConfig } from '../src/config.ts';
import { ConfigError, WinnowError } from '../src/errors.ts';
import { type ServedModel, type Surroundings, openLocalModel } from '../src/local-model.ts';
import { type TestApp, openApp } from './search/harness.ts';
import { fakeLanguageModel } from './support/fake-language-model.ts';
import { tinyModel, writeTinyFolder } from './support/tiny-model.ts';

// The real one, unless a test puts another in its place for once.
vi.mock('../models/runtime/local-model.ts', async (original) => {
  const real = await original<typeof import('../models/runtime/local-model.ts')>();
  return { ...real, startLocalModel: vi.fn(real.startLocalModel) };
});

const root = mkdtempSync(join(tmpdir(), 'winnow-local-model-'));
const tiny = join(root, 'tiny');
beforeAll(async () => {
  // Room for a prompt at a token a byte.
  await writeTinyFolder(tiny, tinyModel('llama', { headDim: 16, contextLength: 4096 }));
  await writeTinyFolder(join(root, 'zerosearch-google-3b'), tinyModel('qwen2', { headDim: 16 }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const CPU = { device: 'cpu', slots: 2 };
const configOf = (flags: Record<string, unknown> = {}): Config => resolveConfig({ ...CPU, ...flags }, {}, null).config;
async function open(nameOrPath: string, flags: Record<string, unknown> = {}, rest: Partial<Surroundings> = {}): Promise<ServedModel & { notices: string[] }> {
  const notices: string[] = [];
  let time = 0;
  const served = await openLocalModel(nameOrPath, configOf(flags), { env: {}, clock: () => (time += 1_500), notice: (line) => void notices.push(line), onFailure: () => {}, ...rest });
  opened.push(served.model);
  return { ...served, notices };
}
/** Puts a model in the place of the next that is started. */
const startsWith = (model: LanguageModel): void => void vi.mocked(startLocalModel).mockResolvedValueOnce(model);
const refusal = (nameOrPath: string, flags: Record<string, unknown> = {}, env: Surroundings['env'] = {}): Promise<unknown> =>
  open(nameOrPath, flags, { env }).then(() => null, (thrown: unknown) => thrown);
async function app(flags: Record<string, unknown>): Promise<TestApp> {
  const one = await openApp({ ...CPU, ...flags });
  opened.push(one);
  return one;
}

describe('a model that is named', () => {
  it('is loaded, and what is under way is told a line at a time', async () => {
    const { model, notices } = await open(tiny);
    expect(model.facts).toMatchObject({ name: 'tiny', device: 'cpu', precision: 'int8', contextLength: 4096, slots: 2 });
    expect(notices).toEqual([`loading ${tiny} (cpu, int8) …`, 'tiny is loaded, after 1.5 s']);
    expect((await open(tiny, { context: 9000 })).notices[1]).toBe('tiny is loaded, after 1.5 s; it takes 4096 tokens, fewer than --context says');
    const { tokens } = await model.generate({ prompt: { text: 'abc' }, maxTokens: 3, stop: [], ignoreEos: true, sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 }, logprobs: null, owner: 'x' });
    expect(tokens).toHaveLength(3);
  });

  it('is called what it is to be called, and set up as its options say', async () => {
    const { model } = await open(tiny, { 'model-name': 'mine', precision: 'fp32', context: 100, slots: 3 });
    expect(model.facts).toMatchObject({ name: 'mine', precision: 'fp32', contextLength: 100, slots: 3 });
  });

  it('is found by name in the folders of WINNOW_MODELS, and asked as the catalogue says', async () => {
    const { model, promptStyle } = await open('zerosearch-google-3b', {}, { env: { WINNOW_MODELS: root } });
    expect([model.facts.name, promptStyle]).toEqual(['zerosearch-google-3b', 'zerosearch-tuned']);
  });

  it('is taught by examples when it is small, and told when it is not', async () => {
    expect((await open(tiny)).promptStyle).toBe('winnow-small');
    const { config } = fakeLanguageModel().facts;
    startsWith(fakeLanguageModel({ facts: { config: { ...config, hiddenSize: 2048, intermediateSize: 11_008, layers: 36, heads: 16, kvHeads: 2, headDim: 128, vocabSize: 151_936 } } }));
    expect((await open(tiny)).promptStyle).toBe('winnow');
  });
});

describe('a model that cannot be had', () => {
  it.each([
    ['smollm2-135m', {}, 'winnow pull smollm2-135m'],
    ['smollm2-135', {}, 'Did you mean smollm2-135m'],
    ['./absent', {}, './absent: there is no such folder or file'],
  ])('is a fault of the configuration: %s', async (name, flags, told) => {
    const thrown = await refusal(name, flags, { HF_HOME: join(root, 'nothing') });
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(thrown).toMatchObject({ option: 'model', message: expect.stringContaining(told) });
  });

  it('is a fault of the configuration where another precision would do', async () => {
    const folder = join(root, 'odd');
    await writeTinyFolder(folder, tinyModel('llama', { headDim: 16, intermediateSize: 48 }));
    expect(await refusal(folder)).toMatchObject({ name: 'ConfigError', option: 'precision', message: expect.stringContaining('--precision: expected fp32 or fp16') });
  });

  it('is the fault of its file, which is named, without a stack', async () => {
    const file = join(root, 'broken.gguf');
    writeFileSync(file, 'GGUF');
    const thrown = await refusal(file);
    expect(thrown).toBeInstanceOf(WinnowError);
    expect((thrown as WinnowError).message).toContain(file);
  });
});

describe('a server with a model', () => {
  it('writes its pages with it, names it, and counts what it does', async () => {
    const server = await app({ model: tiny, 'max-tries': 1, context: 4096 });
    const { winnow } = (await (await server.post('/v1/search', { query: 'x', count: 1 })).json()) as { winnow: { generator: string; tries: number } };
    expect([winnow.generator, winnow.tries]).toEqual(['local', 1]);
    const { data } = (await (await server.get('/v1/models')).json()) as { data: { id: string }[] };
    expect(data.slice(0, 2).map(({ id }) => id)).toEqual(['tiny', 'local']);
    const metrics = await (await server.get('/metrics')).text();
    expect(metrics).toMatch(/^winnow_model_up\{model="tiny"\} 1$/m);
    expect(metrics).toMatch(/^winnow_model_requests\{state="running"\} 0$/m);
    expect(metrics).toMatch(/^winnow_model_tokens_total\{kind="prompt"\} \d{3,}$/m);
    expect(metrics).toMatch(/^winnow_model_tokens_total\{kind="completion"\} [1-9]\d*$/m);
    expect((await server.runs.open('default')).settings.promptStyle).toBe('winnow-small');
  });

  it('asks in the style that is named, whatever the model', async () => {
    const server = await app({ model: tiny, 'prompt-style': 'zerosearch-prompted' });
    expect((await server.runs.open('default')).settings.promptStyle).toBe('zerosearch-prompted');
  });

  it('keeps its pages apart from those of another model', async () => {
    const idOf = async (flags: Record<string, unknown>): Promise<string> => {
      startsWith(fakeLanguageModel({ facts: { contextLength: 4096, name: String(flags['model-name']) } }));
      return ((await (await (await app({ model: tiny, ...flags })).post('/v1/search', { query: 'x', count: 1 })).json()) as { id: string }).id;
    };
    expect(await idOf({ 'model-name': 'a' })).toBe(await idOf({ 'model-name': 'a' }));
    expect(await idOf({ 'model-name': 'a' })).not.toBe(await idOf({ 'model-name': 'b' }));
  });

  it('whose model has died answers by template, says so in labels, metrics and readiness, and goes on', async () => {
    let dead = false;
    startsWith(fakeLanguageModel({
      facts: { contextLength: 4096 },
      before: () => {
        if (dead) throw new DeviceError('cpu', "The model's thread has ended.", 'Start it again.');
      },
    }));
    const server = await app({ model: tiny });
    server.setReady(true);
    expect((await server.get('/readyz')).status).toBe(200);
    dead = true;
    for (const query of ['a', 'b']) {
      const reply = await server.post('/v1/search', { query, count: 2 });
      expect([reply.status, reply.headers.get('x-winnow-generator'), reply.headers.get('x-winnow-degraded')]).toEqual([200, 'template', 'generator']);
    }
    expect([(await server.get('/readyz')).status, (await server.get('/healthz')).status]).toEqual([503, 200]);
    expect(await (await server.get('/metrics')).text()).toMatch(/^winnow_model_up\{model="fake-135m"\} 0$/m);
  });
});

describe('an eye on a model', () => {
  it('tells of its death once, and not of one that was closed', async () => {
    const told: Error[] = [];
    const cause = new DeviceError('cpu', 'The worker died.', '');
    const request = { prompt: { text: 'x' }, maxTokens: 1, stop: [], ignoreEos: false, sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 }, logprobs: null, owner: 'x' } as const;
    for (const closed of [false, true]) {
      startsWith(fakeLanguageModel({ before: () => { throw cause; } }));
      const { model, failure } = await open(tiny, {}, { onFailure: (each) => void told.push(each) });
      if (closed) await model.close();
      for (let i = 0; i < 2; i++) await expect(model.generate(request)).rejects.toBe(cause);
      expect(failure()).toBe(closed ? null : cause);
    }
    expect(told).toEqual([cause]);
  });
});
