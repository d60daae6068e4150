/**
 * A LanguageModel without a model: deterministic, a token to three bytes (so characters are cut in two, as a byte-level BPE cuts them),
 * and true to the contract in what a server can see of it: stop strings, logprobs, deltas, lengths, cancellation, the cache of a prompt.
 */
import { setMaxListeners } from 'node:events';
import { ModelRequestError } from '../../models/errors.ts';
import type { GenerateRequest, Generated, LanguageModel, ModelFacts, TokenLogprob } from '../../models/runtime/language-model.ts';
import { Draw, hash } from '../../src/hash.ts';

const TOKEN_BYTES = 3;
const BYTES_BASE = 2 ** 24;
export const END_TOKEN = 0;
const END_TEXT = '<|end|>';

const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)];
const textOf = (bytes: readonly number[]): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array(bytes));

/** The ids of a text. */
export function tokensOf(text: string): number[] {
  const bytes = bytesOf(text);
  return Array.from({ length: Math.ceil(bytes.length / TOKEN_BYTES) }, (_, i) => {
    const part = bytes.slice(i * TOKEN_BYTES, (i + 1) * TOKEN_BYTES);
    return part.length * BYTES_BASE + part.reduce((value, byte) => value * 256 + byte, 0);
  });
}

function tokenBytes(token: number): number[] {
  if (token === END_TOKEN) return bytesOf(END_TEXT);
  const length = Math.floor(token / BYTES_BASE);
  return Array.from({ length }, (_, i) => Math.floor((token % BYTES_BASE) / 256 ** (length - 1 - i)) % 256);
}

/** The text of ids, as far as it is whole characters. */
export function decoded(tokens: readonly number[]): string {
  return textOf(tokens.filter((token) => token !== END_TOKEN).flatMap(tokenBytes));
}

export const FAKE_FACTS: ModelFacts = {
  name: 'fake-135m',
  config: {
    architecture: 'llama', hiddenSize: 8, intermediateSize: 16, layers: 1, heads: 2, kvHeads: 1, headDim: 4, vocabSize: (TOKEN_BYTES + 1) * BYTES_BASE, contextLength: 512,
    rmsNormEps: 1e-5, ropeTheta: 10_000, ropeScaling: null, ropeFactors: null, tieEmbeddings: true, attentionBias: false, eosTokens: [END_TOKEN], bosToken: null,
  },
  device: 'cpu',
  precision: 'int4',
  contextLength: 512,
  slots: 4,
  hasChatTemplate: true,
};

export interface FakeOptions {
  readonly facts?: Partial<ModelFacts>;
  /** What is said, before stops and lengths; without it, words drawn from prompt and seed. */
  readonly say?: (request: GenerateRequest) => string;
  /** Called before each token, from 0; it may wait, and what it throws the generation throws. */
  readonly before?: (request: GenerateRequest, step: number) => Promise<void> | void;
}

export interface FakeLanguageModel extends LanguageModel {
  /** Every request, in order. */
  readonly calls: readonly GenerateRequest[];
  /** Generations that were cancelled. */
  readonly cancelled: number;
}

/** The prompt as the fake's chat template writes it. */
export function rendered({ prompt }: Pick<GenerateRequest, 'prompt'>): string {
  if ('text' in prompt) return prompt.text;
  if ('tokens' in prompt) return decoded(prompt.tokens);
  return `${prompt.messages.map(({ role, content }) => `<${role}>${content}\n`).join('')}<assistant>${prompt.prefill ?? ''}`;
}

const WORDS = ['harbour', 'rope', 'bridge', 'été', 'tide', '東京', 'ferry', 'Ærø', 'lamp', '🦀'];

function drawnWords(request: GenerateRequest): string {
  const { temperature, seed } = request.sampling;
  const draw = new Draw(hash(rendered(request), temperature === 0 ? 'greedy' : seed));
  return Array.from({ length: 12 }, () => draw.pick(WORDS)).join(' ');
}

