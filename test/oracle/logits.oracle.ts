/**
 * Our logits beside those of transformers: small random models of every architecture, which transformers saves and this runtime opens as
 * any published folder. By the plain graph, by the cached one, and by the engine that serves. The error is the largest difference in
 * parts of the largest logit.
 */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frequencies } from '../../models/architectures/rope.ts';
import type { ArchitectureName } from '../../models/config.ts';
import { openModel } from '../../models/open.ts';
import type { DecodeRow, Engine } from '../../models/runtime/engine.ts';
import { loadModel } from '../../models/runtime/load.ts';
import { CachedGraph, FLOAT32, PlainGraph, relativeError, withoutRounding } from '../models/architectures/run-graph.ts';
import { numbersFrom, tinyTokenizerJson } from '../support/tiny-model.ts';
import { absent, runOracle, table } from './support.ts';

const ABSENT = absent(import.meta.filename, ['torch', 'transformers', 'safetensors', 'numpy']);
const MOST = 1e-4;

interface Case {
  readonly name: string;
  readonly architecture: ArchitectureName;
  readonly config: Readonly<Record<string, unknown>>;
  readonly dtype?: 'float32' | 'bfloat16' | 'float16';
  readonly shard?: string;
  readonly legacy?: boolean;
  readonly levels?: 8 | 4;
}

const VOCABULARY = 258;
const SIZES = {
  vocab_size: VOCABULARY, hidden_size: 64, intermediate_size: 96, num_hidden_layers: 3, num_attention_heads: 4, num_key_value_heads: 2, head_dim: 16,
  max_position_embeddings: 128, bos_token_id: 256, eos_token_id: 257, tie_word_embeddings: false,
};
const rope = (parameters: Record<string, unknown>): Record<string, unknown> => ({ rope_parameters: { rope_theta: 10_000, ...parameters } });
const LLAMA3 = rope({ rope_type: 'llama3', rope_theta: 500_000, factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 32 });
const YARN = rope({ rope_type: 'yarn', factor: 4, original_max_position_embeddings: 32 });

const FLOATS: readonly Case[] = [
  { name: 'llama', architecture: 'llama', config: {} },
  { name: 'llama, tied', architecture: 'llama', config: { tie_word_embeddings: true, rms_norm_eps: 1e-5 } },
  { name: 'llama, as many keys as queries', architecture: 'llama', config: { num_key_value_heads: 4 } },
  { name: 'llama, one key', architecture: 'llama', config: { num_key_value_heads: 1, num_hidden_layers: 1 } },
  { name: 'llama, biases', architecture: 'llama', config: { attention_bias: true } },
  { name: 'llama, heads wider than the model', architecture: 'llama', config: { head_dim: 32 } },
  { name: 'llama, llama3 scaling', architecture: 'llama', config: LLAMA3 },
  { name: 'llama, llama3 scaling, keys of transformers 4', architecture: 'llama', config: { ...LLAMA3, tie_word_embeddings: true }, legacy: true },
  { name: 'llama, linear scaling', architecture: 'llama', config: rope({ rope_type: 'linear', factor: 4 }) },
  { name: 'llama, yarn scaling', architecture: 'llama', config: YARN },
  { name: 'llama, yarn scaling with a ramp and a factor of its own', architecture: 'llama', config: rope({ rope_type: 'yarn', factor: 2.5, original_max_position_embeddings: 64, beta_fast: 8, beta_slow: 0.25, attention_factor: 0.9 }) },
  { name: 'llama in BF16', architecture: 'llama', config: {}, dtype: 'bfloat16' },
  { name: 'llama in F16, shards', architecture: 'llama', config: { tie_word_embeddings: true }, dtype: 'float16', shard: '30KB' },
  { name: 'qwen2', architecture: 'qwen2', config: {} },
  { name: 'qwen2, tied', architecture: 'qwen2', config: { tie_word_embeddings: true, rms_norm_eps: 1e-6 } },
  { name: 'qwen2, yarn scaling, keys of transformers 4', architecture: 'qwen2', config: YARN, legacy: true },
  { name: 'qwen2 in BF16, shards', architecture: 'qwen2', config: {}, dtype: 'bfloat16', shard: '30KB' },
  { name: 'qwen3', architecture: 'qwen3', config: {} },
  { name: 'qwen3, heads wider than the model, tied', architecture: 'qwen3', config: { head_dim: 32, tie_word_embeddings: true, rope_parameters: { rope_type: 'default', rope_theta: 1_000_000 } } },
  { name: 'qwen3, biases, shards', architecture: 'qwen3', config: { attention_bias: true }, shard: '30KB' },
  { name: 'qwen3 in F16', architecture: 'qwen3', config: {}, dtype: 'float16' },
];
/** Rows of three blocks: a byte of 4-bit zero points is half empty. */
const BLOCKS = { hidden_size: 96, intermediate_size: 160, num_attention_heads: 6 };
const QUANTISED: readonly Case[] = ([8, 4] as const).flatMap((levels) => [
  { name: `llama, int${levels}`, architecture: 'llama', config: BLOCKS, levels },
  { name: `llama, tied, biases, int${levels}`, architecture: 'llama', config: { ...BLOCKS, tie_word_embeddings: true, attention_bias: true }, levels },
  { name: `qwen2, int${levels}`, architecture: 'qwen2', config: BLOCKS, levels },
  { name: `qwen3, tied, int${levels}`, architecture: 'qwen3', config: { ...BLOCKS, tie_word_embeddings: true }, levels },
] as const);

