/**
 * Continuous batching: requests join and leave between steps. A step reads one piece of one prompt, if any waits, and then extends
 * every running text by one token. What a request writes depends on nothing but itself: its tokens are computed by the same sums in any
 * company, and its random numbers are its own.
 *
 * A slot keeps the cache of what it last held. A new prompt takes over the longest beginning that any slot holds, its own or copied, so
 * that prompts which begin alike are read once.
 */
import { ModelRequestError } from '../errors.ts';
import type { ChatTemplate } from '../tokenizer/chat-template.ts';
import { Detokenizer } from '../tokenizer/detokenizer.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { DecodeRow, Engine } from './engine.ts';
import type { Delta, FinishReason, Generated, GenerateRequest, ModelLoad, Start, TokenLogprob } from './language-model.ts';
import { Sampler } from './sampler.ts';
import { StopMatcher } from './stops.ts';

/** Prompts are read in pieces of this many tokens, so that those who decode wait no longer than that between two of theirs. */
const PIECE = 128;
/** With nobody decoding, larger ones. */
const LARGE_PIECE = 512;
/** A shorter common beginning is not worth a copy. */
const MIN_SHARED = 8;

export type Job = Omit<GenerateRequest, 'signal' | 'onDelta' | 'onStart'>;

/** Where a job's events go. Exactly one of done and failed is called, once, unless the job is cancelled: then neither. */
export interface Sink {
  started?(start: Start): void;
  delta?(delta: Delta): void;
  done(generated: Generated): void;
  failed(error: unknown): void;
}

export interface SchedulerOptions {
  readonly engine: Engine;
  readonly tokenizer: Tokenizer;
  /** Null for a model without one: chat is refused. */
  readonly template: ChatTemplate | null;
  readonly eosTokens: readonly number[];
}

interface Waiting {
  readonly id: number;
  readonly job: Job;
  readonly sink: Sink;
}

/** What a slot's cache holds, by position; and who runs in it. */
interface Slot {
  readonly index: number;
  held: number[];
  request: Running | null;
}

class Running {
  readonly id: number;
  readonly job: Job;
  readonly sink: Sink;
  readonly prompt: readonly number[];
  readonly limit: number;
  cachedTokens = 0;
  readonly tokens: number[] = [];
  readonly logprobs: TokenLogprob[] | null;
  readonly penalised: Set<number>;
  readonly detokenizer: Detokenizer;
  readonly stops: StopMatcher;
  text = '';

  constructor({ id, job, sink }: Waiting, prompt: readonly number[], limit: number, tokenizer: Tokenizer) {
    this.id = id;
    this.job = job;
    this.sink = sink;
    this.prompt = prompt;
    this.limit = limit;
    this.logprobs = job.logprobs === null ? null : [];
    this.penalised = new Set(job.sampling.repetitionPenalty === 1 ? [] : prompt);
    this.detokenizer = new Detokenizer(tokenizer);
    this.stops = new StopMatcher(job.stop);
  }
}

function sharedLength(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length++;
  return length;
}

export class Scheduler {
  readonly #engine: Engine;
  readonly #tokenizer: Tokenizer;
  readonly #template: ChatTemplate | null;
  readonly #eos: ReadonlySet<number>;
  readonly #sampler: Sampler;
  readonly #slots: readonly Slot[];
  /** By owner, in the order in which their turn comes. */
  readonly #queues = new Map<string, Waiting[]>();
  #waiting = 0;
  #promptTokens = 0;
  #cachedTokens = 0;
  #completionTokens = 0;

  constructor({ engine, tokenizer, template, eosTokens }: SchedulerOptions) {
    this.#engine = engine;
    this.#tokenizer = tokenizer;
    this.#template = template;
    this.#eos = new Set(eosTokens);
    this.#sampler = new Sampler(engine.vocabSize);
    this.#slots = Array.from({ length: engine.slots }, (_, index) => ({ index, held: [], request: null }));
  }

  get idle(): boolean {
    return this.#waiting === 0 && this.#slots.every(({ request }) => request === null);
  }

  load(): ModelLoad {
    return {
      running: this.#slots.filter(({ request }) => request !== null).length,
      waiting: this.#waiting,
      promptTokens: this.#promptTokens,
      cachedTokens: this.#cachedTokens,
      completionTokens: this.#completionTokens,
    };
  }

