/**
 * The loop, read from top to bottom: questions → rollouts by the policy as it is → rewards → one update → measurements → checkpoint. The
 * server's run turns the step into noise; nothing here knows how noisy a page was meant to be. All that the next step depends on is in
 * `TrainState`, so a run that was stopped goes on with the same numbers.
 */
import type { ModelFiles } from '../models/files.ts';
import type { Tokenizer } from '../models/tokenizer/tokenizer.ts';
import { EMPTY_RECYCLE, type GroupRewards, type RecycleOptions, type RecycleState, recycle, redraw, zeroVarianceShare } from './algorithms/recycle.ts';
import type { LoraOptions } from './autodiff/lora.ts';
import { type TrainableModel, openTrainable } from './autodiff/trainable.ts';
import { weightsOf } from './autodiff/weights.ts';
import type { Question } from './data/question.ts';
import { NEW_SAMPLER, type Sampler, type SamplerState, createSampler } from './data/sampler.ts';
import { DivergedError } from './errors.ts';
import { type Evaluation, type EvaluationSet, evaluate, evaluationRolloutOptions } from './evaluate.ts';
import type { Scalars } from './metrics.ts';
import { type Alarm, type MonitorState, NEW_MONITOR, observe } from './monitor.ts';
import { type AdamWOptions, type AdamWState, createAdamW } from './optim/adamw.ts';
import type { Schedule } from './optim/schedule.ts';
import { REWARD_COMPONENTS, type RewardOptions, score } from './rewards/reward.ts';
import { type PolicyModel, type PolicyOptions, openPolicy, withPolicy } from './rollout/policy.ts';
import type { Protocol } from './rollout/protocol.ts';
import { type RolloutOptions, createRollouts } from './rollout/rollout.ts';
import type { AdaptiveStanding, Outcome, RunClient } from './rollout/run-client.ts';
import type { SearchClient } from './rollout/search-client.ts';
import type { Trajectory } from './rollout/trajectory.ts';
import { textHealth } from './text-health.ts';
import { type UpdateOptions, type UpdateResult, lossOf, update } from './update.ts';

export interface TrainOptions {
  readonly steps: number;
  readonly seed: number;
  /** Questions of a step, and trajectories of each: batch × group size. */
  readonly questions: number;
  readonly samples: number;
  /** Another order of the questions in each epoch. */
  readonly shuffle: boolean;
  readonly rollout: RolloutOptions;
  /** As it writes; on the CPU. */
  readonly policy: Omit<PolicyOptions, 'device'>;
  /** Of one operator of the graphs that are trained. */
  readonly threads: number;
  readonly reward: RewardOptions;
  readonly update: UpdateOptions;
  readonly recycle: RecycleOptions | null;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly optimizer: AdamWOptions;
  readonly lora: LoraOptions | null;
  readonly recompute: boolean;
  /** Steps between two evaluations; null for none but those before the first and after the last step. */
  readonly evalEvery: number | null;
  /** Evaluates by the most probable token each time; else as in training. */
  readonly greedyEvaluation: boolean;
  /** Steps between two checkpoints; the last step has one anyway. */
  readonly saveEvery: number;
}

export interface TrainParts {
  readonly files: Pick<ModelFiles, 'config' | 'weights'>;
  readonly tokenizer: Tokenizer;
  readonly protocol: Protocol;
  readonly search: SearchClient;
  /** The run on the server; null for an engine that has none. */
  readonly run: RunClient | null;
  /** The run's curriculum follows what is earned, and is told. */
  readonly adaptive: boolean;
  readonly questions: readonly Question[];
  readonly evaluations: readonly EvaluationSet[];
}

/** Numbers and JSON: what a checkpoint holds beside the model. */
export interface TrainState {
  /** Steps done. */
  readonly step: number;
  readonly parameters: Float32Array;
  /** Of the reference policy; null where none is needed. */
  readonly reference: Float32Array | null;
  readonly optimizer: AdamWState;
  readonly progress: TrainProgress;
}

