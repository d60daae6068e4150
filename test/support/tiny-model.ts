/**
 * Models of a few thousand random weights, as a Hugging Face folder and as GGUF, for tests of whatever reads models. Their vocabulary
 * is the 256 bytes and two special tokens.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ARCHITECTURES } from '../../models/architectures/index.ts';
import type { ArchitectureName, ModelConfig } from '../../models/config.ts';
import { BYTE_CHARACTERS } from '../../models/tokenizer/merges.ts';
import { type GgufTensor, type GgufValue, writeGguf } from './gguf-writer.ts';
import { writeSafetensors } from './safetensors-writer.ts';

export interface TinyModel {
  readonly config: ModelConfig;
  /** By Hugging Face's names. */
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
}

/** Numbers in [-1, 1) from a seed (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

export function tinyModel(architecture: ArchitectureName, over: Partial<ModelConfig> = {}, seed = 1): TinyModel {
  const config: ModelConfig = {
    architecture,
    hiddenSize: 32,
    intermediateSize: 64,
    layers: 2,
    heads: 4,
    kvHeads: 2,
    headDim: architecture === 'qwen3' ? 16 : 8,
    vocabSize: 258,
    contextLength: 128,
    rmsNormEps: 1e-5,
    ropeTheta: 10_000,
    ropeScaling: null,
    ropeFactors: null,
    tieEmbeddings: false,
    attentionBias: architecture === 'qwen2',
    eosTokens: [257],
    bosToken: 256,
    ...over,
  };
  const next = numbersFrom(seed);
  const tensors = new Map(
    [...ARCHITECTURES[architecture].tensors(config)].map(([name, shape]) => {
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      return [name, { shape, values: Float32Array.from({ length: size }, () => next() / 4) }] as const;
    }),
  );
  return { config, tensors };
}

export const TINY_TEMPLATE = "{% for message in messages %}{{ '<s>' + message['content'] + '</s>' }}{% endfor %}";

/** The keys that a configuration of these models has; `over` replaces some, and undefined leaves one out. */
export function tinyConfigJson({ config }: TinyModel, over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    architectures: [{ llama: 'LlamaForCausalLM', qwen2: 'Qwen2ForCausalLM', qwen3: 'Qwen3ForCausalLM' }[config.architecture]],
    model_type: config.architecture,
    hidden_size: config.hiddenSize,
    intermediate_size: config.intermediateSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headDim,
    vocab_size: config.vocabSize,
    max_position_embeddings: config.contextLength,
    rms_norm_eps: config.rmsNormEps,
    rope_theta: config.ropeTheta,
    tie_word_embeddings: config.tieEmbeddings,
    hidden_act: 'silu',
    bos_token_id: config.bosToken,
    eos_token_id: config.eosTokens[0],
    ...over,
  };
}

export const tinyTokenizerJson = {
  version: '1.0',
  added_tokens: ['<s>', '</s>'].map((content, i) => ({ id: 256 + i, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true })),
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: null,
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  model: { type: 'BPE', dropout: null, unk_token: null, vocab: Object.fromEntries(BYTE_CHARACTERS.map((character, byte) => [character, byte])), merges: [] },
};

const floatBytes = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Writes config.json, model.safetensors and the tokenizer's files into `folder`, which it makes. */
export async function writeTinyFolder(folder: string, model: TinyModel, over: Record<string, unknown> = {}): Promise<void> {
  await mkdir(folder, { recursive: true });
  const tensors = Object.fromEntries([...model.tensors].map(([name, { shape, values }]) => [name, { dtype: 'F32', shape, bytes: floatBytes(values) }]));
  await writeFile(join(folder, 'model.safetensors'), writeSafetensors(tensors));
  const objects = {
    'config.json': tinyConfigJson(model, over),
    'tokenizer.json': tinyTokenizerJson,
    'tokenizer_config.json': { bos_token: '<s>', eos_token: '</s>', chat_template: TINY_TEMPLATE },
  };
  for (const [name, value] of Object.entries(objects)) await writeFile(join(folder, name), JSON.stringify(value));
}

