/**
 * Tensor bytes to float32. Block layouts and the order of operations are those of ggml-quants.c and of the Python package `gguf`
 * (quants.py), whose results these equal bit for bit. numpy rounds each product and sum to float32; here only the store rounds, and
 * that is the same: a half has 11 bits, what it is multiplied by has at most 13 together, so every product is exact in float32's 24,
 * and every sum is exact in a double.
 */
import { bfloatsToFloats, halfAt, halvesToFloats } from './half.ts';
import { BLOCKS, type TensorType } from './weights.ts';

/** Reads whole blocks of one type from `bytes` into `out`, which is exactly as long as they hold weights. */
type Reader = (bytes: Uint8Array, out: Float32Array) => void;

/** 16-bit numbers of `bytes`, which may begin at an odd address. */
function words(bytes: Uint8Array): Uint16Array {
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2);
}

/** Half d; 32 signed bytes q. d q. */
const q8_0: Reader = (bytes, out) => {
  for (let at = 0, to = 0; at < bytes.length; at += 34, to += 32) {
    const d = halfAt(bytes, at);
    for (let i = 0; i < 32; i++) out[to + i] = d * ((bytes[at + 2 + i]! << 24) >> 24);
  }
};

/** Half d; 16 bytes, weight i in the low half of byte i, weight 16 + i in the high one. d (q - 8). */
const q4_0: Reader = (bytes, out) => {
  for (let at = 0, to = 0; at < bytes.length; at += 18, to += 32) {
    const d = halfAt(bytes, at);
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 2 + i]!;
      out[to + i] = d * ((pair & 15) - 8);
      out[to + 16 + i] = d * ((pair >>> 4) - 8);
    }
  }
};

/** Halves d and m; 16 bytes as in Q4_0. d q + m. */
const q4_1: Reader = (bytes, out) => {
  for (let at = 0, to = 0; at < bytes.length; at += 20, to += 32) {
    const d = halfAt(bytes, at);
    const m = halfAt(bytes, at + 2);
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 4 + i]!;
      out[to + i] = d * (pair & 15) + m;
      out[to + 16 + i] = d * (pair >>> 4) + m;
    }
  }
};

/**
 * Halves d and dmin; 12 bytes of scales and minimums, six bits each, for eight groups of 32; 128 bytes of which 32 at a time hold two
 * groups, the first in the low halves. (d scale) q - (dmin minimum).
 */
const q4_K: Reader = (bytes, out) => {
  for (let at = 0, to = 0; at < bytes.length; at += 144, to += 256) {
    const d = halfAt(bytes, at);
    const dmin = halfAt(bytes, at + 2);
    for (let group = 0; group < 8; group++) {
      // Groups 0 to 3 have their six bits in one byte; the rest have four in bytes 8 to 11 and two atop the byte of the group four before.
      const j = at + 4 + (group & 3);
      const first = bytes[j]!;
      const second = bytes[j + 4]!;
      const third = bytes[j + 8]!;
      const scale = group < 4 ? first & 63 : (third & 15) | ((first >>> 2) & 48);
      const minimum = group < 4 ? second & 63 : (third >>> 4) | ((second >>> 2) & 48);
      const step = d * scale;
      const offset = dmin * minimum;
      const from = at + 16 + (group >>> 1) * 32;
      const shift = (group & 1) * 4;
      const start = to + group * 32;
      for (let i = 0; i < 32; i++) out[start + i] = step * ((bytes[from + i]! >>> shift) & 15) - offset;
    }
  }
};

/**
 * 128 bytes of low four bits, 64 bytes of high two bits, 16 signed scales for 16 weights each, half d. (d scale) (q - 32). Each half of
 * the block, 128 weights, takes 64 bytes of low bits (the first 64 weights in the low halves) and 32 bytes of high bits (32 weights
 * for each pair of bits, from the lowest on).
 */
const q6_K: Reader = (bytes, out) => {
  for (let at = 0, to = 0; at < bytes.length; at += 210, to += 256) {
    const d = halfAt(bytes, at + 208);
    for (let quarter = 0; quarter < 8; quarter++) {
      const part = quarter >>> 2;
      const low = at + part * 64 + (quarter & 1) * 32;
      const lowShift = (quarter & 2) * 2;
      const high = at + 128 + part * 32;
      const highShift = (quarter & 3) * 2;
      for (let from = 0; from < 32; from += 16) {
        const step = d * ((bytes[at + 192 + quarter * 2 + (from >>> 4)]! << 24) >> 24);
        const start = to + quarter * 32;
        for (let i = from; i < from + 16; i++) {
          const q = ((bytes[low + i]! >>> lowShift) & 15) | (((bytes[high + i]! >>> highShift) & 3) << 4);
          out[start + i] = step * (q - 32);
        }
      }
    }
  }
};

const READERS: Readonly<Record<TensorType, Reader>> = {
  F32: (bytes, out) => new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(bytes),
  F16: (bytes, out) => void halvesToFloats(words(bytes), out),
  BF16: (bytes, out) => void bfloatsToFloats(words(bytes), out),
  Q8_0: q8_0,
  Q4_0: q4_0,
  Q4_1: q4_1,
  Q4_K: q4_K,
  Q6_K: q6_K,
};

/**
 * The weights of whole blocks, in order. `out`, if given, is exactly as long as there are weights, and is returned. Throws RangeError
 * where `bytes` is not a number of whole blocks or `out` is of another length.
 */
export function dequantize(type: TensorType, bytes: Uint8Array, out?: Float32Array): Float32Array {
  const block = BLOCKS[type];
  if (bytes.length % block.bytes !== 0) throw new RangeError(`${bytes.length} bytes are not a number of whole ${type} blocks of ${block.bytes} bytes.`);
  const weights = (bytes.length / block.bytes) * block.weights;
  if (out && out.length !== weights) throw new RangeError(`The output holds ${out.length} values, the input ${weights}.`);
  const values = out ?? new Float32Array(weights);
  READERS[type](bytes, values);
  return values;
}
