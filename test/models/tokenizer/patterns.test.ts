import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnsupportedModelError } from '../../../models/errors.ts';
import { GPT2_PATTERN, gpt2BetweenDigits, inJavaScript, preTokenizerOf } from '../../../models/tokenizer/patterns.ts';
import { createTokenizer } from '../../../models/tokenizer/tokenizer.ts';
import { inAlphabet, specOf } from './byte-spec.ts';

const LLAMA3 = preTokenizerOf('llama-bpe', 'f').pattern;
const QWEN2 = preTokenizerOf('qwen2', 'f').pattern;
/** GPT-4o's, as published in tokenizer.json; the longest in use. */
const O200K =
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

function pieces(pattern: string, text: string): string[] {
  return text.match(inJavaScript(pattern)!) ?? [];
}

/** Every kind of character that a pattern tells apart, and the odd ones of each. */
const text = fc.string({ unit: fc.constantFrom(..."aSsTtrelLvmdKéßſ漢ก\u0301'’.!<|/-_12٣½ \u00a0\u3000\u0085\ufeff\t\n\r\u2028", '𝔘', '😀', '\u0000'), maxLength: 24 });

describe('the pattern for digits first', () => {
  it('splits as digits and then GPT-2 do', () => {
    for (const individual of [true, false]) {
      const digits = individual ? /\p{N}|\P{N}+/gu : /\p{N}+|\P{N}+/gu;
      fc.assert(
        fc.property(text, (given) => {
          const twice = (given.match(digits) ?? []).flatMap((part) => pieces(GPT2_PATTERN, part));
          expect(pieces(gpt2BetweenDigits(individual), given)).toEqual(twice);
        }),
        { numRuns: 3_000 },
      );
    }
  });

  it('keeps the space before a digit apart from it, and a run of spaces whole', () => {
    expect(pieces(gpt2BetweenDigits(true), 'a  12 b')).toEqual(['a', '  ', '1', '2', ' b']);
    expect(pieces(GPT2_PATTERN, 'a  12 b')).toEqual(['a', ' ', ' 12', ' b']);
  });
});

describe('a pattern in JavaScript', () => {
  it("splits as tiktoken's does", async () => {
    for (const pattern of [GPT2_PATTERN, gpt2BetweenDigits(true), LLAMA3, QWEN2, O200K]) {
      await fc.assert(
        fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 8 }), async (given) => {
          // With each piece a token of its own and no merges, tokens show where tiktoken split.
          const split = given.map((one) => pieces(pattern, one));
          const vocabulary = split.flat().map((piece) => Buffer.from(piece)).filter(({ length }) => length > 2);
          const tokenizer = await createTokenizer(specOf({ pattern, ignoreMerges: true, unreachable: vocabulary.map(String) }));
          given.forEach((one, i) => {
            const expected = split[i]!.flatMap((piece) => tokenizer.encode(piece));
            expect(tokenizer.encode(one), JSON.stringify([pattern, one])).toEqual(expected);
          });
          tokenizer.free();
        }),
        { numRuns: 40 },
      );
    }
  });

  it('covers the text whole, for each pattern that is known', () => {
    fc.assert(
      fc.property(text, (given) => {
        for (const pattern of [GPT2_PATTERN, gpt2BetweenDigits(true), gpt2BetweenDigits(false), LLAMA3, QWEN2, O200K]) expect(pieces(pattern, given).join('')).toBe(given);
      }),
      { numRuns: 2_000 },
    );
  });

  it('folds cases where the pattern asks for it, as Unicode has them', () => {
    expect(pieces(QWEN2, "it'S they'LL")).toEqual(['it', "'S", ' they', "'LL"]);
    expect(pieces(QWEN2, "a'ſb")).toEqual(['a', "'ſ", 'b']);
    expect(pieces(GPT2_PATTERN, "it'S")).toEqual(['it', "'", 'S']);
  });

  it('takes White_Space for \\s, unlike JavaScript', () => {
    expect(pieces('\\s+|\\S+', 'a\u0085b\ufeffc')).toEqual(['a', '\u0085', 'b\ufeffc']);
  });

  it('is refused where the three regular expressions may differ', () => {
    for (const pattern of ['.', '^a', 'a$', '\\w', '\\bx', 'a++', 'a?+', 'a{1,2}+', '[a&&b]', '[a[b]]', '[a--b]', '(?i)a', '(?<n>a)', '(?>a)', '(?i:é)', '(?i:[a-z])', '\\x41', '\\1', 'a|', 'a*', '(', ')', '[', 'a{,2}', '\\p{Han}', '{']) {
      expect(inJavaScript(pattern), pattern).toBeNull();
    }
  });
});

describe("GGUF's names", () => {
  it('bring the pattern, and what GGUF has no field for', () => {
    expect(preTokenizerOf('smollm', 'f')).toMatchObject({ pattern: gpt2BetweenDigits(true), normalizer: null, ignoreMerges: false, addBos: false });
    expect(preTokenizerOf('llama3', 'f')).toEqual(preTokenizerOf('llama-bpe', 'f'));
    expect(preTokenizerOf('llama-bpe', 'f')).toMatchObject({ normalizer: null, ignoreMerges: true, addBos: true });
    expect(preTokenizerOf('qwen2', 'f')).toMatchObject({ normalizer: 'NFC', ignoreMerges: false, addBos: false });
    expect(preTokenizerOf('gpt-2', 'f')).toMatchObject({ pattern: GPT2_PATTERN });
  });

  it('are refused when unknown, missing or "default", which is no pattern of any model', () => {
    for (const pre of ['default', 'tekken', 'constructor', '', undefined, 3]) {
      expect(() => preTokenizerOf(pre, 'model.gguf')).toThrow(UnsupportedModelError);
      expect(() => preTokenizerOf(pre, 'model.gguf')).toThrow(/^model\.gguf: tokenizer\.ggml\.pre: expected one of .*qwen2/);
    }
  });
});

it('the byte alphabet is the one of GPT-2', () => {
  expect(inAlphabet(' \n\u0000~¡')).toBe('ĠĊĀ~Â¡');
});
