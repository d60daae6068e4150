/**
 * Continuous batching: requests join and leave between steps. A step reads one piece of one prompt, if any waits, and then extends
 * every running text by one token. What a request writes depends on nothing but itself: its tokens are computed by the same sums in any
 * company, and its random numbers are its own.
 *
 * A slot keeps the cache of the prompt it last read. A new prompt takes over the longest beginning that any slot holds, its own or copied,
 * so that prompts which begin alike are read once; what several have had in common is overwritten last. What was generated is never taken
 * over, though it may be the beginning of the next turn's prompt: a token that is computed alone and one that is read among others differ
 * in the last bit, and the text of a request may not depend on whether the turn before it is still in a slot.
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
const MAX_LOGPROBS = 20;

/** Decodes one token at a time: what is no whole character becomes U+FFFD. */
const UTF_8 = new TextDecoder('utf-8', { ignoreBOM: true });

export type Job = Omit<GenerateRequest, 'signal' | 'onDelta' | 'onStart'>;

/**
 * Where a job's events go. Exactly one of done and failed is called, once, unless the job is cancelled: then nothing more. They may call
 * the scheduler, and must not throw.
 */
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

interface Slot {
  readonly index: number;
  /** What its cache holds, by position: of the running request prompt and text, else what was read of a prompt. */
  held: number[];
  /** Of what it holds, the beginning that several prompts have had. */
  common: number;
  /** By the count of prompts: when one last came to it, or took over from it. */
  used: number;
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

/** Throws ModelRequestError for a number that nothing can be generated with. */
function checkJob({ maxTokens, logprobs, sampling }: Job): void {
  const { temperature, topP, topK, minP, repetitionPenalty, seed } = sampling;
  const check = (field: string, value: number, holds: boolean, expected: string): void => {
    if (!holds) throw new ModelRequestError(field, expected, `it is ${value}`);
  };
  const whole = (value: number, least: number): boolean => Number.isInteger(value) && value >= least;
  check('maxTokens', maxTokens, whole(maxTokens, 1), 'a whole number from 1');
  if (logprobs !== null) check('logprobs', logprobs, whole(logprobs, 0) && logprobs <= MAX_LOGPROBS, `a whole number from 0 to ${MAX_LOGPROBS}, or null`);
  check('sampling.temperature', temperature, temperature >= 0 && temperature < Infinity, 'a number from 0');
  check('sampling.topP', topP, topP > 0 && topP <= 1, 'a number above 0, up to 1');
  check('sampling.topK', topK, whole(topK, 0), 'a whole number from 0');
  check('sampling.minP', minP, minP >= 0 && minP <= 1, 'a number from 0 to 1');
  check('sampling.repetitionPenalty', repetitionPenalty, repetitionPenalty > 0 && repetitionPenalty < Infinity, 'a number above 0');
  check('sampling.seed', seed, Number.isInteger(seed), 'a whole number');
}

export class Scheduler {
  readonly #engine: Engine;
  readonly #tokenizer: Tokenizer;
  readonly #template: ChatTemplate | null;
  readonly #eos: ReadonlySet<number>;
  readonly #sampler: Sampler;
  readonly #slots: readonly Slot[];
  readonly #waiting = new Map<number, Waiting>();
  /** The same by owner, in the order of their turns, and then by id. */
  readonly #queues = new Map<string, Map<number, Waiting>>();
  #placed = 0;
  #promptTokens = 0;
  #cachedTokens = 0;
  #completionTokens = 0;

  constructor({ engine, tokenizer, template, eosTokens }: SchedulerOptions) {
    this.#engine = engine;
    this.#tokenizer = tokenizer;
    this.#template = template;
    this.#eos = new Set(eosTokens);
    this.#sampler = new Sampler(engine.vocabSize);
    this.#slots = Array.from({ length: engine.slots }, (_, index) => ({ index, held: [], common: 0, used: 0, request: null }));
  }

  get idle(): boolean {
    return this.#waiting.size === 0 && this.#slots.every(({ request }) => request === null);
  }

