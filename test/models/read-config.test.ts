import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../models/config.ts';
import { configFromGguf, readConfigJson } from '../../models/read-config.ts';
import { openGguf } from '../../models/weights/gguf.ts';
import { type GgufTensor, type GgufValue, writeGguf } from '../support/gguf-writer.ts';
import { tinyConfigJson, tinyGgufTensors, tinyMetadata, tinyModel } from '../support/tiny-model.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'winnow-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Published config.json files, the keys that matter and some that do not. */
const LLAMA_32_1B = {
  architectures: ['LlamaForCausalLM'], attention_bias: false, attention_dropout: 0.0, bos_token_id: 128000, eos_token_id: [128001, 128008, 128009], head_dim: 64, hidden_act: 'silu', hidden_size: 2048,
  intermediate_size: 8192, max_position_embeddings: 131072, mlp_bias: false, model_type: 'llama', num_attention_heads: 32, num_hidden_layers: 16, num_key_value_heads: 8, pretraining_tp: 1, rms_norm_eps: 1e-5,
  rope_scaling: { factor: 32.0, high_freq_factor: 4.0, low_freq_factor: 1.0, original_max_position_embeddings: 8192, rope_type: 'llama3' }, rope_theta: 500000.0, tie_word_embeddings: true, torch_dtype: 'bfloat16', vocab_size: 128256,
};
const QWEN25_7B = {
  architectures: ['Qwen2ForCausalLM'], bos_token_id: 151643, eos_token_id: 151645, hidden_act: 'silu', hidden_size: 3584, intermediate_size: 18944, max_position_embeddings: 32768, max_window_layers: 28, model_type: 'qwen2',
  num_attention_heads: 28, num_hidden_layers: 28, num_key_value_heads: 4, rms_norm_eps: 1e-6, rope_theta: 1000000.0, sliding_window: 131072, tie_word_embeddings: false, torch_dtype: 'bfloat16', use_sliding_window: false, vocab_size: 152064,
};
const QWEN3_06B = {
  architectures: ['Qwen3ForCausalLM'], attention_bias: false, bos_token_id: 151643, eos_token_id: 151645, head_dim: 128, hidden_act: 'silu', hidden_size: 1024, intermediate_size: 3072, max_position_embeddings: 40960, max_window_layers: 28,
  model_type: 'qwen3', num_attention_heads: 16, num_hidden_layers: 28, num_key_value_heads: 8, rms_norm_eps: 1e-6, rope_scaling: null, rope_theta: 1000000, sliding_window: null, tie_word_embeddings: true, use_sliding_window: false, vocab_size: 151936,
};