export interface TrainProgress {
  readonly sampler: SamplerState;
  readonly recycle: RecycleState;
  readonly monitor: MonitorState;
  /** Of the server's adaptive curriculum, which a run that goes back to a checkpoint takes back with it; null for any other. */
  readonly curriculum: AdaptiveStanding | null;
}

export interface StepReport {
  readonly step: number;
  readonly steps: number;
  readonly reward: number | null;
  readonly exactMatch: number | null;
  /** The server's noise probability; null where it has none. */
  readonly noise: number | null;
  readonly searchesPerQuestion: number | null;
  readonly tokensPerSecond: number;
  /** By phase: rollout (searches within it), reward, update. */
  readonly milliseconds: Readonly<Record<string, number>>;
  readonly scalars: Scalars;
  readonly alarms: readonly Alarm[];
  readonly trajectories: readonly Trajectory[];
}

export interface TrainWorld {
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
  readonly onStep: (report: StepReport) => void | Promise<void>;
  readonly onEvaluation: (step: number, set: EvaluationSet, evaluation: Evaluation) => void | Promise<void>;
  /** What is in the state is valid until this settles. */
  readonly onSave: (state: TrainState, model: TrainableModel) => Promise<void>;
  /** What is under way, for a display: phase, done, of how many. */
  readonly onProgress: (phase: 'rollout' | 'update' | 'evaluation', done: number, total: number) => void;
  /** Ends the run: rollouts under way are given up, an update under way is finished. */
  readonly signal: AbortSignal;
}

/** Largest difference between what sampler and trainer make of one token in fp32: two graphs, the same sums in another order. */
const SAME_LOGPROB = 1e-3;

