/**
 * The tokenizers of real models against the reference, @huggingface/tokenizers, id by id: 100,000 strings in twenty scripts each. Run
 * by `npm run test:models`, since files have to be fetched. Prints both speeds.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gguf } from '@huggingface/gguf';
import { Tokenizer as Reference } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { Detokenizer } from '../../../models/tokenizer/detokenizer.ts';
import { bytesFromAlphabet } from '../../../models/tokenizer/merges.ts';
import { GPT2_PATTERN } from '../../../models/tokenizer/patterns.ts';
import type { TokenizerSpec } from '../../../models/tokenizer/spec.ts';
import { createTokenizer, type Tokenizer } from '../../../models/tokenizer/tokenizer.ts';
import { tokenizerFromGguf } from '../../../models/tokenizer/tokenizer-gguf.ts';
import { readTokenizerJson } from '../../../models/tokenizer/tokenizer-json.ts';
import { fetchTokenizer, type TokenizerName } from '../../support/fetch-tokenizers.ts';
import { fetchModel } from '../../support/llama-server/fetch-model.ts';
import { corpus, randomFrom, SCRIPTS } from './corpus.ts';

const STRINGS = 100_000;
/** Some strings are set aside for SmolLM2; see `comparable`. */
const SPARE = 4_000;

interface Model {
  readonly spec: TokenizerSpec;
  readonly tokenizer: Tokenizer;
  readonly reference: Reference;
}
type Opened = Model | { readonly skipped: string };

async function published(name: TokenizerName): Promise<Opened> {
  const fetched = await fetchTokenizer(name);
  if ('skipped' in fetched) return fetched;
  const [tokenizer, config] = await Promise.all(['tokenizer.json', 'tokenizer_config.json'].map(async (file) => JSON.parse(await readFile(join(fetched.folder, file), 'utf8')) as object));
  const { spec } = await readTokenizerJson(fetched.folder);
  return { spec, tokenizer: await createTokenizer(spec), reference: new Reference(tokenizer!, config!) };
}

/** What its tokenizer.json would say. Digits and GPT-2's pattern are two steps, in a syntax that the reference reads as Rust does. */
async function smollm2(): Promise<Opened> {
  const fetched = await fetchModel();
  if ('skipped' in fetched) return fetched;
  const { metadata } = await gguf(fetched.path, { allowLocalFile: true });
  const { spec } = tokenizerFromGguf(metadata as unknown as Record<string, unknown>, fetched.path);
  const split = (pattern: string): object => ({ type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false });
  const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  const json = {
    added_tokens: spec.added.map((token) => ({ ...token, single_word: false, lstrip: false, rstrip: false, normalized: false })),
    normalizer: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [split('\\p{N}'), split(GPT2_PATTERN), bytes] },
    post_processor: null,
    decoder: bytes,
    model: { type: 'BPE', unk_token: null, vocab: Object.fromEntries(spec.vocabulary.map((token, id) => [token, id])), merges: spec.merges },
  };
  return { spec, tokenizer: await createTokenizer(spec), reference: new Reference(json, {}) };
}

/**
 * SmolLM2's vocabulary lacks some bytes (U+0004, and some that begin characters of no use). Rust's tokenizers drops such a byte, then
 * merges; the reference in JavaScript merges around it, then drops it. We do as Rust does, so these strings cannot be compared here.
 */
function comparable({ vocabulary }: TokenizerSpec): (text: string) => boolean {
  const there = new Set(vocabulary.flatMap((token) => (token.length === 1 ? [...(bytesFromAlphabet(token) ?? [])] : [])));
  if (there.size === 256) return () => true;
  return (text) => Buffer.from(text).every((byte) => there.has(byte));
}

/** Pieces that are too long for tiktoken, and strings without a space. */
function* longStrings(): Generator<string> {
  const random = randomFrom(7);
  const below = (n: number): number => Math.floor(random() * n);
  const runs = [' ', '\n', ' \n', '=', '-!', 'a', 'ab', '0', '漢', 'ก', 'é', '\t ', '👍'];
  for (let i = 0; i < 400; i++) {
    const [first, last] = SCRIPTS[i % SCRIPTS.length]!.ranges[0]!;
    const letters = Array.from({ length: 100 + below(900) }, () => String.fromCodePoint(first + below(last - first + 1))).join('');
    yield `${runs[i % runs.length]!.repeat(1 + below(400))}${letters}${runs[below(runs.length)]!.repeat(below(200))}x`;
  }
}

