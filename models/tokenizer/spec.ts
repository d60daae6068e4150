/** The contract between files and tokenizer: a byte-level BPE as published, in `tokenizer.json` or in GGUF's metadata. */

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Left out of decoded text by default (`<|im_end|>`). */
  readonly special: boolean;
}

export interface TokenizerSpec {
  /** Where it was read, for messages. */
  readonly file: string;
  /** Token of each id, in GPT-2's byte alphabet (`Ġthe`); added tokens as written. Holes are ''. */
  readonly vocabulary: readonly string[];
  /** Pairs in order of rank, in the byte alphabet. */
  readonly merges: readonly (readonly [string, string])[];
  readonly added: readonly AddedToken[];
  /** Splits text before merging; a regular expression in the syntax of Rust's fancy-regex, which tiktoken speaks. */
  readonly pattern: string;
  readonly normalizer: 'NFC' | null;
  /** A whole piece found in the vocabulary is taken without merging (Llama 3). */
  readonly ignoreMerges: boolean;
  /** Put before every encoded text, unless the text begins with it; null where the model wants none. */
  readonly bosToken: number | null;
  readonly eosToken: number | null;
}
