/**
 * One step of learning, read from top to bottom: scored trajectories → advantages → rows of the training graph → gradients, one
 * micro-batch after the other → optimiser. Which tokens are trained is decided by the mask of each trajectory and nowhere else.
 */
import { type AdvantageOptions, advantagesOf, hasVariance } from './algorithms/advantages.ts';
import { type GaeOptions, gae, tokenRewards, whiten } from './algorithms/gae.ts';
import { type KlEstimator, importanceStatistics, klOf } from './algorithms/kl.ts';
import { type PolicyLossOptions, policyLoss } from './algorithms/policy-loss.ts';
import { chunkIds, spread, trainablePlaces } from './algorithms/rows.ts';
import { type ValueLossOptions, withValueLoss } from './algorithms/value-loss.ts';
import { type Aggregation, keptRewards, tokenWeights } from './algorithms/weights.ts';
import type { LossBuilder } from './autodiff/loss.ts';
import type { RunResult, TrainableModel } from './autodiff/trainable.ts';
import { type MicroBatch, type Sequence, microBatches, scattered } from './micro-batches.ts';
import type { AdamWState, Optimizer } from './optim/adamw.ts';
import type { Trajectory } from './rollout/trajectory.ts';

export type Estimator = AdvantageOptions | ({ readonly estimator: 'gae'; readonly whiten: boolean } & GaeOptions);

export interface UpdateOptions {
  readonly estimator: Estimator;
  readonly loss: Omit<PolicyLossOptions, 'old'>;
  /** Needed by `gae`, and by nothing else. */
  readonly value: ValueLossOptions | null;
  readonly aggregation: Aggregation;
  readonly maskTruncated: boolean;
  /** Taken from each token's reward; for `gae`. */
  readonly klInReward: { readonly estimator: KlEstimator; readonly coefficient: number } | null;
  /** Steps of the optimiser that one batch of trajectories is cut into. From two on, the likelihoods before the first are kept. */
  readonly updates: number;
  /** Padded tokens of one forward and backward pass. */
  readonly microBatchTokens: number;
}

export interface Scored {
  readonly trajectory: Trajectory;
  /** Null: not scored, and not learnt from. */
  readonly reward: number | null;
}

export interface UpdateResult {
  /** Mean over the updates of the step; 0 updates where no group had anything to teach. */
  readonly updates: number;
  readonly loss: number;
  readonly gradNorm: number;
  /** False where a gradient was not finite: then nothing was changed. */
  readonly finite: boolean;
  /** Tokens in the loss, and padded tokens that were computed for them. */
  readonly trainedTokens: number;
  readonly computedTokens: number;
  /** Means over trained tokens of what the loss measures: entropy, ratio, clipped, kl, importance, guard, values. */
  readonly measured: Readonly<Record<string, number>>;
  /** Of the sampler against the trainer, before the update; null where nothing was trained. */
  readonly rolloutTrain: ReturnType<typeof importanceStatistics>;
  /** Largest difference of one token's log-probability between them. */
  readonly worstDifference: number;
  /** Mean log-probability of a token in trajectories of positive advantage; null where there is none. */
  readonly positiveLogprob: number | null;
}

/** Whether likelihoods are needed that the pass with the gradient does not give by itself. */
function needsOld({ estimator, updates }: UpdateOptions): boolean {
  return updates > 1 || estimator.estimator === 'gae';
}

/** The loss that a model for these options is opened with. */
export function lossOf(options: UpdateOptions): LossBuilder {
  const policy = policyLoss({ ...options.loss, old: needsOld(options) ? 'input' : 'self' });
  return options.value === null ? policy : withValueLoss(policy, options.value);
}

export interface Learner {
  readonly model: TrainableModel;
  readonly optimizer: Optimizer;
  readonly state: AdamWState;
  /** The parameters of the reference policy, in the model's layout; null where no KL is asked for. */
  readonly reference: Float32Array | null;
}