/** Text with only what lies between added tokens normalised, and halves of surrogate pairs replaced. */
function normalized(text: string, { added, normalizer }: TokenizerSpec): string {
  const whole = Buffer.from(text).toString();
  if (normalizer === null) return whole;
  const contents = added.map(({ content }) => content.replace(/[|.*+?]/g, '\\$&')).sort((a, b) => b.length - a.length);
  return whole.split(new RegExp(`(${contents.join('|')})`)).map((part, i) => (i % 2 === 1 ? part : part.normalize(normalizer))).join('');
}

function textsOf(tokenizer: Tokenizer): string[] {
  return Array.from({ length: tokenizer.vocabSize }, (_, token) => tokenizer.decode([token])).filter((text) => text !== '' && !text.includes('\ufffd'));
}

describe.each<[string, () => Promise<Opened>]>([
  ['Qwen3', () => published('qwen3')],
  ['Llama 3', () => published('llama3_2')],
  ['SmolLM2', smollm2],
])('the tokenizer of %s', (name, open) => {
  let opening: Promise<Opened> | undefined;
  const openOnce = (): Promise<Opened> => (opening ??= open());

  it(`gives the reference's ids for ${STRINGS} strings, and the strings back`, async ({ skip }) => {
    const opened = await openOnce();
    if ('skipped' in opened) return skip(opened.skipped);
    const { spec, tokenizer, reference } = opened;
    const strings = [...corpus(20_260_101, STRINGS + SPARE, textsOf(tokenizer)), ...longStrings()];
    const compared = strings.filter(comparable(spec));
    expect(compared.length).toBeGreaterThanOrEqual(STRINGS);

    const begun = performance.now();
    const ours = compared.map((text) => tokenizer.encode(text, { bos: false }));
    const between = performance.now();
    const theirs = compared.map((text) => reference.encode(text, { add_special_tokens: false }).ids as number[]);
    const ended = performance.now();

    const same = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((token, i) => token === b[i]);
    const wrong = compared.flatMap((text, i) => (same(ours[i]!, theirs[i]!) ? [] : [{ text, ours: ours[i], theirs: theirs[i] }]));
    expect(wrong.slice(0, 3)).toEqual([]);
    const lost = compared.flatMap((text, i) => (tokenizer.decode(ours[i]!, { special: true }) === normalized(text, spec) ? [] : [text]));
    expect(lost.slice(0, 3)).toEqual([]);

    const tokens = ours.reduce((sum, { length }) => sum + length, 0);
    const speed = (ms: number): string => `${Math.round(tokens / ms)}k tokens/s`;
    console.log(`${name}: ${compared.length} strings, ${tokens} tokens; ours ${speed(between - begun)}, reference ${speed(ended - between)}`);
  }, 240_000);

  it('decodes any tokens as the reference does, at once and one by one', async ({ skip }) => {
    const opened = await openOnce();
    if ('skipped' in opened) return skip(opened.skipped);
    const { tokenizer, reference } = opened;
    const random = randomFrom(11);
    const below = (n: number): number => Math.floor(random() * n);
    for (let i = 0; i < 1_000; i++) {
      // Half of them single bytes, so that most characters are broken.
      const tokens = Array.from({ length: 1 + below(20) }, () => below(random() < 0.5 ? 400 : tokenizer.vocabSize));
      for (const special of [true, false]) {
        const text = tokenizer.decode(tokens, { special });
        expect(text).toBe(reference.decode(tokens, { skip_special_tokens: !special, clean_up_tokenization_spaces: false }));
        const detokenizer = new Detokenizer(tokenizer, { special });
        expect(tokens.map((token) => detokenizer.push(token)).join('') + detokenizer.flush()).toBe(text);
      }
    }
  }, 60_000);
});