/** Of even tokens the token is the first alternative; of odd ones it is none of them. */
function scored(token: number, position: number, alternatives: number): TokenLogprob {
  const one = (id: number, logprob: number) => ({ token: id, text: textOf(tokenBytes(id)), bytes: tokenBytes(id), logprob });
  const own = position % 2 === 0;
  const others = Array.from({ length: alternatives }, (_, i) => (own && i === 0 ? one(token, -0.25) : one(tokensOf(`~${String.fromCharCode(97 + i)}`)[0]!, -0.25 * (i + 1))));
  return { ...one(token, own ? -0.25 : Number.NEGATIVE_INFINITY), alternatives: others };
}

/** How much of `text` is certain to stay: nothing of it may still become the beginning of a stop string. */
function certainLength(text: string, stop: readonly string[]): number {
  const whole = text.endsWith('\ufffd') ? text.replace(/\ufffd+$/, '').length : text.length;
  for (let start = 0; start < whole; start++) if (stop.some((each) => each.startsWith(text.slice(start, whole)))) return start;
  return whole;
}

export function fakeLanguageModel(options: FakeOptions = {}): FakeLanguageModel {
  const facts: ModelFacts = { ...FAKE_FACTS, ...options.facts };
  const { say = drawnWords, before } = options;
  const calls: GenerateRequest[] = [];
  const seen = new Set<string>();
  const load = { running: 0, waiting: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
  let cancelled = 0;

  async function run(request: GenerateRequest): Promise<Generated> {
    const promptTokens = 'tokens' in request.prompt ? request.prompt.tokens : tokensOf(rendered(request));
    const room = facts.contextLength - promptTokens.length;
    if (room < 1) throw new ModelRequestError('prompt', `at most ${facts.contextLength - 1} tokens`, `found ${promptTokens.length}`);
    const key = promptTokens.join();
    const cachedTokens = seen.has(key) ? promptTokens.length - 1 : 0;
    seen.add(key);

    const { stop, signal, onStart, onDelta, logprobs } = request;
    const script = [...tokensOf(say(request)), ...(request.ignoreEos ? [] : [END_TOKEN])];
    const limit = Math.min(request.maxTokens, room);
    const tokens: number[] = [];
    const sent = { text: 0, tokens: 0 };
    const scores = (from: number): TokenLogprob[] | null => (logprobs === null ? null : tokens.slice(from).map((token, i) => scored(token, from + i, logprobs)));
    const result = (text: string, finishReason: Generated['finishReason'], stoppedBy: string | null): Generated => ({ text, tokens, promptTokens, logprobs: scores(0), finishReason, stoppedBy, cachedTokens });

    const gone = aborted(signal);
    for (let step = 0; ; step++) {
      // A turn of the event loop for each token, as a worker's messages take.
      await new Promise<void>((resolve) => setImmediate(resolve));
      const pause = before?.(request, step);
      if (pause) await Promise.race([pause, gone]);
      signal?.throwIfAborted();
      if (step === 0) onStart?.({ promptTokens, cachedTokens });
      const token = script[step] ?? tokensOf('.')[0]!;
      tokens.push(token);
      load.completionTokens += 1;
      const text = decoded(tokens);
      const found = stop.filter((each) => text.includes(each)).sort((a, b) => text.indexOf(a) - text.indexOf(b))[0];
      if (found !== undefined) return result(text.slice(0, text.indexOf(found)), 'stop', found);
      if (token === END_TOKEN) return result(text, 'stop', null);
      if (tokens.length >= limit) return result(text, 'length', null);
      const certain = certainLength(text, stop);
      if (certain > sent.text) {
        onDelta?.({ text: text.slice(sent.text, certain), tokens: tokens.slice(sent.tokens), logprobs: scores(sent.tokens) });
        sent.text = certain;
        sent.tokens = tokens.length;
      }
    }
  }

  return {
    facts,
    calls,
    get cancelled() {
      return cancelled;
    },
    async generate(request) {
      calls.push(request);
      load.running += 1;
      try {
        return await run(request);
      } catch (thrown) {
        if (request.signal?.aborted) cancelled += 1;
        throw thrown;
      } finally {
        load.running -= 1;
      }
    },
    load: () => ({ ...load }),
    close: async () => {},
  };
}

/** Never resolves; rejects with the signal's reason, which nobody need wait for. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  // As the real one: many requests may share one.
  if (signal) setMaxListeners(0, signal);
  const rejecting = new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }));
  rejecting.catch(() => {});
  return rejecting;
}