/** `learningRate` is that of this step. Changes the model's parameters and the optimiser's state in place. */
export async function update({ model, optimizer, state, reference }: Learner, scored: readonly Scored[], options: UpdateOptions, learningRate: number): Promise<UpdateResult> {
  const kept = keptRewards(scored.map(({ trajectory }) => trajectory), scored.map(({ reward }) => reward), options);
  const taught = teaching(scored, kept, options);
  const trajectories = taught.map((i) => scored[i]!.trajectory);
  const places = trajectories.map(trainablePlaces);
  const sampler = trajectories.map(({ logprobs }, i) => Float32Array.from(places[i]!, (at) => logprobs[at]!));
  const chunks = chunkIds(trajectories);

  const rewards = taught.map((i) => kept[i]!);
  const sequencesOf = (extra: Readonly<Record<string, readonly ArrayLike<number>[]>>): Sequence[] =>
    trajectories.map(({ tokens }, i) => ({ tokens, scored: places[i]!, inputs: Object.fromEntries(Object.entries(extra).map(([name, values]) => [name, values[i]!])) }));

  const lengths = places.map(({ length }) => length);
  const zeros = lengths.map((length) => new Float32Array(length));
  const blank = { weights: zeros, advantages: zeros, old_logprobs: zeros, sampler_logprobs: sampler, reference_logprobs: zeros, chunks, old_values: zeros, returns: zeros };
  /** The policy's own view of the tokens, without a gradient: the outputs named, out of one pass. */
  const look = async (names: readonly string[], parameters?: Float32Array): Promise<Record<string, Float32Array[]>> => {
    const sequences = sequencesOf(blank);
    const made = microBatches(sequences, options.microBatchTokens);
    const found: RunResult['outputs'][] = [];
    for (const { batch } of made) found.push((await model.evaluate(batch, parameters)).outputs);
    return Object.fromEntries(names.map((name) => [name, scattered(made, found.map((outputs) => outputs[name]!), sequences)]));
  };
  const { estimator, klInReward } = options;
  const penalised = options.loss.kl !== null || klInReward !== null;
  if (penalised && reference === null) throw new Error('internal: a KL without a reference');
  const referenceLogprobs = penalised ? (await look(['logprobs'], reference!))['logprobs']! : zeros;
  const old: Record<string, Float32Array[]> = needsOld(options) ? await look(estimator.estimator === 'gae' ? ['logprobs', 'values'] : ['logprobs']) : {};
  const { logprobs: oldLogprobs = zeros, values: oldValues = zeros } = old;

  const byCritic = (how: GaeOptions & { readonly whiten: boolean }): Credit => {
    const estimated = oldValues.map((values, i) => {
      const penalty = klInReward && { coefficient: klInReward.coefficient, kl: klPerToken(klInReward.estimator, oldLogprobs[i]!, referenceLogprobs[i]!) };
      return gae(tokenRewards(lengths[i]!, rewards[i]!, penalty), values, how);
    });
    const raw = estimated.map(({ advantages }) => advantages);
    return { advantages: how.whiten ? whiten(raw) : raw, returns: estimated.map(({ returns }) => returns) };
  };
  const byReward = (how: AdvantageOptions): Credit => {
    const all = advantagesOf(kept, scored.map(({ trajectory }) => trajectory.group), how);
    return { advantages: spread(taught.map((i) => all[i]!), lengths), returns: zeros };
  };
  const { advantages, returns } = estimator.estimator === 'gae' ? byCritic(estimator) : byReward(estimator);

  const sums = new Sums();
  for (const part of parts(trajectories, options.updates)) {
    const weights = new Array<number>(trajectories.length).fill(0);
    tokenWeights(part.map((i) => lengths[i]!), part.map(() => true), options.aggregation).forEach((weight, nth) => (weights[part[nth]!] = weight));
    const sequences = sequencesOf({
      ...blank,
      reference_logprobs: referenceLogprobs,
      old_logprobs: oldLogprobs,
      old_values: oldValues,
      returns,
      advantages,
      weights: spread(weights, lengths),
    }).map((sequence, i) => (part.includes(i) ? sequence : { ...sequence, scored: [] }));
    const made = microBatches(sequences, options.microBatchTokens);
    if (made.length === 0) continue;
    model.zeroGradients();
    let loss = 0;
    for (const micro of made) {
      const result = await model.accumulate(micro.batch);
      loss += result.loss;
      sums.add(micro, result.outputs);
    }
    const { gradNorm, applied } = await optimizer.update(model.parameters, model.gradients, state, model.layout, learningRate);
    sums.step(loss, gradNorm, applied);
    if (!applied) break;
  }
  return sums.result();
}

