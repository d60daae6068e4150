import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bfloatToFloat, bfloatsToFloats, floatToHalf, floatsToHalves, halfToFloat, halvesToFloats } from '../../../models/weights/half.ts';

const ALL = Uint16Array.from({ length: 0x1_0000 }, (_, half) => half);

/** A half's value from the definition of binary16, without a table or a bit trick. */
function valueOf(half: number): number {
  const sign = half >= 0x8000 ? -1 : 1;
  const exponent = Math.floor(half / 1024) % 32;
  const fraction = half % 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** Positive finite halves in order, which is the order of their bits, and what would be the next one: 65,536. */
const LADDER = Array.from({ length: 0x7c01 }, (_, half) => (half === 0x7c00 ? 65_536 : valueOf(half)));

/** The nearest half by search; a tie goes to even bits. */
function nearest(value: number): number {
  const sign = Object.is(Math.sign(value), -0) || value < 0 ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= 65_536) return sign | 0x7c00;
  let low = 0;
  let high = LADDER.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (LADDER[middle]! <= magnitude) low = middle;
    else high = middle;
  }
  const below = magnitude - LADDER[low]!;
  const above = LADDER[high]! - magnitude;
  return sign | (below < above || (below === above && low % 2 === 0) ? low : high);
}

describe('halves', () => {
  it('have the value that binary16 defines, all 65,536 of them', () => {
    const wrong = [...ALL].filter((half) => !Object.is(halfToFloat(half), valueOf(half)));
    expect(wrong).toEqual([]);
  });

  it('come back from float32 with the same bits, not-a-numbers included', () => {
    expect(floatsToHalves(halvesToFloats(ALL))).toEqual(ALL);
  });

  it('come back one at a time as well, but for the payload of a not-a-number', () => {
    const wrong = [...ALL].filter((half) => (Number.isNaN(valueOf(half)) ? !Number.isNaN(halfToFloat(floatToHalf(halfToFloat(half)))) : floatToHalf(halfToFloat(half)) !== half));
    expect(wrong).toEqual([]);
  });

  it('are the nearest to any float32, and even on a tie', () => {
    const bits = fc.oneof(
      fc.nat(0xffff_ffff),
      // Around the halves: their floats and the points midway, a step to either side.
      fc.tuple(fc.nat(0xffff), fc.integer({ min: -2, max: 2 }), fc.constantFrom(0, 0x1000)).map(([half, step, midway]) => (((new Uint32Array(Float32Array.of(halfToFloat(half)).buffer)[0]! + midway + step) >>> 0))),
    );
    fc.assert(
      fc.property(bits, (pattern) => {
        const value = new Float32Array(Uint32Array.of(pattern).buffer)[0]!;
        const half = floatToHalf(value);
        const inArray = floatsToHalves(Float32Array.of(value))[0]!;
        if (Number.isNaN(value)) expect([halfToFloat(half), halfToFloat(inArray)]).toEqual([NaN, NaN]);
        else expect([half, inArray]).toEqual([nearest(value), nearest(value)]);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['the largest half', 65_504, 0x7bff],
    ['a tie with infinity goes there', 65_520, 0x7c00],
    ['just below that tie', 65_519.996, 0x7bff],
    ['far beyond', 3e38, 0x7c00],
    ['the least subnormal', 2 ** -24, 0x0001],
    ['half of it, a tie with zero', 2 ** -25, 0x0000],
    ['just above that tie', 2 ** -25 * (1 + 2 ** -23), 0x0001],
    ['the largest subnormal rounds up into the normal halves', 2 ** -14 * (1 - 2 ** -12), 0x0400],
    ['negative zero', -0, 0x8000],
    ['negative infinity', -Infinity, 0xfc00],
  ])('round at the edges: %s', (_, value, half) => {
    expect(floatToHalf(value)).toBe(half);
  });

  it('refuse an output of another length', () => {
    expect(() => halvesToFloats(new Uint16Array(3), new Float32Array(4))).toThrow(RangeError);
    expect(() => floatsToHalves(new Float32Array(3), new Uint16Array(2))).toThrow(RangeError);
  });
});

describe('bfloat16', () => {
  it('is the upper half of a float32, all 65,536 of them', () => {
    const bits = new Uint32Array(bfloatsToFloats(ALL).buffer);
    expect([...ALL].filter((bfloat) => bits[bfloat] !== bfloat * 0x1_0000)).toEqual([]);
    expect([...ALL].filter((bfloat) => !Object.is(bfloatToFloat(bfloat), new Float32Array(Uint32Array.of(bfloat << 16).buffer)[0]))).toEqual([]);
  });
});
