/**
 * A model's numbers, from Hugging Face's `config.json` (transformers, configuration_llama.py, configuration_qwen2.py,
 * configuration_qwen3.py: keys and defaults) or from GGUF's metadata (ggml/docs/gguf.md). What this runtime would compute wrongly is
 * refused by name.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ARCHITECTURE_NAMES, type ArchitectureName, type ModelConfig, type RopeScaling } from './config.ts';
import { ModelFileError } from './errors.ts';
import { dequantize } from './weights/dequantize.ts';
import { Fields } from './weights/fields.ts';
import { ROPE_FACTORS, architectureOf } from './weights/gguf.ts';
import { readObject } from './weights/json.ts';
import type { TensorFiles } from './weights/tensor-files.ts';

const CONFIG_FILE = 'config.json';
const GENERATION_FILE = 'generation_config.json';

/** transformers, configuration_utils.py: what a model without a base says. */
const DEFAULT_THETA = 10_000;
const DEFAULT_EPS = 1e-6;
/** configuration_qwen3.py; the other two divide the hidden size among the heads. */
const QWEN3_HEAD_DIM = 128;
/** modeling_rope_utils.py, `_compute_yarn_parameters`. */
const YARN = { betaFast: 32, betaSlow: 1 } as const;

/** Tokens that end a turn or a text in the models of these architectures; llama.cpp too stops at them whatever the metadata says. */
const END_TEXTS: ReadonlySet<unknown> = new Set(['<|im_end|>', '<|endoftext|>', '<|eot_id|>', '<|eom_id|>', '<|end_of_text|>']);

/** Several times the deepest published model. A damaged number must not become a list of that many names. */
const MOST_LAYERS = 1000;

function layersOf(fields: Fields, key: string): number {
  const layers = fields.count(key);
  if (layers > MOST_LAYERS) throw fields.fault(key, `at most ${MOST_LAYERS} layers`);
  return layers;
}

type Sizes = Pick<ModelConfig, 'heads' | 'kvHeads' | 'headDim'>;

/** `keys` are what messages call the three. */
function checkHeads(fields: Fields, { heads, kvHeads, headDim }: Sizes, keys: Readonly<Record<keyof Sizes, string>>): void {
  if (heads % kvHeads !== 0) throw fields.fault(keys.kvHeads, `a number that divides the ${heads} heads`, `it is ${kvHeads}`);
  if (headDim % 2 !== 0) throw fields.fault(keys.headDim, 'an even size of a head', `it is ${headDim}`);
}

function defaultHeadDim(fields: Fields, hiddenSize: number, heads: number, key: string): number {
  if (hiddenSize % heads !== 0) throw fields.fault(key, `heads that divide the hidden size, ${hiddenSize}, or the size of a head`, `there are ${heads}`);
  return hiddenSize / heads;
}

function architectureOfConfig(fields: Fields): ArchitectureName {
  const type = fields.text('model_type');
  const known = ARCHITECTURE_NAMES.find((one) => one === type);
  if (!known) throw fields.unsupported('model_type', `one of ${ARCHITECTURE_NAMES.join(', ')}`);
  const classes = fields.value('architectures');
  if (Array.isArray(classes) && !classes.some((one) => typeof one === 'string' && one.endsWith('ForCausalLM'))) {
    throw fields.unsupported('architectures', 'a causal language model (…ForCausalLM)', `it is ${JSON.stringify(classes).slice(0, 80)}`);
  }
  return known;
}

function refuseVariants(fields: Fields): void {
  if (fields.has('quantization_config')) throw fields.unsupported('quantization_config', 'a checkpoint in F32, F16 or BF16', 'this one is quantised');
  for (const key of ['use_sliding_window', 'mlp_bias']) if (fields.flag(key)) throw fields.unsupported(key, 'false');
  for (const key of ['num_experts', 'num_local_experts']) if (fields.has(key)) throw fields.unsupported(key, 'a model without experts');
  const activation = fields.value('hidden_act') ?? 'silu';
  if (activation !== 'silu') throw fields.unsupported('hidden_act', 'silu');
  const kinds = fields.value('layer_types');
  if (Array.isArray(kinds) && kinds.some((kind) => kind !== 'full_attention')) throw fields.unsupported('layer_types', 'full_attention in every layer', 'there are others');
}

/** Theta and scaling. Until transformers 4: `rope_theta` and `rope_scaling`; from 5 on one object, `rope_parameters`. */
function ropeOf(fields: Fields, contextLength: number): Pick<ModelConfig, 'ropeTheta' | 'ropeScaling'> {
  const rope = fields.fields('rope_parameters') ?? fields.fields('rope_scaling');
  for (const one of rope ? [fields, rope] : [fields]) {
    if (one.positive('partial_rotary_factor', 1) !== 1) throw one.unsupported('partial_rotary_factor', '1: every dimension of a head turns');
  }
  const ropeTheta = rope?.has('rope_theta') ? rope.positive('rope_theta') : fields.positive('rope_theta', DEFAULT_THETA);
  return { ropeTheta, ropeScaling: rope && scalingOf(rope, contextLength) };
}

