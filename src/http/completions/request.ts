/**
 * A body of `/v1/chat/completions` or `/v1/completions`, read for the local model: OpenAI's fields and vLLM's, each bad value refused
 * by name. A field that would change the text and cannot be honoured is refused too, unless it says what holds anyway.
 *
 * Sources: platform.openai.com/docs/api-reference/chat/create and completions/create; vLLM, entrypoints/openai/chat_completion/protocol.py
 * and entrypoints/openai/completion/protocol.py.
 */
import type { ModelFacts, Prompt, Sampling } from '../../../models/runtime/language-model.ts';
import { type Fields, isUnset, optionalBoolean, optionalInteger, optionalNumber, optionalObject } from '../../dialects/fields.ts';
import { BadRequestError } from '../../errors.ts';
import { readChatPrompt, readTextPrompts } from './prompts.ts';

/** `chat` takes messages and gives a message, `text` takes prompts and gives their continuations. */
export type Endpoint = 'chat' | 'text';

export interface CompletionRequest {
  readonly endpoint: Endpoint;
  readonly prompts: readonly Prompt[];
  /** Choices for each prompt. */
  readonly n: number;
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly ignoreEos: boolean;
  readonly sampling: Omit<Sampling, 'seed'>;
  /** 32-bit; null when none was given. */
  readonly seed: number | null;
  /** Alternatives per token; null for no logprobs. */
  readonly logprobs: number | null;
  readonly stream: boolean;
  readonly streamUsage: boolean;
  /** vLLM's `return_token_ids`: ids of prompt and text beside the text. */
  readonly tokenIds: boolean;
  /** vLLM's `return_tokens_as_token_ids`: `token_id:42` in place of a token's text, in logprobs. */
  readonly tokensAsIds: boolean;
}

const MAX_N = 128;
/** Prompts times `n`: a bound on what one body sets going. The model's queue has its own. */
const MAX_CHOICES = 4_096;
const MAX_STOPS = 16;
const MAX_STOP_CHARS = 1_024;
const MAX_LOGPROBS = 20;
/** OpenAI's default; a chat goes on for as long as the context lasts. */
const TEXT_MAX_TOKENS = 16;
const ANY_COUNT = 2_147_483_647;

// What cannot be honoured ---------------------------------------------------------------------------------------------------------

interface Neutral {
  readonly expected: string;
  readonly holds: (value: unknown, fields: Fields) => boolean;
}
const is = (...values: readonly unknown[]): Neutral => ({ expected: values.map((value) => JSON.stringify(value)).join(' or '), holds: (value) => values.includes(value) });
const empty: Neutral = { expected: 'nothing', holds: (value) => typeof value === 'object' && Object.keys(value!).length === 0 };
const absent: Neutral = { expected: 'nothing', holds: () => false };

/** Fields that change the text, with the values that ask for nothing. Those not named here or read below change no text. */
const UNSUPPORTED: Readonly<Record<string, Neutral>> = {
  presence_penalty: is(0),
  frequency_penalty: is(0),
  logit_bias: empty,
  best_of: { expected: 'n', holds: (value, { n }) => value === (isUnset(n) ? 1 : n) },
  tools: empty,
  tool_choice: is('none', 'auto'),
  functions: empty,
  function_call: is('none', 'auto'),
  response_format: { expected: '{"type":"text"}', holds: (value) => (value as Fields).type === 'text' },
  web_search_options: absent,
  modalities: { expected: '["text"]', holds: (value) => Array.isArray(value) && value.every((item) => item === 'text') },
  audio: absent,
  prediction: absent,
  reasoning_effort: absent,
  verbosity: is('medium'),
  suffix: absent,
  // Its tokens' logprobs are never computed, and the text of a prompt given in ids is not known here.
  echo: is(false),
  // vLLM's own.
  use_beam_search: is(false),
  length_penalty: is(1),
  stop_token_ids: empty,
  include_stop_str_in_output: is(false),
  min_tokens: is(0),
  skip_special_tokens: is(true),
  truncate_prompt_tokens: absent,
  prompt_logprobs: absent,
  logprob_token_ids: empty,
  allowed_token_ids: absent,
  bad_words: empty,
  prompt_embeds: absent,
  structured_outputs: absent,
  guided_json: absent,
  guided_regex: absent,
  guided_choice: absent,
  guided_grammar: absent,
  chat_template: absent,
  chat_template_kwargs: empty,
  documents: empty,
  mm_processor_kwargs: empty,
  logits_processors: empty,
  thinking_token_budget: is(-1),
  repetition_detection: absent,
  cache_salt: absent,
  priority: is(0),
};
const SPECIAL_TOKENS: Readonly<Record<Endpoint, Neutral>> = { chat: is(false), text: is(true) };

function refuseUnsupported(fields: Fields, endpoint: Endpoint): void {
  const check = (name: string, { expected, holds }: Neutral): void => {
    const value = fields[name];
    if (isUnset(value) || holds(value, fields)) return;
    const message = `'${name}' is not supported by the local model: ${expected === 'nothing' ? 'leave it out' : `leave it out or send ${expected}`}.`;
    throw new BadRequestError('invalid_field', name, expected, { message });
  };
  for (const [name, neutral] of Object.entries(UNSUPPORTED)) check(name, neutral);
  check('add_special_tokens', SPECIAL_TOKENS[endpoint]);
}

