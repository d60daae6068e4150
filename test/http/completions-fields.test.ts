import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAT, type ModelServer, TEXT, ask, complete, modelServer } from './completions-harness.ts';

let server: ModelServer;
beforeAll(async () => {
  server = await modelServer({ say: () => 'x'.repeat(30) });
});
afterAll(() => server.close());
const last = () => server.model.calls.at(-1)!;

describe('what is honoured', () => {
  it('has OpenAI’s defaults: a chat until the context ends, a text for sixteen tokens', async () => {
    await server.json(CHAT, { ...ask(), seed: 1 });
    expect(last()).toMatchObject({ maxTokens: 512, stop: [], ignoreEos: false, logprobs: null, sampling: { temperature: 1, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 1 } });
    await server.json(TEXT, complete());
    expect(last()).toMatchObject({ maxTokens: 16, logprobs: null });
  });
  it.each([
    [{ max_tokens: 7 }, { maxTokens: 7 }],
    [{ max_tokens: 7, max_completion_tokens: 5 }, { maxTokens: 5 }],
    [{ max_tokens: 100_000 }, { maxTokens: 512 }],
    [{ temperature: 0 }, { sampling: { temperature: 0 } }],
    [{ temperature: 2, top_p: 0.5 }, { sampling: { temperature: 2, topP: 0.5 } }],
    [{ top_k: 40 }, { sampling: { topK: 40 } }],
    [{ top_k: -1 }, { sampling: { topK: 0 } }],
    [{ min_p: 0.1, repetition_penalty: 1.2 }, { sampling: { minP: 0.1, repetitionPenalty: 1.2 } }],
    [{ stop: '\n' }, { stop: ['\n'] }],
    [{ stop: Array.from({ length: 16 }, (_, i) => `s${i}`) }, { stop: Array.from({ length: 16 }, (_, i) => `s${i}`) }],
    [{ ignore_eos: true, max_tokens: 3 }, { ignoreEos: true }],
    [{ logprobs: true }, { logprobs: 0 }],
    [{ logprobs: true, top_logprobs: 20 }, { logprobs: 20 }],
    [{ logprobs: false, top_logprobs: 0 }, { logprobs: null }],
    // As clients write "not set".
    [{ max_tokens: null, temperature: null, top_p: null, n: null, seed: null, stop: null, logprobs: null, stream: null, stream_options: null, tools: null, logit_bias: null }, { maxTokens: 512, stop: [] }],
  ])('%j', async (fields, call) => {
    await server.json(CHAT, { ...ask(), ...fields });
    expect(last()).toMatchObject(call);
  });
  it('is fields that ask for nothing, and those that change no text', async () => {
    const nothing = {
      presence_penalty: 0, frequency_penalty: 0, logit_bias: {}, tools: [], tool_choice: 'auto', functions: [], function_call: 'none', response_format: { type: 'text' }, modalities: ['text'], best_of: 2, n: 2,
      use_beam_search: false, length_penalty: 1, stop_token_ids: [], include_stop_str_in_output: false, min_tokens: 0, skip_special_tokens: true, add_special_tokens: false, bad_words: [], chat_template_kwargs: {},
      echo: false, verbosity: 'medium', thinking_token_budget: -1, priority: 0,
      user: 'me', metadata: { a: 1 }, store: true, service_tier: 'auto', parallel_tool_calls: true, safety_identifier: 'x', prompt_cache_key: 'y', unheard_of: [1],
    };
    await server.json(CHAT, { ...ask(), ...nothing });
    await server.json(TEXT, { ...complete(), ...nothing, add_special_tokens: true, suffix: null, logprobs: 20 });
    expect(last().logprobs).toBe(20);
  });
});

/** Refused, naming the field. */
async function refused(path: string, body: Record<string, unknown>, param: string): Promise<string> {
  const { status, error } = await server.error(path, body);
  expect({ status, ...error }).toEqual({ status: 400, type: 'invalid_request_error', param, message: expect.any(String), code: expect.stringMatching(/^(?:invalid_value|missing_required_parameter)$/) });
  return error.message as string;
}