  load(): ModelLoad {
    return {
      running: this.#slots.filter(({ request }) => request !== null).length,
      waiting: this.#waiting.size,
      promptTokens: this.#promptTokens,
      cachedTokens: this.#cachedTokens,
      completionTokens: this.#completionTokens,
    };
  }

  add(id: number, job: Job, sink: Sink): void {
    const waiting = { id, job, sink };
    this.#waiting.set(id, waiting);
    const queue = this.#queues.get(job.owner);
    if (queue) queue.set(id, waiting);
    else this.#queues.set(job.owner, new Map([[id, waiting]]));
  }

  /** Frees the slot, or the place in the queue, of a job; without effect on one that has ended. */
  cancel(id: number): void {
    for (const slot of this.#slots) if (slot.request?.id === id) this.#release(slot);
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    const { owner } = waiting.job;
    const queue = this.#queues.get(owner)!;
    this.#waiting.delete(id);
    queue.delete(id);
    if (queue.size === 0) this.#queues.delete(owner);
  }

  /** One step. A failure of the engine fails every running job, and those that wait are served by later steps. */
  async step(): Promise<void> {
    try {
      await this.#admit();
      await this.#decode();
    } catch (error) {
      const failed = this.#slots.flatMap(({ request }) => (request ? [request] : []));
      for (const slot of this.#slots) this.#empty(slot);
      for (const { sink } of failed) sink.failed(error);
    }
  }

  /** Gives a prompt a slot where none is being read, and reads a piece of the one that is. */
  async #admit(): Promise<void> {
    let slot = this.#slots.find(({ request, held }) => request !== null && held.length < request.prompt.length);
    if (slot === undefined) {
      const next = this.#slots.some(({ request }) => request === null) ? this.#next() : null;
      // One that cannot be run has taken its step all the same: those that decode do not wait for a queue of them.
      const running = next && this.#read(next);
      if (!running) return;
      slot = await this.#place(running);
    }
    if (slot.request !== null) await this.#prefill(slot, slot.request);
  }

  /** The next of the owner whose turn it is; the owner goes to the end of the line. */
  #next(): Waiting | null {
    const turn = this.#queues.entries().next();
    if (turn.done) return null;
    const [owner, queue] = turn.value;
    const [id, waiting] = queue.entries().next().value!;
    this.#waiting.delete(id);
    queue.delete(id);
    this.#queues.delete(owner);
    if (queue.size > 0) this.#queues.set(owner, queue);
    return waiting;
  }

  /** Ends what runs in a slot. What was generated is given up, and what was read of the prompt stays for others. */
  #release(slot: Slot): void {
    slot.held.length = Math.min(slot.held.length, slot.request!.prompt.length);
    slot.request = null;
  }

