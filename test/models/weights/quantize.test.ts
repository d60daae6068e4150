import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { ModelFileError } from '../../../models/errors.ts';
import { dequantize } from '../../../models/weights/dequantize.ts';
import { type Bits, type QuantizedMatrix, quantizeBytes, quantizeRows, quantizeRowsSymmetric, quantizeTensor } from '../../../models/weights/quantize.ts';
import { TENSOR_TYPES, type TensorInfo, type TensorType, type Weights, byteLengthOf } from '../../../models/weights/weights.ts';
import { blockBytes } from '../../support/gguf-writer.ts';
import { type Constant, oneNode } from '../../support/one-node-onnx.ts';
import { numbersFrom } from '../../support/tiny-model.ts';

const BLOCK = 32;

function randomMatrix(rows: number, cols: number, seed = 1): Float32Array {
  const next = numbersFrom(seed);
  return Float32Array.from({ length: rows * cols }, () => next() * (1 + next()));
}

/** Weights out of the packed arrays, by the words of ContribOperators.md: (q - zero point) × scale. */
function unpack({ packed, scales, zeroPoints }: QuantizedMatrix, rows: number, cols: number, bits: Bits, block = BLOCK): Float32Array {
  const blocks = Math.ceil(cols / block);
  const take = (array: Uint8Array, first: number, index: number): number => (bits === 8 ? array[first + index]! : (array[first + (index >> 1)]! >> ((index & 1) * 4)) & 15);
  const values = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const at = Math.floor(col / block);
      const q = take(packed, ((row * blocks + at) * block * bits) / 8, col % block);
      const zero = zeroPoints ? take(zeroPoints, row * Math.ceil((blocks * bits) / 8), at) : 1 << (bits - 1);
      values[row * cols + col] = (q - zero) * scales[row * blocks + at]!;
    }
  }
  return values;
}

/** The most that a weight moved, in steps of its block. */
function worstStep(values: Float32Array, quantized: QuantizedMatrix, rows: number, cols: number, bits: Bits): number {
  const blocks = Math.ceil(cols / BLOCK);
  const unpacked = unpack(quantized, rows, cols, bits);
  return values.reduce((worst, value, i) => {
    const step = Math.abs(quantized.scales[Math.floor(i / cols) * blocks + Math.floor((i % cols) / BLOCK)]!);
    const moved = Math.abs(value - unpacked[i]!);
    return Math.max(worst, step === 0 ? (moved === 0 ? 0 : Infinity) : moved / step);
  }, 0);
}

const sameBytes = (a: Uint8Array | Float32Array, b: Uint8Array | Float32Array): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

const KINDS = [
  [4, 'asymmetric', quantizeRows],
  [4, 'symmetric', quantizeRowsSymmetric],
  [8, 'asymmetric', quantizeRows],
  [8, 'symmetric', quantizeRowsSymmetric],
] as const;

const constantsOf = ({ packed, scales, zeroPoints }: QuantizedMatrix, rows: number, blocks: number, bits: Bits, flat: boolean): readonly Constant[] => [
  { name: 'packed', dims: flat ? [rows, (blocks * BLOCK * bits) / 8] : [rows, blocks, (BLOCK * bits) / 8], data: packed },
  { name: 'scales', dims: [rows, blocks], data: scales },
  ...(zeroPoints ? [{ name: 'zeros', dims: [rows, Math.ceil((blocks * bits) / 8)], data: zeroPoints }] : []),
];

async function run(model: Uint8Array, feed: Tensor): Promise<Float32Array> {
  const session = await InferenceSession.create(model, { executionProviders: ['cpu'] });
  try {
    return (await session.run({ input: feed }))['output']!.data as Float32Array;
  } finally {
    await session.release();
  }
}

