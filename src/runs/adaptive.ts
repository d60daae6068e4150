/**
 * The adaptive curriculum: noise rises only while searching still pays.
 *
 * Why: under a harmful retriever every model stops searching within about 150 steps (a 2026 re-examination of Search-R1), so "the
 * measured value of search must stay above 0, else back off" (spec: noise 3.1; sentinel `EM(search on) − EM(search off) ≤ 0`), and noise
 * is raised when the clean/noisy gap closes (NoisyAgent, arXiv 2605.27209). The policy itself over- and under-searches as it learns
 * (SAAS, arXiv 2605.29796; spec: failure modes #13), which is why a baseline posted from paired search-off rollouts beats the one seen
 * in passing: questions that the policy leaves unsearched are the easy ones.
 */
import { BadRequestError } from '../errors.ts';
import { isObject } from '../json.ts';
import { COUNT, FINITE, numberAt } from './number-rules.ts';

export interface AdaptiveCurriculum {
  readonly kind: 'adaptive';
  /** Noise begins here and never falls below. */
  readonly start: number;
  /** Noise never rises above. */
  readonly end: number;
  /** Added or taken at each decision. */
  readonly rate: number;
  /** Noise rises when the value of search is at least this, in units of reward. */
  readonly margin: number;
  /** Noise falls when the value of search is below this. Just above 0, so that worthless (not only harmful) search backs off. */
  readonly floor: number;
  /** Searching trajectories between two decisions. With 256, the standard error of a mean of exact matches is about 0.03. */
  readonly samples: number;
  /** Unsearched trajectories before their mean is believed as the baseline. */
  readonly baselineSamples: number;
  /** Trajectories that a mean remembers, at least `samples`. */
  readonly window: number;
}

/** At rate 0.02 and one decision a step (ZeroSearch: 320 trajectories), 0 → 0.5 takes at least 25 of its 203 steps. */
export const ADAPTIVE_DEFAULTS = { rate: 0.02, margin: 0.05, floor: 0.01, samples: 256, baselineSamples: 32, window: 1024 } as const;

/** Below this share of searching trajectories over a whole window, the policy has given up on search: no value can be measured. */
export const FADED_SHARE = 0.05;

/** A mean over about the last `window` trajectories: exact until the window is full, then exponentially forgetting. */
export interface WindowedMean {
  readonly count: number;
  readonly mean: number;
}

export const ADAPTIVE_DECISIONS = ['waiting', 'raised', 'held', 'lowered', 'faded'] as const;
export type AdaptiveDecision = (typeof ADAPTIVE_DECISIONS)[number];
export const BASELINES = ['none', 'unsearched', 'posted'] as const;

/** Plain JSON, kept with the run. */
export interface AdaptiveState {
  /** Of this shape, for whoever stores it. */
  readonly version: 1;
  readonly noise: number;
  /** Rewards of searching trajectories at the present noise: emptied whenever the noise changes. */
  readonly searched: WindowedMean;
  /** Rewards of trajectories that did not search; noise does not touch them, so they outlive a change. */
  readonly unsearched: WindowedMean;
  /** Reward to expect without search, as last known; 0 until then. */
  readonly baseline: number;
  /** A posted baseline stays in force until another, or null, is posted. */
  readonly baselineFrom: (typeof BASELINES)[number];
  /** Searching trajectories, and all trajectories, since the last decision. */
  readonly fresh: number;
  readonly waited: number;
  /** Value of search at the last decision that could measure it. */
  readonly value: number | null;
  /** Of the latest `observe`. `faded`: lowered because hardly any trajectory searched. */
  readonly decision: AdaptiveDecision;
}

/** One trajectory, or `count` of them by their mean reward. */
export interface Outcome {
  readonly reward: number;
  readonly searched: boolean;
  readonly count?: number;
}

/** What a trainer posts. */
export interface Outcomes {
  readonly trajectories: readonly Outcome[];
  /** Mean reward of search-off rollouts of the same policy; null returns to the unsearched trajectories. */
  readonly baseline?: number | null;
}

const EMPTY: WindowedMean = { count: 0, mean: 0 };

export function initialAdaptive(curriculum: AdaptiveCurriculum): AdaptiveState {
  return {
    version: 1,
    noise: curriculum.start,
    searched: EMPTY,
    unsearched: EMPTY,
    baseline: 0,
    baselineFrom: 'none',
    fresh: 0,
    waited: 0,
    value: null,
    decision: 'waiting',
  };
}

/** Rewards that are no finite number are left out: one NaN would stay in the state for good. */
function meanOf(outcomes: readonly Outcome[], searched: boolean): WindowedMean {
  let count = 0;
  let sum = 0;
  for (const outcome of outcomes) {
    const weight = outcome.count ?? 1;
    if (outcome.searched !== searched || !Number.isFinite(outcome.reward) || !(weight > 0)) continue;
    sum += outcome.reward * weight;
    count += weight;
  }
  return count > 0 ? { count, mean: sum / count } : EMPTY;
}

/** New values push out as much of the old as the window has no room for. */
function slide(old: WindowedMean, added: WindowedMean, window: number): WindowedMean {
  if (added.count === 0) return old;
  const kept = Math.min(old.count, Math.max(0, window - added.count));
  return { count: Math.min(window, kept + added.count), mean: (kept * old.mean + added.count * added.mean) / (kept + added.count) };
}

