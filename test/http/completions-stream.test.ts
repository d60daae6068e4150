import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { DeviceError } from '../../models/errors.ts';
import { deferred } from '../search/harness.ts';
import { END_TOKEN, rendered, tokensOf } from '../support/fake-language-model.ts';
import { listenOn } from '../support/model-app.ts';
import { CHAT, type Json, type ModelServer, TEXT, ask, complete, framesOf, modelServer } from './completions-harness.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});
async function open(...args: Parameters<typeof modelServer>): Promise<ModelServer> {
  const server = await modelServer(...args);
  opened.push(server);
  return server;
}
const WAYS = [[CHAT, { ...ask(), seed: 5 }], [TEXT, { ...complete(), seed: 5, max_tokens: 40 }]] as const;
/** The choices of all chunks, by index. */
const choicesOf = (chunks: readonly Json[], index: number): Json[] => chunks.flatMap(({ choices }) => choices.filter((choice: Json) => choice.index === index));
const textOf = (choices: readonly Json[]): string => choices.map(({ delta, text }) => delta?.content ?? text ?? '').join('');
const said = ({ message, text }: Json): string => message?.content ?? text;

describe('a stream', () => {
  it.each(WAYS)('of %s says what the whole reply says, a piece at a time', async (path, body) => {
    const server = await open();
    const whole = await server.json(path, { ...body, n: 3, stop: ['rope'] });
    const chunks = await server.chunks(path, { ...body, n: 3, stop: ['rope'] });
    expect(new Set(chunks.map(({ id, object, model, created }) => [id, object, model, created].join()))).toEqual(new Set([`${chunks[0]!.id},${path === CHAT ? 'chat.completion.chunk' : 'text_completion'},fake-135m,1767225600`]));
    for (const choice of whole.choices) {
      const mine = choicesOf(chunks, choice.index);
      expect(textOf(mine)).toBe(said(choice));
      const final = mine.at(-1)!;
      expect([final.finish_reason, final.stop_reason, textOf([final])]).toEqual([choice.finish_reason, choice.stop_reason, '']);
      for (const each of mine.slice(0, -1)) expect([each.finish_reason, each.stop_reason]).toEqual([null, null]);
      expect(textOf(mine)).not.toContain('\ufffd');
    }
    expect(whole.choices.some(({ stop_reason }: Json) => stop_reason === 'rope')).toBe(true);
    expect(chunks.length).toBeGreaterThan(9);
    expect(chunks.every((chunk) => !('usage' in chunk) && chunk.choices.length === 1)).toBe(true);
  });

  it('of a chat begins with the role of each choice and ends each with an empty delta', async () => {
    const server = await open({ say: () => 'It was Freeman Fox.' });
    const chunks = await server.chunks(CHAT, { ...ask(), n: 2 });
    expect(chunks.slice(0, 2).map(({ choices }) => choices[0])).toEqual([0, 1].map((index) => ({ index, delta: { role: 'assistant', content: '', refusal: null }, logprobs: null, finish_reason: null, stop_reason: null })));
    for (const index of [0, 1]) expect(choicesOf(chunks, index).at(-1)).toEqual({ index, delta: {}, logprobs: null, finish_reason: 'stop', stop_reason: null });
    for (const { choices } of chunks.slice(2)) expect(choices[0].delta).not.toHaveProperty('role');
  });

  it.each(WAYS)('of %s ends with the usage of the whole, where that is asked for, and has it null until then', async (path, body) => {
    const server = await open();
    const whole = await server.json(path, { ...body, n: 2 });
    const chunks = await server.chunks(path, { ...body, n: 2, stream_options: { include_usage: true } });
    const last = chunks.pop()!;
    expect([last.choices, last.usage.completion_tokens, last.usage.total_tokens]).toEqual([[], whole.usage.completion_tokens, whole.usage.total_tokens]);
    expect(last.usage.prompt_tokens_details.cached_tokens).toBe(whole.usage.prompt_tokens - 1);
    expect(chunks.every(({ usage }) => usage === null)).toBe(true);
  });

  it('has vLLM’s ids: the prompt’s in the first chunk of each choice, the text’s in deltas that lack none', async () => {
    const server = await open({ say: () => 'Ærø 東京, by ferry' });
    const chat = await server.chunks(CHAT, { ...ask(), n: 2, return_token_ids: true, stop: ['never said'] });
    const prompt = tokensOf(rendered({ prompt: { messages: [{ role: 'user', content: ask().messages[0]!.content }] } }));
    for (const index of [0, 1]) {
      const [first, ...rest] = chat.filter(({ choices }) => choices[0].index === index);
      expect([first!.prompt_token_ids, first!.choices[0].delta.role]).toEqual([prompt, 'assistant']);
      expect(rest.every((chunk) => !('prompt_token_ids' in chunk))).toBe(true);
      expect(choicesOf(chat, index).flatMap(({ token_ids }) => token_ids)).toEqual([...tokensOf('Ærø 東京, by ferry'), END_TOKEN]);
    }
    expect(server.model.calls).toHaveLength(2);

    const text = await server.chunks(TEXT, { ...complete(['one', tokensOf('two')]), return_token_ids: true, stream_options: { include_usage: true } });
    expect(text.pop()!.usage).toMatchObject({ prompt_tokens: 2, prompt_tokens_details: { cached_tokens: 0 } });
    for (const [index, ids] of [tokensOf('one'), tokensOf('two')].entries()) {
      const mine = choicesOf(text, index);
      expect(mine[0]!.prompt_token_ids).toEqual(ids);
      expect(mine.slice(1).every((choice) => !('prompt_token_ids' in choice))).toBe(true);
      expect(mine.flatMap(({ token_ids }) => token_ids)).toEqual([...tokensOf('Ærø 東京, by ferry'), END_TOKEN]);
    }
  });

  it('has the logprobs of the whole reply, in pieces', async () => {
    const server = await open({ say: () => 'a🦀東b 🦀 c' });
    const chat = { ...ask(), logprobs: true, top_logprobs: 2 };
    const chatChunks = await server.chunks(CHAT, chat);
    expect(chatChunks.flatMap(({ choices }) => choices[0].logprobs?.content ?? [])).toEqual((await server.json(CHAT, chat)).choices[0].logprobs.content);

    const text = { ...complete(), logprobs: 2 };
    const whole = (await server.json(TEXT, text)).choices[0].logprobs;
    const chunks = await server.chunks(TEXT, text);
    for (const name of ['tokens', 'token_logprobs', 'top_logprobs', 'text_offset']) expect(chunks.flatMap(({ choices }) => choices[0].logprobs?.[name] ?? [])).toEqual(whole[name]);
  });

  it('sends a delta when it is said, not when all is said', async () => {
    const gate = deferred();
    const server = await open({ say: () => 'one two three', before: (_, step) => (step === 2 ? gate.promise : undefined) });
    const reply = await server.post(CHAT, { ...ask(), stream: true });
    expect([reply.status, reply.headers.get('content-type'), reply.headers.get('x-request-id')]).toEqual([200, 'text/event-stream; charset=utf-8', 'id-1']);
    const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('"one"')) text += (await reader.read()).value;
    expect(text).not.toContain('three');
    gate.resolve();
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
    expect(framesOf(text).at(-1)).toBe('[DONE]');
  });

  it.each(WAYS)('of %s that fails midway says so in its last event, without [DONE], and ends the other choices', async (path, body) => {
    const server = await open({
      say: () => 'x'.repeat(600),
      before: ({ sampling }, step) => { if (sampling.seed === 5 && step === 3) throw new DeviceError('cpu', 'The worker died in /srv/models.', 'Restart it.'); },
    });
    const reply = await server.post(path, { ...body, n: 2, max_tokens: 100, stream: true });
    expect(reply.status).toBe(200);
    const frames = framesOf(await reply.text()).map((frame) => JSON.parse(frame) as Json);
    expect(frames.at(-1)).toEqual({ error: { message: 'The local model failed.', type: 'server_error', param: null, code: null } });
    expect(frames.filter((frame) => 'error' in frame)).toHaveLength(1);
    await sleep(5);
    expect(server.model.cancelled).toBe(1);
    expect(server.model.load().running).toBe(0);
  });

  it.each(WAYS)('of %s that fails before the first token is an error with a status', async (path, body) => {
    const server = await open({ before: () => { throw new DeviceError('cpu', 'The worker died.', ''); } });
    for (const return_token_ids of [false, true]) expect((await server.error(path, { ...body, stream: true, return_token_ids })).status).toBe(500);
  });
});

