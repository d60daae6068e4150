import { existsSync } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnsupportedModelError } from '../../../models/errors.ts';
import { dequantize } from '../../../models/weights/dequantize.ts';
import { openGguf } from '../../../models/weights/gguf.ts';
import { BLOCKS, TENSOR_TYPES, type TensorType } from '../../../models/weights/weights.ts';
import { type GgufFile, type GgufTensor, blockBytes, writeGguf } from '../../support/gguf-writer.ts';
import { SMOLLM2 } from '../../support/llama-server/fetch-model.ts';
import { numbersFrom, tinyGguf, tinyModel } from '../../support/tiny-model.ts';
import { fuzzFile, survives, truncateFully } from './damage.ts';

const absent = !existsSync(SMOLLM2);
if (absent) console.warn(`Skipped: no model at ${SMOLLM2}`);

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'winnow-gguf-'));
  file = join(folder, 'model.gguf');
});
afterAll(() => rm(folder, { recursive: true }));

const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const tensor = (name: string, shape: readonly number[], type: GgufTensor['type'] = 'F32', bytes: Uint8Array = new Uint8Array(4 * shape.reduce((product, size) => product * size, 1))): GgufTensor => ({ name, shape, type, bytes });

const QWEN = { 'general.architecture': { text: 'qwen2' } } as const;
const open = async (content: GgufFile | Uint8Array): ReturnType<typeof openGguf> => {
  await writeFile(file, content instanceof Uint8Array ? content : writeGguf(content));
  return openGguf(file);
};
/** The same, for a file that is to be refused. */
const refused = async (content: GgufFile | Uint8Array): Promise<unknown> => {
  const { weights } = await open(content);
  await weights.close();
  throw new Error('It was opened.');
};

async function readAll(): Promise<void> {
  const { weights } = await openGguf(file);
  try {
    for (const { name, type } of weights.tensors.values()) dequantize(type, await weights.read(name));
  } finally {
    await weights.close();
  }
}