describe('what is refused', () => {
  it.each<[string, unknown, string?]>([
    ['temperature', -0.1, 'a number from 0 to 2'],
    ['temperature', 2.1, 'a number from 0 to 2'],
    ['temperature', [1], 'a number from 0 to 2'],
    ['temperature', 'hot'],
    ['top_p', 0, 'a number above 0, up to 1'],
    ['top_p', 1.1],
    ['top_k', -2],
    ['top_k', 1.5],
    ['min_p', 1.1],
    ['repetition_penalty', 0],
    ['repetition_penalty', -1],
    ['n', 0, 'an integer from 1 to 128'],
    ['n', 129, 'an integer from 1 to 128'],
    ['n', [2]],
    ['seed', 1.5, 'an integer'],
    ['seed', 'seven'],
    ['max_tokens', 0],
    ['max_tokens', -1],
    ['max_tokens', 'many'],
    ['stop', ''.padEnd(1_025, 'x')],
    ['stop', ['']],
    ['stop', [7]],
    ['stop', {}],
    ['stop', Array.from({ length: 17 }, (_, i) => `s${i}`), 'up to 16 strings'],
    ['stream', 'perhaps', 'true or false'],
    ['stream_options', { include_usage: true }, 'stream: true'],
    ['ignore_eos', 2],
    ['return_token_ids', 'ids'],
    ['return_tokens_as_token_ids', {}],
  ])('%s: %j', async (name, value, expected = '') => {
    for (const [path, body] of [[CHAT, ask()], [TEXT, complete()]] as const) expect(await refused(path, { ...body, [name]: value }, name)).toContain(expected);
  });

  it.each<[string, unknown]>([
    ['presence_penalty', 0.5], ['frequency_penalty', -1], ['logit_bias', { 5: -100 }], ['best_of', 2], ['tools', [{ type: 'function' }]], ['tool_choice', 'required'], ['functions', [{}]], ['function_call', { name: 'f' }],
    ['response_format', { type: 'json_object' }], ['response_format', 'text'], ['web_search_options', {}], ['modalities', ['text', 'audio']], ['audio', {}], ['prediction', {}], ['reasoning_effort', 'low'], ['verbosity', 'high'],
    ['suffix', 'end'], ['echo', true], ['use_beam_search', true], ['length_penalty', 2], ['stop_token_ids', [2]], ['include_stop_str_in_output', true], ['min_tokens', 5], ['skip_special_tokens', false], ['truncate_prompt_tokens', 5],
    ['prompt_logprobs', 0], ['allowed_token_ids', [1]], ['bad_words', ['x']], ['structured_outputs', {}], ['guided_json', {}], ['chat_template', 'x'], ['chat_template_kwargs', { enable_thinking: false }], ['cache_salt', 's'], ['priority', 1],
  ])('%s: %j, which would change the text', async (name, value) => {
    for (const [path, body] of [[CHAT, ask()], [TEXT, complete()]] as const) expect(await refused(path, { ...body, [name]: value }, name)).toContain('is not supported by the local model');
  });

  it('special tokens added to a chat, or left out of a text', async () => {
    await refused(CHAT, { ...ask(), add_special_tokens: true }, 'add_special_tokens');
    await refused(TEXT, { ...complete(), add_special_tokens: false }, 'add_special_tokens');
  });

  it.each<[string, Record<string, unknown>]>([
    ['messages', { messages: undefined }],
    ['messages', { messages: [] }],
    ['messages', { messages: 'text' }],
    ['messages[0]', { messages: ['text'] }],
    ['messages[0].role', { messages: [{ content: 'x' }] }],
    ['messages[0].role', { messages: [{ role: 'robot', content: 'x' }] }],
    ['messages[0].role', { messages: [{ role: ['user'], content: 'x' }] }],
    ['messages[1].content', { messages: [{ role: 'user', content: 'x' }, { role: 'assistant', content: null }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: 7 }] }],
    ['messages[0].content[1]', { messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }, { type: 'image_url', image_url: { url: 'data:' } }] }] }],
    ['messages[0].content[0]', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['messages[0].tool_calls', { messages: [{ role: 'assistant', content: 'x', tool_calls: [{ id: 'a' }] }] }],
    ['continue_final_message', { continue_final_message: true }],
    ['add_generation_prompt', { continue_final_message: true, add_generation_prompt: true }],
    ['add_generation_prompt', { add_generation_prompt: false }],
    ['top_logprobs', { logprobs: true, top_logprobs: 21 }],
    ['top_logprobs', { top_logprobs: 3 }],
    ['logprobs', { logprobs: 5 }],
    ['max_completion_tokens', { max_completion_tokens: 0 }],
    ['stream_options', { stream: true, stream_options: [] }],
    ['stream_options.continuous_usage_stats', { stream: true, stream_options: { continuous_usage_stats: true } }],
  ])('of a chat: %s in %j', async (param, fields) => {
    await refused(CHAT, { ...ask(), ...fields }, param);
  });

  it.each<[string, Record<string, unknown>]>([
    ['prompt', { prompt: undefined }],
    ['prompt', { prompt: '' }],
    ['prompt', { prompt: [] }],
    ['prompt', { prompt: 7 }],
    ['prompt', { prompt: { text: 'x' } }],
    ['prompt[1]', { prompt: ['x', ''] }],
    ['prompt[1]', { prompt: ['x', 5] }],
    ['prompt[1]', { prompt: [[1], []] }],
    ['prompt[1]', { prompt: [1, 'x'] }],
    ['prompt[0]', { prompt: [-1] }],
    ['prompt[1]', { prompt: [1, 1.5] }],
    ['prompt[0]', { prompt: [2 ** 26] }],
    ['prompt[1][1]', { prompt: [[1], [1, 2 ** 40]] }],
    ['prompt', { prompt: Array.from({ length: 33 }, () => 'x'), n: 128 }],
    ['logprobs', { logprobs: true }],
    ['logprobs', { logprobs: 21 }],
  ])('of a text: %s in %j', async (param, fields) => {
    await refused(TEXT, { ...complete(), ...fields }, param);
  });
});

const FIELDS = [
  'messages', 'prompt', 'max_tokens', 'max_completion_tokens', 'temperature', 'top_p', 'n', 'seed', 'stop', 'stream', 'stream_options', 'logprobs', 'top_logprobs', 'top_k', 'min_p', 'repetition_penalty', 'ignore_eos', 'return_token_ids',
  'return_tokens_as_token_ids', 'continue_final_message', 'add_generation_prompt', 'echo', 'tools', 'logit_bias', 'response_format', 'best_of', 'suffix', 'run', 'step', 'question',
];
const anyValue = fc.oneof(fc.string(), fc.integer({ min: -3, max: 40 }), fc.double(), fc.boolean(), fc.constant(null), fc.constant('10'), fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }));

it('answers any values with a reply or with an error that names a field, never with a failure', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(CHAT, TEXT), fc.dictionary(fc.constantFrom(...FIELDS), anyValue, { maxKeys: 3 }), async (path, fields) => {
      const reply = await server.post(path, { ...ask(), ...complete(), ...fields });
      const text = await reply.text();
      expect([200, 400], text).toContain(reply.status);
      if (reply.status === 400) expect(JSON.parse(text).error.param, text).toEqual(expect.any(String));
    }),
    { numRuns: 400 },
  );
});