/** Of every token. */
interface Credit {
  readonly advantages: readonly Float32Array[];
  readonly returns: readonly Float32Array[];
}

function klPerToken(estimator: KlEstimator, policy: Float32Array, reference: Float32Array): Float32Array {
  return policy.map((logprob, t) => klOf(estimator, logprob, reference[t]!));
}

/**
 * Which trajectories enter the loss. A group whose rewards are all equal has advantages of 0 where the group is the baseline; its tokens
 * would cost their passes, shrink the others' weights, and teach nothing unless something beside the advantage is in the loss.
 */
function teaching(scored: readonly Scored[], kept: readonly (number | null)[], { estimator, loss }: UpdateOptions): number[] {
  const all = scored.map((_, i) => i).filter((i) => kept[i] !== null && scored[i]!.trajectory.mask.includes(1));
  const byGroup = estimator.estimator === 'rloo' || estimator.estimator === 'grpo' || (estimator.estimator === 'reinforce' && estimator.baseline === 'group');
  if (!byGroup || (loss.kl !== null && loss.kl.coefficient !== 0) || loss.entropyCoefficient !== 0) return all;
  const rewards = new Map<string, number[]>();
  for (const i of all) {
    const { group } = scored[i]!.trajectory;
    rewards.set(group, [...(rewards.get(group) ?? []), kept[i]!]);
  }
  return all.filter((i) => hasVariance(rewards.get(scored[i]!.trajectory.group)!));
}

/** The trajectories cut into as many parts, by whole groups, as even as those allow. */
function parts(trajectories: readonly Trajectory[], count: number): number[][] {
  const groups = [...new Set(trajectories.map(({ group }) => group))];
  const partOf = new Map(groups.map((group, nth) => [group, Math.floor((nth * count) / groups.length)]));
  return Array.from({ length: count }, (_, part) => trajectories.map((_, i) => i).filter((i) => partOf.get(trajectories[i]!.group) === part));
}

/** What the passes of one step measured. */
class Sums {
  #updates = 0;
  #loss = 0;
  #norm = 0;
  #finite = true;
  #rows = 0;
  #computed = 0;
  readonly #measured = new Map<string, number>();
  readonly #sampler: number[] = [];
  readonly #trained: number[] = [];
  #positive = 0;
  #positiveRows = 0;

  add({ batch }: MicroBatch, outputs: Readonly<Record<string, Float32Array>>): void {
    const first = this.#updates === 0;
    this.#rows += batch.rows.length;
    this.#computed += batch.tokens.length;
    for (const [name, values] of Object.entries(outputs)) {
      if (values.length !== batch.rows.length || name === 'logprobs') continue;
      this.#measured.set(name, (this.#measured.get(name) ?? 0) + values.reduce((sum, value) => sum + value, 0));
    }
    const logprobs = outputs['logprobs']!;
    const advantages = batch.inputs['advantages'] as Float32Array;
    const sampler = batch.inputs['sampler_logprobs'] as Float32Array;
    logprobs.forEach((logprob, row) => {
      // Only before the first update is the trained policy the one that was sampled.
      if (first) {
        this.#sampler.push(sampler[row]!);
        this.#trained.push(logprob);
      }
      if (advantages[row]! > 0) {
        this.#positive += logprob;
        this.#positiveRows++;
      }
    });
  }

  step(loss: number, norm: number, applied: boolean): void {
    this.#updates++;
    this.#loss += loss;
    this.#norm += norm;
    this.#finite &&= applied && Number.isFinite(loss);
  }

  result(): UpdateResult {
    const updates = Math.max(1, this.#updates);
    let worst = 0;
    for (let i = 0; i < this.#sampler.length; i++) worst = Math.max(worst, Math.abs(this.#sampler[i]! - this.#trained[i]!));
    return {
      updates: this.#updates,
      loss: this.#loss / updates,
      gradNorm: this.#norm / updates,
      finite: this.#finite,
      trainedTokens: this.#rows,
      computedTokens: this.#computed,
      measured: Object.fromEntries([...this.#measured].map(([name, sum]) => [name, sum / this.#rows])),
      rolloutTrain: importanceStatistics(this.#sampler, this.#trained),
      worstDifference: worst,
      positiveLogprob: this.#positiveRows === 0 ? null : this.#positive / this.#positiveRows,
    };
  }
}
