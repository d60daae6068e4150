/**
 * Questions with their golden answers, out of the rows of whatever file the trainer reads. Field names (spec: rl-frameworks A.1, B.4, C.5):
 *   Search-R1, veRL   question, golden_answers, id, data_source; reward_model.ground_truth.target; extra_info.question; prompt
 *   FlashRAG          id, question, golden_answers, metadata
 *   ZeroSearch        question or problem; answer, answers or ground_truth
 *   Hub sets          query; possible_answers (PopQA, a JSON list in a string); answer.value and answer.aliases (TriviaQA)
 */
import { ConfigError } from '../errors.ts';
import { RowError, jsonRows } from '../json-rows.ts';
import { parquetRows } from '../parquet.ts';
import { ANSWER_FIELDS, NESTED_FIELDS, QUESTION_FIELDS, type Row, answersOf, questionInPrompt, rowOf, textOf, toolRows } from '../question-row.ts';

export interface Question {
  readonly id: string;
  readonly question: string;
  /** At least one. */
  readonly goldenAnswers: readonly string[];
  readonly dataSource: string | null;
}

const OTHER_FIELDS = ['id', 'data_source'] as const;

export const ACCEPTED_FIELDS =
  `a question in ${QUESTION_FIELDS.join(', ')}, extra_info.question or prompt, ` +
  `and its answers in ${ANSWER_FIELDS.join(', ')}, reward_model.ground_truth.target or extra_info`;

function firstText(rows: readonly Row[]): string | null {
  for (const row of rows) {
    for (const field of QUESTION_FIELDS) {
      const text = textOf(row[field]);
      if (text !== null) return text;
    }
  }
  return null;
}

function firstAnswers(rows: readonly Row[]): string[] {
  for (const row of rows) {
    for (const field of ANSWER_FIELDS) {
      const answers = answersOf(row[field]);
      if (answers.length > 0) return [...new Set(answers)];
    }
  }
  return [];
}

/** Null when the row lacks a question or answers. `fallbackId` names a row without an id. */
export function questionOf(value: unknown, fallbackId: string): Question | null {
  const row = rowOf(value);
  const extra = rowOf(row.extra_info);
  const kwargs = toolRows(extra);
  const question = firstText([row, extra, ...kwargs]) ?? questionInPrompt(row.prompt);
  const goldenAnswers = firstAnswers([row, rowOf(row.reward_model), extra, ...kwargs]);
  if (question === null || goldenAnswers.length === 0) return null;
  const id = row.id ?? extra.index;
  return {
    id: typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint' ? String(id) : fallbackId,
    question,
    goldenAnswers,
    dataSource: textOf(row.data_source),
  };
}

/** Prompts are most of a training file (ZeroSearch's is 356 MB), so they are decoded only where nothing shorter holds the question. */
export function usefulColumns(columns: readonly string[]): string[] {
  const has = (names: readonly string[]) => names.filter((name) => columns.includes(name));
  const questions = has(QUESTION_FIELDS);
  const answers = has(ANSWER_FIELDS);
  return [
    ...has(OTHER_FIELDS),
    ...questions,
    ...answers,
    ...(questions.length > 0 && answers.length > 0 ? [] : has(NESTED_FIELDS)),
    ...(questions.length > 0 ? [] : has(['prompt'])),
  ];
}

/** The rows of a .jsonl, .json (a list, or lines) or .parquet file; a ConfigError says what is wrong with the file. */
export async function* readRows(path: string): AsyncGenerator<unknown> {
  const parquet = /\.(parquet|pq)$/i.test(path);
  if (!parquet && !/\.(jsonl|json|ndjson)$/i.test(path)) {
    throw new ConfigError('dataset', `Question file ${path}: the name must end in .jsonl, .json or .parquet.`);
  }
  try {
    if (parquet) yield* parquetRows(path, usefulColumns);
    else for await (const { value } of jsonRows(path)) yield value;
  } catch (error) {
    const line = error instanceof RowError && error.row !== null ? `line ${error.row} is not JSON: ` : '';
    throw new ConfigError('dataset', `Question file ${path} cannot be read: ${line}${(error as Error).message}`);
  }
}
