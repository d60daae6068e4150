/** How often the policy is right: exact match, F1 and searches per question, each with its interval, over a set of questions. */
import { exactMatch } from './rewards/exact-match.ts';
import { f1 } from './rewards/f1.ts';
import type { Question } from './data/question.ts';
import type { RolloutOptions, Rollouts } from './rollout/rollout.ts';
import type { Trajectory } from './rollout/trajectory.ts';
import { type Estimate, meanEstimate, shareEstimate } from './statistics.ts';

/** A set of questions under a run of its own on the server, whose noise does not move. */
export interface EvaluationSet {
  /** In metrics: `eval/<name>/exact_match`. */
  readonly name: string;
  readonly run: string | null;
  readonly questions: readonly Question[];
  /** False: the policy may only answer. */
  readonly searches: boolean;
  /** Asked before the first step and after the last only. */
  readonly endsOnly: boolean;
}

/** `options` are those of training. */
export function evaluationRolloutOptions(options: RolloutOptions, { run, searches }: EvaluationSet, greedy: boolean): RolloutOptions {
  return { ...options, run, totalSteps: null, greedy, ...(searches ? {} : { maxTurns: 0 }) };
}

export interface Evaluation {
  /** Questions that could be scored: those with an accepted answer. */
  readonly questions: number;
  readonly exactMatch: Estimate;
  readonly f1: Estimate;
  readonly searches: Estimate;
  /** Share of questions that were given an answer, and of searches that found no page to show. */
  readonly answered: number;
  readonly failedSearches: number;
  /** Pages by what the server says they were; empty where it says nothing. */
  readonly pages: Readonly<Record<string, number>>;
}

export interface EvaluateOptions {
  readonly step: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (finished: number, total: number) => void;
}

/** One trajectory for each question. `rollouts` says whether greedy or sampled, and which run's noise applies. */
export async function evaluate(rollouts: Rollouts, questions: readonly Question[], { step, seed, signal, onProgress }: EvaluateOptions): Promise<{ readonly evaluation: Evaluation; readonly trajectories: readonly Trajectory[] }> {
  const trajectories = await rollouts.run(questions, {
    step,
    samples: 1,
    seed,
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress: ({ finished, total }) => onProgress(finished, total) } : {}),
  });
  return { evaluation: evaluationOf(trajectories), trajectories };
}

export function evaluationOf(trajectories: readonly Trajectory[]): Evaluation {
  const scored = trajectories.filter(({ question, stopReason }) => question.goldenAnswers.length > 0 && stopReason !== 'aborted');
  const made = scored.map(({ turns }) => turns.filter(({ action }) => action === 'search'));
  const searches = made.flat();
  const pages: Record<string, number> = {};
  for (const { search } of searches) if (search?.kind) pages[search.kind] = (pages[search.kind] ?? 0) + 1;
  return {
    questions: scored.length,
    exactMatch: shareEstimate(scored.filter(({ answer, question }) => exactMatch(answer, question.goldenAnswers) === 1).length, scored.length),
    f1: meanEstimate(scored.map(({ answer, question }) => f1(answer, question.goldenAnswers) ?? 0)),
    searches: meanEstimate(made.map(({ length }) => length)),
    answered: share(scored.filter(({ answer }) => answer !== null).length, scored.length),
    failedSearches: share(searches.filter(({ search }) => search !== null && search.status !== 'ok' && search.status !== 'empty').length, searches.length),
    pages,
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
