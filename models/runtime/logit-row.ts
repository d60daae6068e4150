/**
 * One row of logits and the two passes over all of it that sampling needs, its maxima and its sum of exponentials, in WebAssembly
 * SIMD (wasm.ts): V8 does not vectorise JavaScript, and on 49,152 logits its loops take 80 and 340 µs where these take 6 and 80.
 */
import {
  add, addBits, addDouble, advance, assemble, both, type Code, constant, doubleLane, either, F32, F64, float,
  floatLane, get, greater, I32, int, larger, loadFloats, loadTwoAsDoubles, maxFloat, multiply, range, set, shiftLeft,
  simd, splat, splatFloat, storeDouble, storeFloat, subtract, times, unequal, V128, type WasmFunction, WasmMemory,
} from './wasm.ts';

/** Logits that share a maximum and a sum. */
export const BLOCK = 64;

/** Natural units below the maximum from which on a probability is taken for 0: e⁻⁴⁰ is 4e-18, and 200,000 of them are below 1e-12. */
export const DEPTH = 40;

interface Passes {
  maxima(row: number, blocks: number, blockMax: number): number;
  sums(row: number, blocks: number, blockSum: number, max: number, scale: number): number;
}

export class LogitRow {
  /** vocabSize logits: the caller writes them. */
  readonly values: Float32Array;
  /** The same memory as integers. */
  readonly bits: Int32Array;
  /** Of each BLOCK logits, after `maxima`. */
  readonly blockMax: Float32Array;
  /** Of each BLOCK logits, after `sums`. */
  readonly blockSum: Float64Array;
  readonly #passes: Passes;

  constructor(vocabSize: number) {
    const blocks = Math.ceil(vocabSize / BLOCK);
    const maxAt = blocks * BLOCK * 4;
    const sumAt = Math.ceil((maxAt + blocks * 4) / 8) * 8;
    const memory = new WasmMemory(sumAt + blocks * 8);
    this.values = new Float32Array(memory.buffer, 0, vocabSize);
    this.bits = new Int32Array(memory.buffer, 0, vocabSize);
    this.blockMax = new Float32Array(memory.buffer, maxAt, blocks);
    this.blockSum = new Float64Array(memory.buffer, sumAt, blocks);
    // The last block is filled up with logits of probability 0.
    new Float32Array(memory.buffer, 0, blocks * BLOCK).fill(-Infinity);
    this.#passes = memory.functions<Passes>(MODULE);
  }

  /** The largest logit, NaN if any is NaN; fills `blockMax`. */
  maxima(): number {
    return this.#passes.maxima(0, this.blockMax.length, this.blockMax.byteOffset);
  }

  /**
   * Σ exp((logit − max) · scale) over the row; fills `blockSum`. Terms below exp(−DEPTH) are left out. `max` is the largest logit;
   * 0 < scale ≤ 1e300. Relative error below 1e-8, and none for the largest: a row of one possible token sums to exactly 1.
   */
  sums(max: number, scale: number): number {
    return this.#passes.sums(0, this.blockSum.length, this.blockSum.byteOffset, max, scale * Math.LOG2E);
  }
}

