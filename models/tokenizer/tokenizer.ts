/**
 * Text to tokens and back, as the tokenizer that came with the model does it (the reference: Hugging Face's tokenizers). tiktoken,
 * in WASM, splits and merges; what it cannot do exactly or in bounded time is merged here (merges.ts). The only file that imports it.
 */
import { UnsupportedModelError } from '../errors.ts';
import { bytesFromAlphabet, idsOf, Merges, pairKey, type Ranks, ranksOf } from './merges.ts';
import { inJavaScript } from './patterns.ts';
import type { TokenizerSpec } from './spec.ts';

export interface EncodeOptions {
  /** Read special tokens in the text as such; other added tokens always are. Default true. */
  readonly special?: boolean;
  /** Put the model's first token before the text, unless it begins with it. Default true; without effect where the model wants none. */
  readonly bos?: boolean;
}

export interface DecodeOptions {
  /** Include special tokens. Default false. */
  readonly special?: boolean;
}

/** The part of tiktoken that is used. */
interface Tiktoken {
  encode_ordinary(text: string): Uint32Array;
  free(): void;
}

/**
 * tiktoken takes time quadratic in the length of a piece (100,000 letters in one word: 19 s), and texts come from outside: what may
 * hold a longer piece, in UTF-16 units, is merged here.
 */
const LONGEST_PIECE = 128;

/** Loads tiktoken and builds the tables: about a second for 150,000 tokens. Throws ModelFileError or UnsupportedModelError. */
export async function createTokenizer(spec: TokenizerSpec): Promise<Tokenizer> {
  const pattern = inJavaScript(spec.pattern);
  if (pattern === null) throw new UnsupportedModelError(spec.file, 'pattern', 'a split pattern of letters, classes, groups and plain quantifiers', `it is ${spec.pattern}`);
  const merges = new Merges(spec, idsOf(spec));
  const ranks = ranksOf(spec, merges);
  const { Tiktoken } = await import('tiktoken/lite');
  return new Tokenizer(spec, { pattern, merges, ranks, tiktoken: new Tiktoken(ranks.encoded, {}, spec.pattern) });
}

interface Parts {
  readonly pattern: RegExp;
  readonly merges: Merges;
  readonly ranks: Ranks;
  readonly tiktoken: Tiktoken;
}

export class Tokenizer {
  /** Ids below this have a token; a model's output may be padded beyond. */
  readonly vocabSize: number;
  readonly bosToken: number | null;
  readonly eosToken: number | null;
  readonly #normalizer: TokenizerSpec['normalizer'];
  readonly #tiktoken: Tiktoken;
  readonly #pattern: RegExp;
  readonly #merges: Merges;
  readonly #rankIds: Int32Array;
  readonly #rankLengths: Uint16Array;
  readonly #doubtful: ReadonlySet<number>;
  readonly #ignoreMerges: boolean;
  /** With `ignoreMerges`, the token of each whole piece, by its bytes as Latin-1; made when a piece is first merged here. */
  #wholePieces: ReadonlyMap<string, number> | undefined;
  readonly #addedIds: ReadonlyMap<string, number>;
  readonly #special: ReadonlySet<number>;
  /** Every added token, and those that are not special; null for none. */
  readonly #everyAdded: RegExp | null;
  readonly #plainAdded: RegExp | null;
  /** Bytes of all tokens, one after the other; token t ends where t + 1 begins. */
  readonly #bytes: Uint8Array;
  readonly #starts: Uint32Array;