describe.each(KINDS)('%i bits, %s', (bits, kind, quantize) => {
  it.each([
    ['whole blocks', 6, 96],
    ['an odd number of blocks', 5, 160],
    ['a last block that is not full', 7, 40],
    ['one weight', 1, 1],
  ])('is what MatMulNBits multiplies with: %s', async (_, rows, cols) => {
    const values = randomMatrix(rows, cols);
    const quantized = quantize(values, rows, cols, bits);
    const blocks = Math.ceil(cols / BLOCK);
    const names = ['input', 'packed', 'scales', ...(quantized.zeroPoints ? ['zeros'] : [])];
    const model = oneNode({
      op: 'MatMulNBits',
      inputs: names,
      input: { name: 'input', type: 'float32', rank: 2 },
      constants: constantsOf(quantized, rows, blocks, bits, false),
      attributes: { K: cols, N: rows, bits, block_size: BLOCK },
      outputRank: 2,
    });
    // Times the identity, it gives the weights themselves, columns first.
    const identity = Float32Array.from({ length: cols * cols }, (_, i) => (i % (cols + 1) === 0 ? 1 : 0));
    const product = await run(model, new Tensor('float32', identity, [cols, cols]));
    const expected = unpack(quantized, rows, cols, bits);
    product.forEach((value, i) => expect(value).toBeCloseTo(expected[(i % rows) * cols + Math.floor(i / rows)]!, 6));
  });

  it('is what GatherBlockQuantized looks rows up in', async () => {
    const [rows, cols] = [9, 96];
    const quantized = quantize(randomMatrix(rows, cols, 2), rows, cols, bits);
    const model = oneNode({
      op: 'GatherBlockQuantized',
      inputs: ['packed', 'input', 'scales', ...(quantized.zeroPoints ? ['zeros'] : [])],
      input: { name: 'input', type: 'int64', rank: 1 },
      constants: constantsOf(quantized, rows, 3, bits, true),
      attributes: { bits, block_size: BLOCK, gather_axis: 0, quantize_axis: 1 },
      outputRank: 2,
    });
    const gathered = await run(model, new Tensor('int64', BigInt64Array.of(8n, 0n, 3n), [3]));
    const all = unpack(quantized, rows, cols, bits);
    expect([...gathered]).toEqual([8, 0, 3].flatMap((row) => [...all.subarray(row * cols, (row + 1) * cols)]));
  });

  it('moves a weight by half a step at most, and by one where Q4_0\'s grid has no level', () => {
    const values = randomMatrix(64, 320, 3);
    const worst = worstStep(values, quantize(values, 64, 320, bits), 64, 320, bits);
    // The extreme's counterpart, 8 steps on the other side, is clipped to 7. An asymmetric zero is rounded to a level: half a step more.
    expect(worst).toBeLessThan(bits === 4 && kind === 'symmetric' ? 1 + 1e-4 : kind === 'asymmetric' ? 1 + 1e-4 : 0.5 + 1e-4);
    expect(worst).toBeGreaterThan(0.4);
  });

  it('keeps zero, and a block of zeros', () => {
    const values = randomMatrix(2, 64, 4);
    for (let i = 0; i < 128; i += 3) values[i] = 0;
    values.fill(0, 64, 96);
    const unpacked = unpack(quantize(values, 2, 64, bits), 2, 64, bits);
    expect([...unpacked].filter((value, i) => values[i] === 0 && value !== 0)).toEqual([]);
  });

  it('pads with weights of zero', () => {
    const quantized = quantize(randomMatrix(3, 33, 5), 3, 33, bits);
    expect(quantized.packed).toHaveLength((3 * 2 * 32 * bits) / 8);
    const padded = unpack(quantized, 3, 64, bits);
    for (let row = 0; row < 3; row++) for (let col = 33; col < 64; col++) expect(Math.abs(padded[row * 64 + col]!)).toBe(0);
  });

  it('takes blocks of other sizes', () => {
    const values = randomMatrix(3, 48, 6);
    const quantized = quantize(values, 3, 48, bits, 16);
    expect(quantized.scales).toHaveLength(9);
    const unpacked = unpack(quantized, 3, 48, bits, 16);
    values.forEach((value, i) => expect(Math.abs(value - unpacked[i]!)).toBeLessThan(bits === 4 ? 0.3 : 0.02));
    expect(() => quantize(values, 3, 48, bits, 24)).toThrow('A block size is a power of two of at least 16, not 24.');
  });

  it('survives the least and the largest numbers, and refuses those that are not finite', () => {
    for (const scale of [2 ** -149, 2 ** -126, 1e38, 1.7e38]) {
      const values = randomMatrix(1, 32, 7).map((value) => Math.fround(value * scale));
      const quantized = quantize(values, 1, 32, bits);
      expect(quantized.scales.every((one) => Number.isFinite(one))).toBe(true);
      expect(unpack(quantized, 1, 32, bits).every((one) => Number.isFinite(one))).toBe(true);
    }
    for (const odd of [NaN, Infinity, -Infinity]) {
      for (const at of [0, 5, 31]) expect(() => quantize(randomMatrix(1, 32).with(at, odd), 1, 32, bits)).toThrow('A weight is infinite or not a number.');
    }
  });

  it('refuses sizes that do not agree', () => {
    expect(() => quantize(new Float32Array(10), 2, 6, bits)).toThrow('10 weights are not 2 rows of 6.');
  });
});

describe('4 bits, symmetric', () => {
  it('puts the extreme on -8 steps, whatever its sign, as Q4_0 does', () => {
    for (const extreme of [2, -2]) {
      const values = new Float32Array(32).fill(0.25).with(3, extreme);
      const { packed, scales } = quantizeRowsSymmetric(values, 1, 32, 4);
      expect([packed[1]! >> 4, scales[0]]).toEqual([0, -extreme / 8]);
    }
  });
});