function scalingOf(rope: Fields, contextLength: number): RopeScaling | null {
  for (const kind of ['full_attention', 'sliding_attention']) if (rope.has(kind)) throw rope.unsupported(kind, 'one rotation for all layers', 'there is one for each kind');
  const key = rope.has('rope_type') ? 'rope_type' : 'type';
  const type = rope.value(key) ?? 'default';
  const factor = (): number => {
    const value = rope.positive('factor');
    if (value < 1) throw rope.fault('factor', 'a number of at least 1');
    return value;
  };
  switch (type) {
    case 'default':
      return null;
    case 'linear':
      return { type: 'linear', factor: factor() };
    case 'llama3': {
      const scaling = {
        type: 'llama3',
        factor: factor(),
        lowFreqFactor: rope.positive('low_freq_factor'),
        highFreqFactor: rope.positive('high_freq_factor'),
        originalContextLength: rope.count('original_max_position_embeddings'),
      } as const;
      if (scaling.highFreqFactor <= scaling.lowFreqFactor) throw rope.fault('high_freq_factor', `a number above low_freq_factor, ${scaling.lowFreqFactor}`);
      return scaling;
    }
    case 'yarn': {
      for (const one of ['mscale', 'mscale_all_dim']) if (rope.has(one)) throw rope.unsupported(one, 'YaRN without it');
      if (rope.has('truncate') && !rope.flag('truncate')) throw rope.unsupported('truncate', 'true');
      const scaling = {
        type: 'yarn',
        factor: factor(),
        originalContextLength: rope.count('original_max_position_embeddings', contextLength),
        betaFast: rope.positive('beta_fast', YARN.betaFast),
        betaSlow: rope.positive('beta_slow', YARN.betaSlow),
        attentionFactor: rope.has('attention_factor') ? rope.positive('attention_factor') : null,
      } as const;
      if (scaling.betaFast <= scaling.betaSlow) throw rope.fault('beta_fast', `a number above beta_slow, ${scaling.betaSlow}`);
      return scaling;
    }
    default:
      throw rope.unsupported(key, 'one of default, linear, llama3, yarn');
  }
}

/** YaRN's published configurations keep the length before stretching in max_position_embeddings (Qwen2.5) or the one after it. */
const stretched = (contextLength: number, scaling: RopeScaling | null): number =>
  scaling?.type === 'yarn' ? Math.max(contextLength, Math.floor(scaling.originalContextLength * scaling.factor)) : contextLength;

async function generationFields(folder: string): Promise<Fields | null> {
  const file = join(folder, GENERATION_FILE);
  const there = await access(file).then(() => true, () => false);
  return there ? new Fields(file, await readObject(file)) : null;
}

/**
 * From `config.json` in `folder`. End and begin tokens come from `generation_config.json` where it names them, as in transformers. Throws
 * ModelFileError, naming the key, and UnsupportedModelError for what is not implemented.
 */
export async function readConfigJson(folder: string): Promise<ModelConfig> {
  const file = join(folder, CONFIG_FILE);
  const fields = new Fields(file, await readObject(file));
  const generation = await generationFields(folder);
  const architecture = architectureOfConfig(fields);
  refuseVariants(fields);

  const hiddenSize = fields.count('hidden_size');
  const heads = fields.count('num_attention_heads');
  const kvHeads = fields.count('num_key_value_heads', heads);
  const headDim = fields.has('head_dim') ? fields.count('head_dim') : architecture === 'qwen3' ? QWEN3_HEAD_DIM : defaultHeadDim(fields, hiddenSize, heads, 'num_attention_heads');
  checkHeads(fields, { heads, kvHeads, headDim }, { heads: 'num_attention_heads', kvHeads: 'num_key_value_heads', headDim: 'head_dim' });
  const contextLength = fields.count('max_position_embeddings');
  const rope = ropeOf(fields, contextLength);
  const tokens = (key: string): readonly number[] => (generation?.has(key) ? generation : fields).tokens(key);
  return {
    architecture,
    hiddenSize,
    intermediateSize: fields.count('intermediate_size'),
    layers: layersOf(fields, 'num_hidden_layers'),
    heads,
    kvHeads,
    headDim,
    vocabSize: fields.count('vocab_size'),
    contextLength: stretched(contextLength, rope.ropeScaling),
    rmsNormEps: fields.positive('rms_norm_eps', DEFAULT_EPS),
    ...rope,
    ropeFactors: null,
    tieEmbeddings: fields.flag('tie_word_embeddings'),
    attentionBias: architecture === 'qwen2' || fields.flag('attention_bias'),
    eosTokens: tokens('eos_token_id'),
    bosToken: tokens('bos_token_id')[0] ?? null,
  };
}

