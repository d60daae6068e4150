/** Text of tokens that arrive one by one: a character is given out when its last byte has come. */
import type { DecodeOptions, Tokenizer } from './tokenizer.ts';

/** The pieces that `push` returned and the one of `flush`, put together, are `Tokenizer.decode` of all tokens. */
export class Detokenizer {
  readonly #tokenizer: Tokenizer;
  readonly #special: boolean;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(tokenizer: Tokenizer, { special = false }: DecodeOptions = {}) {
    this.#tokenizer = tokenizer;
    this.#special = special;
  }

  /** The text that this token completes; often a word, sometimes ''. */
  push(token: number): string {
    if (!this.#special && this.#tokenizer.isSpecial(token)) return '';
    return this.#decoder.decode(this.#tokenizer.bytesOf(token), { stream: true });
  }

  /** What is held back, U+FFFD for a character that was never finished. The next token begins a new text. */
  flush(): string {
    return this.#decoder.decode();
  }
}
