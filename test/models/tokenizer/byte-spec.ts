/** A tokenizer made by hand: the 256 bytes, then what the merges make, then added tokens. */
import { BYTE_CHARACTERS } from '../../../models/tokenizer/merges.ts';
import { GPT2_PATTERN } from '../../../models/tokenizer/patterns.ts';
import type { TokenizerSpec } from '../../../models/tokenizer/spec.ts';

export interface HandMade extends Partial<Pick<TokenizerSpec, 'pattern' | 'normalizer' | 'ignoreMerges' | 'bosToken'>> {
  readonly merges?: readonly (readonly [string, string])[];
  /** Tokens that no merge makes. */
  readonly unreachable?: readonly string[];
  readonly added?: readonly { readonly content: string; readonly special: boolean }[];
  readonly missingBytes?: readonly number[];
}

/** A text in the byte alphabet. */
export function inAlphabet(text: string): string {
  return [...Buffer.from(text)].map((byte) => BYTE_CHARACTERS[byte]).join('');
}

/** Merges and tokens are given as text; byte b is token b. */
export function specOf({ merges = [], unreachable = [], added = [], missingBytes = [], ...rest }: HandMade = {}): TokenizerSpec {
  const pairs = merges.map(([left, right]) => [inAlphabet(left), inAlphabet(right)] as const);
  const bytes = BYTE_CHARACTERS.map((character, byte) => (missingBytes.includes(byte) ? '' : character));
  const vocabulary = [...bytes, ...new Set([...pairs.map(([left, right]) => left + right), ...unreachable.map(inAlphabet)])];
  const first = vocabulary.length;
  return {
    file: 'by hand',
    vocabulary: [...vocabulary, ...added.map(({ content }) => content)],
    merges: pairs,
    added: added.map((token, i) => ({ id: first + i, ...token })),
    pattern: GPT2_PATTERN,
    normalizer: null,
    ignoreMerges: false,
    bosToken: null,
    eosToken: null,
    ...rest,
  };
}
