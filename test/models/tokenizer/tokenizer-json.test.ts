import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelFileError, UnsupportedModelError } from '../../../models/errors.ts';
import { BYTE_CHARACTERS } from '../../../models/tokenizer/merges.ts';
import { GPT2_PATTERN, gpt2BetweenDigits, preTokenizerOf } from '../../../models/tokenizer/patterns.ts';
import { createTokenizer } from '../../../models/tokenizer/tokenizer.ts';
import { type ReadTokenizer, readTokenizerJson } from '../../../models/tokenizer/tokenizer-json.ts';
import { cachedTokenizer } from '../../support/fetch-tokenizers.ts';

let root: string;
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'winnow-tokenizer-json-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

type Json = Record<string, unknown>;

const BYTE_LEVEL = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
const QWEN_PATTERN = preTokenizerOf('qwen2', '').pattern;
const split = (over: Json = {}): Json => ({ type: 'Split', pattern: { Regex: QWEN_PATTERN }, behavior: 'Isolated', invert: false, ...over });
const sequence = (...pretokenizers: Json[]): Json => ({ type: 'Sequence', pretokenizers });
const token = (id: number, content: string, over: Json = {}): Json => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...over });
const template = (...single: Json[]): Json => ({
  type: 'TemplateProcessing',
  single,
  pair: [],
  special_tokens: { '<s>': { id: '<s>', ids: [257], tokens: ['<s>'] } },
});
const BEGIN = { SpecialToken: { id: '<s>', type_id: 0 } };
const TEXT = { Sequence: { id: 'A', type_id: 0 } };

/** 256 bytes, "ab", "<s>" and "</s>", written as tokenizers writes them. */
function tokenizerJson(over: Json = {}, model: Json = {}): Json {
  return {
    version: '1.0',
    added_tokens: [token(257, '<s>'), token(258, '</s>')],
    normalizer: null,
    pre_tokenizer: BYTE_LEVEL,
    post_processor: null,
    decoder: BYTE_LEVEL,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries([...BYTE_CHARACTERS, 'ab'].map((content, id) => [content, id])),
      merges: ['a b'],
      ...model,
    },
    ...over,
  };
}

const CONFIG: Json = { bos_token: '<s>', eos_token: { content: '</s>', lstrip: false }, chat_template: 'plain' };

/** `null` for a file that is not there; a text for one that is no JSON. */
async function folderOf(json: Json | string | null, config: Json | string | null = CONFIG, jinja: string | null = null): Promise<string> {
  const folder = join(root, String(folders++));
  await mkdir(folder);
  const put = async (name: string, content: Json | string | null): Promise<void> => {
    if (content !== null) await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  };
  await put('tokenizer.json', json);
  await put('tokenizer_config.json', config);
  await put('chat_template.jinja', jinja);
  return folder;
}

async function read(...files: Parameters<typeof folderOf>): Promise<ReadTokenizer> {
  return readTokenizerJson(await folderOf(...files));
}

