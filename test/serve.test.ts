import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { DeviceError } from '../models/errors.ts';
import type { LanguageModel } from '../models/runtime/language-model.ts';
import { resolveConfig } from '../src/config.ts';
import { openLocalModel } from '../src/local-model.ts';
import { serve } from '../src/serve.ts';
import { openStore } from '../src/store/index.ts';
import { fakeLanguageModel } from './support/fake-language-model.ts';

vi.mock('../src/local-model.ts');
vi.mock('../src/store/index.ts', { spy: true });

/** Longer than a stop waits for what is under way. */
const DRAINED_MS = 30_000;

afterEach(() => void vi.useRealTimers());

/** Writes for ever, and is closed as the real one is: what is under way fails. */
function endless(): LanguageModel {
  const fake = fakeLanguageModel({ before: (_, step) => (step > 1 ? new Promise(() => {}) : undefined) });
  let fail!: (cause: Error) => void;
  const closed = new Promise<never>((_, reject) => (fail = reject));
  closed.catch(() => {});
  return { ...fake, generate: (request) => Promise.race([fake.generate(request), closed]), close: async () => fail(new DeviceError('cpu', 'The model was closed.', '')) };
}

it.each([
  [{ noise: 'often' }, /^--noise: /],
  // Its folder would be this file.
  [{ store: `sqlite:${import.meta.filename}/a.db` }, /serve\.test\.ts/],
])('refuses %j before it loads a model', async (flags, message) => {
  vi.mocked(openLocalModel).mockClear();
  await expect(serve(resolveConfig({ model: 'fake', port: '0', store: 'memory', 'log-level': 'silent', ...flags }, {}, null).config)).rejects.toThrow(message);
  expect(openLocalModel).not.toHaveBeenCalled();
});

it('refuses a port in use before it loads a model', async () => {
  vi.mocked(openLocalModel).mockClear();
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  await expect(serve(resolveConfig({ model: 'fake', port, store: 'memory', 'log-level': 'silent' }, {}, null).config)).rejects.toThrow('the port is in use');
  expect(openLocalModel).not.toHaveBeenCalled();
});

it('refuses a name for a model that there is not', async () => {
  await expect(serve(resolveConfig({ 'model-name': 'mine', port: '0', store: 'memory' }, {}, null).config)).rejects.toThrow('--model-name needs a --model.');
});

it('closes its store when the model cannot be had', async () => {
  vi.mocked(openLocalModel).mockRejectedValueOnce(new Error('no model'));
  vi.mocked(openStore).mockClear();
  const folder = mkdtempSync(join(tmpdir(), 'winnow-serve-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await expect(serve(resolveConfig({ model: 'fake', port: '0', store: `sqlite:${join(folder, 'a.db')}`, 'log-level': 'silent' }, {}, null).config)).rejects.toThrow('no model');
  const store = await vi.mocked(openStore).mock.results[0]!.value;
  await expect(store.set('pages', 'a', '1')).rejects.toThrow('the store is closed');
});

it('cuts a text that outlasts the drain as if its client had gone, and blames no model', async () => {
  const model = endless();
  vi.mocked(openLocalModel).mockResolvedValue({ model, promptStyle: 'winnow', failure: () => null });
  const { composed, origin, stop } = await serve(resolveConfig({ model: 'fake', port: '0', store: 'memory', 'log-level': 'silent' }, {}, null).config);
  const errors = vi.spyOn(composed.log, 'error');
  const post = (body: object): Promise<Response> => fetch(`${origin}/v1/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ prompt: 'a', max_tokens: 99, ...body }) });
  const whole = post({}).catch((thrown: unknown) => thrown);
  const text = (await post({ stream: true })).text().catch((thrown: unknown) => thrown);

  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const stopped = stop();
  await vi.advanceTimersByTimeAsync(DRAINED_MS);
  vi.useRealTimers();
  for (const cut of [await whole, await text]) expect(cut).toBeInstanceOf(TypeError);
  await stopped;
  expect(errors).not.toHaveBeenCalled();
  expect(await composed.metrics.registry.metrics()).toContain('winnow_requests_total{dialect="openai",status="499"} 2');
});