/** Sums of rates stay readable: 0.1 + 0.2 is 0.3 in a log. */
function within(noise: number, curriculum: AdaptiveCurriculum): number {
  return Math.min(curriculum.end, Math.max(curriculum.start, Math.round(noise * 1e9) / 1e9));
}

/**
 * The state after a posting; at most one decision is taken, and the order of trajectories inside one posting does not matter.
 *
 * The value of search is mean(reward | searched) − baseline. The baseline is, first, what the trainer posted; else the mean of the
 * trajectories that did not search, once `baselineSamples` of them are in the window; and where none (or too few) went without
 * searching, the last known baseline, which is 0 at first. So a run whose policy always searches is judged against 0, and raises noise
 * as long as its reward is `margin` or more: post a baseline to be judged by what search adds. A null state is a new run's.
 *
 * Every `samples` searching trajectories: value ≥ margin raises the noise by `rate`, value < floor lowers it, and in between it is held.
 * A change empties the window of searching rewards, because they were earned under another noise. If a whole `window` of
 * trajectories goes by with hardly a search among them, the noise is lowered without a measurement: that is the collapse itself.
 */
export function observe(before: AdaptiveState | null, outcomes: Outcomes | readonly Outcome[], curriculum: AdaptiveCurriculum): AdaptiveState {
  const state = before ?? initialAdaptive(curriculum);
  const posted = 'trajectories' in outcomes ? outcomes : { trajectories: outcomes };
  const on = meanOf(posted.trajectories, true);
  const off = meanOf(posted.trajectories, false);

  const searched = slide(state.searched, on, curriculum.window);
  const unsearched = slide(state.unsearched, off, curriculum.window);
  const fresh = state.fresh + on.count;
  const waited = state.waited + on.count + off.count;
  const { baseline, baselineFrom } = baselineAfter(state, posted.baseline, unsearched, curriculum);
  const seen = { ...state, noise: within(state.noise, curriculum), searched, unsearched, baseline, baselineFrom };

  if (fresh >= curriculum.samples) {
    const value = searched.mean - baseline;
    const decision = value >= curriculum.margin ? 'raised' : value < curriculum.floor ? 'lowered' : 'held';
    return decided({ ...seen, value }, decision, curriculum);
  }
  if (waited >= curriculum.window && fresh < FADED_SHARE * waited) return decided(seen, 'faded', curriculum);
  return { ...seen, fresh, waited, decision: 'waiting' };
}

function baselineAfter(state: AdaptiveState, posted: number | null | undefined, unsearched: WindowedMean, curriculum: AdaptiveCurriculum) {
  if (typeof posted === 'number' && Number.isFinite(posted)) return { baseline: posted, baselineFrom: 'posted' as const };
  if (state.baselineFrom === 'posted' && posted === undefined) return { baseline: state.baseline, baselineFrom: 'posted' as const };
  if (unsearched.count >= curriculum.baselineSamples) return { baseline: unsearched.mean, baselineFrom: 'unsearched' as const };
  return { baseline: state.baseline, baselineFrom: state.baselineFrom === 'posted' ? ('none' as const) : state.baselineFrom };
}

function decided(state: AdaptiveState, decision: 'raised' | 'held' | 'lowered' | 'faded', curriculum: AdaptiveCurriculum): AdaptiveState {
  const direction = decision === 'raised' ? 1 : decision === 'held' ? 0 : -1;
  const noise = within(state.noise + direction * curriculum.rate, curriculum);
  return { ...state, noise, searched: noise === state.noise ? state.searched : EMPTY, fresh: 0, waited: 0, decision };
}

function outcomeAt(item: unknown, field: string): Outcome {
  if (!isObject(item)) throw new BadRequestError('invalid_field', field, 'an object {reward, searched}');
  const reward = numberAt(item.reward, `${field}.reward`, FINITE);
  const { searched = null, count = null } = item;
  if (searched !== null && typeof searched !== 'boolean') throw new BadRequestError('invalid_field', `${field}.searched`, 'true or false');
  return {
    reward,
    searched: searched ?? numberAt(item.searches, `${field}.searches`, FINITE) > 0,
    ...(count === null ? {} : { count: numberAt(count, `${field}.count`, COUNT) }),
  };
}

/**
 * A posted body: a list of `{reward, searched, count?}` (`searches: <how many>` will do for `searched`), or an object with such
 * `trajectories`, a `baseline`, or both. Errors name the field under `field`.
 */
export function parseOutcomes(value: unknown, field: string): Outcomes {
  const expected = 'a list of {reward, searched}, or an object with trajectories, baseline or both';
  if (Array.isArray(value)) return { trajectories: value.map((item, i) => outcomeAt(item, `${field}[${i}]`)) };
  if (!isObject(value)) throw new BadRequestError('invalid_field', field, expected);
  const at = (name: string) => (field ? `${field}.${name}` : name);
  const { baseline } = value;
  const trajectories = value.trajectories ?? undefined;
  if (trajectories === undefined && baseline === undefined) throw new BadRequestError('missing_field', field, expected);
  if (trajectories !== undefined && !Array.isArray(trajectories)) {
    throw new BadRequestError('invalid_field', at('trajectories'), 'a list of {reward, searched}');
  }
  return {
    trajectories: (trajectories ?? []).map((item: unknown, i) => outcomeAt(item, `${at('trajectories')}[${i}]`)),
    ...(baseline === undefined ? {} : { baseline: baseline === null ? null : numberAt(baseline, at('baseline'), FINITE) }),
  };
}