  add(id: number, job: Job, sink: Sink): void {
    const queue = this.#queues.get(job.owner);
    if (queue) queue.push({ id, job, sink });
    else this.#queues.set(job.owner, [{ id, job, sink }]);
    this.#waiting += 1;
  }

  /** Frees the slot, or the place in the queue, of a job; without effect on one that has ended. */
  cancel(id: number): void {
    for (const slot of this.#slots) if (slot.request?.id === id) slot.request = null;
    for (const [owner, queue] of this.#queues) {
      const at = queue.findIndex((waiting) => waiting.id === id);
      if (at < 0) continue;
      queue.splice(at, 1);
      this.#waiting -= 1;
      if (queue.length === 0) this.#queues.delete(owner);
    }
  }

  /** One step. A failure of the engine fails every running job, and those that wait are served by later steps. */
  async step(): Promise<void> {
    try {
      await this.#admit();
      await this.#decode();
    } catch (error) {
      for (const slot of this.#slots) {
        slot.request?.sink.failed(error);
        slot.request = null;
        slot.held = [];
      }
    }
  }

  /** Gives prompts slots until one of them has work for this step, and reads a piece of it. */
  async #admit(): Promise<void> {
    let slot = this.#slots.find(({ request, held }) => request !== null && held.length < request.prompt.length);
    while (slot === undefined) {
      const free = this.#slots.find(({ request }) => request === null);
      if (free === undefined) return;
      const next = this.#next();
      if (next === null) return;
      const running = this.#read(next);
      if (running === null) continue;
      await this.#place(running, free);
      slot = free;
    }
    await this.#prefill(slot, slot.request!);
  }

