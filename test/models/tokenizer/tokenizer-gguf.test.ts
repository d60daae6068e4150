import { describe, expect, it } from 'vitest';
import { ModelFileError, UnsupportedModelError } from '../../../models/errors.ts';
import { BYTE_CHARACTERS } from '../../../models/tokenizer/merges.ts';
import { preTokenizerOf } from '../../../models/tokenizer/patterns.ts';
import { createTokenizer } from '../../../models/tokenizer/tokenizer.ts';
import { tokenizerFromGguf } from '../../../models/tokenizer/tokenizer-gguf.ts';

type Metadata = Record<string, unknown>;

const TOKENS = [...BYTE_CHARACTERS, 'ab', '<s>', '</s>', '<think>', '[PAD260]'];
const FILE = 'model.gguf';

/** `over` without `tokenizer.ggml.`; undefined takes a key away. */
function metadataOf(over: Metadata = {}): Metadata {
  const keys: Metadata = {
    model: 'gpt2',
    pre: 'smollm',
    tokens: TOKENS,
    token_type: [...Array.from({ length: 257 }, () => 1), 3, 3, 4, 5],
    merges: ['a b'],
    bos_token_id: 257,
    eos_token_id: 258,
    ...over,
  };
  return Object.fromEntries(Object.entries(keys).flatMap(([key, value]) => (value === undefined ? [] : [[`tokenizer.ggml.${key}`, value]])));
}

describe('the tokenizer of a GGUF file', () => {
  it('is read into a specification: control tokens are special, a user\'s own are not, unused ones are plain', () => {
    expect(tokenizerFromGguf({ ...metadataOf(), 'tokenizer.chat_template': '{{ x }}' }, FILE)).toEqual({
      spec: {
        file: FILE,
        vocabulary: TOKENS,
        merges: [['a', 'b']],
        added: [{ id: 257, content: '<s>', special: true }, { id: 258, content: '</s>', special: true }, { id: 259, content: '<think>', special: false }],
        pattern: preTokenizerOf('smollm', '').pattern,
        normalizer: null,
        ignoreMerges: false,
        bosToken: null,
        eosToken: 258,
      },
      chatTemplate: '{{ x }}',
    });
  });

  it('encodes and decodes', async () => {
    const tokenizer = await createTokenizer(tokenizerFromGguf(metadataOf({ pre: 'llama-bpe' }), FILE).spec);
    expect(tokenizer.encode('ab<think>')).toEqual([257, 256, 259]);
    expect(tokenizer.decode([257, 256, 259, 260])).toBe('ab<think>[PAD260]');
  });

  it('puts a token before every text where the file says so, or the kind of tokenizer', () => {
    const bos = (over: Metadata): number | null => tokenizerFromGguf(metadataOf(over), FILE).spec.bosToken;
    expect(bos({})).toBeNull();
    expect(bos({ add_bos_token: true })).toBe(257);
    expect(bos({ pre: 'llama-bpe' })).toBe(257);
    expect(bos({ pre: 'llama-bpe', add_bos_token: false })).toBeNull();
  });

  it('has no chat template and no end token where the file names none', () => {
    const { spec, chatTemplate } = tokenizerFromGguf(metadataOf({ eos_token_id: undefined }), FILE);
    expect([spec.eosToken, chatTemplate]).toEqual([null, null]);
  });
});

describe('a GGUF file with another kind of tokenizer', () => {
  it.each<[string, Metadata]>([
    ['tokenizer.ggml.model', { model: 'llama' }],
    ['tokenizer.ggml.pre', { pre: 'deepseek-llm' }],
    ['tokenizer.ggml.pre', { pre: undefined }],
    ['tokenizer.ggml.add_eos_token', { add_eos_token: true }],
    ['tokenizer.ggml.add_space_prefix', { add_space_prefix: true }],
  ])('is refused by file and key: %s', (field, over) => {
    const reading = (): unknown => tokenizerFromGguf(metadataOf(over), FILE);
    expect(reading).toThrow(UnsupportedModelError);
    expect(reading).toThrow(expect.objectContaining({ file: FILE, field }));
  });
});

describe('a damaged GGUF file', () => {
  it.each<[string, Metadata]>([
    ['tokenizer.ggml.model', { model: undefined }],
    ['tokenizer.ggml.tokens', { tokens: undefined }],
    ['tokenizer.ggml.tokens[1]', { tokens: ['a', 2] }],
    ['tokenizer.ggml.token_type', { token_type: undefined }],
    ['tokenizer.ggml.token_type', { token_type: [1, 1] }],
    ['tokenizer.ggml.token_type[256]', { token_type: [...Array.from({ length: 256 }, () => 1), 'x', 3, 3, 4, 5] }],
    ['tokenizer.ggml.merges', { merges: undefined }],
    ['tokenizer.ggml.merges[1]', { merges: ['a b', 'ab'] }],
    ['tokenizer.ggml.merges[0]', { merges: ['a '] }],
    ['tokenizer.ggml.eos_token_id', { eos_token_id: 261 }],
    ['tokenizer.ggml.eos_token_id', { eos_token_id: -1 }],
    ['tokenizer.ggml.bos_token_id', { add_bos_token: true, bos_token_id: 'x' }],
    ['tokenizer.ggml.bos_token_id', { pre: 'llama-bpe', bos_token_id: undefined }],
    ['tokenizer.ggml.add_bos_token', { add_bos_token: 1 }],
  ])('is refused by file and key: %s', (field, over) => {
    const reading = (): unknown => tokenizerFromGguf(metadataOf(over), FILE);
    expect(reading).toThrow(ModelFileError);
    expect(reading).toThrow(expect.objectContaining({ name: 'ModelFileError', file: FILE, field }));
  });

  it('is refused when its chat template is no text', () => {
    expect(() => tokenizerFromGguf({ ...metadataOf(), 'tokenizer.chat_template': 7 }, FILE)).toThrow(expect.objectContaining({ field: 'tokenizer.chat_template' }));
  });
});
