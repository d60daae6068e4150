/** A model in its thread, as a server holds it: tiny, of random weights, and slow enough to be interrupted. */
import { spawn } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DeviceError, ModelBusyError, ModelRequestError } from '../../../models/errors.ts';
import { type Delta, type Generated, GREEDY, type GenerateRequest, type LanguageModel, type Start } from '../../../models/runtime/language-model.ts';
import { loadModel } from '../../../models/runtime/load.ts';
import { type LocalModelOptions, startLocalModel } from '../../../models/runtime/local-model.ts';
import { runJobs } from '../../support/run-jobs.ts';
import { tinyModel, writeTinyFolder } from '../../support/tiny-model.ts';

let root: string;
let options: LocalModelOptions;
let model: LanguageModel;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'winnow-local-model-'));
  const path = join(root, 'tiny');
  await writeTinyFolder(path, tinyModel('llama', { hiddenSize: 64, headDim: 16, contextLength: 4096 }));
  const temporaryFolder = join(root, 'temporary');
  await mkdir(temporaryFolder);
  options = { path, device: 'cpu', precision: 'fp32', threads: 1, contextLength: 4096, slots: 3, temporaryFolder, maxQueue: 50 };
  model = await startLocalModel(options);
});
afterAll(async () => {
  await model.close();
  await rm(root, { recursive: true });
});

const request = (text: string, over: Partial<GenerateRequest> = {}): GenerateRequest => ({ prompt: { text }, maxTokens: 12, stop: [], ignoreEos: true, sampling: GREEDY, logprobs: null, owner: 'a', ...over });
/** Hundreds of steps. */
const long = (over: Partial<GenerateRequest> = {}): GenerateRequest => request('long', { maxTokens: 3000, ...over });
/** Rejects in a time that no request of these tests takes. */
async function soon<T>(promise: Promise<T>): Promise<T> {
  return Promise.race([promise, delay(15_000, null, { ref: false }).then(() => expect.fail('It does not come to an end.'))]);
}
const idle = async (of = model): Promise<void> => soon(vi.waitFor(() => expect(of.load()).toMatchObject({ running: 0, waiting: 0 }), { timeout: 15_000, interval: 5 }));
const answers = async (of = model): Promise<void> => expect((await soon(of.generate(request('hello')))).tokens).toHaveLength(12);

describe('generate', () => {
  it('gives what the scheduler gives without a thread, to all at once', async () => {
    const requests = Array.from({ length: 20 }, (_, i) => request(`${i % 2 ? 'A common beginning of texts. ' : ''}Number ${i}`, { maxTokens: 5 + 3 * i, stop: i % 3 ? [] : ['e', 'ab'], sampling: { ...GREEDY, temperature: i % 4 ? 0.9 : 0, seed: i }, logprobs: i % 5 ? null : 2, owner: `${i % 3}` }));
    const { scheduler, close } = await loadModel(options);
    const alone = await runJobs(scheduler, requests);
    await close();
    const together = await Promise.all(requests.map(async (one) => model.generate(one)));
    const without = (all: Generated[]): unknown[] => all.map((one) => ({ ...one, cachedTokens: 0 }));
    expect(without(together)).toEqual(without(alone));
    await idle();
    expect(model.load().completionTokens).toBeGreaterThanOrEqual(together.reduce((sum, { tokens }) => sum + tokens.length, 0));
  });

  it('tells the start once, then every piece, in order', async () => {
    const heard: (Start | Delta)[] = [];
    const done = await model.generate(request('hello', { logprobs: 1, onStart: (start) => heard.push(start), onDelta: (delta) => heard.push(delta) }));
    const [start, ...deltas] = heard as [Start, ...Delta[]];
    expect(start).toEqual({ promptTokens: done.promptTokens, cachedTokens: done.cachedTokens });
    expect(deltas.map(({ text }) => text).join('')).toBe(done.text);
    expect(deltas.flatMap(({ tokens }) => tokens)).toEqual(done.tokens);
    expect(deltas.flatMap(({ logprobs }) => logprobs)).toEqual(done.logprobs);
  });

  it('rejects what cannot be run, with the class and fields that it was thrown with, and goes on', async () => {
    const [tooLong, negative, good] = await Promise.allSettled([model.generate(request('x'.repeat(5000))), model.generate(request('x', { maxTokens: -1 })), model.generate(request('x'))]);
    expect(tooLong).toMatchObject({ status: 'rejected', reason: { name: 'ModelRequestError', field: 'prompt', expected: 'at most 4095 tokens, so that one can follow' } });
    expect((tooLong as PromiseRejectedResult).reason).toBeInstanceOf(ModelRequestError);
    expect(negative).toMatchObject({ status: 'rejected', reason: { field: 'maxTokens' } });
    expect(good.status).toBe('fulfilled');
  });

  it('refuses more than the queue takes, and takes as many again once they are through', async () => {
    const waiting = Array.from({ length: 50 }, () => model.generate(request('x', { maxTokens: 2 })));
    expect(model.load()).toMatchObject({ running: 0, waiting: 50 });
    const refused = model.generate(request('x'));
    await expect(refused).rejects.toThrow(ModelBusyError);
    await expect(refused).rejects.toMatchObject({ waiting: 50 });
    await Promise.all(waiting);
    await answers();
  });

  it.each(['onStart', 'onDelta'] as const)('rejects one whose %s throws, and no other', async (hook) => {
    const fault = new Error('The reader is gone.');
    const other = model.generate(request('other'));
    const throwing = model.generate(long({ [hook]: () => { throw fault; } }));
    await expect(soon(throwing)).rejects.toBe(fault);
    expect((await other).tokens).toHaveLength(12);
    await idle();
  });

  it('rejects what cannot be sent to a thread, and keeps nothing of it', async () => {
    const { signal } = new AbortController();
    await expect(model.generate(request('x', { prompt: { messages: [{ role: 'user', content: (() => undefined) as unknown as string }] }, signal }))).rejects.toThrow('could not be cloned');
    expect(model.load().waiting).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await answers();
  });
});