describe("a tokenizer's files", () => {
  it('are read into a specification', async () => {
    const folder = await folderOf(tokenizerJson({ normalizer: { type: 'NFC' } }, { ignore_merges: true, merges: [['a', 'b']] }));
    const { spec, chatTemplate } = await readTokenizerJson(folder);
    expect(spec).toEqual({
      file: join(folder, 'tokenizer.json'),
      vocabulary: [...BYTE_CHARACTERS, 'ab', '<s>', '</s>'],
      merges: [['a', 'b']],
      added: [{ id: 257, content: '<s>', special: true }, { id: 258, content: '</s>', special: true }],
      pattern: GPT2_PATTERN,
      normalizer: 'NFC',
      ignoreMerges: true,
      bosToken: null,
      eosToken: 258,
    });
    expect(chatTemplate).toBe('plain');
  });

  it('leave holes in the vocabulary empty', async () => {
    const { spec } = await read(tokenizerJson({ added_tokens: [token(300, '<s>', { special: false })] }), {});
    expect(spec.vocabulary).toHaveLength(301);
    expect(spec.vocabulary[280]).toBe('');
    expect((await createTokenizer(spec)).encode('ab<s>')).toEqual([256, 300]);
  });

  it('give the pattern of each way to split that is known', async () => {
    const cases: [Json, string][] = [
      [BYTE_LEVEL, GPT2_PATTERN],
      [sequence(BYTE_LEVEL), GPT2_PATTERN],
      [sequence({ type: 'Digits', individual_digits: true }, BYTE_LEVEL), gpt2BetweenDigits(true)],
      [sequence({ type: 'Digits', individual_digits: false }, BYTE_LEVEL), gpt2BetweenDigits(false)],
      [sequence(split({ pattern: { Regex: '\\p{N}' } }), BYTE_LEVEL), gpt2BetweenDigits(true)],
      [sequence(split(), { ...BYTE_LEVEL, use_regex: false }), QWEN_PATTERN],
      [sequence(sequence(split()), { ...BYTE_LEVEL, use_regex: false }), QWEN_PATTERN],
    ];
    for (const [pretokenizer, pattern] of cases) expect((await read(tokenizerJson({ pre_tokenizer: pretokenizer }))).spec.pattern).toBe(pattern);
  });

  it('say what is put before every text: the post-processor, or the configuration over it', async () => {
    const cases: [Json | null, Json, number | null][] = [
      [null, {}, null],
      [BYTE_LEVEL, {}, null],
      [template(TEXT), {}, null],
      [template(BEGIN, TEXT), {}, 257],
      [{ type: 'Sequence', processors: [BYTE_LEVEL, template(BEGIN, TEXT)] }, {}, 257],
      [template(BEGIN, TEXT), { add_bos_token: false }, null],
      [null, { add_bos_token: true }, 257],
    ];
    for (const [processor, config, bos] of cases) expect((await read(tokenizerJson({ post_processor: processor }), { ...CONFIG, ...config })).spec.bosToken).toBe(bos);
  });

  it('give the chat template: of its own file, else of the configuration, the default one of several', async () => {
    const named = [{ name: 'tool_use', template: 'tools' }, { name: 'default', template: 'chat' }];
    expect((await read(tokenizerJson(), { ...CONFIG, chat_template: named })).chatTemplate).toBe('chat');
    expect((await read(tokenizerJson(), { ...CONFIG, chat_template: named }, 'file')).chatTemplate).toBe('file');
    expect((await read(tokenizerJson(), {})).chatTemplate).toBeNull();
  });

  it('may list tokens as normalized where that changes nothing', async () => {
    const added = [token(257, '<s>'), token(258, '<search>', { special: false, normalized: true })];
    expect((await read(tokenizerJson({ added_tokens: added }), {})).spec.added).toHaveLength(2);
  });
});