/** Three texts; the first runs past every original length above. */
const TEXTS = [60, 31, 9].map((length, i) => {
  const next = numbersFrom(i + 1);
  return Array.from({ length }, () => Math.floor((next() + 1) * 129));
});
const POSITIONS = 64;

let root: string;
let rotary: readonly { readonly inverse: number[]; readonly scale: number }[] = [];
const CASES = [...FLOATS, ...QUANTISED];
const folderOf = (one: Case): string => join(root, String(CASES.indexOf(one)));

/** Logits [tokens, vocabulary] of each text. */
function theirs(one: Case, file: 'logits.f32' | 'rounded.f32'): Float32Array[] {
  const values = new Float32Array(readFileSync(join(folderOf(one), file)).buffer.slice(0));
  let at = 0;
  return TEXTS.map(({ length }) => values.subarray(at, (at += length * VOCABULARY)));
}

/** Tokens of a text that the engine is given in two pieces; the rest one at a time. */
const promptOf = (text: readonly number[]): number => Math.floor(text.length / 2);

/** Rows of logits that the engine yields of a text: after each piece of the prompt, and after every token that follows. */
const yieldedRows = (text: readonly number[]): number[] => [promptOf(text) - 3, ...text.flatMap((_, position) => (position >= promptOf(text) - 1 ? [position] : []))];

/** Those rows of every text, which the engine writes all at once. */
async function byEngine(engine: Engine): Promise<Float32Array[]> {
  const yielded = TEXTS.map((): number[] => []);
  const held = TEXTS.map(promptOf);
  for (const [slot, text] of TEXTS.entries()) {
    const prompt = promptOf(text);
    for (const [from, to] of [[0, prompt - 2], [prompt - 2, prompt]] as const) yielded[slot]!.push(...(await engine.prefill(slot, text.slice(from, to), from, true))!);
  }
  for (;;) {
    const rows = TEXTS.flatMap((text, slot): DecodeRow[] => (held[slot]! < text.length ? [{ slot, token: text[held[slot]!]!, position: held[slot]! }] : []));
    if (rows.length === 0) return yielded.map((values) => Float32Array.from(values));
    const logits = await engine.decode(rows, held);
    rows.forEach(({ slot }, i) => {
      yielded[slot]!.push(...logits.subarray(i * VOCABULARY, (i + 1) * VOCABULARY));
      held[slot]! += 1;
    });
  }
}

const rowsOf = (logits: Float32Array, rows: readonly number[]): Float32Array => Float32Array.from(rows.flatMap((row) => [...logits.subarray(row * VOCABULARY, (row + 1) * VOCABULARY)]));

/** NaN if any is. */
const worst = (errors: readonly number[]): number => Math.max(...errors);

