import { afterEach, describe, expect, it } from 'vitest';
import { DeviceError, ModelBusyError, ModelRequestError } from '../../models/errors.ts';
import { SIMULATION_LAYOUT as LAYOUT } from '../../src/simulator/zerosearch-layout.ts';
import { openApp } from '../search/harness.ts';
import { END_TOKEN, decoded, rendered, tokensOf } from '../support/fake-language-model.ts';
import { checkReply, operations } from '../support/openapi-document.ts';
import { CHAT, type Json, type ModelServer, TEXT, ask, complete, modelServer } from './completions-harness.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});
async function open(...args: Parameters<typeof modelServer>): Promise<ModelServer> {
  const server = await modelServer(...args);
  opened.push(server);
  return server;
}
const CHAT_OPERATION = operations().find(({ path, method }) => path === `/openai${CHAT}` && method === 'POST')!;
const TEXT_OPERATION = operations().find(({ path, method }) => path === `/openai${TEXT}` && method === 'POST')!;
const SEARCHED = { model: 'gpt-4o-search-preview', messages: ask().messages };

describe('who answers', () => {
  it.each(['/v1', '', '/openai/v1', '/openai', '/r/exp1/v1', '/r/exp1/openai/v1'])('is the local model below %s', async (base) => {
    const server = await open();
    for (const [path, body] of [['/chat/completions', ask()], ['/completions', complete()]] as const) {
      expect((await server.json(base + path, body)).model).toBe('fake-135m');
      expect((await server.json(base + path, { ...body, model: 'local' })).model).toBe('fake-135m');
    }
    expect(server.model.calls).toHaveLength(4);
  });

  it.each(['gpt-4o-search-preview', '', 'Simulation_LLM_google_14B', 'FAKE-135M', undefined, null, 7, { toString: 1 }])('is the search chat where the model is %j, as on a server without one', async (model) => {
    const [server, plain] = [await open(), await openApp()];
    opened.push(plain);
    const body = { ...SEARCHED, model };
    const [with_, without] = [await server.post(CHAT, body), await plain.post(CHAT, body)];
    expect(with_.status).toBe(without.status);
    expect(await with_.json()).toEqual(await without.json());
    expect(with_.headers.get('x-winnow-kind')).toBe(without.headers.get('x-winnow-kind'));
    expect(server.model.calls).toEqual([]);
  });

  it('is the search chat for every name where no model is loaded', async () => {
    const plain = await openApp();
    opened.push(plain);
    const reply = (await (await plain.post(CHAT, { ...ask(), model: 'local', tools: [{}] })).json()) as Json;
    expect(reply.choices[0].message.annotations.length).toBeGreaterThan(0);
  });

  it('is the local model for a simulation prompt too, where that names it, and the simulator where it names another', async () => {
    const server = await open();
    const prompt = [LAYOUT.opening, LAYOUT.tunedTask.noisy, '', LAYOUT.length + LAYOUT.tunedLength.noisy, '', `${LAYOUT.query} humber bridge engineer`, LAYOUT.cue.noisy, ''].join('\n');
    await server.json(CHAT, ask(prompt));
    expect(server.model.calls.map((call) => call.prompt)).toEqual([{ messages: [{ role: 'user', content: prompt }] }]);
    const simulated = await server.json(CHAT, { ...ask(prompt), model: '' });
    expect(simulated.choices[0].message.content).toMatch(/^Doc 1: /);
    expect(server.model.calls).toHaveLength(1);
  });

  it('is nobody for a text completion of another model, or without one; the error says who is there', async () => {
    const server = await open();
    const { status, error } = await server.error(TEXT, { ...complete(), model: 'davinci-002' });
    expect([status, error.type, error.param, error.code]).toEqual([404, 'invalid_request_error', 'model', 'model_not_found']);
    expect(error.message).toContain("'davinci-002'");
    expect(error.message).toContain("'fake-135m' and 'local'");
    const plain = await openApp();
    opened.push(plain);
    const reply = await plain.post(TEXT, { ...complete(), model: 'local' });
    expect(reply.status).toBe(404);
    expect(((await reply.json()) as Json).error).toMatchObject({ code: 'model_not_found', message: expect.stringContaining('no local model is loaded') });
  });

  it('is the local model for a text completion that names none', async () => {
    const server = await open();
    for (const model of [undefined, '']) expect((await server.json(TEXT, { ...complete(), model })).model).toBe('fake-135m');
  });

  it.each([7, false, ['local'], {}])('is nobody where the name is %j, and no name', async (model) => {
    const server = await open();
    const { status, error } = await server.error(TEXT, { ...complete(), model });
    expect([status, error.param, error.message]).toEqual([400, 'model', "Invalid value for 'model': expected a string."]);
    expect(server.model.calls).toEqual([]);
  });

  it('leaves a search chat of any encoding as it is', async () => {
    const server = await open();
    const reply = await server.app.request(CHAT, { method: 'POST', headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify({ ...SEARCHED, padding: 'x'.repeat(200_000) }) });
    expect(((await reply.json()) as Json).choices[0].message.content).toMatch(/\S/);
  });
});

