/** The loop as a whole, on a model of some ten thousand weights that learns to search within seconds. */
import { tmpdir } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../models/config.ts';
import { type Tokenizer, createTokenizer } from '../../models/tokenizer/tokenizer.ts';
import { DEFAULT_RECIPE } from '../../trainer/algorithms/recipe.ts';
import { weightsOf } from '../../trainer/autodiff/weights.ts';
import type { NamedTensor } from '../../trainer/autodiff/weights.ts';
import type { Question } from '../../trainer/data/question.ts';
import { ADAMW_DEFAULTS } from '../../trainer/optim/adamw.ts';
import { createSchedule } from '../../trainer/optim/schedule.ts';
import { createProtocol } from '../../trainer/rollout/protocol.ts';
import { ROLLOUT_DEFAULTS } from '../../trainer/rollout/rollout.ts';
import { type RunClient, createRunClient } from '../../trainer/rollout/run-client.ts';
import type { SearchClient } from '../../trainer/rollout/search-client.ts';
import { type Example, type SftOptions, type SftState, type SftStep, sft } from '../../trainer/sft.ts';
import { type StepReport, type TrainOptions, type TrainState, train } from '../../trainer/train.ts';
import { tinyModel } from '../support/tiny-model.ts';
import { WORLD, winnow } from './rollout/server.ts';
import { tinyTokenizer } from './tiny-tokenizer.ts';

const LETTERS = 'abcdefgh'.split('');
/** What every page says, and no guess of the warm start. */
const FOUND = 'k';
const questions: Question[] = LETTERS.map((letter, i) => ({ id: `q${i}`, question: letter, goldenAnswers: [FOUND], dataSource: 'test', metadata: {} }));

const search: SearchClient = {
  search: async () => ({ status: 'ok', documents: [{ title: '', text: FOUND }], kind: 'useful', detail: '', milliseconds: 0 }),
};

const clock = (): number => 0;
const config: ModelConfig = tinyModel('llama', { hiddenSize: 32, heads: 2, kvHeads: 1, headDim: 16, intermediateSize: 64, tieEmbeddings: true, contextLength: 256 }).config;

let tokenizer: Tokenizer;
let start: Map<string, NamedTensor>;

const protocolOf = () => createProtocol({ prompt: '{question}>', layout: 'plain', observationTokens: 64 }, tokenizer, null);

/** What a warm start would teach: to guess mostly, to search seldom, and to answer with what was found. */
function warmStart(): Example[] {
  const protocol = protocolOf();
  return LETTERS.flatMap((letter, i) =>
    Array.from({ length: 8 }, (_, copy): Example => {
      const prompt = protocol.prompt(letter).tokens;
      const guess = LETTERS[(i + copy) % LETTERS.length]!;
      const pieces: { tokens: readonly number[]; own: boolean }[] = [{ tokens: prompt, own: false }];
      const write = (text: string): void => void pieces.push({ tokens: tokenizer.encode(text, { bos: false }), own: true });
      if (copy < 6) write(`<answer>${guess}</answer>`);
      else {
        write(`<search>${letter}</search>`);
        const last = pieces.at(-1)!.tokens.at(-1)!;
        pieces.push({ tokens: protocol.observation(protocol.textOf('ok', [{ title: '', text: FOUND }]), last, 200)!.tokens, own: false });
        write(`<answer>${FOUND}</answer>`);
      }
      const tokens = pieces.flatMap((piece) => piece.tokens);
      const own = pieces.flatMap((piece) => piece.tokens.map(() => piece.own));
      const scored = tokens.map((_, at) => at).filter((at) => own[at]);
      return { tokens, scored, weights: scored.map(() => 1) };
    }),
  );
}

