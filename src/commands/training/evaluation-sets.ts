/** The evaluations that a configuration asks for: the same questions under each noise, and without search. */
import type { TrainConfig } from '../../../trainer/config.ts';
import type { Question } from '../../../trainer/data/question.ts';
import type { EvaluationSet } from '../../../trainer/evaluate.ts';
import type { SearchSide } from './search-side.ts';

export interface EvaluationPlan {
  readonly config: TrainConfig;
  readonly side: SearchSide;
  /** The training's own run on the server; evaluations have runs beside it. */
  readonly run: string;
  readonly questions: readonly Question[];
  /** In front of the names: `validation`, `test`. */
  readonly prefix: string;
  readonly endsOnly: boolean;
}

/** Makes the runs. Another engine than ours has no noise: its questions are asked once. */
export async function evaluationSets({ config, side, run, questions, prefix, endsOnly }: EvaluationPlan): Promise<EvaluationSet[]> {
  const asked = questions.slice(0, config.eval.questions);
  const sets: EvaluationSet[] = [];
  const noises = side.origin === null ? [null] : config.eval.noise;
  for (const noise of noises) {
    const name = noise === null ? null : `${run}-eval-${noise}`;
    if (name !== null) await side.run(name)!.configure({ curriculum: { kind: 'constant', noise }, seed: config.seed });
    sets.push({ name: noise === null ? prefix : `${prefix}-noise-${noise}`, run: name, questions: asked, searches: true, endsOnly });
  }
  if (config.eval['search-off']) sets.push({ name: `${prefix}-search-off`, run: null, questions: asked, searches: false, endsOnly });
  return sets;
}