const GGUF_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^model\.embed_tokens\./, 'token_embd.'],
  [/^model\.norm\./, 'output_norm.'],
  [/^lm_head\./, 'output.'],
  [/^model\.layers\.(\d+)\./, 'blk.$1.'],
  [/input_layernorm/, 'attn_norm'],
  [/post_attention_layernorm/, 'ffn_norm'],
  [/self_attn\.([qkv])_proj/, 'attn_$1'],
  [/self_attn\.([qk])_norm/, 'attn_$1_norm'],
  [/self_attn\.o_proj/, 'attn_output'],
  [/mlp\.(\w+)_proj/, 'ffn_$1'],
];

/** GGUF's name for a tensor of Hugging Face's. */
export const ggufName = (name: string): string => GGUF_NAMES.reduce((made, [from, to]) => made.replace(from, to), name);

/** What convert_hf_to_gguf.py, `permute`, does to rows of llama's query and key: weights.reshape(heads, 2, dim / 2, …).swapaxes(1, 2). */
function permuted(values: Float32Array, rows: number, heads: number): Float32Array {
  const width = values.length / rows;
  const dim = rows / heads;
  const made = new Float32Array(values.length);
  for (let head = 0; head < heads; head++) {
    for (let half = 0; half < 2; half++) {
      for (let i = 0; i < dim / 2; i++) {
        const from = head * dim + half * (dim / 2) + i;
        made.set(values.subarray(from * width, (from + 1) * width), (head * dim + 2 * i + half) * width);
      }
    }
  }
  return made;
}

export function tinyMetadata({ config }: TinyModel): Record<string, GgufValue> {
  const key = (name: string): string => `${config.architecture}.${name}`;
  return {
    'general.architecture': { text: config.architecture },
    [key('embedding_length')]: { u32: config.hiddenSize },
    [key('feed_forward_length')]: { u32: config.intermediateSize },
    [key('block_count')]: { u32: config.layers },
    [key('attention.head_count')]: { u32: config.heads },
    [key('attention.head_count_kv')]: { u32: config.kvHeads },
    [key('attention.key_length')]: { u32: config.headDim },
    [key('attention.value_length')]: { u32: config.headDim },
    [key('context_length')]: { u32: config.contextLength },
    [key('attention.layer_norm_rms_epsilon')]: { f32: config.rmsNormEps },
    [key('rope.freq_base')]: { f32: config.ropeTheta },
    'tokenizer.ggml.model': { text: 'gpt2' },
    'tokenizer.ggml.pre': { text: config.architecture === 'llama' ? 'smollm' : 'qwen2' },
    'tokenizer.ggml.tokens': { list: 'text', values: [...BYTE_CHARACTERS, '<s>', '</s>'] },
    'tokenizer.ggml.token_type': { list: 'i32', values: [...BYTE_CHARACTERS.map(() => 1), 3, 3] },
    'tokenizer.ggml.merges': { list: 'text', values: [] },
    'tokenizer.ggml.bos_token_id': { u32: 256 },
    'tokenizer.ggml.eos_token_id': { u32: 257 },
    'tokenizer.ggml.add_bos_token': { bool: false },
    'tokenizer.chat_template': { text: TINY_TEMPLATE },
  };
}

export function tinyGgufTensors({ config, tensors }: TinyModel): GgufTensor[] {
  return [...tensors].map(([name, { shape, values }]): GgufTensor => {
    const heads = /q_proj/.test(name) ? config.heads : /k_proj/.test(name) ? config.kvHeads : null;
    const inFile = config.architecture === 'llama' && heads !== null ? permuted(values, shape[0]!, heads) : values;
    return { name: ggufName(name), shape, type: 'F32', bytes: floatBytes(inFile) };
  });
}

export function tinyGguf(model: TinyModel): Uint8Array {
  return writeGguf({ metadata: tinyMetadata(model), tensors: tinyGgufTensors(model) });
}