const sftOptions: SftOptions = {
  steps: 120,
  batch: 16,
  microBatchTokens: 4096,
  learningRate: 1e-2,
  schedule: createSchedule('cosine', { totalSteps: 120, warmup: 10 }),
  optimizer: ADAMW_DEFAULTS,
  lora: null,
  recompute: false,
  threads: 1,
  seed: 3,
  evalEvery: 1000,
  saveEvery: 1000,
};

async function tuned(options: SftOptions, from: SftState | null, signal = new AbortController().signal): Promise<{ tensors: Map<string, NamedTensor>; state: SftState; steps: SftStep[] }> {
  const model = tinyModel('llama', config, 5);
  const steps: SftStep[] = [];
  let kept: { tensors: Map<string, NamedTensor>; state: SftState } | null = null;
  await sft({ config, weights: weightsOf(model.tensors) }, warmStart(), [], options, from, {
    clock,
    onStep: (step) => void steps.push(step),
    onSave: async ({ step, parameters, optimizer }, trained) => {
      kept = { tensors: trained.tensors(), state: { step, parameters: parameters.slice(), optimizer: { ...optimizer, m: optimizer.m.slice(), v: optimizer.v.slice() } } };
    },
    signal,
  });
  return { ...kept!, steps };
}

const trainOptions: TrainOptions = {
  steps: 40,
  seed: 1,
  questions: 4,
  samples: 6,
  shuffle: true,
  rollout: { ...ROLLOUT_DEFAULTS, maxTurns: 2, turnTokens: 24, trajectoryTokens: 200 },
  policy: { slots: 24, contextLength: 256, precision: 'fp32', threads: 1, temporaryFolder: tmpdir() },
  threads: 1,
  reward: { ...DEFAULT_RECIPE.reward, weights: { exact_match: 1, f1: 0, format: 0, searches: 0 } },
  update: { estimator: DEFAULT_RECIPE.advantage, loss: DEFAULT_RECIPE.policy, value: null, aggregation: DEFAULT_RECIPE.aggregation, maskTruncated: true, klInReward: null, updates: 1, microBatchTokens: 2048 },
  recycle: DEFAULT_RECIPE.recycle,
  learningRate: 3e-4,
  schedule: createSchedule('constant', { totalSteps: 40 }),
  optimizer: ADAMW_DEFAULTS,
  lora: null,
  recompute: false,
  evalEvery: null,
  greedyEvaluation: true,
  saveEvery: 100,
};

interface Trained {
  readonly reports: StepReport[];
  readonly evaluations: number[];
  readonly state: TrainState;
}

async function trained(over: Partial<TrainOptions> = {}, from: TrainState | null = null, run: RunClient | null = null): Promise<Trained> {
  const reports: StepReport[] = [];
  const evaluations: number[] = [];
  let state: TrainState | null = null;
  await train(
    { files: { config, weights: weightsOf(start) }, tokenizer, protocol: protocolOf(), search, run, adaptive: run !== null, questions, evaluations: [{ name: 'all', run: null, questions, searches: true, endsOnly: false }] },
    { ...trainOptions, ...over },
    from,
    {
      clock,
      onStep: (report) => void reports.push(report),
      onEvaluation: (_, __, { exactMatch }) => void evaluations.push(exactMatch.value),
      onSave: async (saved) => {
        state = { ...saved, parameters: saved.parameters.slice(), optimizer: { ...saved.optimizer, m: saved.optimizer.m.slice(), v: saved.optimizer.v.slice() } };
      },
      onProgress: () => undefined,
      signal: new AbortController().signal,
    },
  );
  return { reports, evaluations, state: state! };
}

beforeAll(async () => {
  tokenizer = await createTokenizer(tinyTokenizer);
  start = (await tuned(sftOptions, null)).tensors;
}, 120_000);

