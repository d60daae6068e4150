/**
 * The contract between scheduler and device: a fixed number of slots, each with a cache, filled by prompts and extended one token at a
 * time, many slots to a step.
 */
export interface DecodeRow {
  readonly slot: number;
  /** Goes to `position` of the slot's cache. */
  readonly token: number;
  readonly position: number;
}

export interface Engine {
  readonly slots: number;
  /** Tokens that fit a slot. */
  readonly capacity: number;
  readonly vocabSize: number;
  /** Fewer tokens than this must be decoded rather than prefilled: some kernels compute a single row by another sum. */
  readonly minPrefill: number;
  /** Reads `tokens` into a slot from `position` on. Yields the logits [vocabSize] after the last of them if wanted; valid until the next call. */
  prefill(slot: number, tokens: readonly number[], position: number, wantLogits: boolean): Promise<Float32Array | null>;
  /**
   * One token each; rows in ascending order of slot. `lengths` says how many tokens every slot of the engine holds that a step may not
   * disturb. Yields logits [rows, vocabSize]; valid until the next call.
   */
  decode(rows: readonly DecodeRow[], lengths: readonly number[]): Promise<Float32Array>;
  /** Copies the first `tokens` of one slot's cache to another's. */
  copy(from: number, to: number, tokens: number): Promise<void>;
  /** Ends the trace that LoadOptions.profile began, where the engine can make one. */
  endProfile?(): void;
  close(): Promise<void>;
}
