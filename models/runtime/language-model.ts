/**
 * The contract of a running model, as the server and the trainer hold it: a thin client of a worker thread that owns tokenizer,
 * session, cache and scheduler. Everything that costs time happens in the worker.
 */
import type { ModelConfig } from '../config.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
}

/** What to continue. */
export type Prompt =
  /** Through the model's chat template. `prefill` begins the assistant's words and is not part of the generated text. */
  | { readonly messages: readonly ChatMessage[]; readonly prefill?: string }
  /** As it stands; special tokens in the text are read as such. */
  | { readonly text: string }
  | { readonly tokens: readonly number[] };

export interface Sampling {
  /** 0 is greedy: the most probable token, the lower id on a tie. */
  readonly temperature: number;
  /** Keep the most probable tokens until their mass reaches this; 1 keeps all. */
  readonly topP: number;
  /** Keep this many of the most probable; 0 keeps all. */
  readonly topK: number;
  /** Keep tokens at least this fraction as probable as the first; 0 keeps all. */
  readonly minP: number;
  /** Divides positive logits, multiplies negative ones, of tokens already in prompt or text (CTRL, arXiv 1909.05858); 1 is off. */
  readonly repetitionPenalty: number;
  /** 32-bit. Same seed, same prompt, same text, whatever else is in the batch. */
  readonly seed: number;
}

export interface GenerateRequest {
  readonly prompt: Prompt;
  /** Bound on new tokens; cut to what the context leaves. */
  readonly maxTokens: number;
  /** Text ends before the first of these. Exact, also across token borders. */
  readonly stop: readonly string[];
  /** Go on through the model's end tokens. */
  readonly ignoreEos: boolean;
  readonly sampling: Sampling;
  /** Alternatives per token, 0 to 20; null for no logprobs at all. */
  readonly logprobs: number | null;
  /** Whose turn it takes in the queue: a run's or a key's name. Owners are served in turn. */
  readonly owner: string;
  /** Aborting frees the slot before the next step; `generate` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called once, when the prompt has been read and its tokens are known, before any delta. */
  readonly onStart?: (start: Start) => void;
  /** Called with every piece of text that is certain to stay (nothing that may still become a stop string). */
  readonly onDelta?: (delta: Delta) => void;
}

export interface Start {
  readonly promptTokens: readonly number[];
  /** Prompt tokens whose cache was there already. */
  readonly cachedTokens: number;
}

export interface TokenLogprob {
  readonly token: number;
  /** Its bytes as text; U+FFFD for a part of a character. */
  readonly text: string;
  readonly bytes: readonly number[];
  /** Natural logarithm of its probability under temperature and penalties as sampled, before top-k, top-p and min-p cut the tail. */
  readonly logprob: number;
  /** Most probable first. */
  readonly alternatives: readonly { readonly token: number; readonly text: string; readonly bytes: readonly number[]; readonly logprob: number }[];
}

export interface Delta {
  readonly text: string;
  readonly tokens: readonly number[];
  readonly logprobs: readonly TokenLogprob[] | null;
}

export type FinishReason = 'stop' | 'length';

export interface Generated {
  readonly text: string;
  /** Ids as sampled, the end token included when it was; text after a stop string is cut, its tokens are not. */
  readonly tokens: readonly number[];
  readonly promptTokens: readonly number[];
  /** Of `tokens`, one each; null unless asked for. */
  readonly logprobs: readonly TokenLogprob[] | null;
  readonly finishReason: FinishReason;
  /** The stop string that ended it, if one did. */
  readonly stoppedBy: string | null;
  /** Prompt tokens whose cache was there already. */
  readonly cachedTokens: number;
}

export interface ModelFacts {
  /** As `model` in replies. */
  readonly name: string;
  readonly config: ModelConfig;
  readonly device: Device;
  readonly precision: Precision;
  /** Tokens of prompt and text together that one request may use. */
  readonly contextLength: number;
  /** Requests that are generated at once. */
  readonly slots: number;
  readonly hasChatTemplate: boolean;
}

export const DEVICES = ['cpu', 'webgpu', 'cuda'] as const;
export type Device = (typeof DEVICES)[number];

/** How weights are held. int8 and int4 are blocks of 32 along a row (MatMulNBits). */
export const PRECISIONS = ['fp32', 'fp16', 'int8', 'int4'] as const;
export type Precision = (typeof PRECISIONS)[number];

export interface ModelLoad {
  readonly running: number;
  readonly waiting: number;
  /** Since the start. */
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

export interface LanguageModel {
  readonly facts: ModelFacts;
  /**
   * Rejects with ModelRequestError (the caller's fault), ModelBusyError (queue full), the signal's reason (cancelled), or
   * DeviceError (the worker died).
   */
  generate(request: GenerateRequest): Promise<Generated>;
  load(): ModelLoad;
  /** Rejects what is under way and ends the worker. */
  close(): Promise<void>;
}

export const GREEDY: Sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 };