/** Returns the steps done. Throws DivergedError where a step gives no finite number; what the steps before it made is in the last checkpoint. */
export async function train(parts: TrainParts, options: TrainOptions, from: TrainState | null, world: TrainWorld): Promise<number> {
  const { files, tokenizer, run } = parts;
  const model = await openTrainable(files, lossOf(options.update), { threads: options.threads, lora: options.lora, recompute: options.recompute, seed: options.seed });
  const optimizer = createAdamW(options.optimizer);
  try {
    const needsReference = options.update.loss.kl !== null || options.update.klInReward !== null;
    const reference = from ? from.reference : needsReference ? model.parameters.slice() : null;
    const state = optimizer.init(model.layout, model.moments, from?.optimizer);
    if (from) model.parameters.set(from.parameters);
    let step = from?.step ?? 0;
    let progress: TrainProgress = from?.progress ?? { sampler: NEW_SAMPLER, recycle: EMPTY_RECYCLE, monitor: NEW_MONITOR, curriculum: null };
    if (parts.adaptive) await run?.configure({ adaptive: progress.curriculum }, world.signal);

    const open = (): Promise<PolicyModel> => openPolicy({ config: files.config, weights: weightsOf(model.tensors()) }, tokenizer, { ...options.policy, device: 'cpu' });
    const look = async (policy: PolicyModel): Promise<void> => {
      const ends = step === 0 || step === options.steps;
      for (const set of parts.evaluations) {
        if (set.endsOnly && !ends) continue;
        const rollouts = createRollouts({ ...parts, policy, options: evaluationRolloutOptions(options.rollout, set, options.greedyEvaluation) });
        const { evaluation } = await evaluate(rollouts, set.questions, { step, seed: options.seed, signal: world.signal, onProgress: (done, total) => world.onProgress('evaluation', done, total) });
        if (world.signal.aborted) return;
        await world.onEvaluation(step, set, evaluation);
      }
    };
    const sampler = createSampler(parts.questions, { seed: options.seed, shuffle: options.shuffle, batch: Math.min(options.questions, parts.questions.length), dropLast: false, epochs: null });
    const byId = new Map(parts.questions.map((question) => [question.id, question]));
    let saved = step;
    const save = async (): Promise<void> => {
      await world.onSave({ step, parameters: model.parameters, reference, optimizer: state, progress }, model);
      saved = step;
    };
    if (step === 0) await withPolicy(await open(), look);

    while (step < options.steps && !world.signal.aborted) {
      const started = world.clock();
      const { questions, progress: drawn } = draw(sampler, byId, progress, options);
      const noise = run ? (await run.step(step, options.steps, world.signal)).noise : null;
      const trajectories = await withPolicy(await open(), (policy) =>
        createRollouts({ ...parts, policy, options: options.rollout }).run(questions, {
          step,
          samples: options.samples,
          seed: options.seed,
          signal: world.signal,
          onProgress: ({ finished, total }) => world.onProgress('rollout', finished, total),
        }),
      );
      // A step is taken whole or not at all.
      if (world.signal.aborted) break;
      const rolled = world.clock();

      const results = trajectories.map((trajectory) => score(trajectory, options.reward));
      const groups = groupsOf(questions, trajectories, results.map(({ total }) => total));
      const told = parts.adaptive ? await run?.rewards(outcomesOf(trajectories, results.map(({ total }) => total)), undefined, world.signal) : undefined;
      const scored = world.clock();

      world.onProgress('update', 0, 1);
      const scoredTrajectories = trajectories.map((trajectory, i) => ({ trajectory, reward: results[i]!.total }));
      const result = await update({ model, optimizer, state, reference }, scoredTrajectories, options.update, options.learningRate * options.schedule(step));
      if (!result.finite) throw new DivergedError(step + 1, `loss ${result.loss}, norm of the gradient ${result.gradNorm}`);
      if (step === 0) checkFirst(result, options);
      const updated = world.clock();

      const health = textHealth(trajectories);
      const zeroVariance = zeroVarianceShare(groups);
      const watched = observe(
        drawn.monitor,
        step + 1,
        {
          'positive-logprob': result.positiveLogprob,
          'rollout-kl': result.rolloutTrain?.k3 ?? null,
          'mean-ratio': result.rolloutTrain?.meanRatio ?? null,
          'min-ratio': result.rolloutTrain?.minRatio ?? null,
          'gradient-norm': result.updates === 0 ? null : result.gradNorm,
          'non-ascii': health.nonAscii,
          repetition: health.repeated,
          'answers-closed': health.answersClosed,
          'think-length': health.thinkLength,
          searches: health.searches,
          'zero-variance': zeroVariance,
        },
        { mostSearches: options.rollout.maxTurns },
      );
      progress = { ...drawn, monitor: watched.state, recycle: options.recycle ? recycle(drawn.recycle, groups, options.recycle) : drawn.recycle, curriculum: told?.adaptive ?? null };
      const milliseconds = { rollout: rolled - started, reward: scored - rolled, update: updated - scored };
      const seconds = (updated - started) / 1000;
      step++;

      const means = Object.fromEntries(REWARD_COMPONENTS.map((name) => [name, mean(results.map(({ components }) => components[name]))]));
      const reward = mean(results.map(({ total }) => total));
      const kinds = pagesOf(trajectories);
      await world.onStep({
        step,
        steps: options.steps,
        reward,
        exactMatch: means['exact_match'] ?? null,
        noise,
        searchesPerQuestion: health.searches,
        tokensPerSecond: trajectories.reduce((sum, { tokens }) => sum + tokens.length, 0) / seconds,
        milliseconds,
        scalars: numbers({
          'reward/total': reward,
          ...prefixed('reward', means),
          'group/zero_variance': zeroVariance,
          'group/recycled': progress.recycle.waiting.length,
          'search/noise': noise,
          'search/noisy_pages': kinds,
          ...prefixed('text', { ...health }),
          'update/loss': result.loss,
          'update/gradient_norm': result.gradNorm,
          'update/learning_rate': options.learningRate * options.schedule(step - 1),
          'update/trained_tokens': result.trainedTokens,
          'update/updates': result.updates,
          ...prefixed('policy', result.measured),
          'policy/positive_logprob': result.positiveLogprob,
          'rollout_train/k1': result.rolloutTrain?.k1 ?? null,
          'rollout_train/k3': result.rolloutTrain?.k3 ?? null,
          'rollout_train/worst': result.worstDifference,
          ...prefixed('time', Object.fromEntries(Object.entries(milliseconds).map(([name, value]) => [name, value / 1000]))),
          'time/search': trajectories.reduce((sum, { turns }) => sum + turns.reduce((all, { search }) => all + (search?.milliseconds ?? 0), 0), 0) / 1000,
          ...watched.values,
        }),
        alarms: watched.alarms,
        trajectories,
      });

      const last = step === options.steps;
      if (last || (options.evalEvery !== null && step % options.evalEvery === 0)) await withPolicy(await open(), look);
      if (last || world.signal.aborted || step % options.saveEvery === 0) await save();
    }
    // Stopped in the middle of a step, which is given up: what was done before it is kept.
    if (step > saved) await save();
    return step;
  } finally {
    await model.close();
  }
}

