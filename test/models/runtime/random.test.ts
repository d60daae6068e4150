/** Philox4x32-10 against Random123's tests/kat_vectors, and what a request relies on: numbers by (seed, counter) alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { philox4x32, uniform, type Words2, type Words4 } from '../../../models/runtime/random.ts';

const word = fc.integer({ min: 0, max: 0xffffffff });

describe('philox4x32', () => {
  it.each<[counter: Words4, key: Words2, words: Words4]>([
    [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]],
  ])('gives the published words of counter %j and key %j', (counter, key, words) => {
    expect(philox4x32(counter, key)).toEqual(words);
  });
});

describe('uniform', () => {
  it('lies in [0, 1) and depends on its arguments alone', () => {
    fc.assert(fc.property(word, word, word, (seed, counter, other) => {
      const number = uniform(seed, counter);
      uniform(other, other);
      expect(uniform(seed, counter)).toBe(number);
      expect(number).toBeGreaterThanOrEqual(0);
      expect(number).toBeLessThan(1);
    }));
  });

  it('is made of the upper 27 bits of the first word and the upper 26 of the second', () => {
    expect(uniform(0, 0)).toBe(((0x6627e8d5 >>> 5) * 2 ** 26 + (0xe169c58d >>> 6)) / 2 ** 53);
  });

  it('reads a negative seed as its two’s complement', () => {
    expect(uniform(-1, 5)).toBe(uniform(0xffffffff, 5));
  });

  it.each([
    ['successive counters of one seed', (i: number) => uniform(42, i)],
    ['successive seeds at one counter', (i: number) => uniform(i, 0)],
  ])('is even, and uncorrelated with the next, over %s', (_, number) => {
    const count = 20_000;
    const numbers = Array.from({ length: count }, (_unused, i) => number(i));
    const cells = new Array<number>(100).fill(0);
    for (const u of numbers) cells[Math.floor(u * 100)]! += 1;
    // χ² with 99 degrees of freedom passes 161 once in 10,000.
    expect(cells.reduce((sum, seen) => sum + (seen - count / 100) ** 2 / (count / 100), 0)).toBeLessThan(161);
    const covariance = numbers.slice(1).reduce((sum, u, i) => sum + (u - 0.5) * (numbers[i]! - 0.5), 0) / (count - 1);
    // Correlation of independent numbers has deviation 1/√count = 0.007; four of them.
    expect(Math.abs(covariance * 12)).toBeLessThan(0.028);
  });
});