describe('readConfigJson', () => {
  const file = (): string => join(folder, 'config.json');
  beforeEach(() => rm(join(folder, 'generation_config.json'), { force: true }));
  const read = async (config: object): Promise<ModelConfig> => {
    await writeFile(file(), JSON.stringify(config));
    return readConfigJson(folder);
  };

  it('reads Llama 3.2 1B', async () => {
    expect(await read(LLAMA_32_1B)).toEqual({
      architecture: 'llama', hiddenSize: 2048, intermediateSize: 8192, layers: 16, heads: 32, kvHeads: 8, headDim: 64, vocabSize: 128256, contextLength: 131072, rmsNormEps: 1e-5, ropeTheta: 500000,
      ropeScaling: { type: 'llama3', factor: 32, lowFreqFactor: 1, highFreqFactor: 4, originalContextLength: 8192 }, ropeFactors: null, tieEmbeddings: true, attentionBias: false, eosTokens: [128001, 128008, 128009], bosToken: 128000,
    });
  });

  it('reads Qwen2.5 7B: biases though no key says so, a window that is not in use', async () => {
    expect(await read(QWEN25_7B)).toMatchObject({ architecture: 'qwen2', headDim: 128, attentionBias: true, ropeScaling: null, eosTokens: [151645], tieEmbeddings: false, contextLength: 32768 });
  });

  it('reads Qwen3 0.6B: heads wider than the hidden size', async () => {
    expect(await read(QWEN3_06B)).toMatchObject({ architecture: 'qwen3', hiddenSize: 1024, heads: 16, headDim: 128, attentionBias: false, ropeTheta: 1e6 });
  });

  it('takes what transformers takes for keys that are missing', async () => {
    const { num_key_value_heads: _, rope_theta: __, rms_norm_eps: ___, tie_word_embeddings: ____, eos_token_id: _____, bos_token_id: ______, head_dim: _______, ...bare } = LLAMA_32_1B;
    expect(await read(bare)).toMatchObject({ kvHeads: 32, headDim: 64, ropeTheta: 10_000, rmsNormEps: 1e-6, tieEmbeddings: false, eosTokens: [], bosToken: null });
    const { head_dim: ________, ...qwen3 } = QWEN3_06B;
    expect(await read({ ...qwen3, hidden_size: 1000 })).toMatchObject({ headDim: 128 });
  });

  it('reads the rotation as transformers 5 writes it', async () => {
    const { rope_scaling: scaling, rope_theta: theta, ...rest } = LLAMA_32_1B;
    expect(await read({ ...rest, rope_parameters: { ...scaling, rope_theta: theta } })).toEqual(await read(LLAMA_32_1B));
    expect(await read({ ...rest, rope_parameters: { rope_type: 'default', rope_theta: 20_000 } })).toMatchObject({ ropeTheta: 20_000, ropeScaling: null });
  });

  it.each([
    ['linear, by its old key', { type: 'linear', factor: 2.5 }, { type: 'linear', factor: 2.5 }],
    ['default', { rope_type: 'default' }, null],
    ['YaRN with what the paper says', { type: 'yarn', factor: 4.0, original_max_position_embeddings: 32768 }, { type: 'yarn', factor: 4, originalContextLength: 32768, betaFast: 32, betaSlow: 1, attentionFactor: null }],
    [
      'YaRN with all its keys',
      { rope_type: 'yarn', factor: 2, original_max_position_embeddings: 1000, beta_fast: 16, beta_slow: 2, attention_factor: 1.5, truncate: true },
      { type: 'yarn', factor: 2, originalContextLength: 1000, betaFast: 16, betaSlow: 2, attentionFactor: 1.5 },
    ],
  ])('reads a scaling: %s', async (_, scaling, expected) => {
    expect((await read({ ...QWEN25_7B, rope_scaling: scaling })).ropeScaling).toEqual(expected);
  });

  it('counts the positions that YaRN adds', async () => {
    const yarn = { type: 'yarn', factor: 4.0, original_max_position_embeddings: 32768 };
    expect((await read({ ...QWEN25_7B, rope_scaling: yarn })).contextLength).toBe(131072);
    expect((await read({ ...QWEN25_7B, rope_scaling: yarn, max_position_embeddings: 131072 })).contextLength).toBe(131072);
    expect((await read({ ...QWEN25_7B, rope_scaling: { type: 'linear', factor: 4 } })).contextLength).toBe(32768);
  });

  it('takes the tokens that end a text from generation_config.json where it names them', async () => {
    await writeFile(join(folder, 'generation_config.json'), JSON.stringify({ eos_token_id: [151645, 151643], temperature: 0.7 }));
    expect(await read(QWEN25_7B)).toMatchObject({ eosTokens: [151645, 151643], bosToken: 151643 });
    await writeFile(join(folder, 'generation_config.json'), JSON.stringify({ temperature: 0.7 }));
    expect((await read(QWEN25_7B)).eosTokens).toEqual([151645]);
    await writeFile(join(folder, 'generation_config.json'), '{');
    await expect(read(QWEN25_7B)).rejects.toMatchObject({ name: 'ModelFileError', file: join(folder, 'generation_config.json') });
  });

  it.each<readonly [string, object, string]>([
    ['another model', { model_type: 'mistral' }, 'model_type'],
    ['experts', { model_type: 'qwen2_moe' }, 'model_type'],
    ['experts by their number', { num_local_experts: 8 }, 'num_local_experts'],
    ['a classifier', { architectures: ['LlamaForSequenceClassification'] }, 'architectures'],
    ['a sliding window in use', { use_sliding_window: true }, 'use_sliding_window'],
    ['layers of several kinds', { layer_types: ['full_attention', 'sliding_attention'] }, 'layer_types'],
    ['biases in the MLP', { mlp_bias: true }, 'mlp_bias'],
    ['another activation', { hidden_act: 'gelu' }, 'hidden_act'],
    ['quantised weights', { quantization_config: { quant_method: 'awq' } }, 'quantization_config'],
    ['a rotation of part of the head', { partial_rotary_factor: 0.5 }, 'partial_rotary_factor'],
    ['a scaling that is not implemented', { rope_scaling: { rope_type: 'longrope', factor: 4 } }, 'rope_scaling.rope_type'],
    ['dynamic scaling, by its old key', { rope_scaling: { type: 'dynamic', factor: 4 } }, 'rope_scaling.type'],
    ['YaRN as DeepSeek has it', { rope_scaling: { type: 'yarn', factor: 4, mscale: 1 } }, 'rope_scaling.mscale'],
    ['YaRN that does not round', { rope_scaling: { type: 'yarn', factor: 4, truncate: false } }, 'rope_scaling.truncate'],
    ['a rotation for each kind of layer', { rope_parameters: { full_attention: { rope_type: 'default' } } }, 'rope_parameters.full_attention'],
  ])('refuses what is not implemented: %s', async (_, over, field) => {
    await expect(read({ ...LLAMA_32_1B, ...over })).rejects.toMatchObject({ name: 'UnsupportedModelError', file: file(), field });
  });

  it.each<readonly [string, object, string]>([
    ['a size that is missing', { hidden_size: undefined }, 'hidden_size'],
    ['a size of zero', { intermediate_size: 0 }, 'intermediate_size'],
    ['a size below zero', { vocab_size: -1 }, 'vocab_size'],
    ['half a layer', { num_hidden_layers: 1.5 }, 'num_hidden_layers'],
    ['more layers than there are atoms', { num_hidden_layers: 1e15 }, 'num_hidden_layers'],
    ['as many layers as a list would hold', { num_hidden_layers: 2 ** 30 }, 'num_hidden_layers'],
    ['a size in words', { hidden_size: '2048' }, 'hidden_size'],
    ['a list of sizes', { num_attention_heads: [32] }, 'num_attention_heads'],
    ['heads that their keys do not divide', { num_key_value_heads: 5 }, 'num_key_value_heads'],
    ['heads that do not divide the hidden size', { num_attention_heads: 24, head_dim: null, num_key_value_heads: 8 }, 'num_attention_heads'],
    ['an odd size of a head', { head_dim: 63 }, 'head_dim'],
    ['no length of the context', { max_position_embeddings: null }, 'max_position_embeddings'],
    ['an epsilon of zero', { rms_norm_eps: 0 }, 'rms_norm_eps'],
    ['a theta below zero', { rope_theta: -1 }, 'rope_theta'],
    ['a theta that is not a number', { rope_theta: 'big' }, 'rope_theta'],
    ['an answer that is neither yes nor no', { tie_word_embeddings: 'yes' }, 'tie_word_embeddings'],
    ['an end token below zero', { eos_token_id: -1 }, 'eos_token_id'],
    ['an end token in words', { eos_token_id: [2, '</s>'] }, 'eos_token_id'],
    ['no kind of model', { model_type: undefined }, 'model_type'],
    ['a list for a scaling', { rope_scaling: [1] }, 'rope_scaling'],
    ['a scaling without its factor', { rope_scaling: { type: 'linear' } }, 'rope_scaling.factor'],
    ['a factor below one', { rope_scaling: { type: 'linear', factor: 0.5 } }, 'rope_scaling.factor'],
    ['frequencies in the wrong order', { rope_scaling: { ...LLAMA_32_1B.rope_scaling, high_freq_factor: 1 } }, 'rope_scaling.high_freq_factor'],
    ['rotations in the wrong order', { rope_scaling: { type: 'yarn', factor: 4, beta_fast: 1, beta_slow: 2 } }, 'rope_scaling.beta_fast'],
    ['an original length in words', { rope_scaling: { ...LLAMA_32_1B.rope_scaling, original_max_position_embeddings: 'long' } }, 'rope_scaling.original_max_position_embeddings'],
  ])('names the key of %s', async (_, over, field) => {
    await expect(read({ ...LLAMA_32_1B, ...over })).rejects.toMatchObject({ name: 'ModelFileError', file: file(), field });
  });

  it('names a file that is missing, that is not JSON, or that is no object', async () => {
    await rm(file());
    await expect(readConfigJson(folder)).rejects.toThrow(`${file()}: expected a file or folder that can be read; there is none.`);
    for (const text of ['', '{"a":', '[1]', 'null']) {
      await writeFile(file(), text);
      await expect(readConfigJson(folder)).rejects.toMatchObject({ name: 'ModelFileError', file: file(), field: '' });
    }
  });

  it('names a file that has no end', { skip: process.platform === 'win32' }, async () => {
    await rm(file(), { force: true });
    await symlink('/dev/zero', file());
    await expect(readConfigJson(folder)).rejects.toMatchObject({ name: 'ModelFileError', file: file(), field: '', expected: 'a regular file' });
    await rm(file());
  });
});