function ggufScaling(fields: Fields, key: (name: string) => string, contextLength: number): RopeScaling | null {
  // llama.cpp takes a factor without a type for linear.
  const type = fields.value(key('rope.scaling.type')) ?? (fields.has(key('rope.scaling.factor')) ? 'linear' : 'none');
  switch (type) {
    case 'none':
      return null;
    case 'linear':
      return { type: 'linear', factor: fields.positive(key('rope.scaling.factor')) };
    case 'yarn': {
      // Each changes the attention's scale or the mix of frequencies in a way of llama.cpp's own; 1 is its default, 0 that of the last.
      for (const [name, neutral] of [['attn_factor', 1], ['yarn_attn_factor', 1], ['yarn_ext_factor', 1], ['yarn_log_multiplier', 0]] as const) {
        const one = key(`rope.scaling.${name}`);
        if (fields.has(one) && fields.value(one) !== neutral) throw fields.unsupported(one, `${neutral}, or the key left out`);
      }
      return {
        type: 'yarn',
        factor: fields.positive(key('rope.scaling.factor')),
        originalContextLength: fields.count(key('rope.scaling.original_context_length'), contextLength),
        betaFast: fields.positive(key('rope.scaling.yarn_beta_fast'), YARN.betaFast),
        betaSlow: fields.positive(key('rope.scaling.yarn_beta_slow'), YARN.betaSlow),
        attentionFactor: null,
      };
    }
    default:
      throw fields.unsupported(key('rope.scaling.type'), 'one of none, linear, yarn');
  }
}

/** `rope_freqs.weight`, which convert_hf_to_gguf.py makes of Llama 3's scaling. */
async function ropeFactorsOf(weights: TensorFiles, headDim: number): Promise<readonly number[] | null> {
  if (!weights.has(ROPE_FACTORS)) return null;
  const info = weights.info(ROPE_FACTORS);
  if (info.shape.length !== 1 || info.shape[0] !== headDim / 2) throw new ModelFileError(info.file, ROPE_FACTORS, `the shape [${headDim / 2}]`, `it is [${info.shape.join(', ')}]`);
  const factors = [...dequantize(info.type, await weights.read(ROPE_FACTORS))];
  if (!factors.every((factor) => Number.isFinite(factor) && factor > 0)) throw new ModelFileError(info.file, ROPE_FACTORS, 'numbers above 0', 'one is not');
  return factors;
}

/** Every token that ends a text: those the metadata names, and those that always do. */
function ggufEnds(fields: Fields): readonly number[] {
  const named = ['eos', 'eot', 'eom'].flatMap((which) => fields.tokens(`tokenizer.ggml.${which}_token_id`));
  const texts = fields.value('tokenizer.ggml.tokens');
  const known = Array.isArray(texts) ? texts.flatMap((text, id) => (END_TEXTS.has(text) ? [id] : [])) : [];
  return [...new Set([...named, ...known])];
}

/**
 * From the metadata and tensors of an opened GGUF. The vocabulary's size is that of the embedding; the embedding is also the output
 * matrix where there is no `output.weight`; biases are there if their tensors are. Throws as `readConfigJson` does.
 */
export async function configFromGguf(metadata: Readonly<Record<string, unknown>>, weights: TensorFiles): Promise<ModelConfig> {
  const fields = new Fields(weights.source, metadata);
  const architecture = architectureOf(fields);
  const key = (name: string): string => `${architecture}.${name}`;
  for (const name of ['expert_count', 'attention.sliding_window']) {
    const value = fields.value(key(name)) ?? 0;
    if (value !== 0) throw fields.unsupported(key(name), '0, or the key left out');
  }

  const hiddenSize = fields.count(key('embedding_length'));
  const heads = fields.count(key('attention.head_count'));
  const kvHeads = fields.count(key('attention.head_count_kv'), heads);
  const headDim = fields.has(key('attention.key_length')) ? fields.count(key('attention.key_length')) : defaultHeadDim(fields, hiddenSize, heads, key('attention.head_count'));
  checkHeads(fields, { heads, kvHeads, headDim }, { heads: key('attention.head_count'), kvHeads: key('attention.head_count_kv'), headDim: key('attention.key_length') });
  for (const name of ['attention.value_length', 'rope.dimension_count']) {
    if (fields.count(key(name), headDim) !== headDim) throw fields.unsupported(key(name), `${headDim}, as the size of a head`);
  }
  const contextLength = fields.count(key('context_length'));
  const ropeFactors = await ropeFactorsOf(weights, headDim);
  const ropeScaling = ggufScaling(fields, key, contextLength);
  if (ropeFactors && ropeScaling) throw fields.unsupported(key('rope.scaling.type'), `none beside ${ROPE_FACTORS}`);

  return {
    architecture,
    hiddenSize,
    intermediateSize: fields.count(key('feed_forward_length')),
    layers: layersOf(fields, key('block_count')),
    heads,
    kvHeads,
    headDim,
    vocabSize: weights.info('model.embed_tokens.weight').shape[0]!,
    contextLength: stretched(contextLength, ropeScaling),
    rmsNormEps: fields.positive(key('attention.layer_norm_rms_epsilon')),
    ropeTheta: fields.positive(key('rope.freq_base'), DEFAULT_THETA),
    ropeScaling,
    ropeFactors,
    tieEmbeddings: !weights.has('lm_head.weight'),
    attentionBias: architecture === 'qwen2' || weights.has('model.layers.0.self_attn.q_proj.bias'),
    eosTokens: ggufEnds(fields),
    bosToken: fields.token('tokenizer.ggml.bos_token_id'),
  };
}
