/**
 * Hugging Face's tokenizer files: `tokenizer.json` (tokenizers' serialisation), `tokenizer_config.json` and `chat_template.jinja`
 * (transformers). Byte-level BPE; whatever else would change the tokens is refused by name.
 */
import { join } from 'node:path';
import { ModelFileError, UnsupportedModelError } from '../errors.ts';
import { describe, isObject, type JsonObject, readObject, readText } from '../weights/json.ts';
import { BYTE_CHARACTERS } from './merges.ts';
import { GPT2_PATTERN, gpt2BetweenDigits, inJavaScript } from './patterns.ts';
import type { AddedToken, TokenizerSpec } from './spec.ts';

const TOKENIZER = 'tokenizer.json';
const CONFIG = 'tokenizer_config.json';
const TEMPLATE = 'chat_template.jinja';

export interface ReadTokenizer {
  readonly spec: TokenizerSpec;
  /** Jinja source; null for a model without. */
  readonly chatTemplate: string | null;
}

/** Throws ModelFileError (missing, not what it should be) or UnsupportedModelError (another kind of tokenizer), naming file and field. */
export async function readTokenizerJson(folder: string): Promise<ReadTokenizer> {
  const file = join(folder, TOKENIZER);
  const configFile = join(folder, CONFIG);
  const json = await readObject(file);
  const config = await readObject(configFile);
  const model = objectOf(json['model'], file, 'model');
  checkModel(model, file);
  const normalizer = readNormalizer(json['normalizer'], file, 'normalizer');
  const { vocabulary, added } = readVocabulary(model, json['added_tokens'] ?? [], normalizer, file);
  if (model['unk_token'] != null) checkBytes(vocabulary, file);
  checkDecoder(json['decoder'], file);

  const idOf = (name: 'bos_token' | 'eos_token'): number | null => {
    const given = config[name];
    const content = isObject(given) ? given['content'] : given;
    if (content == null) return null;
    const id = typeof content === 'string' ? (added.find((token) => token.content === content)?.id ?? vocabulary.indexOf(content)) : -1;
    if (id === -1) throw new ModelFileError(configFile, name, `a token of ${TOKENIZER}`, `it is ${describe(given)}`);
    return id;
  };
  const addBos = config['add_bos_token'];
  if (config['add_eos_token'] === true) unsupported(configFile, 'add_eos_token', 'false', true);
  const prepended = readPostProcessor(json['post_processor'], file, 'post_processor');
  const bosToken = addBos === false ? null : addBos === true ? (idOf('bos_token') ?? prepended) : prepended;
  return {
    spec: {
      file,
      vocabulary,
      merges: readMerges(model['merges'], file),
      added,
      pattern: readPattern(json['pre_tokenizer'], file),
      normalizer,
      ignoreMerges: model['ignore_merges'] === true,
      bosToken,
      eosToken: idOf('eos_token'),
    },
    chatTemplate: (await textOrNull(join(folder, TEMPLATE))) ?? readTemplate(config['chat_template'], configFile),
  };
}

