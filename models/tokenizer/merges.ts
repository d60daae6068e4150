/**
 * Byte-pair merging exactly as a list of merges says (Sennrich et al., arXiv 1508.07909; tokenizers, models/bpe/word.rs), and the
 * table of ranks with which tiktoken does the same.
 *
 * tiktoken merges the adjacent pair whose bytes together have the lowest rank, and takes a piece that has a rank whole; the list
 * merges the pair that stands first in it. They agree on every piece when the ranks hold exactly the tokens that merging can reach
 * (those whose own bytes merge to themselves), each ranked as the merge that ends its own merging:
 * - if two parts that together spell such a token T ever stand side by side, no merge crossed T's borders so far, so T's bytes were
 *   merged as they are alone, where the only merge left is T's last one: the pair is the one that is ranked;
 * - a pair on the list that spells an unreachable token never stands side by side, by the same reasoning.
 * So both see the same pairs in the same order at each step, the left one first among equals.
 */
import { ModelFileError } from '../errors.ts';
import type { TokenizerSpec } from './spec.ts';

/** Character of each byte in GPT-2's alphabet (encoder.py, `bytes_to_unicode`): printable ones stand for themselves. */
export const BYTE_CHARACTERS: readonly string[] = (() => {
  const printable = (byte: number): boolean => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : 256 + others++));
})();

const BYTE_OF = new Int16Array(512).fill(-1);
BYTE_CHARACTERS.forEach((character, byte) => (BYTE_OF[character.charCodeAt(0)] = byte));

/** Null where a character is not of the alphabet. */
export function bytesFromAlphabet(token: string): Uint8Array | null {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = BYTE_OF[token.charCodeAt(i)] ?? -1;
    if (byte < 0) return null;
    bytes[i] = byte;
  }
  return bytes;
}

/** Id of every token. Throws ModelFileError where one stands twice. */
export function idsOf(spec: TokenizerSpec): Map<string, number> {
  const ids = new Map<string, number>();
  spec.vocabulary.forEach((token, id) => {
    if (token === '') return;
    if (ids.has(token)) throw new ModelFileError(spec.file, `vocabulary[${id}]`, 'a token of its own', `${JSON.stringify(token)} is token ${ids.get(token)} too`);
    ids.set(token, id);
  });
  return ids;
}

/** Pieces of at most this many bytes share one set of arrays. */
const USUAL_BYTES = 4096;
/** Heap keys are rank × this + position. */
const POSITIONS = 2 ** 32;

class Scratch {
  readonly symbols: Int32Array;
  readonly previous: Int32Array;
  readonly next: Int32Array;
  /** A binary heap, least first: one entry for each first pair, and at most two for each merge. */
  readonly heap: Float64Array;
  constructor(bytes: number) {
    this.symbols = new Int32Array(bytes);
    this.previous = new Int32Array(bytes);
    this.next = new Int32Array(bytes);
    this.heap = new Float64Array(3 * bytes);
  }
}

function push(heap: Float64Array, size: number, key: number): void {
  let at = size;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent]! <= key) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = key;
}

