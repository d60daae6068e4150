/**
 * A generator on a language model in this process (models/). Waiting is bounded by the model's queue, in which runs take turns.
 */
import { DeviceError, ModelBusyError, ModelRequestError } from '../../models/errors.ts';
import type { LanguageModel, Prompt, Sampling } from '../../models/runtime/language-model.ts';
import { GeneratorError } from '../errors.ts';
import type { GenerationRequest, Generator } from './generator.ts';

/** Beside the request's temperature and seed. Measured on a model of 135M (docs/log.md): a heavier penalty keeps answers out of texts. */
const SAMPLING: Omit<Sampling, 'temperature' | 'seed'> = { topP: 0.95, topK: 0, minP: 0.05, repetitionPenalty: 1.05 };

/** Whose turn it is where a request names nobody. */
const NOBODY = 'pages';

export interface LocalOptions {
  /** Not closed with the generator: the chat endpoint has it too. */
  readonly model: LanguageModel;
}

export function createLocal({ model }: LocalOptions): Generator {
  const { facts } = model;
  return {
    name: 'local',
    identity: `local ${facts.name} ${facts.device} ${facts.precision}`,
    async generate({ messages, prefill = '', stop = [], maxTokens, temperature, seed, owner = NOBODY, signal }) {
      try {
        const { text, promptTokens, tokens, finishReason } = await model.generate({
          prompt: promptOf(messages, prefill, facts.hasChatTemplate),
          maxTokens,
          stop,
          ignoreEos: false,
          sampling: { ...SAMPLING, temperature, seed },
          logprobs: null,
          owner,
          ...(signal ? { signal } : {}),
        });
        return { text: prefill + text, model: facts.name, promptTokens: promptTokens.length, completionTokens: tokens.length, truncated: finishReason === 'length' };
      } catch (thrown) {
        throw asGeneratorError(thrown, signal);
      }
    },
  };
}

/** A model without a chat template was never taught to chat: it continues the same words as plain text. */
function promptOf(messages: GenerationRequest['messages'], prefill: string, chats: boolean): Prompt {
  if (chats) return { messages, prefill };
  return { text: [...messages.map(({ content }) => content), prefill].join('\n\n') };
}

function asGeneratorError(cause: unknown, signal: AbortSignal | undefined): GeneratorError {
  if (signal?.aborted) return new GeneratorError('local', 'the request was cancelled', { cause, retryable: false });
  if (cause instanceof ModelBusyError) return new GeneratorError('local', `the queue for the model is full (${cause.waiting} wait)`, { cause });
  if (cause instanceof ModelRequestError || cause instanceof DeviceError) return new GeneratorError('local', cause.message, { cause, retryable: false });
  return new GeneratorError('local', 'failed unexpectedly', { cause, retryable: false });
}
