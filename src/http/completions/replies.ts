/**
 * What the local model said, in OpenAI's shapes, with vLLM's additions: `stop_reason`, and ids where they were asked for. Pure.
 *
 * Sources: platform.openai.com/docs/api-reference/chat/object, chat/streaming and completions/object; vLLM,
 * entrypoints/openai/chat_completion/serving.py and entrypoints/openai/completion/serving.py.
 */
import type { Delta, Generated, ModelFacts, TokenLogprob } from '../../../models/runtime/language-model.ts';
import type { ReplyFacts } from '../../dialects/dialect.ts';
import { seconds } from '../../dialects/openai/paths.ts';
import type { CompletionRequest } from './request.ts';

// Logprobs ------------------------------------------------------------------------------------------------------------------------

/** JSON has no infinity; this is what OpenAI sends for a token that cannot be. */
const LEAST_LOGPROB = -9999;

interface Scored {
  readonly token: number;
  readonly text: string;
  readonly bytes: readonly number[];
  readonly logprob: number;
}
const named = ({ token, text }: Scored, asIds: boolean): string => (asIds ? `token_id:${token}` : text);
const finite = (logprob: number): number => Math.max(logprob, LEAST_LOGPROB);

function chatLogprobs(list: readonly TokenLogprob[], asIds: boolean) {
  const entry = (one: Scored) => ({ token: named(one, asIds), logprob: finite(one.logprob), bytes: one.bytes });
  return { content: list.map((one) => ({ ...entry(one), top_logprobs: one.alternatives.map(entry) })), refusal: null };
}

/** Where each token of a text begins, in code points, as Python counts. A token that begins inside a character is at that character. */
export class TextOffsets {
  #begun = 0;
  next(bytes: readonly number[]): number {
    const inside = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
    const offset = Math.max(0, inside(bytes[0]) ? this.#begun - 1 : this.#begun);
    for (const byte of bytes) if (!inside(byte)) this.#begun += 1;
    return offset;
  }
}

/** The alternatives by text, and the token itself where it is none of them. Of two with one text, the more probable stays. */
function topOf(one: TokenLogprob, asIds: boolean): Record<string, number> {
  const top = new Map<string, number>();
  for (const each of [...one.alternatives, one]) {
    const name = named(each, asIds);
    if (!top.has(name)) top.set(name, finite(each.logprob));
  }
  return Object.fromEntries(top);
}

function textLogprobs(list: readonly TokenLogprob[], asIds: boolean, offsets: TextOffsets) {
  return {
    tokens: list.map((one) => named(one, asIds)),
    token_logprobs: list.map((one) => finite(one.logprob)),
    top_logprobs: list.map((one) => topOf(one, asIds)),
    text_offset: list.map((one) => offsets.next(one.bytes)),
  };
}

function logprobsOf({ endpoint, logprobs, tokensAsIds }: CompletionRequest, list: readonly TokenLogprob[] | null, offsets: TextOffsets) {
  if (logprobs === null) return null;
  return endpoint === 'chat' ? chatLogprobs(list ?? [], tokensAsIds) : textLogprobs(list ?? [], tokensAsIds, offsets);
}

// What all replies share ----------------------------------------------------------------------------------------------------------

/** A prompt as the model took it. */
interface TakenPrompt {
  readonly promptTokens: readonly number[];
  readonly cachedTokens: number;
}

/** The prompts behind the choices, which stand in the order of their prompts, `n` each. The first of them to run found the least cached. */
function promptsOf(results: readonly Generated[], n: number): TakenPrompt[] {
  const prompts: TakenPrompt[] = [];
  for (let i = 0; i < results.length; i += n) {
    const choices = results.slice(i, i + n);
    prompts.push({ promptTokens: choices[0]!.promptTokens, cachedTokens: Math.min(...choices.map((each) => each.cachedTokens)) });
  }
  return prompts;
}

/** A prompt counts once, however many choices it has. */
function usageOf(results: readonly Generated[], prompts: readonly TakenPrompt[]) {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
  const prompt = sum(prompts.map(({ promptTokens }) => promptTokens.length));
  const completion = sum(results.map(({ tokens }) => tokens.length));
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion, prompt_tokens_details: { cached_tokens: sum(prompts.map((each) => each.cachedTokens)) } };
}

const OBJECTS = { chat: ['chat.completion', 'chat.completion.chunk'], text: ['text_completion', 'text_completion'] } as const;
const ID_PREFIXES = { chat: 'chatcmpl-', text: 'cmpl-' } as const;

/** The id is the request's, as vLLM has it. The same seed gives the same text under the same fingerprint. */
function headOf({ endpoint, stream }: CompletionRequest, model: ModelFacts, facts: ReplyFacts) {
  return {
    id: ID_PREFIXES[endpoint] + facts.requestId,
    object: OBJECTS[endpoint][stream ? 1 : 0],
    created: seconds(facts.madeAt),
    model: model.name,
    system_fingerprint: `${model.device}-${model.precision}`,
  };
}

