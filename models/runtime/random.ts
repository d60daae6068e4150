/**
 * Random numbers by counter: the i-th number of a seed is a function of (seed, i) alone, so a request draws the same ones whatever
 * else is in the batch, and a request that goes on after a pause needs no state.
 *
 * Philox4x32-10, J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC '11,
 * https://doi.org/10.1145/2063384.2063405. Constants and test vectors: Random123, include/Random123/philox.h and tests/kat_vectors.
 */

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
/** Weyl constants that step the key between rounds: golden ratio and √3 − 1, times 2³². */
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

export type Words4 = readonly [number, number, number, number];
export type Words2 = readonly [number, number];

/** The upper 32 bits of a product of two unsigned words; the lower are `Math.imul`. Every intermediate stays below 2³², so exact. */
function upperProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const first = aHigh * bLow + ((aLow * bLow) >>> 16);
  const second = aLow * bHigh + (first & 0xffff);
  return (aHigh * bHigh + (first >>> 16) + (second >>> 16)) >>> 0;
}

/** Philox4x32-10: four words of counter and two of key to four random words, all unsigned. */
export function philox4x32(counter: Words4, key: Words2): Words4 {
  let [a, b, c, d] = counter;
  let [key0, key1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const upper0 = upperProduct(MULTIPLIER_0, a);
    const lower0 = Math.imul(MULTIPLIER_0, a) >>> 0;
    const upper1 = upperProduct(MULTIPLIER_1, c);
    const lower1 = Math.imul(MULTIPLIER_1, c) >>> 0;
    a = (upper1 ^ b ^ key0) >>> 0;
    b = lower1;
    c = (upper0 ^ d ^ key1) >>> 0;
    d = lower0;
    key0 = (key0 + WEYL_0) >>> 0;
    key1 = (key1 + WEYL_1) >>> 0;
  }
  return [a, b, c, d];
}

/** Uniform in [0, 1) with 53 bits. `seed` and `counter` are 32-bit; a negative seed is read as its two's complement. */
export function uniform(seed: number, counter: number): number {
  const [first, second] = philox4x32([counter >>> 0, 0, 0, 0], [seed >>> 0, 0]);
  return ((first >>> 5) * 2 ** 26 + (second >>> 6)) * 2 ** -53;
}