describe('weights that GGUF holds in blocks', () => {
  const next = numbersFrom(9);
  const bytesOf = (type: TensorType, weights: number): Uint8Array => blockBytes(type, weights, () => (next() + 1) * 2 ** 31);

  it.each([
    ['Q8_0', 8, true],
    ['Q8_0', 8, false],
    ['Q4_0', 4, true],
    ['Q4_0', 4, false],
    ['Q4_0', 8, true],
    ['Q4_0', 8, false],
  ] as const)('are the same from %s in %i bits (symmetric: %s)', (type, bits, symmetric) => {
    const bytes = bytesOf(type, 5 * 96);
    const quantized = quantizeBytes(type, bytes, 5, 96, bits, symmetric);
    expect(quantized.zeroPoints === null).toBe(symmetric);
    // -0 where a scale is negative and a level zero: equal as numbers.
    expect([...unpack(quantized, 5, 96, bits)].map((value) => value + 0)).toEqual([...dequantize(type, bytes)].map((value) => value + 0));
  });

  it.each(TENSOR_TYPES)('go through float32 from %s to 4 bits where they must, a few rows at a time', (type) => {
    // Rows enough for several chunks.
    const [rows, cols] = [600, 2048];
    const bytes = bytesOf(type, rows * cols);
    if (type === 'F32' || type === 'BF16') for (let i = type === 'F32' ? 3 : 1; i < bytes.length; i += type === 'F32' ? 4 : 2) bytes[i] = (bytes[i]! & 0x80) | 0x3c;
    const made = quantizeBytes(type, bytes, rows, cols, 4, false);
    if (type !== 'Q4_0') {
      const whole = quantizeRows(dequantize(type, bytes), rows, cols, 4);
      for (const part of ['packed', 'scales', 'zeroPoints'] as const) expect(sameBytes(made[part]!, whole[part]), part).toBe(true);
    }
    expect(made.packed).toHaveLength((rows * cols) / 2);
  });

  it('are refused where they are not rows of whole blocks', () => {
    expect(() => quantizeBytes('Q8_0', new Uint8Array(34 * 3), 2, 48, 8, true)).toThrow('A row of 48 weights is not a number of whole Q8_0 blocks.');
    expect(() => quantizeBytes('Q8_0', new Uint8Array(34 * 3), 2, 32, 8, true)).toThrow('96 weights are not 2 rows of 32.');
  });
});

describe('a tensor of a file', () => {
  /** Weights that hold one tensor, and count the bytes of the largest read. */
  function holding(info: TensorInfo, bytes: Uint8Array): Weights & { readonly largest: () => number } {
    let largest = 0;
    return {
      source: info.file,
      tensors: new Map([[info.name, info]]),
      read: () => Promise.reject(new Error('It was read whole.')),
      readRows: async (_, first, rows) => {
        const row = bytes.length / info.shape[0]!;
        largest = Math.max(largest, rows * row);
        return bytes.slice(first * row, (first + rows) * row);
      },
      close: async () => {},
      largest: () => largest,
    };
  }
  const infoOf = (type: TensorType, shape: readonly number[]): TensorInfo => ({ name: 'w', shape, type, byteLength: byteLengthOf(type, shape), file: 'model' });

  it.each(['F16', 'Q8_0'] as const)('is quantised as its bytes are, without being read whole: %s', async (type) => {
    const next = numbersFrom(11);
    const info = infoOf(type, [3000, 1024]);
    const bytes = blockBytes(type, 3000 * 1024, () => (next() + 1) * 2 ** 31);
    const weights = holding(info, bytes);
    const made = await quantizeTensor(weights, info, 8, true);
    expect(sameBytes(made.packed, quantizeBytes(type, bytes, 3000, 1024, 8, true).packed)).toBe(true);
    expect(weights.largest()).toBeLessThan(bytes.length / 2);
  });

  it('is named where a weight is not finite, and where it is no matrix', async () => {
    const info = infoOf('F32', [4, 32]);
    const bytes = new Uint8Array(randomMatrix(4, 32).with(40, NaN).buffer);
    await expect(quantizeTensor(holding(info, bytes), info, 4, false)).rejects.toThrow(ModelFileError);
    await expect(quantizeTensor(holding(info, bytes), info, 4, false)).rejects.toMatchObject({ file: 'model', field: 'w', expected: 'finite weights' });
    const vector = infoOf('F32', [32]);
    await expect(quantizeTensor(holding(vector, bytes), vector, 4, false)).rejects.toMatchObject({ file: 'model', field: 'w', expected: 'a tensor of two dimensions' });
  });
});
