/** The SDK against a language model in Winnow, as against a vLLM. The model is a fake, so the server runs in this process. */
import * as openai6 from 'openai';
import * as openai7 from 'openai-7';
import { afterAll, describe, expect, it } from 'vitest';
import { ModelBusyError } from '../../models/errors.ts';
import { compose } from '../../src/compose.ts';
import { resolveConfig } from '../../src/config.ts';
import { END_TOKEN, fakeLanguageModel, tokensOf } from '../support/fake-language-model.ts';
import { listenOn, withModel } from '../support/model-app.ts';
import { QUESTION, collect, thrownBy } from './checks.ts';
import { BAD_KEY, GOOD_KEY } from './server.ts';

const SAID = 'It was Freeman Fox, 東京.\nNobody else.';
const model = fakeLanguageModel({
  say: ({ prompt }) => (JSON.stringify(prompt).includes('at length') ? 'word '.repeat(90) : SAID),
  before: async ({ prompt }, step) => {
    if (JSON.stringify(prompt).includes('while busy')) throw new ModelBusyError(64);
    if (JSON.stringify(prompt).includes('at length') && step > 0) await new Promise((resolve) => setTimeout(resolve, 2));
  },
});
async function serve(options: Record<string, unknown>) {
  const composed = withModel(await compose(resolveConfig({ store: 'memory', 'log-level': 'silent', ...options }, {}, null).config), model);
  const served = await listenOn(composed);
  afterAll(async () => {
    await served.close();
    await composed.close();
  });
  return served;
}
const [open, keyed] = [await serve({}), await serve({ auth: 'keys', 'api-keys': [GOOD_KEY] })];

describe.each([
  ['6', openai6],
  // The two majors are called alike; the test is written once, against the types of the first.
  ['7', openai7 as unknown as typeof openai6],
])('openai %s and a local model', (_, sdk) => {
  const client = new sdk.OpenAI({ apiKey: 'sk-anything', baseURL: `${open.origin}/v1`, maxRetries: 0 });
  const messages = [{ role: 'system' as const, content: 'Be brief.' }, { role: 'user' as const, content: QUESTION }];

  it('finds it first in the list, with its length', async () => {
    const [first] = await collect(await client.models.list());
    expect(first).toMatchObject({ id: 'fake-135m', max_model_len: 512 });
    expect(await client.models.retrieve('fake-135m')).toEqual(first);
  });

  it('chats with it, with every choice, logprob and id that was asked for', async () => {
    const [first] = await collect(await client.models.list());
    const request = { model: first!.id, messages, n: 2, seed: 7, stop: ['\n'], logprobs: true, top_logprobs: 2, temperature: 0.7, top_k: 40, return_token_ids: true };
    const reply = await client.chat.completions.create(request);
    expect(reply.choices.map(({ message, finish_reason }) => [message.content, finish_reason])).toEqual([['It was Freeman Fox, 東京.', 'stop'], ['It was Freeman Fox, 東京.', 'stop']]);
    const { prompt_token_ids, choices } = reply as any;
    expect(prompt_token_ids).toHaveLength(reply.usage!.prompt_tokens);
    expect(choices[0]).toMatchObject({ stop_reason: '\n', token_ids: expect.any(Array) });
    expect(choices[0].token_ids).toHaveLength(choices[0].logprobs.content.length);
    expect(reply.choices[0]!.logprobs!.content![0]).toMatchObject({ token: 'It ', bytes: [73, 116, 32], top_logprobs: [expect.any(Object), expect.any(Object)] });
    expect(model.calls.at(-1)!.sampling).toMatchObject({ temperature: 0.7, topK: 40 });
  });

  it('streams a chat, by create and through the helper', async () => {
    const chunks: any[] = await collect(await client.chat.completions.create({ model: 'local', messages, stream: true, stream_options: { include_usage: true } }));
    expect(chunks.flatMap(({ choices }) => choices[0]?.delta.content ?? []).join('')).toBe(SAID);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: tokensOf(SAID).length + 1 } });
    const helper = client.chat.completions.stream({ model: 'local', messages, n: 2, logprobs: true });
    const final = await helper.finalChatCompletion();
    expect(final.choices.map(({ message }) => message.content)).toEqual([SAID, SAID]);
    expect(final.choices[1]!.logprobs!.content!.length).toBe(tokensOf(SAID).length + 1);
  });

  it('completes texts and ids, whole and streamed', async () => {
    const reply = await client.completions.create({ model: 'local', prompt: [tokensOf('one'), tokensOf('two')], max_tokens: 64, logprobs: 1, return_token_ids: true } as any);
    expect(reply.choices.map(({ text }) => text)).toEqual([SAID, SAID]);
    expect(reply.choices[1]).toMatchObject({ prompt_token_ids: tokensOf('two'), token_ids: [...tokensOf(SAID), END_TOKEN] });
    expect(reply.choices[0]!.logprobs!.text_offset!.slice(0, 3)).toEqual([0, 3, 6]);
    const chunks = await collect(await client.completions.create({ model: 'local', prompt: 'The bridge', max_tokens: 64, stream: true }));
    expect(chunks.map(({ choices }) => choices[0]!.text).join('')).toBe(SAID);
    expect(chunks.at(-1)!.choices[0]!.finish_reason).toBe('stop');
  });

  it('leaves a stream, and the model stops', async () => {
    const before = model.cancelled;
    const stream = await client.chat.completions.create({ model: 'local', messages: [{ role: 'user', content: 'Tell it at length' }], stream: true });
    for await (const { choices } of stream) if (choices[0]!.delta.content) break;
    while (model.load().running > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(model.cancelled).toBe(before + 1);
  });

  it('throws its own errors: by field, by length, by name, by load', async () => {
    const of = (fields: object, text = QUESTION) => thrownBy(client.chat.completions.create({ model: 'local', messages: [{ role: 'user', content: text }], ...fields }));
    const field = await of({ temperature: 3 });
    expect(field).toBeInstanceOf(sdk.BadRequestError);
    expect(field).toMatchObject({ param: 'temperature', code: 'invalid_value' });
    expect(await of({ tools: [{ type: 'function', function: { name: 'f' } }] })).toMatchObject({ status: 400, param: 'tools' });
    expect(await of({ stream: true }, 'word '.repeat(600))).toMatchObject({ status: 400, param: 'messages', code: 'context_length_exceeded' });
    const busy = await of({}, 'while busy');
    expect(busy).toBeInstanceOf(sdk.InternalServerError);
    expect(busy).toMatchObject({ status: 503, requestID: expect.any(String) });
    const absent = await thrownBy(client.completions.create({ model: 'davinci-002', prompt: 'x' }));
    expect(absent).toBeInstanceOf(sdk.NotFoundError);
    expect(absent).toMatchObject({ code: 'model_not_found', param: 'model' });
  });

  it('wants a key where keys are wanted', async () => {
    const stranger = new sdk.OpenAI({ apiKey: BAD_KEY, baseURL: `${keyed.origin}/v1`, maxRetries: 0 });
    for (const call of [() => stranger.chat.completions.create({ model: 'local', messages }), () => stranger.completions.create({ model: 'local', prompt: 'x' }), () => stranger.models.list()]) {
      expect(await thrownBy(call())).toBeInstanceOf(sdk.AuthenticationError);
    }
    const friend = new sdk.OpenAI({ apiKey: GOOD_KEY, baseURL: `${keyed.origin}/v1`, maxRetries: 0 });
    expect((await friend.chat.completions.create({ model: 'local', messages })).choices[0]!.message.content).toBe(SAID);
  });
});
