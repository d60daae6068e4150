/** The tokenizer against a plain reading of what a list of merges means, on vocabularies made to be difficult. Real ones: tokenizer.models.ts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelFileError, UnsupportedModelError } from '../../../models/errors.ts';
import type { TokenizerSpec } from '../../../models/tokenizer/spec.ts';
import { createTokenizer, type Tokenizer } from '../../../models/tokenizer/tokenizer.ts';
import { type HandMade, inAlphabet, specOf } from './byte-spec.ts';

/** One piece, merged as slowly and plainly as can be: the first pair of the list that stands anywhere, at its leftmost place. */
function mergedByTheList(spec: TokenizerSpec, piece: string): number[] {
  if (spec.ignoreMerges && spec.vocabulary.includes(inAlphabet(piece))) return [spec.vocabulary.indexOf(inAlphabet(piece))];
  const ranks = new Map(spec.merges.map((pair, rank) => [pair.join(' '), rank]));
  let parts = [...inAlphabet(piece)].filter((character) => spec.vocabulary.includes(character));
  for (;;) {
    const found = parts.slice(1).map((right, i) => ranks.get(`${parts[i]} ${right}`) ?? Infinity);
    const best = Math.min(...found);
    if (best === Infinity) return parts.map((part) => spec.vocabulary.indexOf(part));
    const at = found.indexOf(best);
    parts = [...parts.slice(0, at), parts[at]! + parts[at + 1]!, ...parts.slice(at + 2)];
  }
}

const letters = (max: number): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: max });

/**
 * Merges in an order that no training would give: of any two tokens made so far, shuffled, so that a token may be listed before its
 * parts, be made in several ways, or never come about.
 */
const difficult: fc.Arbitrary<HandMade> = fc
  .record({
    choices: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 24 }),
    unreachable: fc.uniqueArray(letters(5).filter((text) => text.length > 1), { maxLength: 4 }),
    ignoreMerges: fc.boolean(),
    missingBytes: fc.constantFrom([], [], [0x63]),
  })
  .map(({ choices, unreachable, ignoreMerges, missingBytes }) => {
    const made = missingBytes.length > 0 ? ['a', 'b'] : ['a', 'b', 'c'];
    const merges: [string, string][] = [];
    for (const [left, right, place] of choices) {
      const pair: [string, string] = [made[left % made.length]!, made[right % made.length]!];
      const merged = pair.join('');
      if (merged.length > 7) continue;
      merges.splice(place % (merges.length + 1), 0, pair);
      if (!made.includes(merged)) made.push(merged);
    }
    return { merges, unreachable, ignoreMerges, missingBytes };
  });

async function tokenizerOf(given: HandMade): Promise<Tokenizer> {
  return createTokenizer(specOf(given));
}

describe('encoding', () => {
  it('merges as the list says, whatever the list', async () => {
    await fc.assert(
      fc.asyncProperty(difficult, fc.array(letters(14), { minLength: 1, maxLength: 12 }), async (given, pieces) => {
        const spec = specOf(given);
        const tokenizer = await createTokenizer(spec);
        for (const piece of pieces) expect(tokenizer.encode(piece), `${piece} by ${JSON.stringify(given)}`).toEqual(mergedByTheList(spec, piece));
        tokenizer.free();
      }),
      { numRuns: 250, seed: 3 },
    );
  });

  it('merges a piece that is too long for tiktoken as the list says, too', async () => {
    const long = letters(3).chain((part) => letters(5).map((other) => `${part.repeat(60)}${other}${part.repeat(30)}`)).filter((text) => text.length > 128);
    await fc.assert(
      fc.asyncProperty(difficult, long, async (given, piece) => {
        const spec = specOf(given);
        const tokenizer = await createTokenizer(spec);
        expect(tokenizer.encode(piece)).toEqual(mergedByTheList(spec, piece));
        tokenizer.free();
      }),
      { numRuns: 60, seed: 4 },
    );
  });

  it('takes a piece of the vocabulary whole only where the model does, also one that two tokens spell', async () => {
    const given = { merges: [['a', 'b']], unreachable: ['abc', 'cab'] } as const;
    const ab = 256;
    for (const [ignoreMerges, whole] of [[true, [257]], [false, [ab, 0x63]]] as const) {
      const tokenizer = await tokenizerOf({ ...given, ignoreMerges });
      expect(tokenizer.encode('abc')).toEqual(whole);
      expect(tokenizer.encode('abcd')).toEqual([ab, 0x63, 0x64]);
      expect(tokenizer.encode('dcab')).toEqual([0x64, 0x63, ab]);
      expect(tokenizer.encode(`abc ${'d'.repeat(200)}`).slice(0, whole.length)).toEqual(whole);
    }
  });

  it('keeps text that the pattern does not match', async () => {
    const tokenizer = await tokenizerOf({ pattern: '\\p{L}+', merges: [['a', 'b'], ['1', '2'], ['2', 'a']] });
    expect(tokenizer.encode('12ab!')).toEqual([257, 256, 0x21]);
  });

  it('leaves bytes out that the vocabulary lacks, and merges what then stands side by side', async () => {
    const tokenizer = await tokenizerOf({ merges: [['>', '.']], missingBytes: [4] });
    expect(tokenizer.encode('>\u0004.')).toEqual([256]);
    expect(tokenizer.encode('\u0004')).toEqual([]);
  });

  it('reads half a surrogate pair as U+FFFD, as in a text that was decoded', async () => {
    const tokenizer = await tokenizerOf({});
    for (const text of ['\ud83d', 'a\udc4d b', `\ud83d${'x'.repeat(300)}`]) expect(tokenizer.encode(text)).toEqual([...Buffer.from(text)]);
    expect(tokenizer.decode(tokenizer.encode('a\udc4db'))).toBe('a\ufffdb');
  });

  it('takes time in proportion to a run without a break, and not to its square', async () => {
    const tokenizer = await tokenizerOf({ merges: [['a', 'a'], ['aa', 'aa'], [' ', ' '], ['!', '!']] });
    for (const character of ['a', ' ', '!', '\n', '人']) {
      const started = performance.now();
      const text = character.repeat(300_000);
      expect(tokenizer.decode(tokenizer.encode(text)) === text).toBe(true);
      // tiktoken alone takes minutes; here it is a fifth of a second.
      expect(performance.now() - started).toBeLessThan(10_000);
    }
  }, 60_000);

  it('normalises only what lies between added tokens', async () => {
    const tokenizer = await tokenizerOf({ normalizer: 'NFC', added: [{ content: '<x>', special: true }] });
    expect(tokenizer.encode('e\u0301<x>\u0338')).toEqual([...Buffer.from('é'), 256, ...Buffer.from('\u0338')]);
  });
});