/** Null where there is no such file. */
async function textOrNull(file: string): Promise<string | null> {
  try {
    return await readText(file);
  } catch (error) {
    if (((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return null;
    throw error;
  }
}

function objectOf(value: unknown, file: string, field: string): JsonObject {
  if (!isObject(value)) throw new ModelFileError(file, field, 'an object', `it is ${describe(value)}`);
  return value;
}

function listOf(value: unknown, file: string, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ModelFileError(file, field, 'a list', `it is ${describe(value)}`);
  return value;
}

function unsupported(file: string, field: string, expected: string, found: unknown): never {
  throw new UnsupportedModelError(file, field, expected, `it is ${describe(found)}`);
}

function checkModel(model: JsonObject, file: string): void {
  // Files of early versions leave the type out, and only BPE has merges.
  if ((model['type'] ?? (model['merges'] ? 'BPE' : undefined)) !== 'BPE') unsupported(file, 'model.type', '"BPE"', model['type']);
  if (model['byte_fallback'] === true) unsupported(file, 'model.byte_fallback', 'false', true);
  if (model['dropout']) unsupported(file, 'model.dropout', 'null', model['dropout']);
  for (const affix of ['continuing_subword_prefix', 'end_of_word_suffix']) if (model[affix]) unsupported(file, `model.${affix}`, 'null', model[affix]);
}

/** With every byte in the vocabulary, the unknown token is never used. */
function checkBytes(vocabulary: readonly string[], file: string): void {
  const tokens = new Set(vocabulary);
  if (!BYTE_CHARACTERS.every((character) => tokens.has(character))) unsupported(file, 'model.unk_token', 'null, where the vocabulary lacks bytes', 'a token');
}

function readVocabulary(model: JsonObject, addedTokens: unknown, normalizer: TokenizerSpec['normalizer'], file: string): { vocabulary: string[]; added: AddedToken[] } {
  const vocabulary: string[] = [];
  const put = (token: string, id: unknown, field: () => string): void => {
    // The bound keeps a wrong id from becoming a list of millions of holes.
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) >= 2 ** 21) throw new ModelFileError(file, field(), 'an id from 0 to 2097151', `it is ${describe(id)}`);
    const there = vocabulary[id as number];
    if (there !== undefined && there !== token) throw new ModelFileError(file, field(), 'an id of its own', `${id as number} is ${describe(there)} too`);
    vocabulary[id as number] = token;
  };
  for (const [token, id] of Object.entries(objectOf(model['vocab'], file, 'model.vocab'))) put(token, id, () => `model.vocab[${describe(token)}]`);
  const normalized: string[] = [];
  const added = listOf(addedTokens, file, 'added_tokens').map((entry, i): AddedToken => {
    const field = `added_tokens[${i}]`;
    const token = objectOf(entry, file, field);
    const content = token['content'];
    if (typeof content !== 'string' || content === '') throw new ModelFileError(file, `${field}.content`, 'a text', `it is ${describe(content)}`);
    for (const flag of ['single_word', 'lstrip', 'rstrip']) if (token[flag] === true) unsupported(file, `${field}.${flag}`, 'false', true);
    const special = token['special'] === true;
    if (token['normalized'] ?? !special) {
      if (normalizer !== null) unsupported(file, `${field}.normalized`, 'false, where there is a normalizer', true);
      normalized.push(content);
    }
    put(content, token['id'], () => `${field}.id`);
    return { id: token['id'] as number, content, special };
  });
  checkOverlaps(added, normalized, file);
  return { vocabulary: Array.from(vocabulary, (token) => token ?? ''), added };
}

/** tokenizers looks for the tokens with `normalized` second. Looking for all at once is the same unless one of each can share characters. */
function checkOverlaps(added: readonly AddedToken[], normalized: readonly string[], file: string): void {
  const second = new Set(normalized);
  const first = added.filter(({ content }) => !second.has(content));
  const shares = (a: string, b: string): boolean => a.includes(b) || Array.from({ length: Math.min(a.length, b.length) - 1 }, (_, i) => i + 1).some((n) => a.endsWith(b.slice(0, n)));
  for (const late of normalized) {
    const clash = first.find(({ content }) => shares(content, late) || shares(late, content));
    if (clash) unsupported(file, 'added_tokens', '"normalized" alike for tokens that can overlap', `${clash.content} and ${late}`);
  }
}

function readMerges(given: unknown, file: string): (readonly [string, string])[] {
  return listOf(given, file, 'model.merges').map((entry, i) => {
    const pair: unknown = typeof entry === 'string' ? entry.split(' ') : entry;
    if (!Array.isArray(pair) || pair.length !== 2 || !pair.every((part) => typeof part === 'string' && part !== '')) {
      throw new ModelFileError(file, `model.merges[${i}]`, 'two tokens, as a list or with a space between', `it is ${describe(entry)}`);
    }
    return pair as [string, string];
  });
}

/** A sequence's parts with their places; anything else is a sequence of one. Null is empty. */
function partsOf(value: unknown, list: string, file: string, field: string): { part: JsonObject; at: string }[] {
  if (value == null) return [];
  const part = objectOf(value, file, field);
  if (part['type'] !== 'Sequence') return [{ part, at: field }];
  return listOf(part[list], file, `${field}.${list}`).flatMap((inner, i) => partsOf(inner, list, file, `${field}.${list}[${i}]`));
}

function readNormalizer(value: unknown, file: string, field: string): TokenizerSpec['normalizer'] {
  const parts = partsOf(value, 'normalizers', file, field);
  for (const { part, at } of parts) if (part['type'] !== 'NFC') unsupported(file, `${at}.type`, '"NFC", or no normalizer', part['type']);
  return parts.length === 0 ? null : 'NFC';
}

/** One of: ByteLevel; Split and ByteLevel without its own pattern; Digits (or Split on `\p{N}`) and ByteLevel with it. */
function readPattern(value: unknown, file: string): string {
  const field = 'pre_tokenizer';
  const parts = partsOf(value, 'pretokenizers', file, field);
  const last = parts.pop();
  if (last?.part['type'] !== 'ByteLevel') return unsupported(file, last?.at ?? field, '"ByteLevel", or a "Sequence" that ends with it', last?.part['type']);
  if (last.part['add_prefix_space'] === true) unsupported(file, `${last.at}.add_prefix_space`, 'false', true);
  const gpt2 = last.part['use_regex'] !== false;
  const first = parts.pop();
  if (parts.length > 0) unsupported(file, field, 'at most one pre-tokenizer before ByteLevel', parts.map(({ part }) => part['type']).join(', '));
  if (first === undefined) return gpt2 ? GPT2_PATTERN : unsupported(file, `${last.at}.use_regex`, 'true, where no other pre-tokenizer splits', false);
  const { part, at } = first;
  if (part['type'] === 'Digits') {
    if (!gpt2) unsupported(file, `${last.at}.use_regex`, 'true after Digits', false);
    return gpt2BetweenDigits(part['individual_digits'] === true);
  }
  if (part['type'] !== 'Split') unsupported(file, `${at}.type`, 'one of "Split", "Digits"', part['type']);
  if (part['behavior'] !== 'Isolated') unsupported(file, `${at}.behavior`, '"Isolated"', part['behavior']);
  if (part['invert'] === true) unsupported(file, `${at}.invert`, 'false', true);
  const pattern = isObject(part['pattern']) ? part['pattern']['Regex'] : undefined;
  if (typeof pattern !== 'string') return unsupported(file, `${at}.pattern`, '{"Regex": …}', part['pattern']);
  if (gpt2) return pattern === '\\p{N}' || pattern === '\\p{N}+' ? gpt2BetweenDigits(pattern === '\\p{N}') : unsupported(file, `${last.at}.use_regex`, 'false after Split', true);
  if (inJavaScript(pattern) === null) unsupported(file, `${at}.pattern.Regex`, 'a pattern of letters, classes, groups and plain quantifiers', pattern);
  return pattern;
}

function checkDecoder(value: unknown, file: string): void {
  const parts = partsOf(value, 'decoders', file, 'decoder');
  if (parts.length !== 1 || parts[0]!.part['type'] !== 'ByteLevel') unsupported(file, 'decoder.type', '"ByteLevel"', parts.map(({ part }) => part['type']).join(', '));
}

/** Id of the token that is put before every text; null for none. */
function readPostProcessor(value: unknown, file: string, field: string): number | null {
  let first: number | null = null;
  for (const { part, at } of partsOf(value, 'processors', file, field)) {
    if (part['type'] === 'ByteLevel') continue; // moves offsets only
    if (part['type'] !== 'TemplateProcessing') unsupported(file, `${at}.type`, 'one of "ByteLevel", "TemplateProcessing"', part['type']);
    const single = listOf(part['single'], file, `${at}.single`);
    const [before, text] = single.length === 1 ? [undefined, single[0]] : single;
    if (single.length > 2 || !isObject(text) || !('Sequence' in text)) unsupported(file, `${at}.single`, 'at most one special token, then the text', single);
    if (before === undefined) continue;
    const name = isObject(before) && isObject(before['SpecialToken']) ? before['SpecialToken']['id'] : undefined;
    const tokens = isObject(part['special_tokens']) && typeof name === 'string' ? part['special_tokens'][name] : undefined;
    const ids = isObject(tokens) ? tokens['ids'] : undefined;
    if (!Array.isArray(ids) || ids.length !== 1 || !Number.isInteger(ids[0])) unsupported(file, `${at}.single[0]`, 'a special token of one id', before);
    first = (ids as [number])[0];
  }
  return first;
}

/** A template, or a list of named ones, of which "default" is for chats without tools or documents. */
function readTemplate(value: unknown, file: string): string | null {
  if (value == null) return null;
  if (typeof value === 'string') return value;
  const named = listOf(value, file, 'chat_template').find((entry) => isObject(entry) && entry['name'] === 'default');
  const template = isObject(named) ? named['template'] : undefined;
  if (typeof template !== 'string') throw new ModelFileError(file, 'chat_template', 'a text, or a list with one named "default"', `it is ${describe(value)}`);
  return template;
}
