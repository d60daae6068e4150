/**
 * From one row of logits to one token. In this order, each step on the outcome of the one before, as transformers orders them
 * (generation/logits_process.py and utils.py): repetition penalty, temperature, [logprobs], top-k, top-p, min-p, draw.
 *
 * Top-k, top-p and min-p each keep a prefix of the tokens in descending order of probability, the lower id first on a tie (transformers
 * keeps all that tie with the k-th), and never fewer than one. A token is drawn by inverse CDF from `uniform(seed, position)`: over the
 * kept prefix in that order, or, where none of the three is set, over the row in order of id, which needs no sorting.
 *
 * Maxima of blocks of 64 logits, from one SIMD pass, give a bound below the k-th largest and name the blocks worth looking into, so
 * only tokens that may be kept are looked at in JavaScript. Nothing is sorted: prefix and draw are found by quickselect.
 */
import type { Sampling } from './language-model.ts';
import { BLOCK, DEPTH, LogitRow } from './logit-row.ts';
import { uniform } from './random.ts';

/** The row cannot be sampled from: the model or its device computed nonsense. */
export class SamplingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

export interface Candidate {
  readonly token: number;
  /** Natural logarithm of its probability under penalty and temperature, before top-k, top-p and min-p; at temperature 0, under temperature 1. */
  readonly logprob: number;
}

export interface Sampled {
  readonly token: number;
  /** As in Candidate; null unless asked for. */
  readonly logprob: number | null;
  /** The most probable tokens, first first, as many as asked for and possible (a logit of −Infinity is not). */
  readonly alternatives: readonly Candidate[];
}

export interface History {
  /** Tokens of prompt and text so far: those that the repetition penalty is for. Ids beyond the row are passed over. */
  readonly penalised: ReadonlySet<number>;
}

export interface Distribution {
  /** In the order of the draw. */
  readonly tokens: readonly number[];
  /** One each, greater than 0; they sum to 1. */
  readonly probabilities: readonly number[];
}

/** Keys for sorting: the logit's rank in the upper 32 bits of a float64's 53, the id below. */
const ID_RANGE = 2 ** 21;
/** How much further down, in natural units, each look for more tokens goes. */
const BAND = 2;
/** Of float32. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;
/** Groups of blocks for each token of top-k: with 4, the bound lets through about 1.2 k tokens of a random row. */
const GROUPS = 4;

/** Holds the buffers for one vocabulary; one per model is enough, as no call leaves anything behind for the next. */
export class Sampler {
  readonly #row: LogitRow;
  readonly #vocabSize: number;
  /** Tokens gathered, as keys that ascend with descending probability, and their probabilities relative to the row's first. */
  readonly #keys: Float64Array;
  readonly #weights: Float64Array;
  readonly #groups: Float32Array;

  constructor(vocabSize: number) {
    if (!Number.isInteger(vocabSize) || vocabSize < 1 || vocabSize > ID_RANGE) throw new SamplingError(`vocabSize: expected a whole number from 1 to ${ID_RANGE}; it is ${vocabSize}.`);
    this.#vocabSize = vocabSize;
    this.#row = new LogitRow(vocabSize);
    this.#keys = new Float64Array(vocabSize);
    this.#weights = new Float64Array(vocabSize);
    this.#groups = new Float32Array(this.#row.blockMax.length);
  }

