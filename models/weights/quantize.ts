/**
 * Weights in blocks of 32 along a row, in the layout of ONNX Runtime's MatMulNBits and GatherBlockQuantized
 * (docs/ContribOperators.md of microsoft/onnxruntime): weight = (q - zero point) × scale.
 *
 * A matrix [rows, cols] has `blocks` = ceil(cols / blockSize) blocks a row.
 * - packed [rows, blocks, blockSize × bits / 8]: at 4 bits two weights a byte, the first in the low half. Past the last column: zeros,
 *   as weights. Where blockSize divides cols, this is also GatherBlockQuantized's [rows, cols × bits / 8].
 * - scales [rows, blocks].
 * - zeroPoints [rows, ceil(blocks × bits / 8)], packed as the weights are, each row from a byte of its own; null where they are all
 *   2^(bits - 1), which the operators take when the input is left out, and compute faster.
 */
import { ModelFileError } from '../errors.ts';
import { dequantize } from './dequantize.ts';
import { halfAt } from './half.ts';
import { BLOCKS, type TensorInfo, type TensorType, type Weights } from './weights.ts';

export type Bits = 4 | 8;

/** The one block size of `quantizeBytes` and `quantizeTensor`; also that of Q8_0 and Q4_0. */
export const BLOCK_SIZE = 32;

export interface QuantizedMatrix {
  readonly packed: Uint8Array;
  readonly scales: Float32Array;
  readonly zeroPoints: Uint8Array | null;
}

/** Weights that are handled as floats at once; 4 MiB of them. */
const CHUNK_WEIGHTS = 1 << 20;

/** A matrix under way: the arrays, and how to write a block into them. */
class Target implements QuantizedMatrix {
  readonly packed: Uint8Array;
  readonly scales: Float32Array;
  readonly zeroPoints: Uint8Array | null;
  readonly bits: Bits;
  readonly cols: number;
  readonly blockSize: number;
  readonly blocks: number;
  readonly zeroRow: number;
  /** One block's numbers before they are packed. */
  readonly q: Uint8Array;

  constructor(rows: number, cols: number, bits: Bits, blockSize: number, symmetric: boolean) {
    this.bits = bits;
    this.cols = cols;
    this.blockSize = blockSize;
    this.blocks = Math.ceil(cols / blockSize);
    this.zeroRow = Math.ceil((this.blocks * bits) / 8);
    this.packed = new Uint8Array((rows * this.blocks * blockSize * bits) / 8);
    this.scales = new Float32Array(rows * this.blocks);
    this.zeroPoints = symmetric ? null : new Uint8Array(rows * this.zeroRow);
    this.q = new Uint8Array(blockSize);
  }

  /** Writes the block in `q`. */
  put(row: number, block: number, scale: number, zeroPoint: number): void {
    const { q, bits, blockSize } = this;
    const index = row * this.blocks + block;
    this.scales[index] = scale;
    if (bits === 8) {
      this.packed.set(q, index * blockSize);
      if (this.zeroPoints) this.zeroPoints[index] = zeroPoint;
      return;
    }
    const at = (index * blockSize) / 2;
    for (let i = 0; i < blockSize / 2; i++) this.packed[at + i] = q[2 * i]! | (q[2 * i + 1]! << 4);
    if (this.zeroPoints) this.zeroPoints[row * this.zeroRow + (block >>> 1)]! |= zeroPoint << ((block & 1) * 4);
  }
}

/** Numbers from `first` on of a row's block, and how many there are before the row ends. */
type BlockQuantizer = (values: Float32Array, first: number, count: number, target: Target) => { readonly scale: number; readonly zeroPoint: number };

function notFinite(): never {
  throw new RangeError('A weight is infinite or not a number.');
}

/** Steps of equal size from the least to the largest weight, zero among them: padding and pruned weights stay exactly zero. */
const asymmetric: BlockQuantizer = (values, first, count, { q, bits }) => {
  const levels = (1 << bits) - 1;
  let least = 0;
  let largest = 0;
  for (let i = first; i < first + count; i++) {
    const value = values[i]!;
    if (value < least) least = value;
    else if (value > largest) largest = value;
    else if (Number.isNaN(value)) notFinite();
  }
  const scale = Math.fround((largest - least) / levels);
  if (!Number.isFinite(scale)) notFinite();
  const inverse = scale === 0 ? 0 : 1 / scale;
  const zeroPoint = Math.min(levels, Math.floor(-least * inverse + 0.5));
  for (let i = 0; i < count; i++) {
    const level = Math.floor(values[first + i]! * inverse + 0.5) + zeroPoint;
    q[i] = level < 0 ? 0 : level > levels ? levels : level;
  }
  return { scale, zeroPoint };
};

