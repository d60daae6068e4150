/**
 * An Engine without a model, whose logits are a hash of all that its cache holds: which token lies at which position, and whether it was
 * read as a prompt or generated. A mix-up of slots, positions or copies is therefore another text. It disturbs what the contract says it
 * may disturb, and throws EngineMisuse for what the contract forbids.
 */
import type { Sampler } from '../../models/runtime/sampler.ts';
import type { DecodeRow, Engine } from '../../models/runtime/engine.ts';
import type { FinishReason } from '../../models/runtime/language-model.ts';
import type { Job } from '../../models/runtime/scheduler.ts';
import { StopMatcher } from '../../models/runtime/stops.ts';
import { Detokenizer } from '../../models/tokenizer/detokenizer.ts';
import type { Tokenizer } from '../../models/tokenizer/tokenizer.ts';

export class EngineMisuse extends Error {}

export type Call =
  | { readonly type: 'prefill'; readonly slot: number; readonly tokens: readonly number[]; readonly position: number }
  | { readonly type: 'decode'; readonly rows: readonly DecodeRow[] }
  | { readonly type: 'copy'; readonly from: number; readonly to: number; readonly tokens: number };

export interface FakeEngineOptions {
  readonly slots: number;
  readonly capacity: number;
  readonly minPrefill?: number;
  /** Called while a call is under way, after what it needs was handed over and before it has an effect. It may wait, and throw. */
  readonly during?: (call: Call) => Promise<void> | void;
  /** May change the logits of a row before they are handed out. */
  readonly spoil?: (logits: Float32Array, slot: number) => void;
}

/** The bytes, and an end. */
export const FAKE_VOCABULARY = 258;
export const FAKE_END = 257;

/** What is sampled often: letters, a space, both halves of é, the end. */
const LIKELY = [...Buffer.from('abcdefgh '), 0xc3, 0xa9, FAKE_END];

function mixed(value: number): number {
  let mix = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  mix = Math.imul(mix ^ (mix >>> 12), 0x297a2d39);
  return (mix ^ (mix >>> 15)) >>> 0;
}

/** How a token came into the cache. */
type How = 'prompt' | 'generated';
const entry = (token: number, how: How): number => token * 2 + (how === 'prompt' ? 0 : 1);
const GARBAGE = -1;

/** The logits after `entries`, one of each position. */
function writeLogits(entries: Int32Array, logits: Float32Array): void {
  let hash = 1;
  entries.forEach((one, position) => (hash = mixed(hash + Math.imul(one + 1, 0x9e3779b1) + position)));
  for (let id = 0; id < logits.length; id++) logits[id] = mixed(hash + Math.imul(id + 1, 0x85ebca6b)) / 2 ** 30;
  for (const id of LIKELY) logits[id]! += 3;
}

export class FakeEngine implements Engine {
  readonly slots: number;
  readonly capacity: number;
  readonly vocabSize = FAKE_VOCABULARY;
  readonly minPrefill: number;
  readonly calls: Call[] = [];
  readonly #options: FakeEngineOptions;
  readonly #cache: readonly Int32Array[];
  readonly #logits: Float32Array;
  #busy = false;

  constructor(options: FakeEngineOptions) {
    this.#options = options;
    this.slots = options.slots;
    this.capacity = options.capacity;
    this.minPrefill = options.minPrefill ?? 1;
    this.#cache = Array.from({ length: options.slots }, () => new Int32Array(options.capacity).fill(GARBAGE));
    this.#logits = new Float32Array(options.slots * FAKE_VOCABULARY);
  }