describe.skipIf(ABSENT)('logits', () => {
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'winnow-oracle-'));
    const cases = CASES.map((one) => {
      mkdirSync(folderOf(one));
      writeFileSync(join(folderOf(one), 'tokenizer.json'), JSON.stringify(tinyTokenizerJson));
      writeFileSync(join(folderOf(one), 'tokenizer_config.json'), JSON.stringify({ eos_token: '</s>' }));
      const { architecture, dtype = 'float32', shard = null, legacy = false, levels = null } = one;
      return { folder: folderOf(one), architecture, config: { ...SIZES, ...one.config }, dtype, shard, legacy, levels, texts: TEXTS };
    });
    rotary = await runOracle('logits.py', { cases });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const report: (readonly (string | number)[])[] = [];
  afterAll(() => console.log(table(['float32, relative error', 'plain', 'cached, whole', 'in pieces', 'by token', 'engine'], report)));

  it.each(FLOATS)('of $name are those of transformers to within 1e-4', async (one) => {
    const folder = folderOf(one);
    const shards = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
    expect(shards.length > 1).toBe(one.shard !== undefined);
    const expected = theirs(one, 'logits.f32');
    const files = await openModel(folder);
    const plain = await PlainGraph.open(files.config, files.weights, POSITIONS);
    const cached = await CachedGraph.open(files.config, files.weights, FLOAT32, POSITIONS);
    await files.weights.close();
    const model = await loadModel({ path: folder, device: 'cpu', precision: 'fp32', threads: 2, contextLength: POSITIONS, slots: 4, temporaryFolder: root });
    const errors: number[][] = [[], [], [], [], []];
    const served = await byEngine(model.engine);
    for (const [i, text] of TEXTS.entries()) {
      const [whole, pieces] = [[text.length], [7, 2, 13, 1, 40]];
      errors[0]!.push(relativeError(await plain.logits([text]), expected[i]!));
      errors[1]!.push(relativeError(await cached.read(text, whole), expected[i]!));
      errors[2]!.push(relativeError(await cached.read(text, pieces), expected[i]!));
      errors[3]!.push(relativeError(await cached.read(text, []), expected[i]!));
      errors[4]!.push(relativeError(served[i]!, rowsOf(expected[i]!, yieldedRows(text))));
    }
    await Promise.all([plain.close(), cached.close(), model.close()]);
    report.push([one.name, ...errors.map(worst)]);
    for (const error of errors) expect(worst(error)).toBeLessThanOrEqual(MOST);
  });

  it('turn by the frequencies of transformers, to the last bits of a float32', async () => {
    let largest = 0;
    for (const [i, one] of CASES.entries()) {
      const { config, weights } = await openModel(folderOf(one));
      await weights.close();
      const { inverse, scale } = frequencies(config);
      expect(inverse).toHaveLength(rotary[i]!.inverse.length);
      inverse.forEach((ours, at) => (largest = Math.max(largest, Math.abs(ours / rotary[i]!.inverse[at]! - 1))));
      expect(scale).toBeCloseTo(rotary[i]!.scale, 7);
    }
    console.log(`inverse frequencies: largest relative difference ${largest.toExponential(1)}`);
    expect(largest).toBeLessThan(4 * 2 ** -24);
  });

  const blocks: (readonly (string | number)[])[] = [];
  afterAll(() => console.log(table(['blocks, relative error', 'unrounded', 'cached', 'engine', 'rounding alone, by torch'], blocks)));

  /**
   * The weights lie on levels that blocks hold without loss, so transformers computes with the very numbers of the blocks. The graph as
   * it stands rounds activations to 8 bits before each product, 1 to 3 % in these logits; how much is measured by rounding them in
   * torch too. Token by token the two roundings part: what differs in the last bits now and then falls to another level, and is rounded
   * again by the next product. So the bound is twice the effect of rounding, and the same graph without rounding must agree to 1e-4.
   */
  it.each(QUANTISED)('of $name are those of the same weights, but for rounded activations', async (one) => {
    const [float32, rounded] = [theirs(one, 'logits.f32'), theirs(one, 'rounded.f32')];
    const precision = `int${one.levels!}` as const;
    const files = await openModel(folderOf(one));
    const format = { matrices: precision, compute: 'float32' } as const;
    const unrounded = await CachedGraph.open(files.config, files.weights, format, POSITIONS, withoutRounding);
    const cached = await CachedGraph.open(files.config, files.weights, format, POSITIONS);
    await files.weights.close();
    const model = await loadModel({ path: folderOf(one), device: 'cpu', precision, threads: 2, contextLength: POSITIONS, slots: 4, temporaryFolder: root });
    const errors: number[][] = [[], [], [], []];
    const served = await byEngine(model.engine);
    for (const [i, text] of TEXTS.entries()) {
      for (const pieces of [[text.length], [4, 2, 1]]) {
        errors[0]!.push(relativeError(await unrounded.read(text, pieces), float32[i]!));
        errors[1]!.push(relativeError(await cached.read(text, pieces), float32[i]!));
      }
      errors[2]!.push(relativeError(served[i]!, rowsOf(float32[i]!, yieldedRows(text))));
      errors[3]!.push(relativeError(rounded[i]!, float32[i]!));
    }
    await Promise.all([unrounded.close(), cached.close(), model.close()]);
    blocks.push([one.name, ...errors.map(worst)]);
    const [exact, graph, engine, rounding] = errors.map(worst) as [number, number, number, number];
    expect(exact).toBeLessThanOrEqual(MOST);
    expect(rounding).toBeLessThan(0.05);
    for (const error of [graph, engine]) expect(error).toBeLessThanOrEqual(2 * rounding);
  });
});
