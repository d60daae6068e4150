import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Detokenizer } from '../../../models/tokenizer/detokenizer.ts';
import { createTokenizer } from '../../../models/tokenizer/tokenizer.ts';
import { specOf } from './byte-spec.ts';

const tokenizer = await createTokenizer(
  specOf({
    unreachable: ['é', '語a', ' the'],
    added: [
      { content: '<|end|>', special: true },
      { content: '<think>', special: false },
    ],
  }),
);
const end = tokenizer.addedToken('<|end|>')!;

function streamed(tokens: readonly number[], special: boolean): string[] {
  const detokenizer = new Detokenizer(tokenizer, { special });
  return [...tokens.map((token) => detokenizer.push(token)), detokenizer.flush()];
}

describe('a detokenizer', () => {
  it('gives out, piece by piece, what decoding the whole gives', () => {
    // Bytes of characters and parts of them come up far more often than by chance.
    const token = fc.oneof(fc.nat(tokenizer.vocabSize), fc.constantFrom(0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xc3, 0xed, 0xa0, 0xef, 0xbb, 0xbf, 0xf4, 0x90, 0xc0, end));
    fc.assert(
      fc.property(fc.array(token, { maxLength: 40 }), fc.boolean(), (tokens, special) => {
        expect(streamed(tokens, special).join('')).toBe(tokenizer.decode(tokens, { special }));
      }),
      { numRuns: 3_000 },
    );
  });

  it('holds a character back until its last byte has come', () => {
    expect(streamed([0xf0, 0x9f, 0x98, 0x80, 0x61], false)).toEqual(['', '', '', '😀', 'a', '']);
    expect(streamed([0xe2, 0x82, end, 0xac], false)).toEqual(['', '', '', '€', '']);
  });

  it('gives U+FFFD as soon as a character can no longer be finished, or at the end', () => {
    expect(streamed([0xe2, 0x61], false)).toEqual(['', '\ufffda', '']);
    expect(streamed([0x61, 0xe2, 0x82], false)).toEqual(['a', '', '', '\ufffd']);
  });

  it('keeps a byte order mark', () => {
    expect(streamed([0xef, 0xbb, 0xbf, 0x61], false).join('')).toBe('\ufeffa');
  });

  it('begins anew after a flush', () => {
    const detokenizer = new Detokenizer(tokenizer);
    detokenizer.push(0xe2);
    expect(detokenizer.flush()).toBe('\ufffd');
    expect(detokenizer.push(0x61)).toBe('a');
  });

  it('gives special tokens only on request', () => {
    expect(streamed([0x61, end], true).join('')).toBe('a<|end|>');
    expect(streamed([0x61, end], false).join('')).toBe('a');
  });
});