describe('the list of models', () => {
  it('begins with the local model, as vLLM describes its own', async () => {
    const server = await open();
    for (const path of ['/v1/models', '/openai/models']) {
      const { data } = (await (await server.app.request(path)).json()) as Json;
      expect(data[0]).toEqual({ id: 'fake-135m', object: 'model', created: 1767225600, owned_by: 'winnow', root: 'fake-135m', parent: null, max_model_len: 512 });
      expect(data[1]).toMatchObject({ id: 'local', root: 'fake-135m', max_model_len: 512 });
      expect(data.slice(2).map(({ id }: Json) => id)).toContain('gpt-4o-search-preview');
      expect(data.slice(2).every((each: Json) => !('max_model_len' in each))).toBe(true);
    }
  });
  it('gives the local model by its names and every other as before', async () => {
    const server = await open({ facts: { name: 'HuggingFaceTB/SmolLM2-135M' } });
    for (const id of ['HuggingFaceTB%2FSmolLM2-135M', 'local']) {
      expect(await (await server.app.request(`/v1/models/${id}`)).json()).toMatchObject({ id: decodeURIComponent(id), max_model_len: 512 });
    }
    expect(await (await server.app.request('/v1/models/gpt-4o')).json()).toEqual({ id: 'gpt-4o', object: 'model', created: 1767225600, owned_by: 'winnow' });
    expect((await server.app.request('/v1/models/fake-135m')).status).toBe(404);
  });
  it('wants a key where keys are wanted', async () => {
    const server = await open({}, { auth: 'keys', 'api-keys': ['good'] });
    for (const path of ['/v1/models', '/v1/models/local']) {
      expect((await server.app.request(path)).status).toBe(401);
      expect((await server.app.request(path, { headers: { authorization: 'Bearer good' } })).status).toBe(200);
    }
  });
});

