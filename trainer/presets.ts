/** Named settings, in the form of a configuration file. What a preset does not name has its default. */

export interface TrainPreset {
  /** For --help. */
  readonly about: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

export const PRESETS = {
  demo: {
    about: 'the small policy and the small simulator that come with Winnow, on questions that come with it: minutes on two CPU cores, no network',
    settings: {
      steps: 24,
      'micro-batch-tokens': 2048,
      model: { path: 'pocket-policy' },
      // One document a page: what is read is most of what a step computes.
      rollout: { questions: 8, 'group-size': 8, 'max-turns': 3, 'turn-tokens': 64, 'observation-tokens': 160, 'trajectory-tokens': 768, documents: 1, prompt: 'short', slots: 64 },
      search: { model: 'pocket-simulator', curriculum: 'linear:0:0.5' },
      algorithm: { updates: 1 },
      optimiser: { lr: 6e-5, 'warm-up': 0.05 },
      // The test part, before and after; the training's own exact match is in the curve.
      eval: { every: 0, questions: 200, noise: [0, 0.5] },
      checkpoint: { every: 10, keep: 2 },
    },
  },
  laptop: {
    about: 'a chat model of half a billion weights with adapters, pages by template: hours on a laptop (winnow pull qwen2.5-0.5b first)',
    settings: {
      steps: 100,
      'micro-batch-tokens': 1024,
      model: { path: 'qwen2.5-0.5b', lora: { rank: 16, alpha: 32 }, recompute: true },
      rollout: { questions: 8, 'group-size': 5, 'max-turns': 2, 'turn-tokens': 200, 'observation-tokens': 300, 'trajectory-tokens': 1536, documents: 3, protocol: 'chat', slots: 40 },
      search: { curriculum: 'linear:0:0.5' },
      optimiser: { lr: 2e-5, 'warm-up': 0.05 },
      eval: { every: 20, questions: 64 },
      checkpoint: { every: 10, keep: 2 },
    },
  },
  /**
   * train_reinforce.sh, verl/trainer/config/ppo_trainer.yaml and the README of github.com/Alibaba-NLP/ZeroSearch at 2d4cdca. Departures:
   * top-p is 1, not 0.95 (the likelihoods of the trainer are not cut); its mini-batches of 256 and 64 trajectories are two even parts; its
   * divergence from the reference is taken off the loss (dp_actor.py), which rewards it, and is added here; validation asks the simulated
   * engine, not a paid one, and more often than every 300 steps of 203.
   */
  zerosearch: {
    about: "ZeroSearch's own settings for REINFORCE (arXiv 2505.04588): F1 alone for a reward, no baseline, noise from 0 to 0.5; for GPUs, and a --model of your own",
    settings: {
      steps: 203,
      rollout: { questions: 64, 'group-size': 5, 'max-turns': 5, 'turn-tokens': 500, 'observation-tokens': 2048, 'trajectory-tokens': 4596, documents: 5, prompt: 'zerosearch' },
      search: { curriculum: 'exponential:0:0.5:4' },
      algorithm: {
        name: 'reinforce', baseline: 'none', updates: 2, 'clip-low': 0.2, 'clip-high': 0.2, 'dual-clip': 0, kl: { coefficient: 0.001, estimator: 'k3', place: 'loss' },
        entropy: 0.001, aggregation: 'tokens', 'mask-truncated': false, 'tis-cap': 0, llds: 0, recycle: 0,
      },
      reward: { f1: 1, 'exact-match': 0, format: 0, searches: 0 },
      optimiser: { lr: 1e-6, schedule: 'constant', 'warm-up': 0.95, beta1: 0.9, beta2: 0.999, 'weight-decay': 0.01, clip: 1 },
      eval: { every: 50 },
      checkpoint: { every: 50 },
    },
  },
} as const satisfies Record<string, TrainPreset>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];
