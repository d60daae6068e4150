/** Text and JSON out of a model's folder, and the numbers in it, with the file and the key in every complaint. */
import { readFile, stat } from 'node:fs/promises';
import { ModelFileError } from '../errors.ts';
import { unreadable } from './tensor-files.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Far above what is published: the largest, a tokenizer.json, has been 17 MB (Llama 3). */
const LARGEST_TEXT = 64 * 2 ** 20;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that a text holds. `field` is what the text is, for messages; '' for a whole file. */
export function decodeObject(text: string, file: string, field: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ModelFileError(file, field, 'JSON', (error as Error).message.replace(/\.$/, ''), { cause: error });
  }
  if (!isObject(value)) throw new ModelFileError(file, field, 'a JSON object', `it is ${describe(value)}`);
  return value;
}

export async function readObject(file: string): Promise<JsonObject> {
  return decodeObject(await readText(file), file, '');
}

/** The whole of a text file. One that is missing is told by the error's cause. */
export async function readText(file: string): Promise<string> {
  try {
    const stats = await stat(file);
    // A link to a device or a pipe has no end, whatever its size says.
    if (!stats.isFile()) throw new ModelFileError(file, '', 'a regular file', 'it is something else');
    if (stats.size > LARGEST_TEXT) throw new ModelFileError(file, '', `at most ${LARGEST_TEXT} bytes of text`, `it has ${stats.size}`);
    return await readFile(file, 'utf8');
  } catch (error) {
    throw error instanceof ModelFileError ? error : unreadable(file, error);
  }
}

/** A value in a message: short, whatever it is. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isObject(value)) return 'an object';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