// What is honoured ----------------------------------------------------------------------------------------------------------------

const LISTS: ReadonlySet<string> = new Set(['messages', 'prompt', 'stop', 'stream_options']);

/** Where one value is wanted, a list is made unreadable: the readers of fields.ts take its first, which suits query strings. */
function withSingles(body: Fields): Fields {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, Array.isArray(value) && !LISTS.has(name) ? {} : value]));
}

function integer(fields: Fields, name: string, min: number, max: number): number | undefined {
  return optionalInteger(fields, name, { min, max, outside: 'refuse' });
}

/** Above `min`, which the readers of fields.ts would let through. */
function numberAbove(fields: Fields, name: string, min: number, max: number): number | undefined {
  const value = optionalNumber(fields, name, min, max);
  if (value === min) throw new BadRequestError('invalid_field', name, `a number above ${min}, up to ${max}`);
  return value;
}

function readSampling(fields: Fields): Omit<Sampling, 'seed'> {
  return {
    temperature: optionalNumber(fields, 'temperature', 0, 2) ?? 1,
    topP: numberAbove(fields, 'top_p', 0, 1) ?? 1,
    // vLLM writes -1 or 0 for all.
    topK: Math.max(0, integer(fields, 'top_k', -1, ANY_COUNT) ?? 0),
    minP: optionalNumber(fields, 'min_p', 0, 1) ?? 0,
    repetitionPenalty: numberAbove(fields, 'repetition_penalty', 0, 100) ?? 1,
  };
}

/** Modulo 2³²: of a 64-bit seed, which clients may send, the model takes the lower half. */
function readSeed(fields: Fields): number | null {
  const { seed } = fields;
  if (isUnset(seed)) return null;
  if (typeof seed !== 'number' || !Number.isInteger(seed)) throw new BadRequestError('invalid_field', 'seed', 'an integer');
  return seed >>> 0;
}

function readStop({ stop }: Fields): readonly string[] {
  if (isUnset(stop)) return [];
  const list: readonly unknown[] = Array.isArray(stop) ? stop : [stop];
  const isStop = (item: unknown): item is string => typeof item === 'string' && item !== '' && item.length <= MAX_STOP_CHARS;
  if (list.length > MAX_STOPS || !list.every(isStop)) throw new BadRequestError('invalid_field', 'stop', `a string or up to ${MAX_STOPS} strings, each of 1 to ${MAX_STOP_CHARS} characters`);
  return list;
}

function readLogprobs(fields: Fields, endpoint: Endpoint): number | null {
  if (endpoint === 'text') return integer(typeof fields.logprobs === 'boolean' ? { logprobs: {} } : fields, 'logprobs', 0, MAX_LOGPROBS) ?? null;
  const top = integer(fields, 'top_logprobs', 0, MAX_LOGPROBS) ?? 0;
  if (optionalBoolean(fields, 'logprobs') ?? false) return top;
  if (top > 0) throw new BadRequestError('invalid_field', 'top_logprobs', 'logprobs: true beside it');
  return null;
}

function readStream(fields: Fields): { stream: boolean; streamUsage: boolean } {
  const stream = optionalBoolean(fields, 'stream') ?? false;
  const options = optionalObject(fields, 'stream_options') ?? {};
  if (!stream && Object.keys(options).length > 0) throw new BadRequestError('invalid_field', 'stream_options', 'stream: true beside it');
  if (optionalBoolean(options, 'continuous_usage_stats') ?? false) {
    throw new BadRequestError('invalid_field', 'stream_options.continuous_usage_stats', 'false', { message: "'stream_options.continuous_usage_stats' is not supported by the local model: usage comes at the end." });
  }
  return { stream, streamUsage: optionalBoolean(options, 'include_usage') ?? false };
}

/** Throws BadRequestError, naming the field and what was expected. */
export function readCompletion(endpoint: Endpoint, body: Fields, model: ModelFacts): CompletionRequest {
  refuseUnsupported(body, endpoint);
  const fields = withSingles(body);
  const n = integer(fields, 'n', 1, MAX_N) ?? 1;
  const most = integer(fields, 'max_tokens', 1, ANY_COUNT);
  const maxTokens = endpoint === 'chat' ? (integer(fields, 'max_completion_tokens', 1, ANY_COUNT) ?? most ?? model.contextLength) : (most ?? TEXT_MAX_TOKENS);
  const read: Omit<CompletionRequest, 'prompts'> = {
    endpoint,
    n,
    maxTokens: Math.min(maxTokens, model.contextLength),
    stop: readStop(fields),
    ignoreEos: optionalBoolean(fields, 'ignore_eos') ?? false,
    sampling: readSampling(fields),
    seed: readSeed(fields),
    logprobs: readLogprobs(fields, endpoint),
    ...readStream(fields),
    tokenIds: optionalBoolean(fields, 'return_token_ids') ?? false,
    tokensAsIds: optionalBoolean(fields, 'return_tokens_as_token_ids') ?? false,
  };
  const prompts = endpoint === 'chat' ? [readChatPrompt(fields, model)] : readTextPrompts(fields, model);
  if (prompts.length * n > MAX_CHOICES) throw new BadRequestError('invalid_field', 'prompt', `prompts times n to be at most ${MAX_CHOICES}`);
  return { ...read, prompts };
}