/** The questions of a step: those whose groups have taught nothing so far again, up to their share, then new ones in the epoch's order. */
function draw(sampler: Sampler, byId: ReadonlyMap<string, Question>, progress: TrainProgress, { questions: count, recycle: options }: TrainOptions): { readonly questions: readonly Question[]; readonly progress: TrainProgress } {
  const again = options ? redraw(progress.recycle, count, options) : { questions: [], state: progress.recycle };
  const asked = again.questions.flatMap((id) => byId.get(id) ?? []);
  const fresh = sampler.next(progress.sampler, count - asked.length, new Set(asked.map(({ id }) => id)))!;
  return { questions: [...asked, ...fresh.questions], progress: { ...progress, sampler: fresh.state, recycle: again.state } };
}

function groupsOf(questions: readonly Question[], trajectories: readonly Trajectory[], rewards: readonly (number | null)[]): GroupRewards[] {
  return questions.map(({ id }) => ({ question: id, rewards: rewards.filter((_, i) => trajectories[i]!.question.id === id) }));
}

/** For a curriculum that follows what is earned. */
function outcomesOf(trajectories: readonly Trajectory[], rewards: readonly (number | null)[]): Outcome[] {
  return trajectories.flatMap(({ turns }, i) => {
    const reward = rewards[i]!;
    return reward === null ? [] : [{ reward, searched: turns.some(({ action }) => action === 'search') }];
  });
}

/**
 * What must hold before anything has been learnt (slime's list of numbers to check at step one): the policy is the one that wrote the
 * tokens, and its own reference. The first update has not moved the likelihoods that are compared.
 */
function checkFirst({ updates, worstDifference, measured }: UpdateResult, { policy: { precision }, update: { loss, updates: asked } }: TrainOptions): void {
  if (updates === 0) return;
  const wrong: string[] = [];
  if (precision === 'fp32' && worstDifference > SAME_LOGPROB) wrong.push(`a token's log-probability differs by ${worstDifference} between sampler and trainer, more than ${SAME_LOGPROB}`);
  if (asked === 1) {
    if (loss.surrogate === 'ppo' && Math.abs((measured['ratio'] ?? 1) - 1) > 1e-6) wrong.push(`the mean ratio is ${measured['ratio']}, and not 1`);
    if (loss.kl !== null && Math.abs(measured['kl'] ?? 0) > 1e-6) wrong.push(`KL to the reference is ${measured['kl']}, and not 0`);
  }
  if (wrong.length > 0) throw new Error(`Before the first update ${wrong.join('; ')}. Sampling and training disagree: this is a defect of Winnow, please report it.`);
}

/** Share of the pages shown that the server calls noisy; null where it says nothing. */
function pagesOf(trajectories: readonly Trajectory[]): number | null {
  const kinds = trajectories.flatMap(({ turns }) => turns.flatMap(({ search }) => search?.kind ?? []));
  return kinds.length === 0 ? null : kinds.filter((kind) => kind === 'noisy').length / kinds.length;
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function prefixed(group: string, values: Readonly<Record<string, number | null>>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${group}/${name}`, value]));
}

/** Without what was not measured. */
function numbers(values: Readonly<Record<string, number | null>>): Scalars {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== null));
}