/** The value of largest magnitude, with its sign. */
function extreme(values: Float32Array, first: number, count: number): number {
  let extreme = 0;
  for (let i = first; i < first + count; i++) {
    const value = values[i]!;
    if (Math.abs(value) > Math.abs(extreme)) extreme = value;
    else if (Number.isNaN(value)) notFinite();
  }
  if (!Number.isFinite(extreme)) notFinite();
  return extreme;
}

/** As Q4_0 does: the scale's sign is such that the extreme is -8 steps, the one level that has no counterpart above zero. */
const symmetric4: BlockQuantizer = (values, first, count, { q }) => {
  const scale = Math.fround(extreme(values, first, count) / -8);
  const inverse = scale === 0 ? 0 : 1 / scale;
  for (let i = 0; i < count; i++) {
    const level = Math.floor(values[first + i]! * inverse + 8.5);
    q[i] = level < 0 ? 0 : level > 15 ? 15 : level;
  }
  return { scale, zeroPoint: 8 };
};

/** As Q8_0 does: the extreme is 127 steps from zero. */
const symmetric8: BlockQuantizer = (values, first, count, { q }) => {
  const scale = Math.fround(Math.abs(extreme(values, first, count)) / 127);
  const inverse = scale === 0 ? 0 : 1 / scale;
  for (let i = 0; i < count; i++) {
    const level = Math.floor(values[first + i]! * inverse + 128.5);
    q[i] = level < 1 ? 1 : level > 255 ? 255 : level;
  }
  return { scale, zeroPoint: 128 };
};

function quantizeInto(target: Target, firstRow: number, values: Float32Array): void {
  const { bits, cols, blockSize, blocks, q } = target;
  const quantizeBlock = target.zeroPoints ? asymmetric : bits === 4 ? symmetric4 : symmetric8;
  for (let row = 0; row < values.length / cols; row++) {
    for (let block = 0; block < blocks; block++) {
      const count = Math.min(blockSize, cols - block * blockSize);
      const { scale, zeroPoint } = quantizeBlock(values, row * cols + block * blockSize, count, target);
      if (count < blockSize) q.fill(zeroPoint, count);
      target.put(firstRow + row, block, scale, zeroPoint);
    }
  }
}

function checkSizes(values: number, rows: number, cols: number, blockSize: number): void {
  if (blockSize < 16 || (blockSize & (blockSize - 1)) !== 0) throw new RangeError(`A block size is a power of two of at least 16, not ${blockSize}.`);
  if (cols < 1 || values !== rows * cols) throw new RangeError(`${values} weights are not ${rows} rows of ${cols}.`);
}

/**
 * `values` [rows, cols], each block between its least and largest weight (zero included). Throws RangeError where a weight is not
 * finite, or `values` is of another size.
 */
export function quantizeRows(values: Float32Array, rows: number, cols: number, bits: Bits, blockSize = BLOCK_SIZE): QuantizedMatrix & { readonly zeroPoints: Uint8Array } {
  return quantized(values, rows, cols, bits, blockSize, false) as QuantizedMatrix & { readonly zeroPoints: Uint8Array };
}

/** The same without zero points: levels lie evenly around zero. */
export function quantizeRowsSymmetric(values: Float32Array, rows: number, cols: number, bits: Bits, blockSize = BLOCK_SIZE): QuantizedMatrix & { readonly zeroPoints: null } {
  return quantized(values, rows, cols, bits, blockSize, true) as QuantizedMatrix & { readonly zeroPoints: null };
}

function quantized(values: Float32Array, rows: number, cols: number, bits: Bits, blockSize: number, symmetric: boolean): QuantizedMatrix {
  checkSizes(values.length, rows, cols, blockSize);
  const target = new Target(rows, cols, bits, blockSize, symmetric);
  quantizeInto(target, 0, values);
  return result(target);
}

const result = ({ packed, scales, zeroPoints }: Target): QuantizedMatrix => ({ packed, scales, zeroPoints });