  /** The next of the owner whose turn it is; the owner goes to the end of the line. */
  #next(): Waiting | null {
    const turn = this.#queues.entries().next();
    if (turn.done) return null;
    const [owner, queue] = turn.value;
    const waiting = queue.shift()!;
    this.#waiting -= 1;
    this.#queues.delete(owner);
    if (queue.length > 0) this.#queues.set(owner, queue);
    return waiting;
  }

  /** Text to tokens; a prompt that cannot be run fails its job only. */
  #read(waiting: Waiting): Running | null {
    const { job, sink } = waiting;
    try {
      const prompt = this.#tokens(job.prompt);
      const { vocabSize } = this.#engine;
      const bad = prompt.find((token) => !Number.isInteger(token) || token < 0 || token >= vocabSize);
      if (bad !== undefined) throw new ModelRequestError('tokens', `ids from 0 to ${vocabSize - 1}, the rows of the model's embedding`, `one is ${bad}`);
      const room = this.#engine.capacity - prompt.length;
      if (prompt.length === 0) throw new ModelRequestError('tokens', 'at least one token', 'there is none');
      if (room < 1) throw new ModelRequestError('prompt', `at most ${this.#engine.capacity - 1} tokens, so that one can follow`, `it has ${prompt.length}`);
      return new Running(waiting, prompt, Math.min(job.maxTokens, room), this.#tokenizer);
    } catch (error) {
      sink.failed(error);
      return null;
    }
  }

  #tokens(prompt: Job['prompt']): readonly number[] {
    if ('tokens' in prompt) return prompt.tokens;
    if ('text' in prompt) return [...this.#tokenizer.encode(prompt.text)];
    if (this.#template === null) throw new ModelRequestError('messages', 'a model with a chat template', 'this one has none: it continues plain text');
    const text = this.#template.render(prompt.messages, { addGenerationPrompt: true }) + (prompt.prefill ?? '');
    // The template writes the first token itself where the model wants one.
    return [...this.#tokenizer.encode(text, { bos: false })];
  }

  /** Takes over the longest beginning of the prompt that some slot holds; at least one token is left to compute. */
  async #place(running: Running, slot: Slot): Promise<void> {
    const leave = Math.max(1, this.#engine.minPrefill);
    let best = slot;
    let shared = 0;
    for (const candidate of [slot, ...this.#slots]) {
      const length = Math.min(sharedLength(candidate.held, running.prompt), running.prompt.length - leave);
      if (length > shared) [best, shared] = [candidate, length];
    }
    if (shared < MIN_SHARED) shared = 0;
    if (shared > 0 && best !== slot) await this.#engine.copy(best.index, slot.index, shared);
    slot.held = running.prompt.slice(0, shared);
    slot.request = running;
    running.cachedTokens = shared;
    this.#promptTokens += running.prompt.length;
    this.#cachedTokens += shared;
    running.sink.started?.({ promptTokens: running.prompt, cachedTokens: shared });
  }

  async #prefill(slot: Slot, running: Running): Promise<void> {
    const { minPrefill } = this.#engine;
    const from = slot.held.length;
    const left = running.prompt.length - from;
    const decoding = this.#slots.some((other) => other !== slot && other.request !== null);
    let count = Math.min(left, decoding ? PIECE : LARGE_PIECE);
    // No rest that is too short to be prefilled.
    if (left > count && left - count < minPrefill) count = left - minPrefill;
    const tokens = running.prompt.slice(from, from + count);
    const last = from + count === running.prompt.length;
    if (count < minPrefill) {
      // A prompt of a single token.
      const logits = await this.#engine.decode([{ slot: slot.index, token: tokens[0]!, position: from }], this.#lengths());
      slot.held.push(...tokens);
      if (slot.request === running) this.#take(slot, running, logits);
      return;
    }
    const logits = await this.#engine.prefill(slot.index, tokens, from, last);
    slot.held.push(...tokens);
    if (last && slot.request === running) this.#take(slot, running, logits!);
  }

  async #decode(): Promise<void> {
    const slots = this.#slots.filter(({ request, held }) => request !== null && request.tokens.length > 0 && held.length === request.prompt.length + request.tokens.length - 1);
    if (slots.length === 0) return;
    const rows: DecodeRow[] = slots.map(({ index, held, request }) => ({ slot: index, token: request!.tokens.at(-1)!, position: held.length }));
    const requests = slots.map(({ request }) => request!);
    const logits = await this.#engine.decode(rows, this.#lengths());
    const { vocabSize } = this.#engine;
    slots.forEach((slot, i) => {
      slot.held.push(rows[i]!.token);
      // Cancelled while the step ran.
      if (slot.request !== requests[i]) return;
      this.#take(slot, requests[i]!, logits.subarray(i * vocabSize, (i + 1) * vocabSize));
    });
  }

  #lengths(): number[] {
    // One place at the end of an idle slot is given up to steps that pass over it.
    for (const slot of this.#slots) if (slot.request === null && slot.held.length >= this.#engine.capacity) slot.held.length = this.#engine.capacity - 1;
    return this.#slots.map(({ held }) => held.length);
  }

  /** Samples the next token of a request and sends what it settles. */
  #take(slot: Slot, running: Running, logits: Float32Array): void {
    const { job, tokens, sink } = running;
    let sampled;
    try {
      sampled = this.#sampler.sample(logits, job.sampling, { penalised: running.penalised }, tokens.length, job.logprobs);
    } catch (error) {
      slot.request = null;
      // What the device computed is not to be trusted, nor is what the slot holds.
      slot.held = [];
      sink.failed(error);
      return;
    }
    const { token } = sampled;
    tokens.push(token);
    if (job.sampling.repetitionPenalty !== 1) running.penalised.add(token);
    this.#completionTokens += 1;

    const logprob: TokenLogprob | null = sampled.logprob === null ? null : { ...this.#spelled(token, sampled.logprob), alternatives: sampled.alternatives.map((one) => this.#spelled(one.token, one.logprob)) };
    if (logprob) running.logprobs!.push(logprob);

    const ended = this.#eos.has(token) && !job.ignoreEos;
    let text = ended ? '' : running.stops.push(running.detokenizer.push(token)).text;
    let finish: FinishReason | null = ended || running.stops.stoppedBy !== null ? 'stop' : tokens.length >= running.limit ? 'length' : null;
    if (finish !== null && running.stops.stoppedBy === null) {
      text += running.stops.push(running.detokenizer.flush()).text;
      text += running.stops.flush();
      if (running.stops.stoppedBy !== null) finish = 'stop';
    }
    running.text += text;
    sink.delta?.({ text, tokens: [token], logprobs: logprob === null ? null : [logprob] });
    if (finish === null) return;
    slot.request = null;
    sink.done({
      text: running.text,
      tokens,
      promptTokens: running.prompt,
      logprobs: running.logprobs,
      finishReason: finish,
      stoppedBy: running.stops.stoppedBy,
      cachedTokens: running.cachedTokens,
    });
  }

  #spelled(token: number, logprob: number): { token: number; text: string; bytes: number[]; logprob: number } {
    const bytes = this.#tokenizer.bytesOf(token);
    return { token, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), bytes: [...bytes], logprob };
  }
}
