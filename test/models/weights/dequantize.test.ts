import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dequantize } from '../../../models/weights/dequantize.ts';
import { BLOCKS, TENSOR_TYPES } from '../../../models/weights/weights.ts';
import { GOLDEN_HASHES, GOLDEN_WEIGHTS, goldenBytes } from './golden-blocks.ts';

/** A half as two bytes: 1 is 0x3c00, 0.5 is 0x3800, 2 is 0x4000, -1 is 0xbc00. */
const HALF = { '1': [0x00, 0x3c], '0.5': [0x00, 0x38], '2': [0x00, 0x40], '-1': [0x00, 0xbc] } as const;

describe('dequantize', () => {
  it.each(TENSOR_TYPES)('makes of %s the bits that the Python package gguf makes of it', (type) => {
    const values = dequantize(type, goldenBytes(type));
    expect(values).toHaveLength(GOLDEN_WEIGHTS);
    expect(createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex')).toBe(GOLDEN_HASHES[type]);
  });

  it('reads Q8_0 as a scale and signed bytes', () => {
    const values = dequantize('Q8_0', Uint8Array.of(...HALF['0.5'], 0x7f, 0x80, 0xff, ...new Array<number>(29).fill(2)));
    expect([...values.subarray(0, 4)]).toEqual([63.5, -64, -0.5, 1]);
  });

  it('reads Q4_0 with weight i in the low half of byte i and weight 16 + i in the high half', () => {
    const values = dequantize('Q4_0', Uint8Array.of(...HALF['2'], 0xf0, ...new Array<number>(15).fill(0x88)));
    expect([values[0], values[1], values[16], values[17]]).toEqual([-16, 0, 14, 0]);
  });

  it('reads Q4_1 as steps from a minimum', () => {
    const values = dequantize('Q4_1', Uint8Array.of(...HALF['0.5'], ...HALF['-1'], 0xf3, ...new Array<number>(15).fill(0)));
    expect([values[0], values[1], values[16]]).toEqual([0.5, -1, 6.5]);
  });

  it('reads Q4_K with six bits of scale and minimum for each of eight groups', () => {
    const bytes = new Uint8Array(144);
    bytes.set([...HALF['1'], ...HALF['1']]);
    // Group 0: scale 63, minimum 1. Group 7: scale 0x2a = 42, minimum 0x15 = 21, four bits in byte 11, two atop bytes 3 and 7.
    bytes[4] = 63;
    bytes[8] = 1;
    bytes[4 + 11] = 0x5a;
    bytes[4 + 3] = 0b1000_0000;
    bytes[4 + 7] = 0b0100_0000;
    bytes[16] = 0x02;
    bytes[16 + 96] = 0x30;
    const values = dequantize('Q4_K', bytes);
    expect([values[0], values[1], values[224], values[225]]).toEqual([63 * 2 - 1, -1, 42 * 3 - 21, -21]);
  });

  it('reads Q6_K with four low and two high bits, and a signed scale for 16', () => {
    const bytes = new Uint8Array(210);
    bytes.set(HALF['1'], 208);
    bytes.fill(1, 192, 208);
    bytes[192 + 15] = 0xfe;
    bytes[0] = 0x0f;
    bytes[128] = 0b0000_0011;
    bytes[127] = 0xf0;
    bytes[128 + 63] = 0b1100_0000;
    const values = dequantize('Q6_K', bytes);
    expect([values[0], values[1], values[255], values[254]]).toEqual([31, -32, -2 * 31, -2 * -32]);
  });

  it('writes into the array it is given and returns it', () => {
    const out = new Float32Array(3);
    expect(dequantize('F16', Uint8Array.of(...HALF['1'], ...HALF['2'], ...HALF['-1']), out)).toBe(out);
    expect([...out]).toEqual([1, 2, -1]);
  });

  it('reads bytes that begin at an odd address', () => {
    for (const type of TENSOR_TYPES) {
      const bytes = goldenBytes(type).subarray(0, BLOCKS[type].bytes * 64);
      const shifted = new Uint8Array(bytes.length + 1);
      shifted.set(bytes, 1);
      expect(new Uint8Array(dequantize(type, shifted.subarray(1)).buffer)).toEqual(new Uint8Array(dequantize(type, bytes).buffer));
    }
  });

  it('refuses part of a block, and an output of another length', () => {
    expect(() => dequantize('Q4_0', new Uint8Array(19))).toThrow('19 bytes are not a number of whole Q4_0 blocks of 18 bytes.');
    expect(() => dequantize('F32', new Uint8Array(8), new Float32Array(3))).toThrow('The output holds 3 values, the input 2.');
  });
});