describe('a GGUF file', () => {
  it('gives metadata of every type', async () => {
    const { metadata, weights } = await open({
      metadata: {
        ...QWEN,
        u8: { u8: 255 }, i8: { i8: -128 }, u16: { u16: 65_535 }, i16: { i16: -2 }, u32: { u32: 4_294_967_295 }, i32: { i32: -3 }, f32: { f32: 0.5 },
        bool: { bool: true }, u64: { u64: 2n ** 60n }, i64: { i64: -5n }, f64: { f64: 1e-300 }, text: { text: 'naïve ✓' },
        texts: { list: 'text', values: ['Ġthe', '', '\u{1F600}'] }, numbers: { list: 'i32', values: [1, -1] }, none: { list: 'text', values: [] },
      },
      tensors: [],
    });
    await weights.close();
    expect(metadata).toMatchObject({
      u8: 255, i8: -128, u16: 65_535, i16: -2, u32: 4_294_967_295, i32: -3, f32: 0.5,
      bool: true, u64: 2n ** 60n, i64: -5n, f64: 1e-300, text: 'naïve ✓',
      texts: ['Ġthe', '', '\u{1F600}'], numbers: [1, -1], none: [],
    });
  });

  it('gives tensors Hugging Face\'s names, and leaves names it does not know', async () => {
    const names: Record<string, string> = {
      'token_embd.weight': 'model.embed_tokens.weight',
      'output_norm.weight': 'model.norm.weight',
      'output.weight': 'lm_head.weight',
      'rope_freqs.weight': 'rope_freqs.weight',
      'blk.0.attn_norm.weight': 'model.layers.0.input_layernorm.weight',
      'blk.0.attn_q.weight': 'model.layers.0.self_attn.q_proj.weight',
      'blk.0.attn_k.bias': 'model.layers.0.self_attn.k_proj.bias',
      'blk.0.attn_v.weight': 'model.layers.0.self_attn.v_proj.weight',
      'blk.27.attn_output.weight': 'model.layers.27.self_attn.o_proj.weight',
      'blk.0.attn_q_norm.weight': 'model.layers.0.self_attn.q_norm.weight',
      'blk.0.attn_k_norm.weight': 'model.layers.0.self_attn.k_norm.weight',
      'blk.0.ffn_norm.weight': 'model.layers.0.post_attention_layernorm.weight',
      'blk.0.ffn_gate.weight': 'model.layers.0.mlp.gate_proj.weight',
      'blk.0.ffn_up.weight': 'model.layers.0.mlp.up_proj.weight',
      'blk.0.ffn_down.weight': 'model.layers.0.mlp.down_proj.weight',
      'blk.0.ffn_gate_inp.weight': 'blk.0.ffn_gate_inp.weight',
      'constructor.weight': 'constructor.weight',
    };
    const { weights } = await open({ metadata: QWEN, tensors: Object.keys(names).map((name) => tensor(name, [2])) });
    await weights.close();
    expect([...weights.tensors.keys()]).toEqual(Object.values(names));
  });

  it.each(TENSOR_TYPES)('gives rows first, and the bytes as they are, of %s', async (type: TensorType) => {
    const next = numbersFrom(3);
    const bytes = blockBytes(type, 3 * 512, () => (next() + 1) * 2 ** 31);
    const { weights } = await open({ metadata: QWEN, tensors: [tensor('a.weight', [5]), tensor('b.weight', [3, 512], type, bytes)], alignment: 64 });
    expect(weights.tensors.get('b.weight')).toEqual({ name: 'b.weight', shape: [3, 512], type, byteLength: bytes.length, file });
    expect(await weights.read('b.weight')).toEqual(bytes);
    const row = (512 / BLOCKS[type].weights) * BLOCKS[type].bytes;
    expect(await weights.readRows('b.weight', 1, 2)).toEqual(bytes.subarray(row));
    await weights.close();
  });

  it('puts rows of llama\'s query and key back into Hugging Face\'s order, weights and biases, read whole or in part', async () => {
    const { config, tensors } = tinyModel('llama', { attentionBias: true });
    const { weights } = await open(tinyGguf({ config, tensors }));
    expect([...weights.tensors.keys()]).toEqual([...tensors.keys()]);
    for (const [name, { shape, values }] of tensors) {
      expect(weights.tensors.get(name)!.shape).toEqual(shape);
      expect(dequantize('F32', await weights.read(name)), name).toEqual(values);
    }
    const name = 'model.layers.1.self_attn.k_proj.weight';
    const whole = await weights.read(name);
    for (const [first, rows] of [[0, 16], [0, 1], [3, 2], [7, 2], [15, 1], [5, 11], [9, 0]] as const) {
      expect(await weights.readRows(name, first, rows), `${rows} rows from ${first}`).toEqual(whole.slice(first * 128, (first + rows) * 128));
    }
    await weights.close();
  });

  it('puts rows in blocks back without touching them', async () => {
    const next = numbersFrom(4);
    const bytes = blockBytes('Q4_0', 8 * 32, () => (next() + 1) * 2 ** 31);
    const { weights } = await open({ metadata: { 'general.architecture': { text: 'llama' }, 'llama.attention.head_count': { u32: 2 } }, tensors: [tensor('blk.0.attn_q.weight', [8, 32], 'Q4_0', bytes)] });
    const read = await weights.read('model.layers.0.self_attn.q_proj.weight');
    // Two heads of four rows: of each, the even rows of the file, then the odd ones.
    expect(read).toEqual(Uint8Array.from([0, 2, 1, 3, 4, 6, 5, 7].flatMap((row) => [...bytes.subarray(row * 18, row * 18 + 18)])));
    await weights.close();
  });

  it('leaves the rows of other architectures as they are', async () => {
    for (const architecture of ['qwen2', 'qwen3'] as const) {
      const { config, tensors } = tinyModel(architecture);
      const { weights } = await open(tinyGguf({ config, tensors }));
      for (const [name, { values }] of tensors) expect(dequantize('F32', await weights.read(name)), name).toEqual(values);
      await weights.close();
    }
  });

  it('opens with a tensor of a type that is not read, and refuses that tensor alone', async () => {
    const { weights } = await open({ metadata: QWEN, tensors: [tensor('a.weight', [1, 256], 'Q5_K', new Uint8Array(176)), tensor('b.weight', [2], 'F32', floats(1, 2)), tensor('c.weight', [2], 999, new Uint8Array(8))] });
    await expect(weights.read('a.weight')).rejects.toThrow(UnsupportedModelError);
    await expect(weights.read('a.weight')).rejects.toThrow('its type is Q5_K');
    await expect(weights.read('c.weight')).rejects.toThrow('its type is number 999');
    expect([...dequantize('F32', await weights.read('b.weight'))]).toEqual([1, 2]);
    expect([weights.has('a.weight'), weights.tensors.has('a.weight'), weights.has('d.weight')]).toEqual([true, false, false]);
    await weights.close();
  });

  it('says so when it is cut after it was opened', async () => {
    const content = writeGguf({ metadata: QWEN, tensors: [tensor('a.weight', [8])] });
    const { weights } = await open(content);
    await truncate(file, content.length - 1);
    await expect(weights.read('a.weight')).rejects.toMatchObject({ name: 'ModelFileError', file, field: 'a.weight' });
    await weights.close();
  });

  it('gives a text whole that crosses the border of the chunks its parser reads', async () => {
    const filler = Array.from({ length: 1980 }, () => 'y'.repeat(1000));
    for (const short of [0, 1, 100, 1700]) {
      // The last text of the list begins some bytes before byte 2,000,000 or after it.
      const last = `LAST${'z'.repeat(5000 - short)}END`;
      const { metadata, weights } = await open({ metadata: { ...QWEN, list: { list: 'text', values: [...filler, 'x'.repeat(2000 + short), last] }, alone: { text: 'w'.repeat(2_100_000) } }, tensors: [] });
      await weights.close();
      expect((metadata['list'] as string[]).at(-1)).toBe(last);
      expect((metadata['alone'] as string).length).toBe(2_100_000);
    }
  });

  it('of a real model opens as it is', { skip: absent }, async () => {
    const { metadata, weights } = await openGguf(SMOLLM2);
    expect(weights.tensors.size).toBe(272);
    expect(metadata['tokenizer.ggml.tokens']).toHaveLength(49_152);
    expect(weights.tensors.get('model.embed_tokens.weight')).toMatchObject({ shape: [49_152, 576], type: 'Q8_0' });
    expect(await weights.readRows('model.layers.29.self_attn.q_proj.weight', 100, 3)).toEqual((await weights.read('model.layers.29.self_attn.q_proj.weight')).slice(100 * 360, 103 * 360));
    await weights.close();
  });
});

