/**
 * IEEE 754 binary16 and bfloat16 to float32, and float32 to binary16, rounding to the nearest and a tie to the even. Bits of a half are
 * an unsigned 16-bit number, which is also how ONNX Runtime takes a float16 tensor. Bytes are little-endian, as on every machine that
 * ONNX Runtime is built for.
 */

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** Bits of the half nearest to a float32 that is given by its bits. From 65,520 on, infinity; a NaN keeps its sign and upper payload. */
function halfOfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  // 2^16 and up, infinity, NaN.
  if (magnitude >= 0x4780_0000) {
    if (magnitude <= 0x7f80_0000) return sign | 0x7c00;
    const payload = (magnitude >>> 13) & 0x3ff;
    return sign | 0x7c00 | (payload === 0 ? 0x200 : payload);
  }
  // Normal halves, from 2^-14: the exponent's bias goes from 127 to 15; a carry out of the fraction moves on into the exponent.
  if (magnitude >= 0x3880_0000) return sign | ((magnitude - 0x3800_0000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  // Up to half of the least subnormal, 2^-25, it is zero.
  if (magnitude <= 0x3300_0000) return sign;
  const fraction = (magnitude & 0x7f_ffff) | 0x80_0000;
  const shift = 126 - (magnitude >>> 23);
  const kept = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const tie = 1 << (shift - 1);
  return sign | (kept + (rest > tie || (rest === tie && (kept & 1) === 1) ? 1 : 0));
}

/** Bits of the float32 that a half is. */
function bitsOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f80_0000 | (fraction << 13)) >>> 0;
  if (exponent !== 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0;
  if (fraction === 0) return sign >>> 0;
  // A subnormal, fraction × 2^-24, is a normal float32.
  const top = 31 - Math.clz32(fraction);
  return (sign | ((top + 103) << 23) | ((fraction << (23 - top)) & 0x7f_ffff)) >>> 0;
}

/** The float32 of every half, by its bits: 256 KiB. */
const FLOAT_BITS = Uint32Array.from({ length: 0x1_0000 }, (_, half) => bitsOfHalf(half));
const FLOATS = new Float32Array(FLOAT_BITS.buffer);

/** `value` is taken as a float32. Returns the half's bits. */
export function floatToHalf(value: number): number {
  scratch[0] = value;
  return halfOfBits(scratchBits[0]!);
}

/** `bits` of a half, 0 to 65,535. */
export function halfToFloat(bits: number): number {
  return FLOATS[bits]!;
}

/** The half whose two bytes begin at `at`. */
export function halfAt(bytes: Uint8Array, at: number): number {
  return halfToFloat(bytes[at]! | (bytes[at + 1]! << 8));
}

/** `bits` of a bfloat16, 0 to 65,535: the upper half of a float32. */
export function bfloatToFloat(bits: number): number {
  scratchBits[0] = bits << 16;
  return scratch[0]!;
}

/** One half per value. `out`, if given, is as long as `values`, and is returned. */
export function floatsToHalves(values: Float32Array, out: Uint16Array = new Uint16Array(values.length)): Uint16Array {
  sameLength(values.length, out.length);
  // By bits, so that a NaN's payload survives.
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) out[i] = halfOfBits(bits[i]!);
  return out;
}

/** One float per half. `out`, if given, is as long as `halves`, and is returned. */
export function halvesToFloats(halves: Uint16Array, out: Float32Array = new Float32Array(halves.length)): Float32Array {
  sameLength(halves.length, out.length);
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < halves.length; i++) bits[i] = FLOAT_BITS[halves[i]!]!;
  return out;
}

/** One float per bfloat16. `out`, if given, is as long as `bfloats`, and is returned. */
export function bfloatsToFloats(bfloats: Uint16Array, out: Float32Array = new Float32Array(bfloats.length)): Float32Array {
  sameLength(bfloats.length, out.length);
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < bfloats.length; i++) bits[i] = bfloats[i]! << 16;
  return out;
}

function sameLength(given: number, out: number): void {
  if (given !== out) throw new RangeError(`The output holds ${out} values, the input ${given}.`);
}
