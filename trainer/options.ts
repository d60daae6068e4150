/** From the configuration of a run to what its parts take: names and units change here, and nothing is decided. */
import type { AdvantageOptions } from './algorithms/advantages.ts';
import { DEFAULT_RECIPE } from './algorithms/recipe.ts';
import type { Aggregation } from './algorithms/weights.ts';
import type { TrainConfig } from './config.ts';
import { type AdamWOptions } from './optim/adamw.ts';
import { createSchedule, warmupSteps } from './optim/schedule.ts';
import type { RewardOptions } from './rewards/reward.ts';
import type { PolicyOptions } from './rollout/policy.ts';
import type { ProtocolOptions } from './rollout/protocol.ts';
import type { RolloutOptions } from './rollout/rollout.ts';
import type { SearchClientOptions } from './rollout/search-client.ts';
import type { TrainOptions } from './train.ts';
import type { Estimator, UpdateOptions } from './update.ts';

const orNull = (value: number): number | null => (value === 0 ? null : value);

export function protocolOptionsOf({ rollout }: TrainConfig): Partial<ProtocolOptions> {
  const { protocol } = rollout;
  return {
    form: protocol === 'tags' ? 'tags' : 'chat',
    actions: protocol === 'tool' ? 'tools' : 'tags',
    prompt: rollout.prompt ?? (protocol === 'tool' ? 'tools' : 'search-r1'),
    system: protocol === 'tags' ? null : rollout.system,
    observationTokens: rollout['observation-tokens'],
  };
}

/** `base`: the server in this process, where there is one; else the address that the configuration names, or the engine's own. */
export function searchOptionsOf({ search, rollout }: TrainConfig, base: string | null): Partial<SearchClientOptions> {
  return { engine: search.engine, base: base ?? search.url, key: search.key, count: rollout.documents, deadlineMs: search.deadline, retries: search.retries, concurrency: search.concurrency };
}

export function rolloutOptionsOf({ rollout, search, steps }: TrainConfig, run: string | null): RolloutOptions {
  return { maxTurns: rollout['max-turns'], turnTokens: rollout['turn-tokens'], trajectoryTokens: rollout['trajectory-tokens'], greedy: false, run, totalSteps: run === null ? null : steps, grounded: search.grounded };
}

export function adamwOptionsOf({ optimiser }: TrainConfig): AdamWOptions {
  return { beta1: optimiser.beta1, beta2: optimiser.beta2, epsilon: optimiser.epsilon, weightDecay: optimiser['weight-decay'], maxGradNorm: orNull(optimiser.clip) };
}

function estimatorOf({ algorithm }: TrainConfig): Estimator {
  const { name, ppo } = algorithm;
  const estimators: Readonly<Record<Exclude<typeof name, 'ppo'>, AdvantageOptions>> = {
    reinforce: { estimator: 'reinforce', baseline: algorithm.baseline },
    rloo: { estimator: 'rloo' },
    grpo: { estimator: 'grpo', scale: algorithm.scale },
  };
  return name === 'ppo' ? { estimator: 'gae', gamma: ppo.gamma, lambda: ppo.lambda, whiten: ppo.whiten } : estimators[name];
}

export function updateOptionsOf(config: TrainConfig): UpdateOptions {
  const { algorithm } = config;
  const { kl } = algorithm;
  const penalised = kl.coefficient > 0;
  const aggregation: Aggregation = algorithm.aggregation === 'constant' ? { over: 'constant', length: config.rollout['trajectory-tokens'] } : { over: algorithm.aggregation };
  return {
    estimator: estimatorOf(config),
    loss: {
      surrogate: 'ppo',
      clipLow: algorithm['clip-low'],
      clipHigh: algorithm['clip-high'],
      dualClip: orNull(algorithm['dual-clip']),
      kl: penalised && kl.place === 'loss' ? { estimator: kl.estimator, coefficient: kl.coefficient } : null,
      entropyCoefficient: algorithm.entropy,
      importanceCap: orNull(algorithm['tis-cap']),
      guard: algorithm.llds,
    },
    value: algorithm.name === 'ppo' ? { coefficient: algorithm.ppo['value-coefficient'], clip: orNull(algorithm.ppo['value-clip']) } : null,
    aggregation,
    maskTruncated: algorithm['mask-truncated'],
    klInReward: penalised && kl.place === 'reward' ? { estimator: kl.estimator, coefficient: kl.coefficient } : null,
    updates: algorithm.updates,
    microBatchTokens: config['micro-batch-tokens'],
  };
}

export function rewardOptionsOf({ reward }: TrainConfig): RewardOptions {
  return {
    weights: { exact_match: reward['exact-match'], f1: reward.f1, format: reward.format, searches: reward.searches },
    format: { ...DEFAULT_RECIPE.reward.format, gatedFrom: reward['format-gated-from'], annealedOver: orNull(reward['format-annealed-over']) },
    searches: { least: reward['searches-least'], most: reward['searches-most'], each: reward['searches-each'], from: reward['searches-from'] },
  };
}

export interface Machine {
  /** Of one operator. */
  readonly threads: number;
  /** Of the policy's while it writes. */
  readonly writingThreads: number;
  readonly temporaryFolder: string;
  /** The run on the server; null for an engine that has none. */
  readonly run: string | null;
}

/** Of the policy as rollouts hold it. */
export function policyOptionsOf({ rollout }: TrainConfig, { writingThreads, temporaryFolder }: Pick<Machine, 'writingThreads' | 'temporaryFolder'>): Omit<PolicyOptions, 'device'> {
  return { slots: rollout.slots, contextLength: rollout['trajectory-tokens'], precision: rollout.precision, threads: writingThreads, temporaryFolder };
}

export function trainOptionsOf(config: TrainConfig, machine: Machine): TrainOptions {
  const { steps, rollout, optimiser, model } = config;
  return {
    steps,
    seed: config.seed,
    questions: rollout.questions,
    samples: rollout['group-size'],
    shuffle: config.data.shuffle,
    rollout: rolloutOptionsOf(config, machine.run),
    policy: policyOptionsOf(config, machine),
    threads: machine.threads,
    reward: rewardOptionsOf(config),
    update: updateOptionsOf(config),
    recycle: config.algorithm.recycle === 0 ? null : { ...DEFAULT_RECIPE.recycle, share: config.algorithm.recycle },
    learningRate: optimiser.lr,
    schedule: createSchedule(optimiser.schedule, { totalSteps: steps, warmup: warmupSteps(optimiser['warm-up'], steps), floor: optimiser.floor }),
    optimizer: adamwOptionsOf(config),
    lora: model.lora.rank === 0 ? null : { rank: model.lora.rank, alpha: model.lora.alpha, targets: model.lora.targets },
    recompute: model.recompute,
    evalEvery: orNull(config.eval.every),
    greedyEvaluation: config.eval.greedy,
    saveEvery: config.checkpoint.every,
  };
}
