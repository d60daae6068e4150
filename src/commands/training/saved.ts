/** Checkpoints of a training and of a tuning, between what they hold in memory and what lies in the folder of the run. */
import type { TrainableModel } from '../../../trainer/autodiff/trainable.ts';
import { type JsonObject, latestCheckpoint, loadCheckpoint, saveCheckpoint } from '../../../trainer/checkpoint.ts';
import type { Evaluation } from '../../../trainer/evaluate.ts';
import type { SftState } from '../../../trainer/sft.ts';
import type { TrainProgress, TrainState } from '../../../trainer/train.ts';
import { ConfigError } from '../../errors.ts';
import type { ModelSide } from './policy-side.ts';

export interface Look {
  readonly step: number;
  readonly name: string;
  readonly evaluation: Evaluation;
}
/** Evaluations so far, for the summary at the end. */
export type Looks = readonly Look[];

export interface Best {
  readonly step: number;
  /** Mean exact match over the validation sets of that step. */
  readonly score: number;
}

interface SavedTraining extends TrainProgress {
  readonly looks: Looks;
  /** Of the protocol: a policy trained under one does not go on under another. */
  readonly fingerprint: string;
}

interface Saving {
  readonly model: TrainableModel;
  readonly source: ModelSide;
  readonly config: Readonly<Record<string, unknown>>;
  readonly keep: number;
}

const modelOf = ({ model, source }: Saving) => ({ config: source.files.config, tensors: model.tensors(), tokenizerSource: source.files });

/** Returns what older checkpoints could not be deleted. */
export async function saveTraining(run: string, saving: Saving & { readonly state: TrainState; readonly fingerprint: string; readonly looks: Looks; readonly best: Best | null }): Promise<readonly string[]> {
  const { state, model, config, fingerprint, looks, best, keep } = saving;
  // Intervals of one observation have no bounds, which JSON spells null.
  const progress: SavedTraining = { ...state.progress, looks: JSON.parse(JSON.stringify(looks)) as Looks, fingerprint };
  return (await saveCheckpoint(run, { ...state, config: config as JsonObject, layout: model.layout, progress, best }, modelOf(saving), { keep })).notDeleted;
}

/** The last whole checkpoint; null where there is none yet. `notice` hears of those that are not whole. */
export async function loadTraining(run: string, fingerprint: string, notice: (line: string) => void): Promise<(TrainState & { readonly looks: Looks; readonly best: Best | null }) | null> {
  const found = await latest<SavedTraining>(run, notice);
  if (found === null) return null;
  const { looks, fingerprint: before, ...progress } = found.progress;
  if (before !== fingerprint) throw new ConfigError('rollout.prompt', `${run} was trained under another protocol (${before}, now ${fingerprint}): prompt, tags or chat template differ.`);
  return { ...found, progress, looks: looks.map(revived) };
}

export async function saveTuning(run: string, saving: Saving & { readonly state: SftState }): Promise<readonly string[]> {
  const { state, model, config, keep } = saving;
  return (await saveCheckpoint(run, { ...state, config: config as JsonObject, layout: model.layout, reference: null, progress: {}, best: null }, modelOf(saving), { keep })).notDeleted;
}

export async function loadTuning(run: string, notice: (line: string) => void): Promise<SftState | null> {
  return latest<object>(run, notice);
}

function revived({ evaluation, ...look }: Look): Look {
  const bounds = (one: Evaluation['f1']): Evaluation['f1'] => ({ ...one, low: one.low ?? Number.NaN, high: one.high ?? Number.NaN });
  return { ...look, evaluation: { ...evaluation, f1: bounds(evaluation.f1), searches: bounds(evaluation.searches) } };
}

async function latest<Progress>(run: string, notice: (line: string) => void) {
  const { checkpoint, passedOver } = await latestCheckpoint(run);
  for (const { path, field, why } of passedOver) notice(`${path} is passed over: ${field}: ${why}`);
  return checkpoint === null ? null : loadCheckpoint<Progress>(checkpoint.path, null);
}
