/**
 * Alarms that go off before the reward falls. Each signal is a sign under which published runs of search agents have died (spec:
 * rl-failure-modes, section 4); the bounds are proposals.
 *
 * Pure: a state, which is JSON, and a step's measurements give the next state and what to say. What a step did not measure is left out of
 * it, and its signal keeps the standing it had.
 */
import { mean, median } from './statistics.ts';

export const SIGNALS = [
  /** The mean log-probability of trajectories with a positive advantage slides down: Lazy Likelihood Displacement (arXiv 2512.04220). */
  'positive-logprob',
  /** KL(rollout ‖ train), nats per token: the sampler is another policy than the one that is trained. */
  'rollout-kl',
  /** The importance ratio slides to 0, and the gradient with it (arXiv 2603.10069). */
  'mean-ratio',
  'min-ratio',
  'gradient-norm',
  'non-ascii',
  'repetition',
  'answers-closed',
  'think-length',
  /** No searches, or as many as there may be. */
  'searches',
  /** Groups whose trajectories all have one reward teach nothing. */
  'zero-variance',
  /** Exact match on questions whose accepted answer is made up: the simulator hands answers out. */
  'leak-canary',
  /** Exact match with search less that without. */
  'search-gain',
] as const;
export type Signal = (typeof SIGNALS)[number];

export type Measurements = { readonly [S in Signal]?: number | null };

export interface MonitorBounds {
  readonly rolloutKl: number;
  /** A trend over the window by which a likelihood or a ratio has fallen to this part of what it was. */
  readonly positiveFall: number;
  readonly meanRatioFall: number;
  readonly minRatioFall: number;
  /** Times the median. */
  readonly gradientNorm: number;
  /** Times the first steps' mean, once above a least share that would be worth a look. */
  readonly growth: number;
  readonly leastNonAscii: number;
  readonly leastRepetition: number;
  readonly answersClosed: number;
  /** Of the first steps' mean. */
  readonly thinkLength: number;
  /** Of the searches that there may be, at either end. */
  readonly searches: number;
  readonly zeroVariance: number;
  readonly leakCanary: number;
  readonly searchGain: number;
}

export const MONITOR_BOUNDS: MonitorBounds = {
  rolloutKl: 0.05,
  positiveFall: 0.8,
  meanRatioFall: 0.9,
  minRatioFall: 0.5,
  gradientNorm: 10,
  growth: 2,
  leastNonAscii: 0.01,
  leastRepetition: 0.05,
  answersClosed: 0.98,
  thinkLength: 0.1,
  searches: 0.05,
  zeroVariance: 0.8,
  leakCanary: 0.01,
  searchGain: 0,
};

export interface MonitorOptions {
  /** Searches that a trajectory may have. Where it is one, all of them searching is no sign of anything. */
  readonly mostSearches: number;
  readonly bounds?: Partial<MonitorBounds>;
}

export interface MonitorState {
  /** Measurements of each signal, the last WINDOW of them. */
  readonly recent: { readonly [S in Signal]?: readonly number[] };
  /** Mean of the first FIRST measurements, and how many there were of them so far. */
  readonly first: { readonly [S in Signal]?: { readonly mean: number; readonly count: number } };
  /** Signals that stand, each with the step at which it rose. */
  readonly standing: { readonly [S in Signal]?: number };
}

export const NEW_MONITOR: MonitorState = { recent: {}, first: {}, standing: {} };

export interface Alarm {
  readonly signal: Signal;
  readonly step: number;
  readonly value: number;
  /** What is wrong, in a sentence with its figures. */
  readonly message: string;
}

export interface Observed {
  readonly state: MonitorState;
  /** Those that rose at this step: one that stands is told once. */
  readonly alarms: readonly Alarm[];
  /** For metrics: each signal measured, and `alarm/<signal>`, 1 where it stands. */
  readonly values: Readonly<Record<string, number>>;
}

const WINDOW = 50;
/** A run's own measure of what is usual. */
const FIRST = 5;
/** Single steps are noisy. */
const SMOOTHED = 3;
/** Steps that a share is taken over: of the few answers or groups of one step it is coarser than its bound. */
const SHARED = 10;
/** Over which a trend is taken, and by how many standard errors it must differ from none. */
const TREND = 12;
const CERTAIN = 3;

export function observe(state: MonitorState, step: number, measurements: Measurements, options: MonitorOptions): Observed {
  const bounds = { ...MONITOR_BOUNDS, ...options.bounds };
  const recent: Partial<Record<Signal, readonly number[]>> = { ...state.recent };
  const first: Partial<Record<Signal, { readonly mean: number; readonly count: number }>> = { ...state.first };
  const standing: Partial<Record<Signal, number>> = { ...state.standing };
  const values: Record<string, number> = {};
  const alarms: Alarm[] = [];

  for (const signal of SIGNALS) {
    const value = measurements[signal];
    if (value === undefined || value === null) continue;
    const before = recent[signal] ?? [];
    // What is not finite has no place in a median or a mean, and is an alarm in itself.
    if (Number.isFinite(value)) {
      recent[signal] = [...before, value].slice(-WINDOW);
      const { mean, count } = first[signal] ?? { mean: 0, count: 0 };
      if (count < FIRST) first[signal] = { mean: mean + (value - mean) / (count + 1), count: count + 1 };
    }
    const usual = first[signal]?.count === FIRST ? first[signal].mean : null;
    const message = Number.isFinite(value) ? wrong(signal, value, { before, now: recent[signal]!, usual, mostSearches: options.mostSearches, bounds }) : `${NAMES[signal]} is ${value}`;
    if (message === null) delete standing[signal];
    else if (standing[signal] === undefined) {
      standing[signal] = step;
      alarms.push({ signal, step, value, message });
    }
    values[`monitor/${signal}`] = value;
  }
  for (const signal of SIGNALS) if (values[`monitor/${signal}`] !== undefined) values[`alarm/${signal}`] = standing[signal] === undefined ? 0 : 1;
  return { state: { recent, first, standing }, alarms, values };
}