  /** Ends what runs in a slot whose cache is not to be trusted. */
  #empty(slot: Slot): void {
    slot.held = [];
    slot.common = 0;
    slot.request = null;
  }

  /** Text to tokens; a prompt that cannot be run fails its job only. */
  #read(waiting: Waiting): Running | null {
    const { job, sink } = waiting;
    try {
      checkJob(job);
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
    if ('text' in prompt) return this.#tokenizer.encode(prompt.text);
    if (this.#template === null) throw new ModelRequestError('messages', 'a model with a chat template', 'this one has none: it continues plain text');
    const text = this.#template.render(prompt.messages, { addGenerationPrompt: true }) + (prompt.prefill ?? '');
    // The template writes the first token itself where the model wants one.
    return this.#tokenizer.encode(text, { bos: false });
  }

  /** Takes over the longest beginning of the prompt that some slot has read; at least one token is left to compute. Yields its slot. */
  async #place(running: Running): Promise<Slot> {
    const { prompt, sink } = running;
    const leave = Math.max(1, this.#engine.minPrefill);
    const lengths = this.#slots.map(({ held, request }) => Math.max(0, Math.min(sharedLength(held, prompt), request?.prompt.length ?? Infinity, prompt.length - leave)));
    const longest = Math.max(...lengths);
    const shared = longest < MIN_SHARED ? 0 : longest;
    const slot = this.#giveUp(lengths, shared);
    const best = lengths[slot.index]! >= shared ? slot : this.#slots[lengths.indexOf(shared)]!;
    best.common = Math.max(best.common, shared);
    slot.common = shared;
    best.used = slot.used = ++this.#placed;
    // In its slot from here on, so that it is found there if it is cancelled, or the engine fails, while it is copied.
    slot.request = running;
    if (best !== slot) slot.held = [];
    if (shared > 0 && best !== slot) await this.#engine.copy(best.index, slot.index, shared);
    slot.held = prompt.slice(0, shared);
    if (slot.request !== running) return slot;
    running.cachedTokens = shared;
    this.#promptTokens += prompt.length;
    this.#cachedTokens += shared;
    sink.started?.({ promptTokens: prompt, cachedTokens: shared });
    return slot;
  }

  /**
   * The free slot for a prompt of which each slot holds `lengths`: one that loses no common beginning, which is held elsewhere or goes on
   * here, else the one longest out of use. Of those that lose none, one that needs no copy, and then an empty one, and then the first: a
   * step computes all slots between those that run, so they are to lie side by side.
   */
  #giveUp(lengths: readonly number[], shared: number): Slot {
    const keeps = (slot: Slot): boolean => {
      const beginning = slot.held.slice(0, slot.common);
      return lengths[slot.index]! >= slot.common || this.#slots.some((other) => other !== slot && sharedLength(other.held, beginning) === slot.common);
    };
    const cost = (slot: Slot): number => (keeps(slot) ? (lengths[slot.index]! >= shared ? 0 : 2) + (slot.held.length === 0 ? 0 : 1) : 3 + slot.used);
    const costs = this.#slots.map((slot) => (slot.request === null ? cost(slot) : Infinity));
    return this.#slots[costs.indexOf(Math.min(...costs))]!;
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
    const last = count === left;
    // Too short only where the prompt is a single token.
    const logits = count < minPrefill
      ? await this.#engine.decode([{ slot: slot.index, token: tokens[0]!, position: from }], this.#lengths())
      : await this.#engine.prefill(slot.index, tokens, from, last);
    slot.held.push(...tokens);
    if (last && slot.request === running) this.#take(slot, running, logits!);
  }

  async #decode(): Promise<void> {
    const slots = this.#slots.filter(({ request, held }) => request !== null && held.length >= request.prompt.length);
    if (slots.length === 0) return;
    const rows: DecodeRow[] = slots.map(({ index, held, request }) => ({ slot: index, token: request!.tokens.at(-1)!, position: held.length }));
    const requests = slots.map(({ request }) => request!);
    const logits = await this.#engine.decode(rows, this.#lengths());
    const { vocabSize } = this.#engine;
    slots.forEach((slot, i) => {
      // Cancelled while the step ran.
      if (slot.request !== requests[i]) return;
      slot.held.push(rows[i]!.token);
      this.#take(slot, requests[i]!, logits.subarray(i * vocabSize, (i + 1) * vocabSize));
    });
  }

  /** Always less than the capacity: the last token of a text is not computed. */
  #lengths(): number[] {
    return this.#slots.map(({ held }) => held.length);
  }

  /** Samples the next token of a request and sends what it settles. */
  #take(slot: Slot, running: Running, logits: Float32Array): void {
    const { job, tokens, sink } = running;
    let sampled;
    try {
      sampled = this.#sampler.sample(logits, job.sampling, { penalised: running.penalised }, tokens.length, job.logprobs);
    } catch (error) {
      // The device computed nonsense, so the cache may hold it too.
      this.#empty(slot);
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
    // It may have been cancelled by the one who reads it.
    if (finish === null || slot.request !== running) return;
    this.#release(slot);
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
    return { token, text: UTF_8.decode(bytes), bytes: [...bytes], logprob };
  }
}
