/**
 * `winnow serve --model` with SmolLM2-135M-Instruct, from source, as a user runs it: a process of its own, asked over HTTP. What the model
 * says is not judged here (npm run report:simulator), only that it is the model who says it, in each format, and that it lives through
 * whatever is asked.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { framesOf } from '../http/completions-harness.ts';
import { fetchModel } from '../support/llama-server/fetch-model.ts';

const CLI = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'src', 'cli.ts');
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const CONTEXT = 1024;

const fetched = await fetchModel();
const reason = 'skipped' in fetched ? fetched.skipped : null;
if (reason !== null) console.warn(`serve.models.ts is skipped: ${reason}.`);
const path = 'path' in fetched ? fetched.path : '';

const folder = mkdtempSync(join(tmpdir(), 'winnow-serve-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<number | null>;
}
function start(args: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, ['--import', LOADER, CLI, 'serve', '--port', '0', '--store', 'memory', '--device', 'cpu', '--soft-deadline', '3600000', ...args], { cwd: folder, env: { PATH: process.env.PATH ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return { child, out: () => out, err: () => err, ended: new Promise((resolve) => child.once('close', resolve)) };
}

/** A reply, read as a client reads it. */
type Json = Record<string, any>;
let server: Started;
let origin = '';
const post = (route: string, body: unknown): Promise<Response> => fetch(origin + route, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
async function json(route: string, body: unknown): Promise<Json> {
  const reply = await post(route, body);
  const text = await reply.text();
  if (reply.status !== 200) throw new Error(`${reply.status}: ${text}`);
  return JSON.parse(text) as Json;
}
async function chunks(route: string, body: object): Promise<Json[]> {
  const frames = framesOf(await (await post(route, { ...body, stream: true })).text());
  expect(frames.pop()).toBe('[DONE]');
  return frames.map((frame) => JSON.parse(frame) as Json);
}
async function metric(line: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const found = text.split('\n').find((each) => each.startsWith(`${line} `));
  if (found === undefined) throw new Error(`no ${line} in\n${text}`);
  return Number(found.slice(line.length + 1));
}
/** Bounded by the test's own time. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}
/** Requests that the model has. */
const held = async (): Promise<number> => (await metric('winnow_model_requests{state="running"}')) + (await metric('winnow_model_requests{state="waiting"}'));

const CHAT = '/v1/chat/completions';
const TEXT = '/v1/completions';
const chat = { model: 'smollm2-135m', messages: [{ role: 'user', content: 'What is the capital of France?' }], max_tokens: 12, temperature: 0 };
const text = { model: 'local', prompt: 'The capital of France is', max_tokens: 6, temperature: 0 };

describe.skipIf(reason !== null)('winnow serve --model', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    server = start(['--model', 'smollm2-135m', '--context', String(CONTEXT), '--slots', '4'], { WINNOW_MODELS: dirname(path) });
    let ended = false;
    void server.ended.then(() => (ended = true));
    while (!server.out().includes('API reference')) {
      if (ended) throw new Error(`it ended:\n${server.out()}\n${server.err()}`);
      await sleep(20);
    }
    origin = /listens on (http:\S+)/.exec(server.out())![1]!;
  });

  it('finds the model by name, tells that it loads it, and names it, its device and its precision', () => {
    expect(server.err()).toMatch(/^winnow: loading smollm2-135m \(cpu, int8\) …\nwinnow: smollm2-135m is loaded, after \d+\.\d s\n$/);
    expect(server.out()).toMatch(/generator +local\n +model +smollm2-135m on cpu in int8: 4 texts at once, 1024 tokens each\n/);
  });

  it('lists it first among the models', async () => {
    const { data } = (await (await fetch(`${origin}/v1/models`)).json()) as Json;
    expect(data.slice(0, 2)).toMatchObject([{ id: 'smollm2-135m', max_model_len: CONTEXT }, { id: 'local', root: 'smollm2-135m' }]);
  });

  it('writes the pages of a search, the same for the same search', async () => {
    const ask = { query: 'who built the humber bridge', max_results: 3 };
    const reply = await post('/tavily/search', ask);
    expect([reply.status, reply.headers.get('x-winnow-generator'), reply.headers.get('x-winnow-degraded'), reply.headers.get('x-winnow-source')]).toEqual([200, 'local', null, 'made']);
    const { results } = (await reply.json()) as Json;
    expect(results).toHaveLength(3);
    for (const { title, content } of results) expect([title.length > 3, content.length > 20]).toEqual([true, true]);
    expect((await json('/tavily/search', ask)).results).toEqual(results);

    const other = start(['--model', path, '--model-name', 'smollm2-135m', '--slots', '2'], {});
    while (!other.out().includes('API reference')) await sleep(20);
    const again = await fetch(`${/listens on (http:\S+)/.exec(other.out())![1]!}/tavily/search`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(ask) });
    expect(((await again.json()) as Json).results).toEqual(results);
    other.child.kill('SIGTERM');
    expect(await other.ended).toBe(0);
  });

  it('answers a chat that names it, and leaves the others to the search chat', async () => {
    const reply = await json(CHAT, chat);
    expect(reply.model).toBe('smollm2-135m');
    expect(reply.choices[0].message.content).toMatch(/\p{L}{3}/u);
    expect((await json(CHAT, { ...chat, model: 'local' })).choices).toEqual(reply.choices);
    const search = await json(CHAT, { ...chat, model: 'gpt-4o-search-preview' });
    expect(search.choices[0].message.annotations.length).toBeGreaterThan(0);
  });

  it('streams what it says whole', async () => {
    const whole = await json(CHAT, chat);
    const pieces = await chunks(CHAT, { ...chat, stream_options: { include_usage: true } });
    const usage = pieces.pop()!.usage;
    expect(pieces.map(({ choices }) => choices[0].delta.content ?? '').join('')).toBe(whole.choices[0].message.content);
    expect([usage.prompt_tokens, usage.completion_tokens]).toEqual([whole.usage.prompt_tokens, whole.usage.completion_tokens]);
    expect(pieces.length).toBeGreaterThan(5);
  });

  it('completes texts and tokens alike, with ids of prompt and text, whole and streamed', async () => {
    const whole = await json(TEXT, { ...text, return_token_ids: true });
    const [choice] = whole.choices;
    expect(choice.text).toContain('Paris');
    expect([choice.prompt_token_ids.length, choice.token_ids.length]).toEqual([whole.usage.prompt_tokens, whole.usage.completion_tokens]);
    const byIds = await json(TEXT, { ...text, prompt: choice.prompt_token_ids, return_token_ids: true });
    expect(byIds.choices[0].token_ids).toEqual(choice.token_ids);
    const before = await metric('winnow_model_tokens_total{kind="completion"}');
    const pieces = await chunks(TEXT, { ...text, return_token_ids: true });
    expect(pieces[0]!.choices[0].prompt_token_ids).toEqual(choice.prompt_token_ids);
    expect(pieces.flatMap(({ choices }) => choices[0].token_ids)).toEqual(choice.token_ids);
    // Not one token more than the text has.
    expect((await metric('winnow_model_tokens_total{kind="completion"}')) - before).toBe(choice.token_ids.length);
  });

  it('tells the log-probabilities of what it says: the greedy token is the first of its alternatives', async () => {
    const { choices } = await json(CHAT, { ...chat, logprobs: true, top_logprobs: 3 });
    const { content } = choices[0].logprobs;
    expect(content.length).toBe(12);
    for (const { token, logprob, top_logprobs: top } of content) {
      expect([top.length, top[0].token, top[0].logprob]).toEqual([3, token, logprob]);
      expect(top[0].logprob).toBeLessThanOrEqual(0);
      expect(top[0].logprob).toBeGreaterThanOrEqual(top[1].logprob);
      expect(top.reduce((sum: number, each: Json) => sum + Math.exp(each.logprob), 0)).toBeLessThanOrEqual(1 + 1e-6);
    }
  });

  it.each([['streamed', true], ['whole', false]])('stops at once for a client that goes (%s)', async (_, stream) => {
    const sending = httpRequest(origin + CHAT, { method: 'POST', headers: { 'content-type': 'application/json' } });
    const heard = new Promise<void>((resolve) => sending.on('response', (reply) => reply.once('data', () => resolve())));
    sending.on('error', () => {});
    sending.end(JSON.stringify({ ...chat, max_tokens: 900, n: 3, ignore_eos: true, stream }));
    await until(async () => (await held()) === 3);
    // Of a whole reply nothing is heard before its end.
    if (stream) await heard;
    else await sleep(1_000);
    const before = await metric('winnow_model_tokens_total{kind="completion"}');
    sending.destroy();
    await until(async () => (await held()) === 0);
    // Far from the 2,700 that were asked for.
    expect((await metric('winnow_model_tokens_total{kind="completion"}')) - before).toBeLessThan(300);
  });

  it('refuses a prompt that is longer than its context, in the words of OpenAI, and stays up', async () => {
    const reply = await post(TEXT, { ...text, prompt: 'word '.repeat(2 * CONTEXT) });
    expect(reply.status).toBe(400);
    const { error } = (await reply.json()) as Json;
    expect(error).toMatchObject({ type: 'invalid_request_error', param: 'prompt', code: 'context_length_exceeded', message: expect.stringContaining(`maximum context length is ${CONTEXT} tokens`) });
    expect((await json(TEXT, text)).choices[0].text).toContain('Paris');
    expect((await fetch(`${origin}/readyz`)).status).toBe(200);
  });

  it('ends with exit code 1 and one line for a file that is cut off', async () => {
    writeFileSync(join(folder, 'cut.gguf'), readFileSync(path).subarray(0, 3_000_000));
    const cut = start(['--model', 'cut.gguf']);
    expect(await cut.ended).toBe(1);
    expect(cut.out()).toBe('');
    expect(cut.err()).toMatch(/^winnow: loading cut\.gguf \(cpu, int8\) …\nwinnow: cut\.gguf: .*expected .*\n$/);
  });

  it('ends on SIGTERM with exit code 0, though a text is being written', async () => {
    const pending = post(CHAT, { ...chat, max_tokens: 40, ignore_eos: true });
    await until(async () => (await held()) === 1);
    server.child.kill('SIGTERM');
    expect((await pending).status).toBe(200);
    expect(await server.ended).toBe(0);
  });
});
