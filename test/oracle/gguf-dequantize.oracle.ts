/**
 * Dequantisation against the Python package `gguf`, bit for bit: random blocks of every type, and every tensor of a real file.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dequantize } from '../../models/weights/dequantize.ts';
import { openGguf } from '../../models/weights/gguf.ts';
import { BLOCKS, TENSOR_TYPES, type TensorType } from '../../models/weights/weights.ts';
import { GOLDEN_HASHES, goldenBytes } from '../models/weights/golden-blocks.ts';
import { blockBytes } from '../support/gguf-writer.ts';
import { SMOLLM2 } from '../support/llama-server/fetch-model.ts';
import { ggufName, numbersFrom } from '../support/tiny-model.ts';
import { PYTHON, absent } from './support.ts';

const script = join(import.meta.dirname, 'gguf_dequantize.py');
const ABSENT = absent(import.meta.filename, ['gguf', 'numpy']);
const MODEL_ABSENT = !ABSENT && absent(import.meta.filename, [], [SMOLLM2]);

const folder = mkdtempSync(join(tmpdir(), 'winnow-gguf-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function oracle(type: TensorType, bytes: Uint8Array): Uint32Array {
  const source = join(folder, `${type}.in`);
  const target = join(folder, `${type}.out`);
  writeFileSync(source, bytes);
  execFileSync(PYTHON, [script, 'blocks', type, source, target]);
  return bitsOf(readFileSync(target));
}

const hashOf = (values: Float32Array): string => createHash('sha256').update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)).digest('hex');

function bitsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer);
}

/** Index of the first weight that differs; -1 for none. */
function firstDifference(ours: Float32Array, theirs: Uint32Array): number {
  const bits = new Uint32Array(ours.buffer, ours.byteOffset, ours.length);
  return bits.length === theirs.length ? bits.findIndex((one, i) => one !== theirs[i]) : 0;
}

describe.skipIf(ABSENT)('dequantize', () => {
  it.each(TENSOR_TYPES)('gives the bits that gguf gives for random blocks of %s', (type) => {
    const next = numbersFrom(7);
    const bytes = blockBytes(type, 1 << 20, () => (next() + 1) * 2 ** 31);
    expect(firstDifference(dequantize(type, bytes), oracle(type, bytes))).toBe(-1);
  });

  it.each(TENSOR_TYPES)('gives the bits that gguf gives for every half as a scale of %s, but infinities', (type) => {
    const block = BLOCKS[type];
    const next = numbersFrom(8);
    const bytes = blockBytes(type, 0xf800 * block.weights, () => (next() + 1) * 2 ** 31);
    const at = type === 'Q6_K' ? 208 : 0;
    if (type !== 'F32' && type !== 'BF16') {
      for (let i = 0; i < 0xf800; i++) {
        const half = i < 0x7c00 ? i : i + 0x400;
        bytes[i * block.bytes + at] = half & 255;
        bytes[i * block.bytes + at + 1] = half >> 8;
      }
    }
    expect(firstDifference(dequantize(type, bytes), oracle(type, bytes))).toBe(-1);
  });

  it.each(TENSOR_TYPES)('has golden hashes for %s that are the package\'s own', (type) => {
    expect(createHash('sha256').update(oracle(type, goldenBytes(type))).digest('hex')).toBe(GOLDEN_HASHES[type]);
  });

  it.skipIf(MODEL_ABSENT)('gives the bits that gguf gives for every tensor of SmolLM2-135M', async () => {
    const listing = execFileSync(PYTHON, [script, 'tensors', SMOLLM2], { encoding: 'utf8', maxBuffer: 2 ** 24 });
    const theirs = listing.trim().split('\n').map((line) => JSON.parse(line) as { name: string; shape: number[]; hash: string });
    const { weights } = await openGguf(SMOLLM2);
    const ours: typeof theirs = [];
    for (const { name, shape, type } of weights.tensors.values()) ours.push({ name: ggufName(name), shape: [...shape], hash: hashOf(dequantize(type, await weights.read(name))) });
    await weights.close();
    expect(ours).toHaveLength(272);
    expect(ours).toEqual(theirs);
  }, 120_000);
});