describe('another kind of tokenizer', () => {
  const cases: [what: string, field: string, json: Json][] = [
    ['Unigram', 'model.type', tokenizerJson({}, { type: 'Unigram' })],
    ['WordPiece of an early version', 'model.type', tokenizerJson({}, { type: undefined, merges: undefined })],
    ['bytes as tokens of their own', 'model.byte_fallback', tokenizerJson({}, { byte_fallback: true })],
    ['dropout', 'model.dropout', tokenizerJson({}, { dropout: 0.1 })],
    ['word endings', 'model.end_of_word_suffix', tokenizerJson({}, { end_of_word_suffix: '</w>' })],
    ['an unknown token where bytes are missing', 'model.unk_token', tokenizerJson({}, { unk_token: 'ab', vocab: { a: 0, b: 1, ab: 2 } })],
    ['another normalizer', 'normalizer.normalizers[1].type', tokenizerJson({ normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Lowercase' }] } })],
    ['another pre-tokenizer', 'pre_tokenizer', tokenizerJson({ pre_tokenizer: { type: 'Metaspace' } })],
    ['no pre-tokenizer', 'pre_tokenizer', tokenizerJson({ pre_tokenizer: null })],
    ['another pre-tokenizer before bytes', 'pre_tokenizer.pretokenizers[0].type', tokenizerJson({ pre_tokenizer: sequence({ type: 'Punctuation' }, BYTE_LEVEL) })],
    ['three pre-tokenizers', 'pre_tokenizer', tokenizerJson({ pre_tokenizer: sequence(split(), split(), { ...BYTE_LEVEL, use_regex: false }) })],
    ['a space put first', 'pre_tokenizer.add_prefix_space', tokenizerJson({ pre_tokenizer: { ...BYTE_LEVEL, add_prefix_space: true } })],
    ['nothing that splits', 'pre_tokenizer.use_regex', tokenizerJson({ pre_tokenizer: { ...BYTE_LEVEL, use_regex: false } })],
    ['two patterns, one after the other', 'pre_tokenizer.pretokenizers[1].use_regex', tokenizerJson({ pre_tokenizer: sequence(split(), BYTE_LEVEL) })],
    ['matches taken away', 'pre_tokenizer.pretokenizers[0].behavior', tokenizerJson({ pre_tokenizer: sequence(split({ behavior: 'Removed' }), { ...BYTE_LEVEL, use_regex: false }) })],
    ['a pattern turned around', 'pre_tokenizer.pretokenizers[0].invert', tokenizerJson({ pre_tokenizer: sequence(split({ invert: true }), { ...BYTE_LEVEL, use_regex: false }) })],
    ['a text to split at', 'pre_tokenizer.pretokenizers[0].pattern', tokenizerJson({ pre_tokenizer: sequence(split({ pattern: { String: ' ' } }), { ...BYTE_LEVEL, use_regex: false }) })],
    ['a pattern of other syntax', 'pre_tokenizer.pretokenizers[0].pattern.Regex', tokenizerJson({ pre_tokenizer: sequence(split({ pattern: { Regex: '\\w+|.' } }), { ...BYTE_LEVEL, use_regex: false }) })],
    ['another decoder', 'decoder.type', tokenizerJson({ decoder: { type: 'Metaspace' } })],
    ['another post-processor', 'post_processor.type', tokenizerJson({ post_processor: { type: 'BertProcessing' } })],
    ['a token after the text', 'post_processor.single', tokenizerJson({ post_processor: template(BEGIN, TEXT, BEGIN) })],
    ['added tokens that take spaces', 'added_tokens[0].lstrip', tokenizerJson({ added_tokens: [token(257, '<s>', { lstrip: true })] })],
    ['added tokens that are words', 'added_tokens[0].single_word', tokenizerJson({ added_tokens: [token(257, '<s>', { single_word: true })] })],
    ['added tokens looked for after normalising', 'added_tokens[0].normalized', tokenizerJson({ normalizer: { type: 'NFC' }, added_tokens: [token(257, '<s>', { normalized: true })] })],
    ['added tokens looked for in two passes that can overlap', 'added_tokens', tokenizerJson({ added_tokens: [token(257, '<s>'), token(258, '><b', { normalized: true })] })],
  ];
  it.each(cases)('is refused by file and field: %s', async (_, field, json) => {
    const folder = await folderOf(json);
    const reading = readTokenizerJson(folder);
    await expect(reading).rejects.toThrow(UnsupportedModelError);
    await expect(reading).rejects.toMatchObject({ file: join(folder, 'tokenizer.json'), field });
  });

  it('is refused where it puts a token after every text', async () => {
    await expect(read(tokenizerJson(), { ...CONFIG, add_eos_token: true })).rejects.toMatchObject({ name: 'UnsupportedModelError', field: 'add_eos_token' });
  });
});

describe('files that are not what they should be', () => {
  const cases: [what: string, file: string, field: string, json: Json | string | null, config: Json | string | null][] = [
    ['no tokenizer.json', 'tokenizer.json', '', null, CONFIG],
    ['no tokenizer_config.json', 'tokenizer_config.json', '', tokenizerJson(), null],
    ['half a file', 'tokenizer.json', '', JSON.stringify(tokenizerJson()).slice(0, 500), CONFIG],
    ['a list', 'tokenizer_config.json', '', tokenizerJson(), '[]'],
    ['no model', 'tokenizer.json', 'model', tokenizerJson({ model: 3 }), CONFIG],
    ['no vocabulary', 'tokenizer.json', 'model.vocab', tokenizerJson({}, { vocab: undefined }), CONFIG],
    ['an id that is none', 'tokenizer.json', 'model.vocab["a"]', tokenizerJson({}, { vocab: { a: -1 } }), CONFIG],
    ['an id of four billion', 'tokenizer.json', 'model.vocab["a"]', tokenizerJson({}, { vocab: { a: 2 ** 32 } }), CONFIG],
    ['an id given twice', 'tokenizer.json', 'added_tokens[0].id', tokenizerJson({ added_tokens: [token(3, '<s>')] }), CONFIG],
    ['an added token without text', 'tokenizer.json', 'added_tokens[1].content', tokenizerJson({ added_tokens: [token(257, '<s>'), { id: 258 }] }), CONFIG],
    ['merges of three', 'tokenizer.json', 'model.merges[1]', tokenizerJson({}, { merges: ['a b', 'a b c'] }), CONFIG],
    ['merges that are no list', 'tokenizer.json', 'model.merges', tokenizerJson({}, { merges: 'a b' }), CONFIG],
    ['an end token that is not there', 'tokenizer_config.json', 'eos_token', tokenizerJson(), { eos_token: '<gone>' }],
    ['a beginning that is not there', 'tokenizer_config.json', 'bos_token', tokenizerJson(), { add_bos_token: true, bos_token: '<gone>' }],
    ['templates without a default', 'tokenizer_config.json', 'chat_template', tokenizerJson(), { chat_template: [{ name: 'rag', template: 'x' }] }],
  ];
  it('are refused where the chat template has no end', { skip: process.platform === 'win32' }, async () => {
    const folder = await folderOf(tokenizerJson());
    await symlink('/dev/zero', join(folder, 'chat_template.jinja'));
    await expect(readTokenizerJson(folder)).rejects.toMatchObject({ name: 'ModelFileError', file: join(folder, 'chat_template.jinja'), expected: 'a regular file' });
  });

  it.each(cases)('are refused by file and field: %s', async (_, file, field, json, config) => {
    const folder = await folderOf(json, config);
    const reading = readTokenizerJson(folder);
    await expect(reading).rejects.toThrow(ModelFileError);
    await expect(reading).rejects.toMatchObject({ name: 'ModelFileError', file: join(folder, file), field });
  });
});

describe('published files', () => {
  it.for(['qwen3', 'qwen2_5', 'llama3_2'] as const)('of %s are read', async (name, { skip }) => {
    const cached = cachedTokenizer(name);
    if ('skipped' in cached) return skip(cached.skipped);
    const { spec, chatTemplate } = await readTokenizerJson(cached.folder);
    const llama = name === 'llama3_2';
    expect(spec).toMatchObject(llama ? { pattern: preTokenizerOf('llama-bpe', '').pattern, normalizer: null, ignoreMerges: true, bosToken: 128_000, eosToken: 128_009 } : { pattern: QWEN_PATTERN, normalizer: 'NFC', ignoreMerges: false, bosToken: null, eosToken: 151_645 });
    expect(spec.vocabulary).toHaveLength({ qwen3: 151_669, qwen2_5: 151_665, llama3_2: 128_256 }[name]);
    expect(chatTemplate).toContain(llama ? '<|start_header_id|>' : '<|im_start|>');
  });
});