describe('a chat', () => {
  it('is what the model says to the messages, with its usage', async () => {
    const server = await open({ say: () => 'It was Freeman Fox.' });
    const reply = await server.post(CHAT, ask(), { headers: { 'x-request-id': 'mine-1' } });
    const [call] = server.model.calls;
    expect(call!.prompt).toEqual({ messages: ask().messages });
    const [prompt, completion] = [tokensOf(rendered(call!)).length, tokensOf('It was Freeman Fox.').length + 1];
    expect(await checkReply(CHAT_OPERATION, reply)).toEqual({
      id: 'chatcmpl-mine-1',
      object: 'chat.completion',
      created: 1767225600,
      model: 'fake-135m',
      system_fingerprint: 'cpu-int4',
      choices: [{ index: 0, message: { role: 'assistant', content: 'It was Freeman Fox.', refusal: null, annotations: [] }, logprobs: null, finish_reason: 'stop', stop_reason: null }],
      usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion, prompt_tokens_details: { cached_tokens: 0 } },
    });
    expect((await server.json(CHAT, ask())).usage.prompt_tokens_details).toEqual({ cached_tokens: prompt - 1 });
  });

  it('goes on with the assistant’s last message where it is asked to', async () => {
    const server = await open();
    const messages = [{ role: 'developer', content: 'Be brief.' }, { role: 'user', content: [{ type: 'text', text: 'Who' }, { type: 'text', text: 'built it?' }] }, { role: 'assistant', content: 'It was' }];
    await server.json(CHAT, { model: 'local', messages, continue_final_message: true, add_generation_prompt: false });
    await server.json(CHAT, { model: 'local', messages });
    const read = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Who\nbuilt it?' }];
    expect(server.model.calls.map(({ prompt }) => prompt)).toEqual([{ messages: read, prefill: 'It was' }, { messages: [...read, { role: 'assistant', content: 'It was' }] }]);
  });

  it('names the length or the stop string that ended it', async () => {
    const server = await open({ say: () => 'one two three' });
    expect((await server.json(CHAT, { ...ask(), max_tokens: 1 })).choices[0]).toMatchObject({ message: { content: 'one' }, finish_reason: 'length', stop_reason: null });
    expect((await server.json(CHAT, { ...ask(), stop: ['zzz', ' thr'] })).choices[0]).toMatchObject({ message: { content: 'one two' }, finish_reason: 'stop', stop_reason: ' thr' });
  });

  it('has OpenAI’s logprobs, with as many alternatives as were asked for and no infinity', async () => {
    const server = await open({ say: () => 'Ærø' });
    const { logprobs } = (await server.json(CHAT, { ...ask(), logprobs: true, top_logprobs: 2, max_tokens: 2 })).choices[0];
    expect(logprobs.refusal).toBeNull();
    expect(logprobs.content).toEqual([
      { token: 'Ær', logprob: -0.25, bytes: [195, 134, 114], top_logprobs: [{ token: 'Ær', logprob: -0.25, bytes: [195, 134, 114] }, { token: '~b', logprob: -0.5, bytes: [126, 98] }] },
      { token: 'ø', logprob: -9999, bytes: [195, 184], top_logprobs: [{ token: '~a', logprob: -0.25, bytes: [126, 97] }, { token: '~b', logprob: -0.5, bytes: [126, 98] }] },
    ]);
    const bare = (await server.json(CHAT, { ...ask(), logprobs: true, max_tokens: 1, return_tokens_as_token_ids: true })).choices[0].logprobs.content;
    expect(bare).toEqual([{ token: `token_id:${tokensOf('Ær')[0]}`, logprob: -0.25, bytes: [195, 134, 114], top_logprobs: [] }]);
  });

  it('has vLLM’s token ids where they are asked for: the prompt’s once, each choice’s own, the end token included', async () => {
    const server = await open({ say: () => 'Ærø' });
    const reply = await server.json(CHAT, { ...ask(), n: 2, return_token_ids: true });
    expect(reply.prompt_token_ids).toEqual(tokensOf(rendered(server.model.calls[0]!)));
    // Nothing was there before this request, though its second choice found what its first had left.
    expect(reply.usage.prompt_tokens_details).toEqual({ cached_tokens: 0 });
    for (const choice of reply.choices) {
      expect(choice.token_ids).toEqual([...tokensOf('Ærø'), END_TOKEN]);
      expect(choice).not.toHaveProperty('prompt_token_ids');
    }
    const plain = await server.json(CHAT, ask());
    expect(plain).not.toHaveProperty('prompt_token_ids');
    expect(plain.choices[0]).not.toHaveProperty('token_ids');
  });
});

