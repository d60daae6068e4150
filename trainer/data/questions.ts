/** Question sets from files: .jsonl, .json (a list, or lines) and .parquet. */
import { ConfigError } from '../../src/errors.ts';
import { hash } from '../../src/hash.ts';
import { type NumberedRow, RowError, jsonRows } from '../../src/json-rows.ts';
import { type Columns, dataError, questionOf, usefulColumns } from './columns.ts';
import { parquetRows } from './parquet.ts';
import type { Question } from './question.ts';

export type { Columns } from './columns.ts';

export interface ReadOptions {
  readonly columns?: Columns;
  /** Default: the file's name without its ending. */
  readonly dataSource?: string;
  /** Default: true, for what cannot be scored teaches nothing. */
  readonly answersRequired?: boolean;
}

async function* rowsOf(path: string, columns: Columns): AsyncGenerator<NumberedRow> {
  if (!/\.(?:parquet|pq)$/i.test(path)) return yield* jsonRows(path);
  let number = 0;
  for await (const value of parquetRows(path, (all) => usefulColumns(all, columns))) yield { number: ++number, value };
}

/** One by one, as they stand in the file; ids are as given there, and may repeat. A ConfigError names file, row and column. */
export async function* streamQuestions(path: string, { columns = {}, dataSource, answersRequired = true }: ReadOptions = {}): AsyncGenerator<Question> {
  if (!/\.(?:jsonl|ndjson|json|parquet|pq)$/i.test(path)) throw dataError(path, null, null, 'the name must end in .jsonl, .json or .parquet.');
  const name = (path.split(/[\\/]/).at(-1) ?? path).replace(/\.[^.]+$/, '');
  const reading = { file: path, columns, dataSource: dataSource ?? name, answersRequired };
  try {
    for await (const { number, value } of rowsOf(path, columns)) yield questionOf(value, number, reading);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const [row, noJson] = cause instanceof RowError ? [cause.row, 'no JSON: '] : [null, ''];
    throw dataError(path, row, null, `it cannot be read: ${noJson}${(cause as Error).message}`);
  }
}

/**
 * A whole set, of one file or several. Ids are unique: where they repeat, as those of sets that were joined do, each gets a mark made
 * of its source and question, so that none depends on the order of rows.
 */
export async function readQuestions(paths: string | readonly string[], options: ReadOptions = {}): Promise<Question[]> {
  const files = typeof paths === 'string' ? [paths] : paths;
  const all: Question[] = [];
  for (const path of files) for await (const question of streamQuestions(path, options)) all.push(question);
  if (all.length === 0) throw dataError(files.join(', '), null, null, 'there is no question in it.');
  if (new Set(all.map(({ id }) => id)).size === all.length) return all;
  const marked = all.map((question) => ({ ...question, id: `${question.id}-${hash(question.dataSource, question.question).slice(0, 8)}` }));
  const seen = new Map<string, number>();
  for (const [i, { id, question }] of marked.entries()) {
    const before = seen.get(id);
    if (before !== undefined) throw dataError(files.join(', '), i + 1, 'id', `this question stands at ${before + 1} too, with the same id: '${question}'.`);
    seen.set(id, i);
  }
  return marked;
}
