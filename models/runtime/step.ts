/** One run of a model's cached graph (architecture.ts, `cached`), whoever holds the cache. */
import type { Session, Tensor } from './session.ts';

/** Inputs and outputs of the graph over the same memory of the cache. */
export interface Bound {
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly into: Readonly<Record<string, Tensor>>;
}

export interface Step {
  /** Row after row, each as long as any other. */
  readonly tokens: readonly number[];
  /** Of each row: the tokens that it has after this step. */
  readonly totals: readonly number[];
  /** Indices into `tokens` whose logits are wanted; at least one. */
  readonly wanted: readonly number[];
  /** Rows that the product with the output matrix has at least, the first of those wanted again and again. */
  readonly minRows: number;
  /** Room for the logits of as many rows as are computed. */
  readonly logits: Float32Array;
  readonly vocabSize: number;
}

/** Extends the cache, and yields the logits [wanted, vocabSize], a view of `logits`. */
export async function runStep(session: Session, { feeds, into }: Bound, { tokens, totals, wanted, minRows, logits, vocabSize }: Step): Promise<Float32Array> {
  const rows = [...wanted, ...new Array<number>(Math.max(0, minRows - wanted.length)).fill(wanted[0]!)];
  const int64 = (values: readonly number[]): Tensor => session.tensor('int64', BigInt64Array.from(values, BigInt), [values.length]);
  await session.runInPlace(
    {
      ...feeds,
      tokens: int64(tokens),
      split: int64([totals.length, tokens.length / totals.length, -1]),
      lengths: session.tensor('int32', Int32Array.from(totals, (total) => total - 1), [totals.length]),
      longest: session.tensor('int32', Int32Array.of(Math.max(...totals)), []),
      rows: int64(rows),
    },
    { ...into, logits: session.tensor('float32', logits.subarray(0, rows.length * vocabSize), [rows.length, vocabSize]) },
  );
  return logits.subarray(0, wanted.length * vocabSize);
}
