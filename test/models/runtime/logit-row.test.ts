/** The two passes in WebAssembly against loops in JavaScript. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK, DEPTH, LogitRow } from '../../../models/runtime/logit-row.ts';

const logit = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -60_000, max: 60_000 }).map((x) => Math.fround(x / 1000)) },
  { weight: 1, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, -Infinity, 2 ** -149, -(2 ** -149)) },
);
const logits = fc.array(logit, { minLength: 1, maxLength: 200 }).filter((row) => row.some((x) => x > -Infinity));

function rowOf(values: ArrayLike<number>): LogitRow {
  const row = new LogitRow(values.length);
  row.values.set(values);
  return row;
}

describe('maxima', () => {
  it('gives the largest logit of the row and of each block', () => {
    fc.assert(fc.property(logits, (values) => {
      const row = rowOf(values);
      expect(row.maxima() === Math.max(...values)).toBe(true);
      const blocks = Array.from({ length: Math.ceil(values.length / BLOCK) }, (_, b) => Math.max(...values.slice(b * BLOCK, (b + 1) * BLOCK)));
      expect([...row.blockMax].every((max, b) => max === blocks[b])).toBe(true);
    }));
  });

  it('is NaN when any logit is, wherever it stands and whatever its sign bit', () => {
    for (let at = 0; at < 150; at++) {
      const row = rowOf(new Float32Array(150).fill(3));
      row.bits[at] = at % 2 === 0 ? 0x7fc00000 : 0xffc00000 | 0;
      expect(row.maxima()).toBeNaN();
    }
  });

  it('knows infinities', () => {
    expect(rowOf([1, Infinity, 2]).maxima()).toBe(Infinity);
    expect(rowOf([-Infinity, -Infinity]).maxima()).toBe(-Infinity);
  });
});

describe('sums', () => {
  it('sums exponentials of the row and of each block to eight digits', () => {
    fc.assert(fc.property(logits, fc.double({ min: 0.05, max: 20, noNaN: true }), (values, scale) => {
      const row = rowOf(values);
      const max = row.maxima();
      // At the very edge of DEPTH either is right: a term there is 4e-18.
      const terms = [...row.values].map((x) => (x === max ? 1 : Math.exp((x - max) * scale)));
      const sum = terms.reduce((total, term) => total + term, 0);
      expect(Math.abs(row.sums(max, scale) / sum - 1)).toBeLessThan(1e-8);
      for (const [b, blockSum] of row.blockSum.entries()) {
        const block = terms.slice(b * BLOCK, (b + 1) * BLOCK).reduce((total, term) => total + term, 0);
        expect(Math.abs(blockSum - block)).toBeLessThanOrEqual(1e-8 * block + BLOCK * Math.exp(-DEPTH));
      }
    }));
  });

  it('has a relative error below 1e-8 in each exponential down to DEPTH, and leaves out what is below', () => {
    const row = rowOf(new Float32Array(2 * BLOCK).fill(-Infinity));
    row.values[0] = 0;
    for (let x = 0; x > -DEPTH - 2; x -= 0.0137) {
      row.values[BLOCK + 5] = x;
      row.sums(0, 1);
      const exact = Math.exp(Math.fround(x));
      if (x < -DEPTH) expect(row.blockSum[1]).toBe(0);
      else expect(Math.abs(row.blockSum[1]! / exact - 1)).toBeLessThan(1e-8);
    }
  });

  it('is exactly 1 where one token only is possible', () => {
    const row = rowOf(new Float32Array(1000).fill(-Infinity));
    row.values[777] = 12.5;
    expect(row.sums(12.5, 1 / 0.7)).toBe(1);
    expect(row.sums(12.5, 1e300)).toBe(1);
  });
});