describe('a GGUF file that is not sound', () => {
  /** A header by hand: letters, version, tensors, keys, then whatever follows. */
  const header = (tensors: bigint, keys: bigint, ...rest: (number | bigint | string)[]): Uint8Array => {
    const parts = rest.map((part) => (typeof part === 'string' ? Buffer.from(part) : typeof part === 'bigint' ? Buffer.from(BigUint64Array.of(part).buffer) : Buffer.from(Uint32Array.of(part).buffer)));
    return Buffer.concat([Buffer.from('GGUF'), Buffer.from(Uint32Array.of(3).buffer), Buffer.from(BigUint64Array.of(tensors, keys).buffer), ...parts]);
  };
  const HUGE = 2n ** 63n;

  it.each<readonly [string, Uint8Array | GgufFile, string]>([
    ['is empty', new Uint8Array(0), 'header'],
    ['is something else', Buffer.from('PK\x03\x04 and what a zip file goes on with'), 'header'],
    ['says it has more tensors than any model', header(HUGE, 0n), 'tensor_count'],
    ['says it has more keys than any model', header(0n, HUGE), 'metadata_kv_count'],
    ['says it has more keys than it has bytes', header(0n, 9_000n), 'key 1 of 9000'],
    ['has a key longer than itself', header(0n, 1n, 1000n, 'abc'), 'key 1 of 1'],
    ['has a key of exabytes', header(0n, 1n, HUGE), 'key 1 of 1'],
    ['has a text longer than itself', header(0n, 1n, 1n, 'k', 8, 9_000_000n, 'abc'), 'k'],
    ['has a text of exabytes', header(0n, 1n, 1n, 'k', 8, HUGE), 'k'],
    ['has a list longer than itself', header(0n, 1n, 1n, 'k', 9, 4, 1_000_000n, 1), 'k'],
    ['has a list of exabytes', header(0n, 1n, 1n, 'k', 9, 8, HUGE), 'k'],
    ['has lists in lists', header(0n, 1n, 1n, 'k', 9, 9, 1n, 9, 1n), 'k'],
    ['has a value of no known type', header(0n, 1n, 1n, 'k', 13, 0n), 'k'],
    ['has a list of no known type', header(0n, 1n, 1n, 'k', 9, 77, 1n, 0n), 'k'],
    ['has the same key twice', header(0n, 2n, 1n, 'k', 4, 1, 1n, 'k', 4, 1), 'k'],
    ['has a key that objects give a meaning to', header(0n, 1n, 9n, '__proto__', 4, 1), '__proto__'],
    ['has a tensor of no dimensions', header(1n, 0n, 1n, 't', 0, 0, 0n), 't'],
    ['has a tensor of a billion dimensions', header(1n, 0n, 1n, 't', 1_000_000_000), 't'],
    ['has a tensor whose entry is cut', header(1n, 0n, 1n, 't', 2, 5n), 't'],
    ['has a tensor of exabytes', { metadata: QWEN, tensors: [tensor('t', [2 ** 31, 2 ** 31, 2 ** 31], 'F32', new Uint8Array(4))] }, 't'],
    ['has an empty tensor', { metadata: QWEN, tensors: [tensor('t', [0, 4])] }, 't'],
    ['has a tensor that ends after it does', { metadata: QWEN, tensors: [tensor('t', [100], 'F32', new Uint8Array(4))] }, 't'],
    ['has rows that end within a block', { metadata: QWEN, tensors: [tensor('t', [2, 48], 'Q8_0', new Uint8Array(200))] }, 't'],
    ['has a tensor twice', { metadata: QWEN, tensors: [tensor('t', [1]), tensor('t', [1])] }, 't'],
    ['has a tensor under both its names', { metadata: QWEN, tensors: [tensor('output_norm.weight', [1]), tensor('model.norm.weight', [1])] }, 'model.norm.weight'],
    ['has an alignment of three', { metadata: QWEN, tensors: [], alignment: 3 }, 'general.alignment'],
    ['has a text for an alignment', { metadata: { ...QWEN, 'general.alignment': { text: 'wide' } }, tensors: [] }, 'header'],
    ['has no architecture', { metadata: {}, tensors: [] }, 'general.architecture'],
    ['has rows that do not make heads', { metadata: { 'general.architecture': { text: 'llama' }, 'llama.attention.head_count': { u32: 3 } }, tensors: [tensor('blk.0.attn_q.weight', [8, 4])] }, 'model.layers.0.self_attn.q_proj.weight'],
    ['does not say how many heads llama has', { metadata: { 'general.architecture': { text: 'llama' } }, tensors: [tensor('blk.0.attn_q.weight', [8, 4])] }, 'llama.attention.head_count'],
  ])('is refused where it %s', async (_, content, field) => {
    expect(await survives(async () => void (await refused(content)))).toBe(false);
    await expect(refused(content)).rejects.toMatchObject({ name: 'ModelFileError', file, field });
  });

  it('is refused where tensors share bytes', async () => {
    const bytes = writeGguf({ metadata: QWEN, tensors: [tensor('a', [16]), tensor('b', [16])] });
    // The offset of b, the last eight bytes of its entry.
    const at = Buffer.from(bytes).lastIndexOf(Buffer.from('b')) + 1 + 4 + 8 + 4;
    bytes[at] = 32;
    await expect(refused(bytes)).rejects.toMatchObject({ field: 'b', message: expect.stringContaining('they overlap those of a') });
    bytes[at] = 33;
    await expect(refused(bytes)).rejects.toMatchObject({ field: 'b', message: expect.stringContaining('an offset that 32 divides') });
  });

  it.each<readonly [string, GgufFile, string, string]>([
    ['another architecture', { metadata: { 'general.architecture': { text: 'mamba' } }, tensors: [] }, 'general.architecture', 'it is "mamba"'],
    ['version 1', { metadata: QWEN, tensors: [], version: 1 }, 'version', 'it is 1'],
    ['big-endian', { metadata: QWEN, tensors: [], version: 0x0300_0000 }, 'version', 'it is big-endian'],
    ['one part of several', { metadata: { ...QWEN, 'split.count': { u16: 3 } }, tensors: [] }, 'split.count', 'it is 3'],
  ])('is told apart from one that is %s', async (_, content, field, found) => {
    await expect(refused(content)).rejects.toMatchObject({ name: 'UnsupportedModelError', file, field, message: expect.stringContaining(found) });
  });

  it('is refused at every length but its own', async () => {
    const content = writeGguf({ metadata: { ...QWEN, list: { list: 'text', values: ['a', 'bc'] }, n: { u32: 1 } }, tensors: [tensor('a.weight', [2, 8]), tensor('b.weight', [1, 32], 'Q8_0', new Uint8Array(34))] });
    // The padding after the last tensor may be missing.
    await truncateFully(file, content.subarray(0, content.length - 30), readAll);
  });

  it('costs neither time nor memory nor another error when it is damaged', async () => {
    const content = writeGguf({
      metadata: { 'general.architecture': { text: 'llama' }, 'llama.attention.head_count': { u32: 2 }, 'tokenizer.ggml.tokens': { list: 'text', values: ['a', 'bc', ''] }, scores: { list: 'f32', values: [1, 2] }, wide: { u64: 7 } },
      tensors: [tensor('blk.0.attn_q.weight', [8, 32], 'Q4_0', new Uint8Array(144)), tensor('output_norm.weight', [32]), tensor('token_embd.weight', [2, 256], 'Q6_K', new Uint8Array(420))],
    });
    const counts = await fuzzFile(file, content, readAll, 1000);
    expect(counts.refused).toBeGreaterThan(300);
    expect(counts.sound).toBeGreaterThan(50);
  });
});