  /** Use createTokenizer. */
  constructor(spec: TokenizerSpec, { pattern, merges, ranks, tiktoken }: Parts) {
    this.vocabSize = spec.vocabulary.length;
    this.bosToken = spec.bosToken;
    this.eosToken = spec.eosToken;
    this.#normalizer = spec.normalizer;
    this.#tiktoken = tiktoken;
    this.#pattern = pattern;
    this.#merges = merges;
    this.#rankIds = ranks.ids;
    this.#rankLengths = ranks.lengths;
    this.#doubtful = ranks.doubtful;
    this.#ignoreMerges = spec.ignoreMerges;
    this.#addedIds = new Map(spec.added.map(({ content, id }) => [content, id]));
    this.#special = new Set(spec.added.filter(({ special }) => special).map(({ id }) => id));
    this.#everyAdded = anyOf(spec.added.map(({ content }) => content));
    this.#plainAdded = anyOf(spec.added.filter(({ special }) => !special).map(({ content }) => content));

    const addedContent = new Map(spec.added.map(({ id, content }) => [id, content]));
    const tokens = spec.vocabulary.map((token, id) => {
      const content = addedContent.get(id);
      return (content === undefined ? bytesFromAlphabet(token) : null) ?? Buffer.from(content ?? token);
    });
    this.#starts = new Uint32Array(tokens.length + 1);
    tokens.forEach(({ length }, id) => (this.#starts[id + 1] = this.#starts[id]! + length));
    this.#bytes = new Uint8Array(this.#starts[tokens.length]!);
    tokens.forEach((bytes, id) => this.#bytes.set(bytes, this.#starts[id]));
  }

  /** A part of a surrogate pair that stands alone is read as U+FFFD. */
  encode(text: string, { special = true, bos = true }: EncodeOptions = {}): number[] {
    const tokens: number[] = [];
    const added = special ? this.#everyAdded : this.#plainAdded;
    let start = 0;
    if (added) {
      for (const { 0: content, index } of text.matchAll(added)) {
        this.#encodePlain(text.slice(start, index), tokens);
        tokens.push(this.#addedIds.get(content)!);
        start = index + content.length;
      }
    }
    this.#encodePlain(text.slice(start), tokens);
    if (bos && this.bosToken !== null && tokens[0] !== this.bosToken) tokens.unshift(this.bosToken);
    return tokens;
  }

  /** Text between added tokens. */
  #encodePlain(given: string, tokens: number[]): void {
    if (given === '') return;
    const text = this.#normalizer === null ? given : given.normalize(this.#normalizer);
    if (mayHoldLongPiece(text)) return this.#merge(text, tokens);
    const start = tokens.length;
    let bytes = 0;
    let previous = -1;
    let doubtful = false;
    for (const rank of this.#tiktoken.encode_ordinary(text)) {
      const id = this.#rankIds[rank]!;
      bytes += this.#rankLengths[rank]!;
      doubtful ||= id === -1 || (this.#doubtful.size > 0 && this.#doubtful.has(pairKey(previous, id)));
      tokens.push(id);
      previous = id;
    }
    // tiktoken also leaves out what no alternative of the pattern matches, where the reference makes pieces of it.
    if (!doubtful && bytes === Buffer.byteLength(text)) return;
    tokens.length = start;
    this.#merge(text, tokens);
  }

  /** Without tiktoken: about as fast on average, and in time n log n of the longest piece. */
  #merge(text: string, tokens: number[]): void {
    if (this.#ignoreMerges) this.#wholePieces ??= this.#tokensByBytes();
    const mergePiece = (piece: string): void => {
      if (piece === '') return;
      const bytes = Buffer.from(piece);
      const whole = this.#wholePieces?.get(bytes.toString('latin1'));
      if (whole === undefined) this.#merges.merge(bytes, tokens);
      else tokens.push(whole);
    };
    let start = 0;
    for (const { 0: piece, index } of text.matchAll(this.#pattern)) {
      mergePiece(text.slice(start, index));
      mergePiece(piece);
      start = index + piece.length;
    }
    mergePiece(text.slice(start));
  }

  #tokensByBytes(): Map<string, number> {
    const added = new Set(this.#addedIds.values());
    const tokens = new Map<string, number>();
    for (let id = 0; id < this.vocabSize; id++) if (!added.has(id)) tokens.set(Buffer.from(this.bytesOf(id)).toString('latin1'), id);
    return tokens;
  }

  /** Invalid UTF-8 becomes U+FFFD, one for each maximal part of a character (Unicode 3.9; WHATWG Encoding). */
  decode(tokens: Iterable<number>, { special = false }: DecodeOptions = {}): string {
    const parts: Uint8Array[] = [];
    for (const token of tokens) if (special || !this.#special.has(token)) parts.push(this.bytesOf(token));
    return Buffer.concat(parts).toString();
  }

  /** A view, not to be written to; empty for an id that has no token. Part of a character, for some tokens. */
  bytesOf(token: number): Uint8Array {
    return token >= 0 && token < this.vocabSize ? this.#bytes.subarray(this.#starts[token], this.#starts[token + 1]) : new Uint8Array();
  }

  /** Left out of decoded text. */
  isSpecial(token: number): boolean {
    return this.#special.has(token);
  }

  /** Id of an added token as it is written (`<|im_end|>`). */
  addedToken(content: string): number | undefined {
    return this.#addedIds.get(content);
  }

  /** Leaves tiktoken's memory (25 MB for 150,000 tokens) to the next tokenizer of this thread, since WASM's never shrinks. Encoding throws afterwards. */
  free(): void {
    this.#tiktoken.free();
  }
}

/** A space after something else ends a piece in every pattern known; looking for one is cheap, and prose has many. */
function mayHoldLongPiece(text: string): boolean {
  let start = 0;
  while (text.length - start > LONGEST_PIECE) {
    const space = text.lastIndexOf(' ', start + LONGEST_PIECE);
    if (space <= start || /\s/.test(text[space - 1]!)) return true;
    start = space;
  }
  return false;
}

/** Leftmost, and the longest of those that begin there, as in tokenizers' added_vocabulary.rs. */
function anyOf(contents: readonly string[]): RegExp | null {
  const longestFirst = contents.filter((content) => content !== '').sort((a, b) => b.length - a.length);
  return longestFirst.length === 0 ? null : new RegExp(longestFirst.map((content) => content.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('|'), 'g');
}