describe('a client that goes', () => {
  const LONG = { say: () => 'x'.repeat(1_400), before: () => sleep(1) };

  it.each([...WAYS.map(([path, body]) => [path, { ...body, n: 3, max_tokens: 400, stream: true }] as const), ...WAYS.map(([path, body]) => [path, { ...body, n: 3, max_tokens: 400 }] as const)])(
    'ends its generations, whole or streamed: %s',
    async (path, body) => {
      const server = await open(LONG);
      const leaving = new AbortController();
      const pending = server.post(path, body, { signal: leaving.signal });
      pending.catch(() => {});
      while (server.model.load().running < 3) await sleep(1);
      const reply = 'stream' in body ? await pending : null;
      leaving.abort(new Error('gone'));
      while (server.model.load().running > 0) await sleep(1);
      expect(server.model.cancelled).toBe(3);
      if (reply) await expect(reply.text()).rejects.toThrow('gone');
      else expect((await pending).status).toBe(499);
      expect(await server.metrics.registry.metrics()).toContain('winnow_requests_total{dialect="openai",status="499"} 1');
    },
  );

  it.each([...WAYS.map(([path, body]) => [path, { ...body, n: 3, max_tokens: 400, stream: true }] as const), ...WAYS.map(([path, body]) => [path, { ...body, n: 3, max_tokens: 400 }] as const)])(
    'is noticed by its socket, whole or streamed: %s',
    async (path, body) => {
      const server = await open(LONG);
      const served = await listenOn(server);
      opened.push(served);
      const sending = httpRequest(served.origin + path, { method: 'POST', headers: { 'content-type': 'application/json' } });
      const first = new Promise<void>((resolve) => sending.on('response', (reply) => reply.once('data', () => resolve())));
      sending.on('error', () => {});
      sending.end(JSON.stringify(body));
      while (server.model.load().running < 3) await sleep(1);
      if ('stream' in body) await first;
      expect(server.model.cancelled).toBe(0);
      sending.destroy();
      while (server.model.load().running > 0) await sleep(1);
      expect(server.model.cancelled).toBe(3);
    },
  );

  it('by reading no further ends its generations', async () => {
    const server = await open(LONG);
    const reply = await server.post(CHAT, { ...ask(), n: 2, max_tokens: 400, stream: true });
    const reader = reply.body!.getReader();
    await reader.read();
    await reader.cancel();
    while (server.model.load().running > 0) await sleep(1);
    expect(server.model.cancelled).toBe(2);
  });

  it('before it was answered at all costs the model nothing', async () => {
    const server = await open();
    const reply = await server.post(CHAT, ask(), { signal: AbortSignal.abort() }).catch((thrown: unknown) => thrown);
    expect(reply instanceof Response ? reply.status : 499).toBe(499);
    expect(server.model.load().completionTokens).toBe(0);
  });
});