describe('a request that is aborted', () => {
  const reason = new Error('Nobody reads it any more.');

  async function expectAborted(over: Partial<GenerateRequest>, act: (abort: () => void) => Partial<GenerateRequest> | void, others = 0): Promise<void> {
    const controller = new AbortController();
    const heard: unknown[] = [];
    const abort = (): void => {
      heard.length = 0;
      controller.abort(reason);
    };
    const company = Array.from({ length: others }, () => new AbortController());
    const running = company.map(({ signal }) => model.generate(long({ signal })));
    const hooks = act(abort);
    const listen = (hook: ((event: never) => void) | undefined) => (event: unknown) => {
      heard.push(event);
      hook?.(event as never);
    };
    const aborted = model.generate(long({ ...over, signal: controller.signal, onStart: listen(hooks?.onStart), onDelta: listen(hooks?.onDelta) }));
    await expect(soon(aborted)).rejects.toBe(reason);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    await answers();
    // It is not heard of again.
    expect(heard).toEqual([]);
    company.forEach((one) => one.abort(reason));
    expect((await Promise.allSettled(running)).every(({ status }) => status === 'rejected')).toBe(true);
    await idle();
  }

  it('before it is made is rejected at once', async () => {
    await expect(model.generate(long({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    expect(model.load().waiting).toBe(0);
  });

  it('while it is on its way', async () => expectAborted({}, (abort) => queueMicrotask(abort)));
  it('while it waits for a slot', async () => expectAborted({}, (abort) => void setTimeout(abort, 50), 2));
  it('between two pieces of its prompt', async () => {
    const before = model.load().completionTokens;
    // Told after the first 512 of its tokens.
    await expectAborted({ prompt: { text: 'long '.repeat(800) }, maxTokens: 1 }, (abort) => ({ onStart: abort }));
    // Of 12 tokens for each of those that asked whether it goes on, none was its own.
    expect((model.load().completionTokens - before) % 12).toBe(0);
  });
  it('as soon as it writes', async () => expectAborted({}, (abort) => ({ onDelta: abort })));
  it('while it writes', async () => {
    let left = 100;
    await expectAborted({}, (abort) => ({ onDelta: () => void (--left === 0 && abort()) }), 1);
  });

  it('after its last token has come is answered', async () => {
    const controller = new AbortController();
    const done = await model.generate(request('x', { signal: controller.signal }));
    controller.abort(reason);
    expect(done.tokens).toHaveLength(12);
    await answers();
    await idle();
  });

  it('gives its slot to one that waits, in hundreds and in any order', async () => {
    const outcomes = await soon(
      Promise.allSettled(
        Array.from({ length: 300 }, async (_, i) => {
          await delay((i * 37) % 200);
          const controller = new AbortController();
          if (i % 2) setTimeout(() => controller.abort(reason), (i * 13) % 40);
          return model.generate(request(`x${i}`, { maxTokens: i % 2 ? 3000 : 12, signal: controller.signal }));
        }),
      ),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected' && outcome.reason !== reason) expect(outcome.reason).toBeInstanceOf(ModelBusyError);
    await idle();
    await answers();
  });
});

describe('the end of a model', () => {
  it('rejects what is under way and all that comes later, and is the same end when asked for twice', async () => {
    const one = await startLocalModel(options);
    const { signal } = new AbortController();
    const underWay = [one.generate(long({ signal })), ...Array.from({ length: 20 }, () => one.generate(long()))].map(async (promise) => promise.catch((error: unknown) => error));
    await delay(30);
    const ends = [one.close(), one.close()];
    for (const error of await soon(Promise.all(underWay))) expect(error).toMatchObject({ name: 'DeviceError', message: 'The model was closed.', device: 'cpu' });
    await soon(Promise.all(ends));
    await soon(one.close());
    await expect(one.generate(request('x'))).rejects.toThrow(DeviceError);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(one.load().waiting).toBe(0);
  });

  it('by the death of its thread is a DeviceError for all, then and later', async () => {
    const one = await startLocalModel(options);
    // The thread itself is nobody's but the model's: it is met where it is spoken to.
    const spoken = vi.spyOn(Worker.prototype, 'postMessage');
    const underWay = [one.generate(long()), one.generate(request('x')), one.generate(long())].map(async (promise) => promise.catch((error: unknown) => error));
    const thread = spoken.mock.contexts[0] as Worker;
    spoken.mockRestore();
    // What it cannot have been prepared for.
    thread.postMessage({ type: 'generate' });
    for (const error of await soon(Promise.all(underWay))) {
      expect(error).toBeInstanceOf(DeviceError);
      expect(error).toMatchObject({ device: 'cpu', message: expect.stringMatching(/^The model's thread failed: .+ Start it again\.$/), remedy: 'Start it again.' });
    }
    await expect(one.generate(request('x'))).rejects.toThrow("The model's thread failed");
    await soon(one.close());
  });

  it('while it loads is a DeviceError, and leaves no folder', async () => {
    const listened = vi.spyOn(Worker.prototype, 'once');
    const loading = startLocalModel(options);
    const thread = listened.mock.contexts[0] as Worker;
    listened.mockRestore();
    const ended = expect(loading).rejects.toThrow("The model's thread ended while it loaded.");
    await thread.terminate();
    await soon(ended);
    expect(await readdir(options.temporaryFolder)).toEqual([]);
  });
});

describe('a process', () => {
  const source = (program: string): string => `
    const { startLocalModel } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../../models/runtime/local-model.ts')).href)});
    const { readdirSync } = await import('node:fs');
    const options = ${JSON.stringify(options)};
    const request = ${JSON.stringify(request('hello'))};
    ${program}`;
  async function run(program: string): Promise<{ readonly code: number | null; readonly out: string }> {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source(program)], { cwd: join(import.meta.dirname, '../../..'), stdio: ['ignore', 'pipe', 'inherit'], timeout: 20_000 });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })));
  }

  it('with a model that has nothing to do may end, and does not before an answer has come', async () => {
    expect(await run(`
      const model = await startLocalModel(options);
      model.generate(request).then(({ tokens }) => console.log('answered', tokens.length));
    `)).toEqual({ code: 0, out: 'answered 12\n' });
  });

  it('that ends while the model computes ends as it wants to, with its own exit code', async () => {
    const working = run(`
      const model = await startLocalModel(options);
      const controller = new AbortController();
      const long = { ...request, maxTokens: 3000, signal: controller.signal, prompt: { text: 'long '.repeat(300) } };
      for (let i = 0; i < 2; i++) model.generate(long).catch(({ name }) => console.log(name));
      model.generate({ ...long, onDelta: () => setTimeout(() => process.exit(5), 30) });
    `);
    const givenUp = run(`
      const model = await startLocalModel(options);
      const controller = new AbortController();
      const onDelta = () => controller.abort();
      await model.generate({ ...request, signal: controller.signal, onDelta }).catch(({ name }) => console.log(name));
    `);
    expect(await working).toEqual({ code: 5, out: '' });
    expect(await givenUp).toEqual({ code: 0, out: 'AbortError\n' });
  });

  it.each(['the folder is there', 'the thread writes into it'])('that ends as soon as %s leaves nothing behind', async (when) => {
    expect(await run(`
      startLocalModel(options);
      const look = () => {
        const names = readdirSync(options.temporaryFolder, { recursive: true });
        if (names.length < ${when.startsWith('the folder') ? 1 : 3}) return setImmediate(look);
        console.log('there');
        process.exit(3);
      };
      look();
    `)).toEqual({ code: 3, out: 'there\n' });
    expect(await readdir(options.temporaryFolder)).toEqual([]);
  });
});
