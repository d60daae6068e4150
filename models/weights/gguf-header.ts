/**
 * A walk through a GGUF header before the parser of `@huggingface/gguf` sees it. That parser reads past the end of a file as zeros, and
 * takes a header's word for its counts; this one holds every count and length against the file and against bounds, so that a damaged
 * file costs neither memory nor time. Format: ggml/docs/gguf.md.
 */
import { ModelFileError, UnsupportedModelError } from '../errors.ts';
import { type OpenFile, readExactly } from './tensor-files.ts';

/** All bounds are far above published models and below the parser's own: 50 MB of header, 1,000,000 elements, 10 MB of text. */
const LARGEST_HEADER = 40_000_000;
const MOST_KEYS = 10_000;
const MOST_TENSORS = 100_000;
const MOST_ELEMENTS = 1_000_000;
/** Of all lists together; the parser makes a value of each. */
const MOST_ELEMENTS_IN_ALL = 4_000_000;
const LONGEST_TEXT = 10_000_000;
/** Of keys and names. The format allows keys of 64 KiB; the longest in use has some 50 bytes. */
const LONGEST_NAME = 1024;
const MOST_DIMENSIONS = 4;

/** What the parser reads at a time. */
const PARSER_CHUNK = 2_000_000;
const WINDOW = 1 << 20;

const ARRAY = 9;
/** Bytes of a value by its type; null for a text (8) and a list (9), whose length stands in the file. */
const VALUE_BYTES: readonly (number | null)[] = [1, 1, 2, 2, 4, 4, 4, 1, null, null, 8, 8, 8];

/** A position in the file, with the bytes that follow it at hand. */
class Cursor {
  at = 0;
  readonly #file: OpenFile;
  #window: DataView = new DataView(new ArrayBuffer(0));
  #start = 0;

  constructor(file: OpenFile) {
    this.#file = file;
  }