/** Whether GGUF's blocks hold no more levels than `bits` do: they are then moved, not computed anew. */
function isExact(type: TensorType, bits: Bits): type is 'Q8_0' | 'Q4_0' {
  return type === 'Q4_0' || (type === 'Q8_0' && bits === 8);
}

/** Moves blocks of Q8_0 or Q4_0: the scale is the block's own, the zero point 2^(bits - 1), no weight changes. */
function moveInto(target: Target, firstRow: number, type: 'Q8_0' | 'Q4_0', bytes: Uint8Array): void {
  const { q, bits, blocks } = target;
  const zeroPoint = 1 << (bits - 1);
  const blockBytes = BLOCKS[type].bytes;
  for (let index = 0, at = 0; at < bytes.length; index++, at += blockBytes) {
    if (type === 'Q8_0') {
      for (let i = 0; i < 32; i++) q[i] = bytes[at + 2 + i]! ^ 0x80;
    } else {
      // From halves of a block side by side in a byte to neighbours in a byte; 8 is zero in both.
      const shift = zeroPoint - 8;
      for (let i = 0; i < 16; i++) {
        q[i] = (bytes[at + 2 + i]! & 15) + shift;
        q[16 + i] = (bytes[at + 2 + i]! >>> 4) + shift;
      }
    }
    const scale = halfAt(bytes, at);
    if (!Number.isFinite(scale)) notFinite();
    target.put(firstRow + Math.floor(index / blocks), index % blocks, scale, zeroPoint);
  }
}

function bytesInto(target: Target, firstRow: number, type: TensorType, bytes: Uint8Array): void {
  if (isExact(type, target.bits)) return moveInto(target, firstRow, type, bytes);
  const { cols } = target;
  const rowBytes = (cols / BLOCKS[type].weights) * BLOCKS[type].bytes;
  const rows = bytes.length / rowBytes;
  const step = rowsAtOnce(cols, rows);
  const values = new Float32Array(step * cols);
  for (let row = 0; row < rows; row += step) {
    const part = bytes.subarray(row * rowBytes, Math.min(rows, row + step) * rowBytes);
    quantizeInto(target, firstRow + row, dequantize(type, part, values.subarray(0, (part.length / rowBytes) * cols)));
  }
}

const rowsAtOnce = (cols: number, rows: number): number => Math.max(1, Math.min(rows, Math.floor(CHUNK_WEIGHTS / cols)));

/**
 * A matrix [rows, cols] from its bytes in `type`, in blocks of 32. Q8_0 to 8 bits and Q4_0 to either lose nothing; other types go
 * through float32, a few rows at a time. With `symmetric`, zeroPoints is null. Throws RangeError as `quantizeRows` does.
 */
export function quantizeBytes(type: TensorType, bytes: Uint8Array, rows: number, cols: number, bits: Bits, symmetric: boolean): QuantizedMatrix {
  const block = BLOCKS[type];
  if (cols % block.weights !== 0) throw new RangeError(`A row of ${cols} weights is not a number of whole ${type} blocks.`);
  checkSizes((bytes.length / block.bytes) * block.weights, rows, cols, BLOCK_SIZE);
  const target = new Target(rows, cols, bits, BLOCK_SIZE, symmetric);
  bytesInto(target, 0, type, bytes);
  return result(target);
}

/** `quantizeBytes` of a tensor, read a few rows at a time so that its bytes are never held whole. ModelFileError names what is wrong. */
export async function quantizeTensor(weights: Weights, { name, file, type, shape }: TensorInfo, bits: Bits, symmetric: boolean): Promise<QuantizedMatrix> {
  const [rows, cols, ...more] = shape;
  if (rows === undefined || cols === undefined || more.length > 0) throw new ModelFileError(file, name, 'a tensor of two dimensions', `its shape is [${shape.join(', ')}]`);
  const target = new Target(rows, cols, bits, BLOCK_SIZE, symmetric);
  const step = rowsAtOnce(cols, rows);
  for (let row = 0; row < rows; row += step) {
    const bytes = await weights.readRows(name, row, Math.min(step, rows - row));
    try {
      bytesInto(target, row, type, bytes);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ModelFileError(file, name, 'finite weights', `rows ${row} to ${Math.min(rows, row + step) - 1} hold one that is not`, { cause: error });
    }
  }
  return result(target);
}