describe('added tokens', () => {
  const added = [
    { content: '<|a|>', special: true },
    { content: '<|a|>b', special: true },
    { content: '<think>', special: false },
    { content: '.*', special: false },
  ];
  const [a, ab, think, star] = [256, 257, 258, 259];

  it('are found before the text is split, the longest first', async () => {
    const tokenizer = await tokenizerOf({ added });
    expect(tokenizer.encode('x<|a|>b<|a|>c<think>.*')).toEqual([0x78, ab, a, 0x63, think, star]);
    expect(tokenizer.encode('<|a|<|a|>')).toEqual([...Buffer.from('<|a|'), a]);
  });

  it('are plain text on request if they are special, and only then', async () => {
    const tokenizer = await tokenizerOf({ added });
    expect(tokenizer.encode('<|a|><think>', { special: false })).toEqual([...Buffer.from('<|a|>'), think]);
  });

  it('are left out of decoded text if they are special, unless asked for', async () => {
    const tokenizer = await tokenizerOf({ added });
    expect(tokenizer.decode([a, 0x78, think, ab])).toBe('x<think>');
    expect(tokenizer.decode([a, 0x78, think, ab], { special: true })).toBe('<|a|>x<think><|a|>b');
    expect([a, think, 0x78].map((token) => tokenizer.isSpecial(token))).toEqual([true, false, false]);
    expect([tokenizer.addedToken('<think>'), tokenizer.addedToken('x')]).toEqual([think, undefined]);
  });

  it('begin every text where the model wants one there, once', async () => {
    const tokenizer = await tokenizerOf({ added, bosToken: a });
    expect(tokenizer.encode('x')).toEqual([a, 0x78]);
    expect(tokenizer.encode('')).toEqual([a]);
    expect(tokenizer.encode('<|a|>x')).toEqual([a, 0x78]);
    expect(tokenizer.encode('x', { bos: false })).toEqual([0x78]);
  });
});

describe('decoding', () => {
  it('gives back what was encoded', async () => {
    const tokenizer = await tokenizerOf({ merges: [['t', 'h'], ['th', 'e'], [' ', 'the']] });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
    );
  });

  it('replaces each maximal part of a character that is not whole', async () => {
    const tokenizer = await tokenizerOf({});
    expect(tokenizer.decode([0xe2, 0x82])).toBe('\ufffd');
    expect(tokenizer.decode([0xf0, 0x9f, 0x61, 0x80, 0xff])).toBe('\ufffda\ufffd\ufffd');
    expect(tokenizer.decode([0xef, 0xbb, 0xbf, 0x61])).toBe('\ufeffa');
  });

  it('joins the bytes of tokens, also across a special one that is left out', async () => {
    const tokenizer = await tokenizerOf({ added: [{ content: '<s>', special: true }] });
    expect(tokenizer.decode([0xe2, 256, 0x82, 0xac])).toBe('€');
  });

  it('gives nothing for an id that has no token', async () => {
    const tokenizer = await tokenizerOf({ missingBytes: [4] });
    expect(tokenizer.vocabSize).toBe(256);
    expect(tokenizer.decode([4, 0x61, 256, 99_999, -1])).toBe('a');
    expect([...tokenizer.bytesOf(0xe2)]).toEqual([0xe2]);
  });
});

describe('a tokenizer that cannot be built', () => {
  it('names the merge that makes no token', async () => {
    const spec = specOf({ merges: [['a', 'b']] });
    const broken = createTokenizer({ ...spec, merges: [...spec.merges, ['a', 'zz']] });
    await expect(broken).rejects.toThrow(ModelFileError);
    await expect(broken).rejects.toMatchObject({ file: 'by hand', field: 'merges[1]' });
  });

  it('names the token that stands twice', async () => {
    const spec = specOf();
    await expect(createTokenizer({ ...spec, vocabulary: [...spec.vocabulary, 'a'] })).rejects.toMatchObject({ field: 'vocabulary[256]' });
  });

  it('names a pattern that is more than the regular expressions agree on', async () => {
    await expect(createTokenizer(specOf({ pattern: '\\w+' }))).rejects.toThrow(UnsupportedModelError);
  });
});