const MAXIMA: WasmFunction = (() => {
  const [row, blocks, out, best, odd, nan, x, blockBest, rowBest] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  return {
    name: 'maxima',
    parameters: [I32, I32, I32],
    result: F32,
    locals: [V128, V128, V128, V128, F32, F32],
    body: [
      ...set(rowBest, float(-Infinity)),
      ...times(blocks, [
        ...set(best, splatFloat(float(-Infinity))),
        ...set(odd, get(best)),
        // Two chains, so that one maximum need not wait for the last. A NaN is noted apart: `larger` forgets it.
        ...range(BLOCK / 4).flatMap((i) => {
          const chain = i % 2 === 0 ? best : odd;
          return [...set(x, loadFloats(get(row), i * 16)), ...set(chain, larger(get(x), get(chain))), ...set(nan, either(get(nan), unequal(get(x), get(x))))];
        }),
        ...set(best, larger(get(best), get(odd))),
        ...set(blockBest, [1, 2, 3].reduce<Code>((code, lane) => maxFloat(code, floatLane(get(best), lane)), floatLane(get(best), 0))),
        ...storeFloat(get(out), get(blockBest)),
        ...set(rowBest, maxFloat(get(rowBest), get(blockBest))),
        ...advance(row, BLOCK * 4),
        ...advance(out, 4),
      ]),
      // v128.any_true; if (result f32) NaN else rowBest end
      ...get(nan), ...simd(0x53), 0x04, F32, ...float(Number.NaN), 0x05, ...get(rowBest), 0x0b,
    ],
  };
})();

/**
 * 2^f on [−½, ½] as 1 + f·(c₁ + f·(c₂ + …)): minimax in relative error (2.0e-9) with the constant held at 1, found by reweighted
 * least squares on Chebyshev points.
 */
const EXP2 = [0.6931472028551179, 0.24022647913623085, 0.05550332471016163, 0.009618437357984028, 0.0013398874457181409, 0.00015353361918701673];
/** 1.5 · 2⁵²: added, it leaves the nearest whole number in the low bits of the mantissa. */
const ROUNDER = 6_755_399_441_055_744;

const SUMS: WasmFunction = (() => {
  const [row, blocks, out, max, scale, maxes, scales, sum, blockSum, rowSum, quads] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  // Four pairs a round, each step for all four before the next: the processor finds independent work without looking far ahead.
  const pairs = range(4).map((i) => ({ i, t: 11 + i * 4, rounded: 12 + i * 4, f: 13 + i * 4, power: 14 + i * 4 }));
  const step = (code: (pair: (typeof pairs)[number]) => Code): Code => pairs.flatMap(code);
  return {
    name: 'sums',
    parameters: [I32, I32, I32, F64, F64],
    result: F64,
    locals: [V128, V128, V128, F64, F64, I32, ...pairs.flatMap(() => [V128, V128, V128, V128])],
    body: [
      ...set(maxes, splat(get(max))),
      ...set(scales, splat(get(scale))),
      ...times(blocks, [
        ...set(sum, constant(0)),
        ...set(quads, int(BLOCK / 8)),
        ...times(quads, [
          // exp2(t) = 2^round(t) · 2^f, the first by adding to the exponent's bits.
          ...step(({ i, t }) => set(t, multiply(subtract(loadTwoAsDoubles(get(row), i * 8), get(maxes)), get(scales)))),
          ...step(({ t, rounded }) => set(rounded, add(get(t), constant(ROUNDER)))),
          ...step(({ t, rounded, f }) => set(f, subtract(get(t), subtract(get(rounded), constant(ROUNDER))))),
          ...step(({ power }) => set(power, constant(EXP2.at(-1)!))),
          ...[...EXP2.slice(0, -1).reverse(), 1].flatMap((coefficient) => step(({ f, power }) => set(power, add(multiply(get(power), get(f)), constant(coefficient))))),
          // A term too small, −Infinity or out of the reach of this exp2 is masked to 0.
          ...step(({ t, rounded, power }) => set(sum, add(get(sum), both(addBits(get(power), shiftLeft(get(rounded), 52)), greater(get(t), constant(-DEPTH * Math.LOG2E)))))),
          ...advance(row, 32),
        ]),
        ...set(blockSum, addDouble(doubleLane(get(sum), 0), doubleLane(get(sum), 1))),
        ...storeDouble(get(out), get(blockSum)),
        ...set(rowSum, addDouble(get(rowSum), get(blockSum))),
        ...advance(out, 8),
      ]),
      ...get(rowSum),
    ],
  };
})();

const MODULE = assemble([MAXIMA, SUMS]);