describe('a text completion', () => {
  it('is what follows the prompt as it stands, sixteen tokens of it', async () => {
    const server = await open({ say: () => 'x'.repeat(900) });
    const reply = await checkReply(TEXT_OPERATION, await server.post(TEXT, complete('<|im_start|>')));
    expect(server.model.calls[0]!.prompt).toEqual({ text: '<|im_start|>' });
    expect(reply).toMatchObject({ object: 'text_completion', id: expect.stringMatching(/^cmpl-/), choices: [{ index: 0, text: 'x'.repeat(48), logprobs: null, finish_reason: 'length', stop_reason: null }], usage: { completion_tokens: 16 } });
  });

  it('takes strings and ids, one or many, and keeps their order, n for each', async () => {
    const server = await open();
    const ids = tokensOf('The bridge');
    for (const prompt of [ids, [ids]]) {
      await server.json(TEXT, complete(prompt));
      expect(server.model.calls.at(-1)!.prompt).toEqual({ tokens: ids });
    }
    const reply = await server.json(TEXT, { ...complete(['one', ids, 'three']), n: 2, seed: 3, return_token_ids: true });
    expect(reply.choices.map(({ index }: Json) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(reply.choices.map((choice: Json) => decoded(choice.prompt_token_ids))).toEqual(['one', 'one', 'The bridge', 'The bridge', 'three', 'three']);
    for (const choice of reply.choices) expect(decoded(choice.token_ids).startsWith(choice.text.replace(/\ufffd$/, ''))).toBe(true);
    expect(reply.usage.prompt_tokens).toBe(tokensOf('one').length + ids.length + tokensOf('three').length);
    expect(reply.usage.completion_tokens).toBe(reply.choices.reduce((sum: number, { token_ids }: Json) => sum + token_ids.length, 0));
  });

  it('has the old logprobs: the token itself always among the alternatives, and offsets in code points, inside characters too', async () => {
    const server = await open({ say: () => 'a🦀東b' });
    const { text, logprobs } = (await server.json(TEXT, { ...complete(), logprobs: 1 })).choices[0];
    expect(text).toBe('a🦀東b');
    // Bytes: 61 f0 9f | a6 80 e6 | 9d b1 62 | end. The second token begins inside the crab, the third inside the east.
    expect(logprobs.text_offset).toEqual([0, 1, 2, 4]);
    expect(logprobs.tokens).toHaveLength(4);
    expect(logprobs.token_logprobs).toEqual([-0.25, -9999, -0.25, -9999]);
    expect(logprobs.top_logprobs.map((top: Json) => Object.keys(top).length)).toEqual([1, 2, 1, 2]);
    logprobs.top_logprobs.forEach((top: Json, i: number) => expect(top).toHaveProperty([logprobs.tokens[i]], logprobs.token_logprobs[i]));
    const { top_logprobs } = (await server.json(TEXT, { ...complete(), logprobs: 0, max_tokens: 1 })).choices[0].logprobs;
    expect(Object.values(top_logprobs[0])).toEqual([-0.25]);
  });

  it('can do without a chat template, and a chat cannot', async () => {
    const server = await open({ facts: { hasChatTemplate: false } });
    await server.json(TEXT, complete());
    const { status, error } = await server.error(CHAT, ask());
    expect([status, error.param]).toEqual([400, 'messages']);
    expect(error.message).toContain('/v1/completions');
  });
});

describe('seeds', () => {
  const textsOf = (reply: Json): string[] => reply.choices.map(({ message, text }: Json) => message?.content ?? text);

  it('given, make the same text again, choice 0 that of a single one, the others different', async () => {
    const server = await open();
    const single = textsOf(await server.json(CHAT, { ...ask(), seed: 7 }));
    const four = textsOf(await server.json(CHAT, { ...ask(), seed: 7, n: 4 }));
    expect(four[0]).toBe(single[0]);
    expect(new Set(four).size).toBe(4);
    expect(textsOf(await server.json(CHAT, { ...ask(), seed: 7, n: 4 }))).toEqual(four);
    expect(server.model.calls[0]!.sampling.seed).toBe(7);
    for (const { sampling } of server.model.calls) expect(sampling.seed).toBe(sampling.seed >>> 0);
  });
  it('of 64 bits count with their lower half', async () => {
    const server = await open();
    for (const seed of [2 ** 32 + 5, -1]) await server.json(CHAT, { ...ask(), seed });
    expect(server.model.calls.map(({ sampling }) => sampling.seed)).toEqual([5, 4294967295]);
  });
  it('not given, are drawn for each prompt, also where one prompt stands many times in a list', async () => {
    const server = await open();
    await server.json(TEXT, complete(['same', 'same', 'same']));
    await server.json(TEXT, complete('same'));
    expect(new Set(server.model.calls.map(({ sampling }) => sampling.seed)).size).toBe(4);
  });
  it('not given, come from the ids that the server is given', async () => {
    const [one, other] = [await open(), await open()];
    expect(textsOf(await one.json(CHAT, ask()))).toEqual(textsOf(await other.json(CHAT, ask())));
  });
});

describe('errors of the model', () => {
  const failing = (error: Error) => ({ before: () => { throw error; } });

  it('are the caller’s for a prompt that is too long', async () => {
    const server = await open();
    const long = 'word '.repeat(600);
    for (const [path, body, operation, param] of [[CHAT, ask(long), CHAT_OPERATION, 'messages'], [TEXT, complete(long), TEXT_OPERATION, 'prompt'], [TEXT, complete(['short', long]), TEXT_OPERATION, 'prompt']] as const) {
      for (const stream of [false, true]) {
        const reply = await server.post(path, { ...body, stream });
        expect(reply.status).toBe(400);
        const { error } = (await checkReply(operation, reply)) as Json;
        expect(error).toMatchObject({ type: 'invalid_request_error', param, code: 'context_length_exceeded' });
        expect(error.message).toMatch(/^This model's maximum context length is 512 tokens\. .*at most 511 tokens/);
      }
    }
  });
  it.each([
    ['maxTokens', 'max_tokens', CHAT],
    ['sampling.topP', 'top_p', CHAT],
    ['prompt.messages[2]', 'messages', CHAT],
    ['prompt.tokens', 'prompt', TEXT],
    ['logprobs', 'top_logprobs', CHAT],
    ['logprobs', 'logprobs', TEXT],
  ])('are the caller’s for %s, as %s', async (field, param, path) => {
    const server = await open(failing(new ModelRequestError(field, 'something else', 'found this')));
    const { status, error } = await server.error(path, path === CHAT ? ask() : complete());
    expect([status, error.param, error.code]).toEqual([400, param, 'invalid_value']);
    expect(error.message).toContain('something else');
  });
  it('are a 503 to be sent again for a full queue', async () => {
    const server = await open(failing(new ModelBusyError(64)));
    for (const [path, body, operation] of [[CHAT, ask(), CHAT_OPERATION], [TEXT, { ...complete(), stream: true }, TEXT_OPERATION]] as const) {
      const reply = await server.post(path, body);
      expect(reply.status).toBe(503);
      expect([reply.headers.get('x-should-retry'), reply.headers.get('retry-after'), reply.headers.get('retry-after-ms')]).toEqual(['true', '1', '1000']);
      expect(((await checkReply(operation, reply)) as Json).error).toMatchObject({ type: 'server_error', message: expect.stringContaining('64 requests wait') });
    }
  });
  it.each([new DeviceError('cpu', 'The worker died in /srv/models.', 'Restart it.'), new Error('unforeseen /srv/models')])('are a 500 that says nothing of the machine: %s', async (thrown) => {
    const server = await open(failing(thrown));
    const reply = await server.post(CHAT, ask());
    expect([reply.status, reply.headers.get('x-should-retry')]).toEqual([500, 'false']);
    const { error } = (await checkReply(CHAT_OPERATION, reply)) as Json;
    expect(error.message).not.toContain('/srv');
  });
  it('of one choice end the others', async () => {
    const server = await open({ say: () => 'x'.repeat(1200), before: ({ prompt }) => { if ('text' in prompt && prompt.text === 'bad') throw new ModelBusyError(1); } });
    expect((await server.error(TEXT, { ...complete(['good', 'good', 'bad']), max_tokens: 400 })).status).toBe(503);
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.model.cancelled).toBe(2);
  });
});

describe('keys and limits', () => {
  it('are as for searches: a key is wanted, and its budget and rate count choices', async () => {
    const server = await open({}, { auth: 'keys', 'api-keys': ['good'] });
    const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
    for (const [path, body] of [[CHAT, ask()], [TEXT, complete()]] as const) {
      expect((await server.post(path, body)).status).toBe(401);
      expect((await server.post(path, body, bearer('wk_nobody'))).status).toBe(401);
      expect((await server.post(path, body, { headers: { 'x-api-key': 'good' } })).status).toBe(200);
    }
    expect(server.model.calls).toHaveLength(2);

    const { key } = await server.keys.create({ run: null, rate: null, budget: 5, label: '', prefix: '' });
    expect((await server.post(CHAT, { ...ask(), n: 3 }, bearer(key))).status).toBe(200);
    const spent = await server.post(TEXT, complete(['a', 'b', 'c']), bearer(key));
    expect(spent.status).toBe(429);
    expect(((await checkReply(TEXT_OPERATION, spent)) as Json).error.code).toBe('insufficient_quota');

    const slow = await server.keys.create({ run: null, rate: 0.5, budget: null, label: '', prefix: '' });
    expect((await server.post(CHAT, ask(), bearer(slow.key))).status).toBe(200);
    const refused = await server.post(CHAT, ask(), bearer(slow.key));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '2']);
    server.pass(2_000);
    expect((await server.post(CHAT, ask(), bearer(slow.key))).status).toBe(200);
  });

  it('name whose turn it is in the model’s queue: the run’s, or else the key’s', async () => {
    const server = await open({}, { auth: 'keys', 'api-keys': ['good'] });
    const owned = await server.keys.create({ run: 'exp7', rate: null, budget: null, label: '', prefix: '' });
    const owners: [string, string, Record<string, string>][] = [
      ['exp7', CHAT, { authorization: `Bearer ${owned.key}` }],
      ['exp2', `/r/exp2${TEXT}`, { authorization: 'Bearer good' }],
      ['exp3', CHAT, { authorization: 'Bearer good', 'x-winnow-run': 'exp3' }],
    ];
    for (const [owner, path, headers] of owners) {
      expect((await server.post(path, { ...ask(), ...complete() }, { headers })).status).toBe(200);
      expect(server.model.calls.at(-1)!.owner).toBe(owner);
    }
    await server.post(CHAT, ask(), { headers: { authorization: 'Bearer good' } });
    expect(server.model.calls.at(-1)!.owner).toMatch(/^[0-9a-f]{12}$/);
    const other = await server.post(CHAT, ask(), { headers: { authorization: `Bearer ${owned.key}`, 'x-winnow-run': 'exp3' } });
    expect(other.status).toBe(400);
  });

  it('are counted in the metrics with every other request', async () => {
    const server = await open();
    await server.json(CHAT, ask());
    await server.chunks(TEXT, complete());
    await server.error(TEXT, complete(''));
    const text = await server.metrics.registry.metrics();
    expect(text).toContain('winnow_requests_total{dialect="openai",status="200"} 2');
    expect(text).toContain('winnow_requests_total{dialect="openai",status="400"} 1');
  });
});

describe('a body', () => {
  it.each([CHAT, TEXT])('of %s that is no JSON object is refused', async (path) => {
    const server = await open();
    for (const body of ['{"model":', '[]', '"text"', '']) {
      const reply = await server.app.request(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      expect(reply.status, body).toBe(400);
    }
    const large = await server.app.request(path, { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': String(33 * 1024 * 1024) }, body: '{}' });
    expect(large.status).toBe(413);
  });
});