describe('supervised tuning', () => {
  it('learns what it is shown', async () => {
    const { steps } = await tuned({ ...sftOptions, steps: 40, schedule: createSchedule('constant', { totalSteps: 40 }) }, null);
    expect(steps).toHaveLength(40);
    expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss / 3);
  });

  it('goes on where it was, bit for bit', async () => {
    const short = { ...sftOptions, steps: 12, saveEvery: 5, schedule: createSchedule('constant', { totalSteps: 12 }) };
    const whole = await tuned(short, null);
    const half = await tuned({ ...short, steps: 7 }, null);
    const rest = await tuned(short, half.state);
    expect(rest.steps.map(({ step }) => step)).toEqual([8, 9, 10, 11, 12]);
    expect(rest.state.parameters).toEqual(whole.state.parameters);
    expect(rest.state.optimizer).toEqual(whole.state.optimizer);
  });
});

describe('training', () => {
  it('learns to search, which alone is rewarded', async () => {
    const { evaluations, reports } = await trained();
    expect(evaluations).toHaveLength(2);
    expect(reports).toHaveLength(40);
    expect(reports[0]!.reward!).toBeLessThan(0.5);
    expect(evaluations[1]!).toBeGreaterThan(0.85);
    expect(reports.at(-1)!.searchesPerQuestion!).toBeGreaterThan(reports[0]!.searchesPerQuestion!);
  }, 120_000);

  it('is the same whenever it is run, and goes on bit for bit from where it was stopped', async () => {
    const whole = await trained({ steps: 4 });
    const half = await trained({ steps: 2 });
    const rest = await trained({ steps: 4 }, half.state);
    expect(rest.reports.map(({ step }) => step)).toEqual([3, 4]);
    expect(rest.state).toEqual(whole.state);
    expect(rest.reports.map(({ trajectories }) => trajectories)).toEqual(whole.reports.slice(2).map(({ trajectories }) => trajectories));
  }, 120_000);

  it('takes an adaptive curriculum back to its checkpoint, on a server that knows nothing of it and on one that went on', async () => {
    const adaptive = async (base: string): Promise<RunClient> => {
      const run = createRunClient({ base, run: 'a' }, WORLD);
      // Every step that earns anything raises the noise.
      await run.configure({ curriculum: { kind: 'adaptive', start: 0, end: 0.5, rate: 0.1, margin: 0.01, floor: 0.005, samples: 1, baselineSamples: 1000, window: 1000 } });
      return run;
    };
    const server = await winnow();
    const whole = await trained({ steps: 4 }, null, await adaptive(server));
    const half = await trained({ steps: 2 }, null, await adaptive(await winnow()));
    expect(whole.reports.map(({ noise }) => noise)).not.toEqual([0, 0, 0, 0]);
    for (const base of [await winnow(), server]) {
      // What a run goes on from it may write into.
      const rest = await trained({ steps: 4 }, structuredClone(half.state), await adaptive(base));
      expect(rest.reports.map(({ noise }) => noise)).toEqual(whole.reports.slice(2).map(({ noise }) => noise));
      expect(rest.state).toEqual(whole.state);
    }
  }, 120_000);

  it('sampler and trainer agree on the tokens of the first step', async () => {
    const { reports } = await trained({ steps: 1 });
    expect(reports[0]!.scalars['rollout_train/worst']!).toBeLessThan(1e-3);
    expect(reports[0]!.scalars['policy/ratio']).toBeCloseTo(1, 6);
  }, 60_000);

  it('with PPO, a critic and KL in the reward, learns too', async () => {
    const { reports, state } = await trained({
      steps: 3,
      update: {
        ...trainOptions.update,
        estimator: { estimator: 'gae', gamma: 1, lambda: 1, whiten: true },
        value: { coefficient: 0.1, clip: 0.5 },
        klInReward: { estimator: 'k1', coefficient: 0.01 },
        updates: 2,
      },
    });
    expect(reports.map(({ scalars }) => scalars['update/updates'])).toEqual([2, 2, 2]);
    expect(state.reference).not.toBeNull();
    for (const { scalars } of reports) expect(Number.isFinite(scalars['policy/values'])).toBe(true);
  }, 60_000);
});
