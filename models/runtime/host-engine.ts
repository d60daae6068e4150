/**
 * An engine whose cache lies in the program's own memory (CPU): one array per layer and half, [slots, kvHeads, capacity, headDim], which
 * the session reads and extends in place. Pages of memory that no token has reached are never touched, so they cost nothing.
 */
import type { ModelConfig } from '../config.ts';
import type { DecodeRow, Engine } from './engine.ts';
import type { Session, Tensor } from './session.ts';
import { type Bound, runStep } from './step.ts';

/**
 * ONNX Runtime 1.30 computes attention over a prompt for blocks of 2 × headDim of its tokens at a time (fewer where the processor's
 * second cache is very small), and a block of one token by another kernel, whose sums differ in the last bit. headDim is a multiple of
 * 16, so every size of block is one of this, and no call computes a multiple of it and one more (measured, docs/log.md).
 */
const ATTENTION_BLOCK = 32;
/** Ranges whose tensors are kept; a step builds those of another anew. */
const MOST_RANGES = 256;

export interface HostEngineOptions {
  readonly slots: number;
  readonly capacity: number;
  /** Rows a product must have for its sums to be those of any larger batch: 2 where the kernel for one row differs (int4, fp16), else 1. */
  readonly minRows: 1 | 2;
}

export class HostEngine implements Engine {
  readonly slots: number;
  readonly capacity: number;
  readonly vocabSize: number;
  readonly minPrefill: number;
  readonly #session: Session;
  readonly #config: ModelConfig;
  readonly #minRows: number;
  /** Keys, then values, of each layer. */
  readonly #caches: readonly Float32Array[];
  readonly #perSlot: number;
  /** The same for every step over the same range of slots. */
  readonly #ranges = new Map<string, Bound>();
  readonly #logits: Float32Array;

  constructor(session: Session, config: ModelConfig, { slots, capacity, minRows }: HostEngineOptions) {
    this.#session = session;
    this.#config = config;
    // A batch of one is padded with a slot that holds nothing.
    this.slots = slots;
    const allocated = Math.max(slots, minRows);
    this.capacity = capacity;
    this.vocabSize = config.vocabSize;
    this.minPrefill = 2;
    this.#minRows = minRows;
    this.#perSlot = config.kvHeads * capacity * config.headDim;
    // One allocation, large enough for the C library to map fresh pages for it: smaller ones it may clear by hand, and so touch.
    const whole = new Float32Array(2 * config.layers * allocated * this.#perSlot);
    this.#caches = Array.from({ length: 2 * config.layers }, (_, i) => whole.subarray(i * allocated * this.#perSlot, (i + 1) * allocated * this.#perSlot));
    this.#logits = new Float32Array(allocated * config.vocabSize);
  }

  async prefill(slot: number, tokens: readonly number[], position: number, wantLogits: boolean): Promise<Float32Array | null> {
    if (tokens.length > ATTENTION_BLOCK && tokens.length % ATTENTION_BLOCK === 1) {
      const cut = tokens.length - this.minPrefill;
      await this.prefill(slot, tokens.slice(0, cut), position, false);
      return this.prefill(slot, tokens.slice(cut), position + cut, wantLogits);
    }
    const logits = await this.#run(slot, tokens, [position + tokens.length], [tokens.length - 1]);
    return wantLogits ? logits : null;
  }

  async decode(rows: readonly DecodeRow[], lengths: readonly number[]): Promise<Float32Array> {
    const count = Math.max(rows.at(-1)!.slot + 1, this.#minRows);
    const first = count - rows[0]!.slot >= this.#minRows ? rows[0]!.slot : count - this.#minRows;
    const tokens = new Array<number>(count - first).fill(0);
    // A slot between that does not take part writes past what it holds, where nobody looks.
    const totals = Array.from({ length: count - first }, (_, i) => Math.min((lengths[first + i] ?? 0) + 1, this.capacity));
    const wanted: number[] = [];
    for (const { slot, token, position } of rows) {
      tokens[slot - first] = token;
      totals[slot - first] = position + 1;
      wanted.push(slot - first);
    }
    return this.#run(first, tokens, totals, wanted);
  }

  async copy(from: number, to: number, tokens: number): Promise<void> {
    const { kvHeads, headDim } = this.#config;
    const perHead = this.capacity * headDim;
    for (const cache of this.#caches) {
      for (let head = 0; head < kvHeads; head++) {
        const source = from * this.#perSlot + head * perHead;
        cache.copyWithin(to * this.#perSlot + head * perHead, source, source + tokens * headDim);
      }
    }
  }

  endProfile(): void {
    this.#session.endProfile();
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  #range(first: number, count: number): Bound {
    const key = `${first} ${count}`;
    const known = this.#ranges.get(key);
    if (known) return known;
    const { kvHeads, headDim, layers } = this.#config;
    const feeds: Record<string, Tensor> = {};
    const into: Record<string, Tensor> = {};
    for (let layer = 0; layer < layers; layer++) {
      for (const [half, name] of ['key', 'value'].entries()) {
        const view = this.#caches[2 * layer + half]!.subarray(first * this.#perSlot, (first + count) * this.#perSlot);
        const tensor = this.#session.tensor('float32', view, [count, kvHeads, this.capacity, headDim]);
        feeds[`past_${name}.${layer}`] = tensor;
        into[`${name}.${layer}`] = tensor;
      }
    }
    const range = { feeds, into };
    if (this.#ranges.size >= MOST_RANGES) this.#ranges.clear();
    this.#ranges.set(key, range);
    return range;
  }

  #run(first: number, tokens: readonly number[], totals: readonly number[], wanted: readonly number[]): Promise<Float32Array> {
    return runStep(this.#session, this.#range(first, totals.length), { tokens, totals, wanted, minRows: this.#minRows, logits: this.#logits, vocabSize: this.vocabSize });
  }
}
