/**
 * The model runtime's errors in OpenAI's words. They are told apart by name: `models/` stands below the server, which imports its types
 * alone here, so that a server without a model loads nothing of it.
 */
import type { DeviceError, ModelBusyError, ModelRequestError } from '../../../models/errors.ts';
import type { ModelFacts } from '../../../models/runtime/language-model.ts';
import { type ReplyFacts, type WireReply, json } from '../../dialects/dialect.ts';
import { openai } from '../../dialects/openai/index.ts';
import { BadRequestError, WinnowError, redact } from '../../errors.ts';
import type { Logger } from '../../telemetry/log.ts';
import { failed } from '../reply.ts';
import type { Endpoint } from './request.ts';

interface ModelErrors {
  ModelRequestError: ModelRequestError;
  ModelBusyError: ModelBusyError;
  DeviceError: DeviceError;
}
function isModelError<Name extends keyof ModelErrors>(thrown: unknown, name: Name): thrown is ModelErrors[Name] {
  return thrown instanceof Error && thrown.name === name;
}

/** Seconds. The queue is a few pages deep, and a page takes seconds; the SDKs add their own jitter. */
const BUSY_RETRY_SECONDS = 1;

/** Fields of GenerateRequest that OpenAI calls otherwise; the rest differ in their case alone. */
const PARAMS: Readonly<Record<Endpoint, Readonly<Record<string, string>>>> = {
  chat: { prompt: 'messages', text: 'messages', tokens: 'messages', prefill: 'messages', logprobs: 'top_logprobs' },
  text: { text: 'prompt', tokens: 'prompt', messages: 'prompt', prefill: 'prompt' },
};

/** `sampling.topP` → `top_p`, `prompt.messages[2]` → `messages`. */
function paramOf(field: string, endpoint: Endpoint): string {
  const last = field.replace(/\[\d+\]/g, '').split('.').at(-1)!;
  return PARAMS[endpoint][last] ?? last.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * The reply to whatever was thrown while the model was asked.
 *
 * A full queue is a 503, OpenAI's "engine overloaded": it is no fault of the key's, whose own limits are the 429s here, and the SDKs send
 * either again after `retry-after`. A dead device is a 500 that no retry helps; its reason is for the log.
 */
export function modelFailed(thrown: unknown, endpoint: Endpoint, model: ModelFacts, facts: ReplyFacts, deps: { readonly log: Logger }): WireReply {
  if (isModelError(thrown, 'ModelRequestError')) {
    const param = paramOf(thrown.field, endpoint);
    if (thrown.field !== 'prompt') return failed(openai, new BadRequestError('invalid_field', param, thrown.expected, { message: thrown.message, cause: thrown }), facts, deps);
    deps.log.debug({ request: facts.requestId, message: thrown.message }, 'prompt is too long');
    const message = `This model's maximum context length is ${model.contextLength} tokens. ${redact(thrown.message)}`;
    return json({ error: { message, type: 'invalid_request_error', param, code: 'context_length_exceeded' } }, 400, { 'x-should-retry': 'false' });
  }
  if (isModelError(thrown, 'ModelBusyError')) {
    deps.log.warn({ request: facts.requestId, waiting: thrown.waiting }, 'the queue of the local model is full');
    return json({ error: { message: `The local model is overloaded: ${thrown.message}`, type: 'server_error', param: null, code: null } }, 503, {
      'x-should-retry': 'true',
      'retry-after': String(BUSY_RETRY_SECONDS),
      'retry-after-ms': String(BUSY_RETRY_SECONDS * 1000),
    });
  }
  if (isModelError(thrown, 'DeviceError')) return failed(openai, new WinnowError('internal', 500, 'The local model failed.', { cause: thrown }), facts, deps);
  return failed(openai, thrown, facts, deps);
}