describe('configFromGguf', () => {
  const file = (): string => join(folder, 'model.gguf');
  /** A tiny model's file with metadata changed (null leaves a key out) and tensors added or put in place of their likes. */
  const read = async (name: ModelConfig['architecture'], over: Record<string, GgufValue | null> = {}, more: readonly GgufTensor[] = [], base: Partial<ModelConfig> = {}): Promise<ModelConfig> => {
    const model = tinyModel(name, base);
    const metadata = Object.fromEntries(Object.entries({ ...tinyMetadata(model), ...over }).filter((entry): entry is [string, GgufValue] => entry[1] !== null));
    const tensors = [...tinyGgufTensors(model).filter((tensor) => !more.some((one) => one.name === tensor.name)), ...more];
    await writeFile(file(), writeGguf({ metadata, tensors }));
    const opened = await openGguf(file());
    try {
      return await configFromGguf(opened.metadata, opened.weights);
    } finally {
      await opened.weights.close();
    }
  };
  const floats = (name: string, ...values: number[]): GgufTensor => ({ name, shape: [values.length], type: 'F32', bytes: new Uint8Array(Float32Array.from(values).buffer) });

  it.each(['llama', 'qwen2', 'qwen3'] as const)('reads of %s what config.json says of it', async (name) => {
    const model = tinyModel(name, { rmsNormEps: 2 ** -17 });
    const folderConfig = join(folder, 'config.json');
    await rm(join(folder, 'generation_config.json'), { force: true });
    await writeFile(folderConfig, JSON.stringify(tinyConfigJson(model)));
    expect(await read(name, {}, [], { rmsNormEps: 2 ** -17 })).toEqual(await readConfigJson(folder));
  });

  it('takes the size of the vocabulary from the embedding, and ties where there is no output matrix', async () => {
    expect(await read('llama', { 'llama.vocab_size': { u32: 9 } })).toMatchObject({ vocabSize: 258, tieEmbeddings: false });
    expect(await read('llama', {}, [], { tieEmbeddings: true, vocabSize: 300 })).toMatchObject({ vocabSize: 300, tieEmbeddings: true });
  });

  it('does not tie where the output matrix is of a type that is not read', async () => {
    expect(await read('llama', {}, [{ name: 'output.weight', shape: [258, 256], type: 'Q5_K', bytes: new Uint8Array(258 * 176) }])).toMatchObject({ tieEmbeddings: false });
  });

  it('refuses an embedding of a type that is not read, by its name', async () => {
    const embedding: GgufTensor = { name: 'token_embd.weight', shape: [258, 256], type: 'Q5_K', bytes: new Uint8Array(258 * 176) };
    await expect(read('llama', {}, [embedding])).rejects.toMatchObject({ name: 'UnsupportedModelError', field: 'model.embed_tokens.weight' });
  });

  it('sees biases by their tensors', async () => {
    expect((await read('llama')).attentionBias).toBe(false);
    expect((await read('llama', {}, [], { attentionBias: true })).attentionBias).toBe(true);
  });

  it('takes the divisors of the frequencies from rope_freqs.weight', async () => {
    expect((await read('llama', {}, [floats('rope_freqs.weight', 1, 1, 2, 8)])).ropeFactors).toEqual([1, 1, 2, 8]);
    await expect(read('llama', {}, [floats('rope_freqs.weight', 1, 1, 2)])).rejects.toMatchObject({ name: 'ModelFileError', field: 'rope_freqs.weight', expected: 'the shape [4]' });
    await expect(read('llama', {}, [floats('rope_freqs.weight', 1, 1, 2, 0)])).rejects.toMatchObject({ name: 'ModelFileError', field: 'rope_freqs.weight' });
  });

  it('reads a scaling', async () => {
    const yarn = { 'qwen2.rope.scaling.type': { text: 'yarn' }, 'qwen2.rope.scaling.factor': { f32: 4 }, 'qwen2.rope.scaling.original_context_length': { u32: 64 } } as const;
    expect(await read('qwen2', yarn)).toMatchObject({ contextLength: 256, ropeScaling: { type: 'yarn', factor: 4, originalContextLength: 64, betaFast: 32, betaSlow: 1, attentionFactor: null } });
    expect(await read('qwen2', { 'qwen2.rope.scaling.type': { text: 'linear' }, 'qwen2.rope.scaling.factor': { f32: 2 } })).toMatchObject({ ropeScaling: { type: 'linear', factor: 2 } });
    expect(await read('qwen2', { 'qwen2.rope.scaling.factor': { f32: 2 } })).toMatchObject({ ropeScaling: { type: 'linear', factor: 2 } });
    expect(await read('qwen2', { 'qwen2.rope.scaling.type': { text: 'none' }, 'qwen2.rope.scaling.factor': { f32: 2 } })).toMatchObject({ ropeScaling: null });
  });

  it('ends a text at every token that is known to end one', async () => {
    const tokens = { list: 'text', values: ['a', '<|endoftext|>', '<|im_end|>', '<|im_start|>'] } as const;
    expect((await read('llama', { 'tokenizer.ggml.tokens': tokens, 'tokenizer.ggml.eos_token_id': { u32: 2 }, 'tokenizer.ggml.eot_token_id': { u32: 0 } })).eosTokens).toEqual([2, 0, 1]);
    expect((await read('llama', { 'tokenizer.ggml.eos_token_id': null })).eosTokens).toEqual([]);
  });

  it('takes numbers of 64 bits', async () => {
    expect(await read('llama', { 'llama.context_length': { u64: 4096n } })).toMatchObject({ contextLength: 4096 });
    await expect(read('llama', { 'llama.context_length': { u64: 2n ** 60n } })).rejects.toMatchObject({ field: 'llama.context_length' });
  });

  it.each<readonly [string, Record<string, GgufValue | null>, string]>([
    ['experts', { 'llama.expert_count': { u32: 8 } }, 'llama.expert_count'],
    ['a sliding window', { 'llama.attention.sliding_window': { u32: 4096 } }, 'llama.attention.sliding_window'],
    ['values of another size than keys', { 'llama.attention.value_length': { u32: 4 } }, 'llama.attention.value_length'],
    ['a rotation of part of the head', { 'llama.rope.dimension_count': { u32: 4 } }, 'llama.rope.dimension_count'],
    ['a scaling that is not implemented', { 'llama.rope.scaling.type': { text: 'longrope' } }, 'llama.rope.scaling.type'],
    ['YaRN with a factor of llama.cpp\'s own', { 'llama.rope.scaling.type': { text: 'yarn' }, 'llama.rope.scaling.factor': { f32: 4 }, 'llama.rope.scaling.attn_factor': { f32: 0.5 } }, 'llama.rope.scaling.attn_factor'],
  ])('refuses what is not implemented: %s', async (_, over, field) => {
    await expect(read('llama', over)).rejects.toMatchObject({ name: 'UnsupportedModelError', file: file(), field });
  });

  it.each<readonly [string, Record<string, GgufValue | null>, string]>([
    ['a size that is missing', { 'qwen2.embedding_length': null }, 'qwen2.embedding_length'],
    ['a size of zero', { 'qwen2.feed_forward_length': { u32: 0 } }, 'qwen2.feed_forward_length'],
    ['a size in words', { 'qwen2.block_count': { text: 'two' } }, 'qwen2.block_count'],
    ['more layers than any model', { 'qwen2.block_count': { u32: 4_000_000 } }, 'qwen2.block_count'],
    ['a list of heads, one for each layer', { 'qwen2.attention.head_count': { list: 'u32', values: [4, 4] } }, 'qwen2.attention.head_count'],
    ['heads that their keys do not divide', { 'qwen2.attention.head_count_kv': { u32: 3 } }, 'qwen2.attention.head_count_kv'],
    ['an epsilon that is missing', { 'qwen2.attention.layer_norm_rms_epsilon': null }, 'qwen2.attention.layer_norm_rms_epsilon'],
    ['a theta that is not a number', { 'qwen2.rope.freq_base': { f32: NaN } }, 'qwen2.rope.freq_base'],
    ['an end token in words', { 'tokenizer.ggml.eos_token_id': { text: '</s>' } }, 'tokenizer.ggml.eos_token_id'],
  ])('names the key of %s', async (_, over, field) => {
    await expect(read('qwen2', over)).rejects.toMatchObject({ name: 'ModelFileError', file: file(), field });
  });
});