  /**
   * @param logits one row, vocabSize long; not changed. −Infinity is a token that cannot come.
   * @param position which token of its request this is: the counter of the random number.
   * @param logprobs how many alternatives; null for no logprobs at all.
   * @throws SamplingError if a logit is NaN or +Infinity, or all are −Infinity.
   */
  sample(logits: Float32Array, options: Sampling, history: History, position: number, logprobs: number | null): Sampled {
    const max = this.#load(logits, options, history);
    const scale = scaleOf(options);
    const cut = this.#cuts(options);
    const greedy = options.temperature === 0;
    // Top-k, and min-p alone, find their tokens without the sum over the row.
    const sum = logprobs !== null || (!greedy && (!cut || (options.topP < 1 && !this.#limits(options)))) ? this.#row.sums(max, scale) : Number.NaN;
    let token: number;
    if (greedy) token = this.#first(max);
    else if (cut) token = this.#drawKept(this.#keep(max, scale, sum, options), uniform(options.seed, position));
    else token = this.#drawAny(max, scale, sum * uniform(options.seed, position));
    if (logprobs === null) return { token, logprob: null, alternatives: [] };
    const logSum = Math.log(sum);
    const logprob = (id: number): number => (this.#row.values[id]! - max) * scale - logSum;
    return { token, logprob: logprob(token), alternatives: this.#best(logprobs).map((id) => ({ token: id, logprob: logprob(id) })) };
  }

  /** What `sample` draws from; slower, for tests and for looking at a model. */
  distribution(logits: Float32Array, options: Sampling, history: History): Distribution {
    const max = this.#load(logits, options, history);
    if (options.temperature === 0) return { tokens: [this.#first(max)], probabilities: [1] };
    const scale = scaleOf(options);
    const sum = this.#row.sums(max, scale);
    if (this.#cuts(options)) {
      const count = this.#keep(max, scale, sum, options);
      this.#keys.subarray(0, count).sort();
      const mass = this.#weigh(0, count, max, scale);
      return { tokens: Array.from({ length: count }, (_, i) => this.#idAt(i)), probabilities: Array.from(this.#weights.subarray(0, count), (weight) => weight / mass) };
    }
    const weights = Array.from(this.#row.values, (logit) => Math.exp((logit - max) * scale));
    const tokens = [...weights.keys()].filter((id) => weights[id]! > 0);
    return { tokens, probabilities: tokens.map((id) => weights[id]! / sum) };
  }

  /** Copies the logits, penalises them, and gives the largest. */
  #load(logits: Float32Array, { repetitionPenalty }: Sampling, { penalised }: History): number {
    if (logits.length !== this.#vocabSize) throw new SamplingError(`logits: expected a row of ${this.#vocabSize}; it has ${logits.length}.`);
    const values = this.#row.values;
    values.set(logits);
    if (repetitionPenalty !== 1) {
      for (const id of penalised) {
        const logit = logits[id];
        // A quotient beyond float32 is not the infinity that a device at fault computes.
        if (logit !== undefined) values[id] = logit < 0 ? logit * repetitionPenalty : Math.min(logit / repetitionPenalty, Math.max(logit, LARGEST));
      }
    }
    const max = this.#row.maxima();
    if (Number.isFinite(max)) return max;
    if (max === -Infinity) throw new SamplingError('Every logit is -Infinity: no token can follow.');
    const id = Number.isNaN(max) ? values.findIndex(Number.isNaN) : values.indexOf(Infinity);
    throw new SamplingError(`The logit of token ${id} is ${values[id]}: the model or its device computed nonsense.`);
  }

  /** The lowest id whose logit is the largest. */
  #first(max: number): number {
    return this.#row.values.indexOf(max, this.#row.blockMax.indexOf(max) * BLOCK);
  }

  /** Draws from the whole row: the first id at which the running sum, in order of id, passes the target. */
  #drawAny(max: number, scale: number, target: number): number {
    const { values, blockSum } = this.#row;
    // Rounding may leave the target unpassed: then it is the last that has any probability.
    let block = 0;
    let before = 0;
    for (let b = 0, sum = 0; b < blockSum.length && sum <= target; b++) {
      if (blockSum[b]! === 0) continue;
      block = b;
      before = sum;
      sum += blockSum[b]!;
    }
    let token = block * BLOCK;
    const end = Math.min(token + BLOCK, values.length);
    for (let id = token, sum = before; id < end && sum <= target; id++) {
      const weight = Math.exp((values[id]! - max) * scale);
      if (weight === 0) continue;
      token = id;
      sum += weight;
    }
    return token;
  }

  /** Draws from the first `count` keys: the first, in order of probability, at which the running sum reaches the target. */
  #drawKept(count: number, random: number): number {
    let mass = 0;
    for (let i = 0; i < count; i++) mass += this.#weights[i]!;
    return this.#idAt(this.#selectMass(count, random * mass) - 1);
  }

  /**
   * Cuts by top-k, top-p and min-p: the tokens kept are the first keys with their weights, in no order; gives their number. `sum` is
   * the row's, wanted for top-p without top-k. All three cuts are prefixes of one order, and only top-p's is relative to a mass, that of
   * top-k's survivors.
   */
  #keep(max: number, scale: number, sum: number, options: Sampling): number {
    const { topK, topP, minP } = options;
    const deepest = max - DEPTH / scale;
    const floor = minP > 0 ? Math.max(deepest, max + Math.log(minP) / scale) : deepest;
    const below = max - BAND / scale;
    let count: number;
    if (this.#limits(options)) {
      count = this.#selectCount(this.#gatherUntil(topK, Infinity, Math.max(deepest, this.#bound(topK, below)), deepest, max, scale), topK);
      const mass = this.#weigh(0, count, max, scale);
      if (topP < 1) count = this.#selectMass(count, topP * mass);
      if (minP > 0) count = this.#dropBelow(count, floor);
    } else if (topP < 1) {
      count = this.#gatherUntil(Infinity, topP * sum, Math.max(floor, below), floor, max, scale);
      count = this.#selectMass(count, topP * sum);
    } else {
      count = this.#gather(0, floor, Infinity);
      this.#weigh(0, count, max, scale);
    }
    return count;
  }

  /** Whether top-k takes anything away. */
  #limits({ topK }: Sampling): boolean {
    return topK > 0 && topK < this.#vocabSize;
  }

  /** Whether the draw is from less than the whole row. */
  #cuts(options: Sampling): boolean {
    return options.topP < 1 || options.minP > 0 || this.#limits(options);
  }

  /** The most probable tokens, first first; at most `count`. */
  #best(count: number): number[] {
    if (count === 0) return [];
    const found = this.#selectCount(this.#gather(0, Math.max(-Number.MAX_VALUE, this.#bound(count, -Infinity)), Infinity), count);
    this.#keys.subarray(0, found).sort();
    return Array.from({ length: found }, (_, i) => this.#idAt(i));
  }

  /** A logit that at least `count` of the row reach, tight if the largest lie scattered; `otherwise` where blocks cannot tell. */
  #bound(count: number, otherwise: number): number {
    const { blockMax } = this.#row;
    if (count > blockMax.length) return otherwise;
    // Blocks far apart share a group: large logits lie together in some vocabularies, and each group speaks for one token only.
    const groups = this.#groups.subarray(0, Math.min(blockMax.length, GROUPS * count)).fill(-Infinity);
    for (let block = 0, group = 0; block < blockMax.length; block++) {
      if (blockMax[block]! > groups[group]!) groups[group] = blockMax[block]!;
      group = group + 1 === groups.length ? 0 : group + 1;
    }
    return groups.sort()[groups.length - count]!;
  }

  /** Gathers from `from` upwards, and on down to `floor` until there are enough tokens or enough mass; gives their number. Weighs them for mass only. */
  #gatherUntil(enough: number, enoughMass: number, from: number, floor: number, max: number, scale: number): number {
    let count = 0;
    let mass = 0;
    for (let low = from, high = Infinity; ; high = low, low = Math.max(floor, low - BAND / scale)) {
      const begin = count;
      count = this.#gather(begin, low, high);
      if (enoughMass < Infinity) mass += this.#weigh(begin, count, max, scale);
      if (count >= enough || mass >= enoughMass || low <= floor) return count;
    }
  }

  /** Appends the key of every token with low ≤ logit < high; gives the new number of keys. */
  #gather(begin: number, low: number, high: number): number {
    const { values, bits, blockMax } = this.#row;
    const keys = this.#keys;
    let count = begin;
    for (let block = 0; block < blockMax.length; block++) {
      if (blockMax[block]! < low) continue;
      const end = Math.min((block + 1) * BLOCK, values.length);
      for (let id = block * BLOCK; id < end; id++) {
        const logit = values[id]!;
        if (logit < low || logit >= high) continue;
        // Floats in descending order as ascending integers; −0 and 0 are one.
        const pattern = bits[id]!;
        const rank = pattern >= 0 ? 0x7fffffff - pattern : 0x7fffffff + (pattern & 0x7fffffff);
        keys[count++] = rank * ID_RANGE + id;
      }
    }
    return count;
  }

  /** Fills in the weights of keys, exp((logit − max) · scale); gives their sum. */
  #weigh(begin: number, end: number, max: number, scale: number): number {
    const { values } = this.#row;
    let mass = 0;
    for (let i = begin; i < end; i++) {
      const weight = Math.exp((values[this.#idAt(i)]! - max) * scale);
      this.#weights[i] = weight;
      mass += weight;
    }
    return mass;
  }

  /** Moves keys whose logit is at least `floor` to the front; gives their number. */
  #dropBelow(count: number, floor: number): number {
    let kept = 0;
    for (let i = 0; i < count; i++) if (this.#row.values[this.#idAt(i)]! >= floor) this.#swap(i, kept++);
    return kept;
  }

  /** Moves the `wanted` smallest of the first `count` keys to the front, quickselect; gives how many there are. */
  #selectCount(count: number, wanted: number): number {
    let low = 0;
    let high = count > wanted ? count : 0;
    while (high - low > 1) {
      const middle = this.#partition(low, high);
      if (middle === wanted || middle === wanted - 1) break;
      if (middle > wanted) high = middle;
      else low = middle + 1;
    }
    return Math.min(count, wanted);
  }

  /**
   * Moves the fewest smallest of the first `count` keys whose weights reach `target` to the front, and the largest of these behind the
   * others, quickselect by weight; gives their number, at least 1, and `count` if all together do not reach it.
   */
  #selectMass(count: number, target: number): number {
    // Keys before `low` are smaller, and do not reach the target; those from `high` on are larger, and are not needed.
    let low = 0;
    let high = count;
    let before = 0;
    while (low < high) {
      const middle = this.#partition(low, high);
      let smaller = before;
      for (let i = low; i < middle; i++) smaller += this.#weights[i]!;
      const through = smaller + this.#weights[middle]!;
      if (middle > low && smaller >= target) high = middle;
      else if (through >= target) return middle + 1;
      else {
        before = through;
        low = middle + 1;
      }
    }
    return low;
  }

  /** Puts a pivot, the median of three, in its place among keys [low, high), smaller ones before it; gives its place. Keys differ. */
  #partition(low: number, high: number): number {
    const keys = this.#keys;
    const last = high - 1;
    const half = (low + last) >>> 1;
    if (keys[half]! < keys[low]!) this.#swap(half, low);
    if (keys[last]! < keys[low]!) this.#swap(last, low);
    if (keys[half]! < keys[last]!) this.#swap(half, last);
    const pivot = keys[last]!;
    let place = low;
    for (let i = low; i < last; i++) if (keys[i]! < pivot) this.#swap(i, place++);
    this.#swap(place, last);
    return place;
  }

  #swap(a: number, b: number): void {
    const key = this.#keys[a]!;
    this.#keys[a] = this.#keys[b]!;
    this.#keys[b] = key;
    const weight = this.#weights[a]!;
    this.#weights[a] = this.#weights[b]!;
    this.#weights[b] = weight;
  }

  #idAt(index: number): number {
    const key = this.#keys[index]!;
    return key - Math.floor(key / ID_RANGE) * ID_RANGE;
  }
}

/** 1 / temperature, kept finite so that 0 times it is 0; greedy takes its logprobs at 1. */
const scaleOf = ({ temperature }: Sampling): number => (temperature === 0 ? 1 : Math.min(1 / temperature, 1e300));