// Whole replies -------------------------------------------------------------------------------------------------------------------

function choiceOf(request: CompletionRequest, index: number, result: Generated) {
  const { endpoint, tokenIds } = request;
  return {
    index,
    ...(endpoint === 'chat' ? { message: { role: 'assistant', content: result.text, refusal: null, annotations: [] } } : { text: result.text }),
    logprobs: logprobsOf(request, result.logprobs, new TextOffsets()),
    finish_reason: result.finishReason,
    stop_reason: result.stoppedBy,
    ...(tokenIds ? { ...(endpoint === 'text' ? { prompt_token_ids: result.promptTokens } : {}), token_ids: result.tokens } : {}),
  };
}

/** The JSON of a whole reply, a choice at a time: the logprobs of hundreds, in one piece, would hold up every other request. */
export function* wholeReply(request: CompletionRequest, results: readonly Generated[], model: ModelFacts, facts: ReplyFacts): Generator<string> {
  const prompts = promptsOf(results, request.n);
  const ids = request.endpoint === 'chat' && request.tokenIds ? { prompt_token_ids: prompts[0]!.promptTokens } : {};
  const head = { ...headOf(request, model, facts), usage: usageOf(results, prompts), ...ids };
  yield `${JSON.stringify(head).slice(0, -1)},"choices":[`;
  for (const [i, result] of results.entries()) yield `${i > 0 ? ',' : ''}${JSON.stringify(choiceOf(request, i, result))}`;
  yield ']}';
}

// Streams -------------------------------------------------------------------------------------------------------------------------

/** The frames of one stream, each a server-sent event. */
export class Chunks {
  readonly #request: CompletionRequest;
  readonly #head: object;
  readonly #offsets: readonly TextOffsets[];
  constructor(request: CompletionRequest, model: ModelFacts, facts: ReplyFacts) {
    this.#request = request;
    this.#head = headOf(request, model, facts);
    this.#offsets = Array.from({ length: request.prompts.length * request.n }, () => new TextOffsets());
  }

  #frame(choices: readonly object[], rest: object = {}): string {
    return `data: ${JSON.stringify({ ...this.#head, choices, ...(this.#request.streamUsage ? { usage: null } : {}), ...rest })}\n\n`;
  }

  #ids(tokens: readonly number[]): object {
    return this.#request.tokenIds ? { token_ids: tokens } : {};
  }

  /** The first chunk of each choice holds the ids of its prompt, as vLLM's does. */
  get haveIds(): boolean {
    return this.#request.tokenIds;
  }

  /** What begins a stream without ids: the role of each choice in a chat. */
  openings(): string[] {
    return this.haveIds || this.#request.endpoint === 'text' ? [] : this.#offsets.map((_, index) => this.#opening(index));
  }

  /** What begins a choice with ids, in a chat its role too. */
  opening(index: number, promptTokens: readonly number[]): string {
    return this.#opening(index, { prompt_token_ids: promptTokens });
  }

  #opening(index: number, ids: object = {}): string {
    const shared = { logprobs: null, finish_reason: null, stop_reason: null, ...this.#ids([]) };
    if (this.#request.endpoint === 'chat') return this.#frame([{ index, delta: { role: 'assistant', content: '', refusal: null }, ...shared }], ids);
    return this.#frame([{ index, text: '', ...shared, ...ids }]);
  }

  /** Null for a delta with nothing that was asked for: tokens whose text is not certain yet. */
  delta(index: number, { text, tokens, logprobs }: Delta): string | null {
    const request = this.#request;
    const wanted = text !== '' || (tokens.length > 0 && (request.tokenIds || request.logprobs !== null));
    if (!wanted) return null;
    const said = request.endpoint === 'chat' ? { delta: { content: text } } : { text };
    return this.#frame([{ index, ...said, logprobs: logprobsOf(request, logprobs, this.#offsets[index]!), finish_reason: null, stop_reason: null, ...this.#ids(tokens) }]);
  }

  end(index: number, { finishReason, stoppedBy }: Generated): string {
    const said = this.#request.endpoint === 'chat' ? { delta: {} } : { text: '' };
    return this.#frame([{ index, ...said, logprobs: null, finish_reason: finishReason, stop_reason: stoppedBy, ...this.#ids([]) }]);
  }

  /** Usage, where it was asked for, and the end of the stream. */
  closing(results: readonly Generated[]): string[] {
    const { streamUsage, n } = this.#request;
    return [...(streamUsage ? [this.#frame([], { usage: usageOf(results, promptsOf(results, n)) })] : []), 'data: [DONE]\n\n'];
  }
}
