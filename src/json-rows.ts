/** Rows of JSON: a list, or one value a line. */
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

export interface NumberedRow {
  /** From 1: the place in the list, or the line. */
  readonly number: number;
  readonly value: unknown;
}

/** What JSON.parse says of a line; of a list it says it of the whole, and `row` is null. Whoever reads the file knows its name. */
export class RowError extends Error {
  readonly row: number | null;
  constructor(row: number | null, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.row = row;
  }
}

async function firstCharacter(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.toString('utf8', 0, bytesRead).replace(/^\uFEFF/, '').trimStart().charAt(0);
  } finally {
    await file.close();
  }
}

/** Lines are read one by one, however long the file. Blank lines are passed over. */
export async function* jsonRows(path: string): AsyncGenerator<NumberedRow> {
  // veRL 0.8 takes lines only under the name .json, so the name says nothing: a list begins with a bracket.
  if ((await firstCharacter(path)) === '[') {
    for (const [i, value] of (parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''), null) as unknown[]).entries()) yield { number: i + 1, value };
    return;
  }
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    const text = number === 1 ? line.replace(/^\uFEFF/, '') : line;
    if (text.trim() !== '') yield { number, value: parse(text, number) };
  }
}

function parse(text: string, row: number | null): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RowError(row, (cause as Error).message, { cause });
  }
}