const NAMES: Readonly<Record<Signal, string>> = {
  'positive-logprob': 'the log-probability of good trajectories',
  'rollout-kl': 'KL(rollout ‖ train)',
  'mean-ratio': 'the mean importance ratio',
  'min-ratio': 'the least importance ratio',
  'gradient-norm': 'the norm of the gradient',
  'non-ascii': 'the share of characters beyond ASCII',
  repetition: 'the share of repeated 4-grams',
  'answers-closed': 'the share of answers that are closed',
  'think-length': 'the length of thoughts',
  searches: 'the number of searches per question',
  'zero-variance': 'the share of groups of one reward',
  'leak-canary': 'exact match on questions with made-up answers',
  'search-gain': 'what search adds to exact match',
};

interface Context {
  readonly before: readonly number[];
  /** With the value of this step. */
  readonly now: readonly number[];
  readonly usual: number | null;
  readonly mostSearches: number;
  readonly bounds: MonitorBounds;
}

/** What is wrong, or null. */
function wrong(signal: Signal, value: number, { before, now, usual, mostSearches, bounds }: Context): string | null {
  const name = NAMES[signal];
  const above = (bound: number, measured = value): string | null => (measured > bound ? `${name} is ${figure(measured)}, above ${figure(bound)}` : null);
  const smooth = mean(now.slice(-SMOOTHED));
  switch (signal) {
    case 'positive-logprob': {
      const fall = trend(now.slice(-TREND));
      return fall !== null && fall < Math.log(bounds.positiveFall) ? `${name} slides down: ${figure(value)}, ${figure(-fall)} less than ${TREND} updates ago` : null;
    }
    case 'rollout-kl':
      return above(bounds.rolloutKl);
    case 'zero-variance':
      return above(bounds.zeroVariance, mean(now.slice(-SHARED)));
    case 'leak-canary':
      return above(bounds.leakCanary);
    case 'search-gain':
      return value <= bounds.searchGain ? `${name} is ${figure(value)}: search is of no use` : null;
    case 'answers-closed': {
      const closed = mean(now.slice(-SHARED));
      return closed < bounds.answersClosed ? `${name} is ${figure(closed)}, below ${figure(bounds.answersClosed)}` : null;
    }
    case 'gradient-norm': {
      if (before.length < FIRST) return null;
      const middle = median(before);
      return value > bounds.gradientNorm * middle ? `${name} is ${figure(value)}, ${figure(value / middle)} times its median` : null;
    }
    case 'mean-ratio':
    case 'min-ratio': {
      const slide = trend(now.slice(-TREND).map((ratio) => Math.log(Math.max(ratio, LEAST_RATIO))));
      const fall = slide === null ? null : Math.exp(slide);
      return fall !== null && fall < bounds[signal === 'mean-ratio' ? 'meanRatioFall' : 'minRatioFall'] ? `${name} slides to 0: ${figure(value)}, and ${figure(fall)} times what it was ${TREND} updates ago` : null;
    }
    case 'non-ascii':
    case 'repetition': {
      const least = signal === 'non-ascii' ? bounds.leastNonAscii : bounds.leastRepetition;
      return usual !== null && smooth > least && smooth > bounds.growth * usual ? `${name} is ${figure(smooth)}, and was ${figure(usual)} at first` : null;
    }
    case 'think-length':
      return usual !== null && smooth < bounds.thinkLength * usual ? `${name} is ${figure(smooth)}, and was ${figure(usual)} at first` : null;
    case 'searches':
      if (now.length < SMOOTHED) return null;
      if (smooth < bounds.searches * mostSearches) return `${name} is ${figure(smooth)}: the policy ${usual !== null && usual >= bounds.searches * mostSearches ? 'has stopped searching' : 'hardly searches'}`;
      return mostSearches > 1 && smooth > (1 - bounds.searches) * mostSearches ? `${name} is ${figure(smooth)} of ${mostSearches}: the policy searches for the sake of it` : null;
  }
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** A ratio of 0 has no logarithm; below this all are one. */
const LEAST_RATIO = 1e-12;

/** By how much the values have changed from first to last, along the line of least squares; 0 where the slope is within what their scatter explains, null while there are fewer than TREND. */
function trend(values: readonly number[]): number | null {
  const count = values.length;
  if (count < TREND) return null;
  const [x, y] = [(count - 1) / 2, mean(values)];
  const spread = (count * (count ** 2 - 1)) / 12;
  const slope = values.reduce((sum, value, i) => sum + (i - x) * (value - y), 0) / spread;
  const rest = values.reduce((sum, value, i) => sum + (value - y - slope * (i - x)) ** 2, 0);
  const error = Math.sqrt(rest / (count - 2) / spread);
  return Math.abs(slope) > CERTAIN * error ? slope * (count - 1) : 0;
}