/** Takes away the least of `size` keys; the caller has read it at 0. */
function pop(heap: Float64Array, size: number): void {
  const last = heap[size - 1]!;
  const end = size - 1;
  let at = 0;
  for (let child = 1; child < end; child = 2 * at + 1) {
    if (child + 1 < end && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= last) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
}

export class Merges {
  /** Id of each byte, -1 for one that the vocabulary lacks. */
  readonly byteIds: Int32Array;
  /** Open addressing; three numbers a slot: left id, right id, rank. An empty slot has left -1. */
  readonly #slots: Int32Array;
  readonly #mask: number;
  /** Id that the merge of each rank makes. */
  readonly #merged: Int32Array;
  readonly #usual = new Scratch(USUAL_BYTES);
  /** Rank of the last merge of the last piece; -1 where nothing was merged. */
  lastRank = -1;

  /** Throws ModelFileError for a merge of tokens that are not in the vocabulary. */
  constructor(spec: TokenizerSpec, ids: ReadonlyMap<string, number>) {
    this.byteIds = Int32Array.from(BYTE_CHARACTERS, (character) => ids.get(character) ?? -1);
    const size = 2 ** Math.ceil(Math.log2(2 * spec.merges.length + 2));
    this.#mask = size - 1;
    this.#slots = new Int32Array(3 * size).fill(-1);
    this.#merged = new Int32Array(spec.merges.length);
    spec.merges.forEach(([left, right], rank) => {
      const merged = ids.get(left + right);
      const [leftId, rightId] = [ids.get(left), ids.get(right)];
      if (leftId === undefined || rightId === undefined || merged === undefined) {
        throw new ModelFileError(spec.file, `merges[${rank}]`, 'two tokens of the vocabulary that make a third', `it is ${JSON.stringify([left, right])}`);
      }
      this.#merged[rank] = merged;
      const slot = this.#slotOf(leftId, rightId);
      this.#slots[slot] = leftId;
      this.#slots[slot + 1] = rightId;
      this.#slots[slot + 2] = rank; // of a pair listed twice, the later, as in tokenizers
    });
  }

  #slotOf(left: number, right: number): number {
    const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    for (let index = (hash ^ (hash >>> 15)) & this.#mask; ; index = (index + 1) & this.#mask) {
      const slot = 3 * index;
      const held = this.#slots[slot]!;
      if (held === -1 || (held === left && this.#slots[slot + 1] === right)) return slot;
    }
  }

  /** Adds the ids of one piece to `out`. Bytes that the vocabulary lacks are left out before merging, as tokenizers does without an unknown token. */
  merge(bytes: Uint8Array, out: number[]): void {
    const { symbols, previous, next, heap } = bytes.length <= USUAL_BYTES ? this.#usual : new Scratch(bytes.length);
    let count = 0;
    for (const byte of bytes) {
      const id = this.byteIds[byte]!;
      if (id === -1) continue;
      symbols[count] = id;
      previous[count] = count - 1;
      next[count] = ++count;
    }
    this.lastRank = -1;
    if (count === 0) return;
    next[count - 1] = -1;
    let size = 0;
    const consider = (left: number, right: number): void => {
      const rank = this.#slots[this.#slotOf(symbols[left]!, symbols[right]!) + 2]!;
      if (rank >= 0) push(heap, size++, rank * POSITIONS + left);
    };
    for (let i = 0; i + 1 < count; i++) consider(i, i + 1);
    while (size > 0) {
      const key = heap[0]!;
      pop(heap, size--);
      const rank = Math.floor(key / POSITIONS);
      const left = key - rank * POSITIONS;
      const right = symbols[left] === -1 ? -1 : next[left]!;
      // An entry is out of date when either part was merged away meanwhile.
      if (right === -1 || this.#slots[this.#slotOf(symbols[left]!, symbols[right]!) + 2] !== rank) continue;
      symbols[left] = this.#merged[rank]!;
      symbols[right] = -1;
      const after = next[right]!;
      next[left] = after;
      if (after !== -1) {
        previous[after] = left;
        consider(left, after);
      }
      if (previous[left] !== -1) consider(previous[left]!, left);
      this.lastRank = rank;
    }
    for (let i = 0; i !== -1; i = next[i]!) out.push(symbols[i]!);
  }
}

export interface Ranks {
  /** tiktoken's file format with one line: `! 0`, then the tokens in order of rank, in base64. */
  readonly encoded: string;
  /** Id of each rank; -1 for a byte that the vocabulary lacks. */
  readonly ids: Int32Array;
  /** Bytes of each rank's token. */
  readonly lengths: Uint16Array;
  /**
   * Only with `ignoreMerges`: pairs `pairKey(a, b)` that are a whole piece's token although merging leaves them apart. tiktoken cannot
   * tell the piece from the pair, so where such a pair comes up, the piece must be merged by `Merges`.
   */
  readonly doubtful: ReadonlySet<number>;
}

export function pairKey(left: number, right: number): number {
  return left * POSITIONS + right;
}

export function ranksOf(spec: TokenizerSpec, merges: Merges): Ranks {
  const added = new Set(spec.added.map(({ id }) => id));
  const ordered = new Int32Array(spec.merges.length).fill(-1);
  const whole: number[] = [];
  const doubtful = new Set<number>();
  const parts: number[] = [];
  const bytesOfId = spec.vocabulary.map(bytesFromAlphabet);
  bytesOfId.forEach((bytes, id) => {
    // With a byte that the vocabulary lacks, even a whole piece is left to `Merges`: tiktoken's rank for that byte brings it there.
    if (bytes === null || bytes.length < 2 || bytes.some((byte) => merges.byteIds[byte] === -1)) return;
    parts.length = 0;
    merges.merge(bytes, parts);
    if (parts.length === 1 && parts[0] === id) ordered[merges.lastRank] = id;
    else if (!spec.ignoreMerges || added.has(id)) return;
    else if (parts.length === 2) doubtful.add(pairKey(parts[0]!, parts[1]!));
    // Of three or more parts that stay apart, no two ever spell the token, so any rank is harmless.
    else whole.push(id);
  });
  const ids: number[] = [...merges.byteIds];
  const tokens: Uint8Array[] = ids.map((_, byte) => Uint8Array.of(byte));
  for (const id of [...ordered, ...whole]) {
    if (id === -1) continue;
    ids.push(id);
    tokens.push(bytesOfId[id]!);
  }
  return {
    encoded: `! 0 ${tokens.map((bytes) => Buffer.from(bytes).toString('base64')).join(' ')}`,
    ids: Int32Array.from(ids),
    lengths: Uint16Array.from(tokens, ({ length }) => length),
    doubtful,
  };
}