  async prefill(slot: number, tokens: readonly number[], position: number, wantLogits: boolean): Promise<Float32Array | null> {
    const given = [...tokens];
    return this.#call({ type: 'prefill', slot, tokens: given, position }, () => {
      if (given.length < this.minPrefill) throw new EngineMisuse(`A prefill of ${given.length}`);
      given.forEach((token, i) => this.#write(slot, token, position + i, 'prompt'));
      return wantLogits ? this.#rows([{ slot, token: given.at(-1)!, position: position + given.length - 1 }]) : null;
    });
  }

  async decode(rows: readonly DecodeRow[], lengths: readonly number[]): Promise<Float32Array> {
    const [given, held] = [rows.map((row) => ({ ...row })), [...lengths]];
    return this.#call({ type: 'decode', rows: given }, () => {
      if (given.length === 0 || given.some(({ slot }, i) => i > 0 && slot <= given[i - 1]!.slot)) throw new EngineMisuse('Rows out of order');
      if (held.length !== this.slots) throw new EngineMisuse(`${held.length} lengths`);
      for (const { slot, position } of given) if (held[slot] !== position) throw new EngineMisuse(`Slot ${slot} holds ${held[slot]}, and is extended at ${position}`);
      // Slots that do not take part are written to past what they hold.
      held.forEach((length, slot) => {
        if (length >= this.capacity) throw new EngineMisuse(`Slot ${slot} is full`);
        this.#cache[slot]![length] = GARBAGE;
      });
      for (const { slot, token, position } of given) this.#write(slot, token, position, 'generated');
      return this.#rows(given);
    });
  }

  async copy(from: number, to: number, tokens: number): Promise<void> {
    return this.#call({ type: 'copy', from, to, tokens }, () => {
      if (this.#cache[from]!.subarray(0, tokens).includes(GARBAGE)) throw new EngineMisuse(`Slot ${from} does not hold ${tokens}`);
      this.#cache[to]!.fill(GARBAGE).set(this.#cache[from]!.subarray(0, tokens));
    });
  }

  async close(): Promise<void> {}

  async #call<T>(call: Call, work: () => T): Promise<T> {
    if (this.#busy) throw new EngineMisuse(`${call.type} while a call is under way`);
    this.#busy = true;
    this.calls.push(call);
    // Valid until the next call, and not a moment longer.
    this.#logits.fill(Number.NaN);
    try {
      await this.#options.during?.(call);
      return work();
    } finally {
      this.#busy = false;
    }
  }

  #write(slot: number, token: number, position: number, how: How): void {
    if (!(token >= 0 && token < FAKE_VOCABULARY && position < this.capacity)) throw new EngineMisuse(`Token ${token} at ${position}`);
    this.#cache[slot]![position] = entry(token, how);
  }

  #rows(rows: readonly DecodeRow[]): Float32Array {
    rows.forEach(({ slot, position }, i) => {
      const entries = this.#cache[slot]!.subarray(0, position + 1);
      if (entries.includes(GARBAGE)) throw new EngineMisuse(`Slot ${slot} has a hole below ${position}`);
      const logits = this.#logits.subarray(i * FAKE_VOCABULARY, (i + 1) * FAKE_VOCABULARY);
      writeLogits(entries, logits);
      this.#options.spoil?.(logits, slot);
    });
    return this.#logits.subarray(0, rows.length * FAKE_VOCABULARY);
  }
}

export interface Alone {
  readonly text: string;
  readonly tokens: readonly number[];
  readonly logprobs: readonly number[] | null;
  readonly finishReason: FinishReason;
  readonly stoppedBy: string | null;
}

/** What a job with a prompt in ids yields with nobody else about, computed without a scheduler: one token after the other. */
export function alone(job: Job & { readonly prompt: { readonly tokens: readonly number[] } }, tokenizer: Tokenizer, sampler: Sampler, { capacity, minPrefill = 1 }: Pick<FakeEngineOptions, 'capacity' | 'minPrefill'>): Alone {
  const prompt = job.prompt.tokens;
  const entries = prompt.map((token) => entry(token, prompt.length < minPrefill ? 'generated' : 'prompt'));
  const logits = new Float32Array(FAKE_VOCABULARY);
  const detokenizer = new Detokenizer(tokenizer);
  const stops = new StopMatcher(job.stop);
  const tokens: number[] = [];
  const logprobs: number[] = [];
  const limit = Math.min(job.maxTokens, capacity - prompt.length);
  let text = '';
  for (;;) {
    writeLogits(Int32Array.from(entries), logits);
    const { token, logprob } = sampler.sample(logits, job.sampling, { penalised: new Set([...prompt, ...tokens]) }, tokens.length, job.logprobs);
    tokens.push(token);
    if (logprob !== null) logprobs.push(logprob);
    entries.push(entry(token, 'generated'));
    const ended = token === FAKE_END && !job.ignoreEos;
    if (!ended) text += stops.push(detokenizer.push(token)).text;
    const over = ended || tokens.length === limit;
    if (over && stops.stoppedBy === null) text += stops.push(detokenizer.flush()).text + stops.flush();
    if (!over && stops.stoppedBy === null) continue;
    return { text, tokens, logprobs: job.logprobs === null ? null : logprobs, finishReason: ended || stops.stoppedBy !== null ? 'stop' : 'length', stoppedBy: stops.stoppedBy };
  }
}
