/**
 * How text is split before merging: the patterns of the tokenizers that this runtime reads, by their names in GGUF, and one pattern
 * in two dialects. Sources: GPT-2's encoder.py; tokenizer.json of Llama 3 and Qwen 2 as published; llama.cpp, llama-vocab.cpp
 * (`tokenizer.ggml.pre`); tokenizers, digits.rs and byte_level.rs.
 */
import { UnsupportedModelError } from '../errors.ts';
import type { TokenizerSpec } from './spec.ts';

/** What tokenizers calls ByteLevel with `use_regex`. */
export const GPT2_PATTERN = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

/**
 * Digits, then GPT-2's pattern on what lies between, as one pattern: a digit takes no space before it, and a run of whitespace
 * before a digit stays whole, as it does at the end of a text. `individual`: each digit is a piece, not a run of them.
 */
export function gpt2BetweenDigits(individual: boolean): string {
  return String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+|\p{N}${individual ? '' : '+'}| ?[^\s\p{L}\p{N}]+|\s+(?![^\s\p{N}])|\s+`;
}

const LLAMA3_PATTERN = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const QWEN2_PATTERN = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

interface PreTokenizer extends Pick<TokenizerSpec, 'pattern' | 'normalizer' | 'ignoreMerges'> {
  /** Where the file does not say. */
  readonly addBos: boolean;
}

const GPT2: PreTokenizer = { pattern: GPT2_PATTERN, normalizer: null, ignoreMerges: false, addBos: false };
const DIGITS: PreTokenizer = { ...GPT2, pattern: gpt2BetweenDigits(true) };
const LLAMA3: PreTokenizer = { pattern: LLAMA3_PATTERN, normalizer: null, ignoreMerges: true, addBos: true };
/** Qwen normalises to NFC; GGUF has no field for it, and llama.cpp leaves it out. */
const QWEN2: PreTokenizer = { pattern: QWEN2_PATTERN, normalizer: 'NFC', ignoreMerges: false, addBos: false };

/**
 * The names that llama.cpp reads in the same way. Its `default` is missing on purpose: it stands for a file made before the name was
 * written down, and the pattern that llama.cpp then takes is no model's own.
 */
const PRE_TOKENIZERS: Readonly<Record<string, PreTokenizer>> = {
  ...named(GPT2, 'gpt-2', 'phi-2', 'gigachat', 'a.x-4.0', 'mellum', 'exaone4', 'mpt', 'olmo', 'jais', 'trillion', 'granite-docling'),
  ...named(DIGITS, 'smollm', 'starcoder', 'refact', 'command-r', 'codeshell', 'exaone', 'minerva-7b', 'mellum2'),
  ...named(LLAMA3, 'llama-bpe', 'llama3', 'llama-v3', 'falcon3', 'falcon-h1', 'pixtral', 'midm-2.0', 'lfm2'),
  ...named({ ...LLAMA3, ignoreMerges: false, addBos: false }, 'dbrx', 'smaug-bpe'),
  ...named(QWEN2, 'qwen2', 'deepseek-r1-qwen', 'megrez'),
};

function named(preTokenizer: PreTokenizer, ...names: string[]): Record<string, PreTokenizer> {
  return Object.fromEntries(names.map((name) => [name, preTokenizer]));
}

/** Throws UnsupportedModelError for a `tokenizer.ggml.pre` that is not known. */
export function preTokenizerOf(pre: unknown, file: string): PreTokenizer {
  const found = typeof pre === 'string' && Object.hasOwn(PRE_TOKENIZERS, pre) ? PRE_TOKENIZERS[pre] : undefined;
  if (found) return found;
  const known = Object.keys(PRE_TOKENIZERS).join(', ');
  throw new UnsupportedModelError(file, 'tokenizer.ggml.pre', `one of ${known}`, pre === undefined ? 'it is missing' : `it is ${JSON.stringify(pre)}`);
}

/** Letters that others than their own two cases fold to. */
const MORE_CASES: Readonly<Record<string, string>> = { s: 'ſ', k: '\u212A' };

function bothCases(letter: string): string {
  const lower = letter.toLowerCase();
  return `${lower}${lower.toUpperCase()}${MORE_CASES[lower] ?? ''}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  s: String.raw`\p{White_Space}`, // JavaScript's own \s lacks U+0085 and has U+FEFF
  S: String.raw`\P{White_Space}`,
  d: String.raw`\p{Nd}`,
  D: String.raw`\P{Nd}`,
  r: String.raw`\r`,
  n: String.raw`\n`,
  t: String.raw`\t`,
};

/**
 * The pattern, which is in the syntax that Oniguruma and fancy-regex share, as JavaScript's, global. Null for one that uses more
 * than the three agree on: anchors, `.`, `\w`, `\b`, possessive quantifiers, sets inside classes; or that matches nothing at all.
 * Node's tables may know characters that the others, of Unicode 16, take for unassigned.
 */
export function inJavaScript(pattern: string): RegExp | null {
  /** One for each open group: are cases folded inside? */
  const folds: boolean[] = [false];
  let inClass = false;
  let source = '';
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const folded = folds.at(-1)!;
    const [character] = rest as unknown as [string];
    let taken: string;
    if ((taken = /^\\[pP]\{\w+\}/.exec(rest)?.[0] ?? '')) source += taken;
    else if ((taken = /^\\[sSdDrnt]/.exec(rest)?.[0] ?? '')) source += ESCAPES[taken[1]!];
    else if ((taken = /^\\[^\w\s]/.exec(rest)?.[0] ?? '')) source += /[\^$\\.*+?()[\]{}|/-]/.test(taken[1]!) ? taken : taken[1]!;
    else if (character === '\\') return null;
    else if (inClass) {
      taken = character;
      if (character === '[' || /^(&&|--|~~)/.test(rest) || (folded && character === '-')) return null;
      if (character === ']') inClass = false;
      source += folded && /[a-z]/i.test(character) ? bothCases(character) : character;
    } else if ((taken = /^\[\^?(?!\])/.exec(rest)?.[0] ?? '')) {
      inClass = true;
      source += taken;
    } else if ((taken = /^\((?:\?(?:i:|:|=|!))?(?!\?)/.exec(rest)?.[0] ?? '')) {
      folds.push(folded || taken === '(?i:');
      source += taken === '(?i:' || taken === '(' ? '(?:' : taken;
    } else if (character === ')') {
      if (folds.length === 1) return null;
      folds.pop();
      source += taken = character;
    } else if ((taken = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??(?![*+?{])/.exec(rest)?.[0] ?? '')) source += taken;
    else if (/[.^$*+?{}[\]]/.test(character)) return null;
    else {
      taken = String.fromCodePoint(rest.codePointAt(0)!);
      if (folded && /\p{L}/u.test(taken) && !/[a-z]/i.test(taken)) return null;
      source += folded && /[a-z]/i.test(taken) ? `[${bothCases(taken)}]` : taken;
    }
    at += taken.length;
  }
  try {
    const compiled = new RegExp(source, 'gu');
    return new RegExp(source, 'u').test('') ? null : compiled;
  } catch {
    return null;
  }
}