  fault(field: string, expected: string, found: string): ModelFileError {
    return new ModelFileError(this.#file.path, field, expected, `${found} (byte ${this.at})`);
  }

  has(length: number): boolean {
    return this.at >= this.#start && this.at + length <= this.#start + this.#window.byteLength;
  }

  /** Brings the next bytes, at least `length` of them. */
  async fill(length: number, field: string): Promise<void> {
    this.room(length, field);
    const bytes = await readExactly(this.#file, this.at, Math.min(Math.max(WINDOW, length), this.#file.size - this.at), field);
    this.#window = new DataView(bytes.buffer);
    this.#start = this.at;
  }

  /** Throws where the file or the header's bound ends before `length` more bytes. */
  room(length: number, field: string): void {
    if (length > this.#file.size - this.at) throw this.fault(field, `${length} more bytes`, `the file ends after ${this.#file.size - this.at} of them`);
    if (this.at + length > LARGEST_HEADER) throw this.fault('header', `at most ${LARGEST_HEADER} bytes of header`, 'it is longer');
  }

  u32(): number {
    const value = this.#window.getUint32(this.at - this.#start, true);
    this.at += 4;
    return value;
  }

  u64(): bigint {
    const value = this.#window.getBigUint64(this.at - this.#start, true);
    this.at += 8;
    return value;
  }

  text(length: number): string {
    const text = new TextDecoder().decode(new Uint8Array(this.#window.buffer, this.at - this.#start, length));
    this.at += length;
    return text;
  }
}

/** A text that ends a value and that the parser cuts short; see `walkHeader`. */
export interface CutText {
  readonly key: string;
  readonly text: string;
}

/**
 * Throws where the header is not sound. Returns the texts that the parser (0.4.6) gets wrong: it reads a file in chunks, and where a
 * value's last text crosses from one chunk to the next, it takes the part before the border without a word.
 */
export async function walkHeader(file: OpenFile): Promise<readonly CutText[]> {
  const cursor = new Cursor(file);
  const cut: CutText[] = [];
  let elements = 0;

  /** A count or a length that the file states, at most `most`. */
  async function size(most: number, field: string, what: string): Promise<number> {
    if (!cursor.has(8)) await cursor.fill(8, field);
    const value = cursor.u64();
    if (value > BigInt(most)) throw cursor.fault(field, `at most ${most} ${what}`, `the header says ${value}`);
    return Number(value);
  }
  async function u32(field: string): Promise<number> {
    if (!cursor.has(4)) await cursor.fill(4, field);
    return cursor.u32();
  }
  async function text(most: number, field: string): Promise<string> {
    const length = await size(most, field, 'bytes of text');
    if (!cursor.has(length)) await cursor.fill(length, field);
    return cursor.text(length);
  }
  /** Skips texts; returns where the last one lies. */
  async function skipTexts(count: number, key: string): Promise<readonly [number, number]> {
    let last: readonly [number, number] = [cursor.at, 0];
    for (let i = 0; i < count; i++) {
      const length = await size(LONGEST_TEXT, key, 'bytes of text');
      cursor.room(length, key);
      last = [cursor.at, length];
      cursor.at += length;
    }
    return last;
  }
  async function skipValue(key: string): Promise<void> {
    let type = await u32(key);
    let count = 1;
    if (type === ARRAY) {
      type = await u32(key);
      if (type === ARRAY) throw cursor.fault(key, 'a list of plain values', 'it is a list of lists');
      count = await size(MOST_ELEMENTS, key, 'elements');
      elements += count;
      if (elements > MOST_ELEMENTS_IN_ALL) throw cursor.fault(key, `at most ${MOST_ELEMENTS_IN_ALL} elements in all lists`, 'there are more');
    }
    const bytes = VALUE_BYTES[type];
    if (bytes === undefined) throw cursor.fault(key, 'a value type from 0 to 12', `it is ${type}`);
    if (bytes !== null) {
      cursor.room(count * bytes, key);
      cursor.at += count * bytes;
      return;
    }
    const [start, length] = await skipTexts(count, key);
    // The byte before it is of its length, which the parser has.
    if (Math.floor((start - 1) / PARSER_CHUNK) === Math.floor((start + length - 1) / PARSER_CHUNK)) return;
    const after = cursor.at;
    cursor.at = start;
    await cursor.fill(length, key);
    cut.push({ key, text: cursor.text(length) });
    cursor.at = after;
  }

  await cursor.fill(24, 'header');
  const magic = cursor.text(4);
  if (magic !== 'GGUF') throw cursor.fault('header', 'the letters GGUF at the start', `it starts with ${JSON.stringify(magic)}`);
  const version = cursor.u32();
  if (version !== 2 && version !== 3) {
    const found = version === 0x0200_0000 || version === 0x0300_0000 ? 'it is big-endian' : `it is ${version}`;
    throw new UnsupportedModelError(file.path, 'version', 'GGUF version 2 or 3, little-endian', found);
  }
  const tensors = await size(MOST_TENSORS, 'tensor_count', 'tensors');
  const keys = await size(MOST_KEYS, 'metadata_kv_count', 'keys');

  const seen = new Set<string>();
  for (let i = 0; i < keys; i++) {
    const key = await text(LONGEST_NAME, `key ${i + 1} of ${keys}`);
    // The parser keeps keys in a plain object.
    if (key === '__proto__' || seen.has(key)) throw cursor.fault(key, 'each key once', 'it is there before or may not be used');
    seen.add(key);
    await skipValue(key);
  }
  for (let i = 0; i < tensors; i++) {
    const name = await text(LONGEST_NAME, `tensor ${i + 1} of ${tensors}`);
    const dimensions = await u32(name);
    if (dimensions < 1 || dimensions > MOST_DIMENSIONS) throw cursor.fault(name, `1 to ${MOST_DIMENSIONS} dimensions`, `it has ${dimensions}`);
    const rest = dimensions * 8 + 4 + 8;
    cursor.room(rest, name);
    cursor.at += rest;
  }
  return cut;
}
