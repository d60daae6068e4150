/**
 * An engine whose cache stays in the device's memory (WebGPU). Of a step, only tokens go there and only logits come back.
 *
 * A row's sums must not depend on its company, so that a seed's text does not. ONNX Runtime's WebGPU provider chooses kernels by the number
 * of rows (contrib_ops/webgpu/quantization/matmul_nbits.cc, kMinMForTileOptimization), so a step of fewer than 4 is filled up to 4; the same
 * goes for the pieces in which a prompt is read (attention-check.ts). What is filled in is written past what a slot holds, where nobody
 * looks; a slot has so many places more.
 */
import type { ModelConfig } from '../config.ts';
import { type Piece, pieceOf } from './attention-check.ts';
import { DeviceCache } from './device-cache.ts';
import type { DecodeRow, Engine } from './engine.ts';
import type { Device } from './language-model.ts';
import type { Session } from './session.ts';
import { type Bound, runStep } from './step.ts';

const MIN_ROWS = 4;
/** Places of a slot beyond its capacity, for what a piece is filled up with. */
const SPARE = 32;

export interface DeviceEngineOptions {
  readonly device: Device;
  readonly slots: number;
  readonly capacity: number;
  /** In which the graph computes and the cache is held. */
  readonly type: 'float32' | 'float16';
}

/** Positions that the model's graph must have for slots of `capacity` tokens. */
export function positionsFor(capacity: number): number {
  return capacity + SPARE;
}

export class DeviceEngine implements Engine {
  readonly slots: number;
  readonly capacity: number;
  readonly vocabSize: number;
  readonly minPrefill = 1;
  readonly #session: Session;
  readonly #cache: DeviceCache;
  readonly #piece: Piece;
  readonly #logits: Float32Array;
  /** The slot whose beginning the cache's `single` holds too, and how many of its tokens. */
  #copied: { readonly slot: number; readonly tokens: number } | null = null;

  private constructor(session: Session, config: ModelConfig, { slots, capacity }: DeviceEngineOptions, cache: DeviceCache, piece: Piece) {
    this.#session = session;
    this.#cache = cache;
    this.#piece = piece;
    this.slots = slots;
    this.capacity = capacity;
    this.vocabSize = config.vocabSize;
    this.#logits = new Float32Array(Math.max(slots, MIN_ROWS) * config.vocabSize);
  }

  /** `session` is the cached graph of the model with `positionsFor(capacity)` positions, written in place. It is closed with the engine. */
  static async open(session: Session, config: ModelConfig, options: DeviceEngineOptions): Promise<DeviceEngine> {
    const { device, type, slots, capacity } = options;
    const cache = await DeviceCache.create({ device, config, type, slots: Math.max(slots, MIN_ROWS), rows: positionsFor(capacity) });
    try {
      return new DeviceEngine(session, config, options, cache, await pieceOf(device, config, type));
    } catch (thrown) {
      await cache.close();
      throw thrown;
    }
  }

  async prefill(slot: number, tokens: readonly number[], position: number, wantLogits: boolean): Promise<Float32Array | null> {
    if (position > 0 && (this.#copied?.slot !== slot || this.#copied.tokens < position)) await this.#cache.take(slot);
    // Until all is done, it is neither what it was nor what it will be.
    this.#copied = null;
    const { least, most } = this.#piece;
    let logits: Float32Array | null = null;
    for (let from = 0; from < tokens.length; from += most) {
      const piece = tokens.slice(from, from + most);
      const last = [piece.length - 1];
      while (piece.length < least) piece.push(0);
      logits = await this.#run(this.#cache.single, piece, [position + from + piece.length], last);
    }
    await this.#cache.put(slot);
    this.#copied = { slot, tokens: position + tokens.length };
    return wantLogits ? logits : null;
  }

  async decode(rows: readonly DecodeRow[], lengths: readonly number[]): Promise<Float32Array> {
    const count = Math.max(rows.at(-1)!.slot + 1, MIN_ROWS);
    const tokens = new Array<number>(count).fill(0);
    const totals = Array.from({ length: count }, (_, slot) => (lengths[slot] ?? 0) + 1);
    for (const { slot, token, position } of rows) {
      tokens[slot] = token;
      totals[slot] = position + 1;
    }
    // What the step writes to that slot, the copy does not have.
    if (this.#copied !== null && this.#copied.slot < count) this.#copied = { slot: this.#copied.slot, tokens: Math.min(this.#copied.tokens, totals[this.#copied.slot]! - 1) };
    return this.#run(this.#cache.first(count), tokens, totals, rows.map(({ slot }) => slot));
  }

  async copy(from: number, to: number, tokens: number): Promise<void> {
    this.#copied = null;
    await this.#cache.take(from);
    await this.#cache.put(to);
    this.#copied = { slot: to, tokens };
  }

  endProfile(): void {
    this.#session.endProfile();
  }

  async close(): Promise<void> {
    await this.#session.close();
    await this.#cache.close();
  }

  #run(bound: Bound, tokens: readonly number[], totals: readonly number[], wanted: readonly number[]): Promise<Float32Array> {
    return runStep(this.#session, bound, { tokens, totals, wanted, minRows: MIN_ROWS, logits: this.#logits, vocabSize: this.vocabSize });
  }
}
