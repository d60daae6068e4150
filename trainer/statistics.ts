/** How sure a score is. All intervals are two-sided at 95 %. */

export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Observations behind it. */
  readonly count: number;
}

/** Normal quantile of 0.975. */
const Z = 1.959963984540054;

/** A share of successes with Wilson's score interval, which holds its level near 0 and 1 and for few questions (Wilson 1927; Newcombe 1998, method 3). */
export function shareEstimate(successes: number, count: number): Estimate {
  if (!(count > 0 && successes >= 0 && successes <= count)) throw new RangeError(`${successes} of ${count} is no share.`);
  const share = successes / count;
  const middle = (share + Z ** 2 / (2 * count)) / (1 + Z ** 2 / count);
  const half = (Z / (1 + Z ** 2 / count)) * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2));
  // Rounding would put the bound of 0 of n below 0.
  return { value: share, low: successes === 0 ? 0 : middle - half, high: successes === count ? 1 : middle + half, count };
}

/**
 * Student's t quantile of 0.975. Exact for 1 and 2 degrees of freedom; else Cornish and Fisher's expansion (Abramowitz and Stegun 26.7.5),
 * within 0.2 % at 3 and 0.002 % from 8 on.
 */
export function tQuantile(freedom: number): number {
  if (freedom === 1) return Math.tan(Math.PI * 0.475);
  if (freedom === 2) return 0.95 * Math.sqrt(2 / (1 - 0.95 ** 2));
  const [z3, z5, z7, z9] = [Z ** 3, Z ** 5, Z ** 7, Z ** 9];
  return (
    Z +
    (z3 + Z) / (4 * freedom) +
    (5 * z5 + 16 * z3 + 3 * Z) / (96 * freedom ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * Z) / (384 * freedom ** 3) +
    (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * Z) / (92_160 * freedom ** 4)
  );
}

/** The mean with Student's interval: symmetric, so it may reach beyond the range of the values. One value says nothing of its spread: NaN bounds. */
export function meanEstimate(values: readonly number[]): Estimate {
  const count = values.length;
  if (count === 0) throw new RangeError('There is no mean of nothing.');
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const half = count === 1 ? Number.NaN : tQuantile(count - 1) * Math.sqrt(variance / count);
  return { value: mean, low: mean - half, high: mean + half, count };
}

/** Mean of `after[i] - before[i]`, where both are scores of question i: what questions have in common is no noise here. */
export function pairedDifference(after: readonly number[], before: readonly number[]): Estimate {
  if (after.length !== before.length) throw new RangeError(`${after.length} scores cannot be paired with ${before.length}.`);
  return meanEstimate(after.map((value, i) => value - before[i]!));
}

/**
 * Difference of two shares over the same questions, as Agresti and Min have it (Statistics in Medicine 24, 2005): half an observation is
 * added to each cell of the table of pairs, so that few or no questions on which the two differ still leave an interval with a width.
 */
export function pairedShareDifference(after: readonly boolean[], before: readonly boolean[]): Estimate {
  if (after.length !== before.length) throw new RangeError(`${after.length} scores cannot be paired with ${before.length}.`);
  const count = after.length;
  if (count === 0) throw new RangeError('There is no difference of nothing.');
  const gained = after.filter((one, i) => one && !before[i]).length;
  const lost = after.filter((one, i) => !one && before[i]).length;
  const [b, c, n] = [gained + 0.5, lost + 0.5, count + 2];
  const middle = (b - c) / n;
  const half = (Z * Math.sqrt(b + c - (b - c) ** 2 / n)) / n;
  return { value: (gained - lost) / count, low: Math.max(-1, middle - half), high: Math.min(1, middle + half), count };
}

/**
 * The mean with a percentile bootstrap interval, for scores that lie at the ends of their range as F1 does (Efron and Tibshirani 1993,
 * chapter 13). `next`: uniform in [0, 1).
 */
export function bootstrapEstimate(values: readonly number[], next: () => number, resamples = 2000): Estimate {
  const count = values.length;
  if (count === 0) throw new RangeError('There is no mean of nothing.');
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[Math.floor(next() * count)]!;
    return sum / count;
  }).sort();
  const at = (share: number): number => means[Math.min(resamples - 1, Math.max(0, Math.round(share * (resamples + 1)) - 1))]!;
  return { value: mean(values), low: at(0.025), high: at(0.975), count };
}

/** `0.412 [0.350, 0.476] of 240`. */
export function formatEstimate({ value, low, high, count }: Estimate, digits = 3): string {
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}] of ${count}`;
}

/** Of at least one value. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of at least one value; the mean of the middle two where there is no middle one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
