/** Writes small GGUF files for tests, sound or not. Format: ggml/docs/gguf.md, version 3. */
import { BLOCKS, type TensorType } from '../../models/weights/weights.ts';

/** Ids of ggml's types, ggml.h; one that this runtime does not read is among them. */
export const GGML_TYPES: Readonly<Record<TensorType | 'Q5_K', number>> = { F32: 0, F16: 1, Q4_0: 2, Q4_1: 3, Q8_0: 8, Q4_K: 12, Q5_K: 13, Q6_K: 14, BF16: 30 };

/** Value types of metadata, by their number in the file. */
const VALUE_TYPES = { u8: 0, i8: 1, u16: 2, i16: 3, u32: 4, i32: 5, f32: 6, bool: 7, text: 8, u64: 10, i64: 11, f64: 12 } as const;
type ValueType = keyof typeof VALUE_TYPES;

export type GgufValue = { readonly [T in ValueType]?: string | number | bigint | boolean } | { readonly list: ValueType; readonly values: readonly (string | number | bigint | boolean)[] };

export interface GgufTensor {
  /** GGUF's own, such as `blk.0.attn_q.weight`. */
  readonly name: string;
  /** Rows first, as Hugging Face has them; they are written the other way round. */
  readonly shape: readonly number[];
  readonly type: keyof typeof GGML_TYPES | number;
  readonly bytes: Uint8Array;
}

class Bytes {
  readonly parts: Uint8Array[] = [];
  length = 0;

  add(bytes: Uint8Array): void {
    this.parts.push(bytes);
    this.length += bytes.length;
  }

  number(size: number, write: (view: DataView) => void): void {
    const bytes = new Uint8Array(size);
    write(new DataView(bytes.buffer));
    this.add(bytes);
  }

  u32(value: number): void {
    this.number(4, (view) => view.setUint32(0, value, true));
  }

  u64(value: number | bigint): void {
    this.number(8, (view) => view.setBigUint64(0, BigInt(value), true));
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.u64(bytes.length);
    this.add(bytes);
  }

  value(type: ValueType, value: string | number | bigint | boolean): void {
    switch (type) {
      case 'u8':
      case 'bool':
        return this.number(1, (view) => view.setUint8(0, Number(value)));
      case 'i8':
        return this.number(1, (view) => view.setInt8(0, Number(value)));
      case 'u16':
        return this.number(2, (view) => view.setUint16(0, Number(value), true));
      case 'i16':
        return this.number(2, (view) => view.setInt16(0, Number(value), true));
      case 'u32':
        return this.u32(Number(value));
      case 'i32':
        return this.number(4, (view) => view.setInt32(0, Number(value), true));
      case 'f32':
        return this.number(4, (view) => view.setFloat32(0, Number(value), true));
      case 'u64':
        return this.u64(BigInt(value));
      case 'i64':
        return this.number(8, (view) => view.setBigInt64(0, BigInt(value), true));
      case 'f64':
        return this.number(8, (view) => view.setFloat64(0, Number(value), true));
      case 'text':
        return this.text(String(value));
    }
  }

  pad(alignment: number): void {
    this.add(new Uint8Array((alignment - (this.length % alignment)) % alignment));
  }

  joined(): Uint8Array {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

export interface GgufFile {
  readonly metadata: Readonly<Record<string, GgufValue>>;
  readonly tensors: readonly GgufTensor[];
  readonly version?: number;
  /** Written as `general.alignment` too where it is not 32. */
  readonly alignment?: number;
}

export function writeGguf({ metadata, tensors, version = 3, alignment = 32 }: GgufFile): Uint8Array {
  const bytes = new Bytes();
  const all = Object.entries(alignment === 32 ? metadata : { ...metadata, 'general.alignment': { u32: alignment } });
  bytes.add(new TextEncoder().encode('GGUF'));
  bytes.u32(version);
  bytes.u64(tensors.length);
  bytes.u64(all.length);
  for (const [key, value] of all) {
    bytes.text(key);
    if ('list' in value) {
      bytes.u32(9);
      bytes.u32(VALUE_TYPES[value.list]);
      bytes.u64(value.values.length);
      for (const one of value.values) bytes.value(value.list, one);
    } else {
      const [[type, one]] = Object.entries(value) as [[ValueType, string | number | bigint | boolean]];
      bytes.u32(VALUE_TYPES[type]);
      bytes.value(type, one);
    }
  }
  let offset = 0;
  for (const { name, shape, type, bytes: data } of tensors) {
    bytes.text(name);
    bytes.u32(shape.length);
    for (const dimension of shape.toReversed()) bytes.u64(dimension);
    bytes.u32(typeof type === 'number' ? type : GGML_TYPES[type]);
    bytes.u64(offset);
    offset += Math.ceil(data.length / alignment) * alignment;
  }
  bytes.pad(alignment);
  for (const { bytes: data } of tensors) {
    bytes.add(data);
    bytes.pad(alignment);
  }
  return bytes.joined();
}

/** Bytes of whole blocks whose halves are plain numbers, so that nothing dequantises to infinity: `next` yields bytes. */
export function blockBytes(type: TensorType, weights: number, next: () => number): Uint8Array {
  const block = BLOCKS[type];
  const bytes = Uint8Array.from({ length: (weights / block.weights) * block.bytes }, () => next() & 255);
  const halves = { F32: [], F16: [0], BF16: [], Q8_0: [0], Q4_0: [0], Q4_1: [0, 2], Q4_K: [0, 2], Q6_K: [208] }[type];
  for (let at = 0; at < bytes.length; at += block.bytes) {
    for (const half of halves) if ((bytes[at + half + 1]! & 0x7c) === 0x7c) bytes[at + half + 1]! &= 0xbf;
    // The exponents of float32 and bfloat16 lie in the last two bytes.
    if ((type === 'F32' || type === 'BF16') && (bytes[at + block.bytes - 1]! & 0x7f) === 0x7f) bytes[at + block.bytes - 1]! &= 0xbf;
  }
  return bytes;
}
