import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { PRECISIONS } from '../../models/runtime/language-model.ts';
import { ConfigError } from '../../src/errors.ts';
import { formatCurriculum, parseCurriculum } from '../../src/runs/curriculum.ts';
import { BASELINES, SCALES } from '../../trainer/algorithms/advantages.ts';
import { KL_ESTIMATORS } from '../../trainer/algorithms/kl.ts';
import { DEFAULT_RECIPE } from '../../trainer/algorithms/recipe.ts';
import { LORA_TARGETS } from '../../trainer/autodiff/lora.ts';
import { type TrainConfig, type TrainSources, changesOf, describeTrainConfig, resolveTrainConfig, savedConfig, suggestOption, trainFlags, trainHelp, trainVariableOf } from '../../trainer/config.ts';
import { OPTIONS, type OptionPath, type Row } from '../../trainer/config-options.ts';
import { ADAMW_DEFAULTS } from '../../trainer/optim/adamw.ts';
import { SCHEDULE_NAMES } from '../../trainer/optim/schedule.ts';
import { PRESETS, PRESET_NAMES } from '../../trainer/presets.ts';
import { DEFAULT_REWARD } from '../../trainer/rewards/reward.ts';
import { PRESETS as PROMPTS } from '../../trainer/rollout/presets.ts';
import { POLICY_DEFAULTS } from '../../trainer/rollout/policy.ts';
import { PROTOCOL_DEFAULTS } from '../../trainer/rollout/protocol.ts';
import { ROLLOUT_DEFAULTS } from '../../trainer/rollout/rollout.ts';
import { SEARCH_DEFAULTS } from '../../trainer/rollout/search-client.ts';
import { ENGINES } from '../../trainer/rollout/search-engines.ts';

const PATHS = Object.keys(OPTIONS) as OptionPath[];
const NOTHING: TrainSources = { preset: null, file: null, flags: { model: 'm' }, env: {} };
const resolve = (over: Partial<TrainSources> = {}): TrainConfig => resolveTrainConfig({ ...NOTHING, ...over }).config;
/** With a model. */
const withFile = (file: Record<string, unknown>, over: Partial<TrainSources> = {}): TrainConfig => resolve({ file, ...over });
const withSet = (...set: string[]): TrainConfig => resolve({ flags: { model: 'm', set } });
function refusalOf(sources: Partial<TrainSources>): { option: string; message: string } {
  try {
    resolve(sources);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return { option: (error as ConfigError).option, message: (error as ConfigError).message };
  }
  throw new Error('It was not refused.');
}

describe('an option', () => {
  it('is taken from flag, environment, file, preset and default, in this order', () => {
    const env = { WINNOW_TRAIN_ROLLOUT_GROUP_SIZE: '4', WINNOW_TRAIN_STEPS: '30', WINNOW_TRAIN_SEED: '' };
    const file = { steps: 20, rollout: { 'group-size': 3, questions: 9 }, seed: 5 };
    const flags = { 'group-size': '2', set: ['optimiser.lr=3e-5'] };
    const { config, origins, preset } = resolveTrainConfig({ preset: 'demo', file, flags, env });
    expect(preset).toBe('demo');
    expect([config.rollout['group-size'], config.steps, config.rollout.questions, config.rollout.documents, config.rollout.protocol]).toEqual([2, 30, 9, 1, 'tags']);
    expect(['rollout.group-size', 'steps', 'rollout.questions', 'rollout.prompt', 'rollout.protocol'].map((path) => origins[path as OptionPath])).toEqual(['flag', 'environment', 'file', 'preset', 'default']);
    expect([config.seed, origins.seed, config.optimiser.lr]).toEqual([5, 'file', 3e-5]);
  });

  it('has a path, a variable and, if it is common, a flag that no other has', () => {
    expect(new Set(PATHS.map(trainVariableOf)).size).toBe(PATHS.length);
    expect(trainVariableOf('rollout.group-size')).toBe('WINNOW_TRAIN_ROLLOUT_GROUP_SIZE');
    const flags = PATHS.flatMap((path) => (OPTIONS[path] as Row).flag ?? []);
    expect(new Set(flags).size).toBe(flags.length);
    expect(flags).toContain('lr');
    for (const path of PATHS) expect(path).toMatch(/^(?:[a-z]+[a-z0-9-]*\.){0,2}[a-z]+[a-z0-9-]*$/);
  });

  it('is its default where nobody says otherwise', () => {
    const { origins } = resolveTrainConfig(NOTHING);
    for (const path of PATHS) expect(origins[path]).toBe(path === 'model.path' ? 'flag' : 'default');
    const config: TrainConfig = resolve();
    expect(config.algorithm.name).toBe('reinforce');
    expect(config.search.curriculum).toBe('linear:0:0.5');
    expect(config['micro-batch-tokens']).toBe(2048);
    expect(config.model.lora.rank).toBe(0);
  });

  it('is read by parseArgs with the flags of the table', () => {
    const { values } = parseArgs({ args: ['--model', 'm', '--lr', '1e-4', '--set', 'eval.greedy=no', '--set', 'eval.noise=0,0.5', '--noise', 'constant:0.2'], options: trainFlags(), strict: true });
    const config = resolve({ flags: values });
    expect(config.optimiser.lr).toBe(1e-4);
    expect(config.eval).toMatchObject({ greedy: false, noise: [0, 0.5] });
    expect(config.search.curriculum).toBe('constant:0.2');
  });

  it('may be spelled in groups or with dots', () => {
    const spelled = [{ algorithm: { kl: { coefficient: 0.01 } } }, { 'algorithm.kl.coefficient': 0.01 }, { algorithm: { 'kl.coefficient': '0.01' } }];
    for (const file of spelled) expect(withFile(file).algorithm.kl.coefficient).toBe(0.01);
    expect(refusalOf({ file: { ...spelled[0], ...spelled[1] } }).message).toBe('algorithm.kl.coefficient in the file: expected it once.');
  });

  it('takes lists, words for yes and no, and null where there may be nothing', () => {
    expect(withSet('model.lora.targets=q_proj, v_proj').model.lora.targets).toEqual(['q_proj', 'v_proj']);
    expect(withFile({ eval: { noise: 0.5 } }).eval.noise).toEqual([0.5]);
    expect(withFile({ data: { shuffle: 'off' } }).data.shuffle).toBe(false);
    expect(withSet('data.shuffle=YES').data.shuffle).toBe(true);
    expect(resolve({ preset: 'demo', flags: { set: ['search.model=null'] } }).search).toMatchObject({ model: null, generator: 'template' });
    expect(withFile({ rollout: { system: null } }).rollout.system).toBeNull();
  });
});

describe('what is refused names itself, its source and what was expected', () => {
  it.each<[Partial<TrainSources>, string, string]>([
    [{ flags: {} }, 'model.path', '--model (model.path) is missing: expected a model to train, or a --preset that names one.'],
    [{ preset: 'demmo' }, 'preset', 'preset "demmo": expected one of demo, laptop, zerosearch.'],
    [{ file: { preset: 7 } }, 'preset', 'preset 7: expected one of demo, laptop, zerosearch.'],
    [{ file: [] }, '', 'the file: expected settings by name (name, output, seed, …).'],
    [{ file: { rollout: 3 } }, 'rollout', 'rollout in the file: expected settings by name (questions, group-size, max-turns, …).'],
    [{ file: { model: { lora: null } } }, 'model.lora', 'model.lora in the file: expected settings by name (rank, alpha, targets).'],
    [{ file: { steps: 1.5 } }, 'steps', 'steps in the file is 1.5: expected an integer from 1 to 1000000000.'],
    [{ flags: { model: 'm', lr: 'fast' } }, 'optimiser.lr', '--lr is "fast": expected a number from 0 to 10.'],
    [{ flags: { model: 'm', set: ['optimiser.lr=-1'] } }, 'optimiser.lr', '--set optimiser.lr is "-1": expected a number from 0 to 10.'],
    [{ env: { WINNOW_TRAIN_ROLLOUT_PROTOCOL: 'xml' } }, 'rollout.protocol', 'WINNOW_TRAIN_ROLLOUT_PROTOCOL is "xml": expected one of tags, chat, tool.'],
    [{ file: { data: { shuffle: 'perhaps' } } }, 'data.shuffle', 'data.shuffle in the file is "perhaps": expected true or false.'],
    [{ file: { eval: { noise: [0, 2] } } }, 'eval.noise', 'eval.noise in the file is [0,2]: expected one or more numbers from 0 to 1.'],
    [{ file: { model: { lora: { targets: ['q'] } } } }, 'model.lora.targets', 'model.lora.targets in the file is ["q"]: expected any of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj.'],
    [{ file: { data: { train: null } } }, 'data.train', 'data.train in the file is null: expected a text.'],
    [{ file: { search: { key: {} } } }, 'search.key', 'search.key in the file: expected a text or null.'],
    [{ flags: { model: 'm', set: ['steps'] } }, 'set', '--set steps: expected path=value, such as rollout.group-size=8.'],
    [{ flags: { model: 'm', set: ['algorithm.kl=0'] } }, 'algorithm.kl', '--set algorithm.kl: expected settings by name (coefficient, estimator, place).'],
    [{ flags: { model: 'm', set: ['model.path=n'] } }, 'model.path', '--model and --set model.path: expected one of them.'],
    [{ file: { search: { curriculum: 'lineal:0:1' } } }, 'search.curriculum', 'search.curriculum in the file is "lineal:0:1": expected a probability, constant:P, linear:START:END, exponential:START:END[:BASE], steps:0=P,100=P, adaptive:START:END, or an object with kind.'],
  ])('%j', (sources, option, message) => {
    expect(refusalOf(sources)).toEqual({ option, message });
  });

  it.each<[Partial<TrainSources>, string, string]>([
    [{ file: { rollout: { group_size: 3 } } }, 'rollout.group_size', 'rollout.group_size in the file: there is no such option. Did you mean rollout.group-size?'],
    [{ file: { groupSize: 3 } }, 'groupSize', 'groupSize in the file: there is no such option. Did you mean rollout.group-size?'],
    [{ file: { optimizer: { lr: 3 } } }, 'optimizer', 'optimizer in the file: there is no such option.'],
    [{ file: { optimiser: { 'waight-decay': 0 } } }, 'optimiser.waight-decay', 'optimiser.waight-decay in the file: there is no such option. Did you mean optimiser.weight-decay?'],
    [{ file: { frobnicate: 1 } }, 'frobnicate', 'frobnicate in the file: there is no such option.'],
    [{ flags: { model: 'm', set: ['optimizer.lr=1'] } }, 'optimizer.lr', '--set optimizer.lr: there is no such option. Did you mean optimiser.lr?'],
    [{ env: { WINNOW_TRAIN_GROUP_SIZE: '3' } }, 'WINNOW_TRAIN_GROUP_SIZE', 'WINNOW_TRAIN_GROUP_SIZE: there is no such option.'],
    [{ env: { WINNOW_TRAIN_STEP: '3' } }, 'WINNOW_TRAIN_STEP', 'WINNOW_TRAIN_STEP: there is no such option. Did you mean WINNOW_TRAIN_STEPS?'],
    [{ file: { rollout: { temperature: 0.7 } } }, 'rollout.temperature', 'rollout.temperature in the file is not offered: training samples at temperature 1, the distribution that is trained; see eval.greedy for evaluation.'],
  ])('unknown: %j', (sources, option, message) => {
    expect(refusalOf(sources)).toEqual({ option, message });
  });

  it.each<[string[], string, string]>([
    [['rollout.group-size=1'], 'rollout.group-size', '2 or more, since the baseline group compares'],
    [['rollout.group-size=1', 'algorithm.name=rloo'], 'rollout.group-size', 'since rloo compares'],
    [['rollout.turn-tokens=4096'], 'rollout.turn-tokens', 'fewer than the 4096'],
    [['rollout.questions=1'], 'algorithm.updates', 'at most the 1 of rollout.questions'],
    [['algorithm.dual-clip=1'], 'algorithm.dual-clip', '0, or a number above 1'],
    [['algorithm.clip-low=1'], 'algorithm.clip-low', 'below 1'],
    [['algorithm.kl.coefficient=0.1', 'algorithm.kl.place=reward'], 'algorithm.kl.place', 'only ppo has a reward for each token'],
    [['reward.searches-least=5'], 'reward.searches-least', 'at most the 4'],
    [['reward.f1=0', 'reward.format=0'], 'reward', 'one that is not'],
    [['search.engine=searxng'], 'search.url', 'the address of that engine'],
    [['search.url=localhost:8080'], 'search.url', 'a URL such as'],
    [['search.upstream=ftp://x'], 'search.upstream', 'a URL such as'],
    [['search.generator=local'], 'search.model', 'a simulation model'],
    [['search.generator=remote'], 'search.upstream', 'a URL or more'],
    [['search.model=a', 'search.upstream=http://b'], 'search.generator', 'one of them'],
    [['model.lora.rank=4', 'model.lora.targets='], 'model.lora.targets', 'one projection or more'],
  ])('together: %j', (set, option, expected) => {
    const refused = refusalOf({ flags: { model: 'm', set } });
    expect(refused.option).toBe(option);
    expect(refused.message).toContain(expected);
  });

  it('a key is not shown', () => {
    expect(refusalOf({ file: { search: { key: ['sk-secret-secret'] } } }).message).not.toContain('secret');
  });
});

describe('the curriculum', () => {
  it.each(['constant:0.3', 'linear:0:0.5', 'exponential:0:0.5', 'exponential:0:0.75:4', 'steps:0=0,100=0.25', 'adaptive:0:0.5', 'adaptive:0:0.5:0.05', '0.25', 0.5, { kind: 'linear', start: 0, end: 1 }])('%j is read here and by the server', (spec) => {
    const { curriculum } = withFile({ search: { curriculum: spec } }).search;
    expect(formatCurriculum(parseCurriculum(curriculum, 'noise'))).toBe(formatCurriculum(parseCurriculum(spec, 'noise')));
  });

  it.each(['linear:0', 'linear:0:2', 'constant:-1', 'steps:5=0.1', 'linear', '', 1.5, {}, { kind: 'square' }, [], null, true])('%j is neither', (spec) => {
    expect(refusalOf({ file: { search: { curriculum: spec } } }).option).toBe('search.curriculum');
    expect(() => parseCurriculum(spec, 'noise')).toThrow();
  });
});

describe('presets', () => {
  it.each(PRESET_NAMES)('%s is sound, and each of its settings is one that the default is not or that it must name', (name) => {
    const { config, notices } = resolveTrainConfig({ ...NOTHING, preset: name });
    expect(parseCurriculum(config.search.curriculum, 'noise')).toBeTruthy();
    expect(notices.filter((one) => !one.startsWith('algorithm.llds'))).toEqual([]);
    expect(PRESETS[name].about.length).toBeGreaterThan(20);
  });

  it('demo and laptop need nothing more; zerosearch needs a model', () => {
    expect(resolve({ preset: 'demo', flags: {} }).search).toMatchObject({ generator: 'local', model: 'pocket-simulator', curriculum: 'linear:0:0.5' });
    expect(resolve({ preset: 'demo', flags: {} }).rollout).toMatchObject({ questions: 8, 'group-size': 8, documents: 1 });
    expect(resolve({ preset: 'laptop', flags: {} }).model.path).toBe('qwen2.5-0.5b');
    expect(refusalOf({ preset: 'zerosearch', flags: {} }).option).toBe('model.path');
  });

  it('zerosearch has the figures of its scripts', () => {
    const { rollout, algorithm, optimiser, reward, steps, search } = resolve({ preset: 'zerosearch' });
    expect({ steps, batch: rollout.questions * rollout['group-size'], turns: rollout['max-turns'], topk: rollout.documents, lr: optimiser.lr, warmup: optimiser['warm-up'] }).toEqual({ steps: 203, batch: 320, turns: 5, topk: 5, lr: 1e-6, warmup: 0.95 });
    expect(algorithm).toMatchObject({ name: 'reinforce', baseline: 'none', kl: { coefficient: 0.001, estimator: 'k3', place: 'loss' }, 'clip-high': 0.2, llds: 0, 'tis-cap': 0 });
    expect(reward).toMatchObject({ f1: 1, 'exact-match': 0, format: 0 });
    expect(search.curriculum).toBe('exponential:0:0.5:4');
  });

  it('may be named by a file or the environment, and the flag goes first', () => {
    expect(resolveTrainConfig({ ...NOTHING, file: { preset: 'zerosearch' } }).preset).toBe('zerosearch');
    expect(resolveTrainConfig({ ...NOTHING, file: { preset: 'zerosearch' }, env: { WINNOW_TRAIN_PRESET: 'demo', WINNOW_TRAIN_CONFIG: 'f.yaml' } }).preset).toBe('demo');
    expect(resolveTrainConfig({ ...NOTHING, preset: 'laptop', env: { WINNOW_TRAIN_PRESET: 'demo' } }).preset).toBe('laptop');
  });
});

describe('with the floors above', () => {
  const choices = (path: OptionPath): readonly string[] => (OPTIONS[path] as Row).choices!;

  it('shares the names that they know', () => {
    expect(choices('algorithm.baseline')).toEqual(BASELINES);
    expect(choices('algorithm.scale')).toEqual(SCALES);
    expect(choices('algorithm.kl.estimator')).toEqual(KL_ESTIMATORS);
    expect(choices('optimiser.schedule').toSorted()).toEqual(SCHEDULE_NAMES.toSorted());
    expect(choices('model.lora.targets')).toEqual(LORA_TARGETS);
    expect(choices('search.engine')).toEqual(ENGINES);
    expect(choices('rollout.precision')).toEqual(PRECISIONS);
    for (const name of Object.keys(PROMPTS)) expect(OPTIONS['rollout.prompt'].help).toContain(name);
  });

  it('shares their defaults', () => {
    const { algorithm, reward, optimiser, rollout, search } = resolve();
    const { policy, critic, advantage, recycle, aggregation, maskTruncated, learningRate, groupSize } = DEFAULT_RECIPE;
    expect({ estimator: algorithm.name, baseline: algorithm.baseline }).toEqual(advantage);
    expect([algorithm['clip-low'], algorithm['clip-high'], algorithm['dual-clip'], algorithm['tis-cap'], algorithm.llds, algorithm.entropy]).toEqual([policy.clipLow, policy.clipHigh, policy.dualClip, policy.importanceCap, policy.guard, policy.entropyCoefficient]);
    expect([algorithm.aggregation, algorithm['mask-truncated'], algorithm.recycle, algorithm.kl.coefficient]).toEqual([aggregation.over, maskTruncated, recycle.share, policy.kl?.coefficient ?? 0]);
    expect(algorithm.ppo).toEqual({ ...critic.gae, 'value-coefficient': critic.value.coefficient, 'value-clip': critic.value.clip, whiten: critic.whiten });
    expect([optimiser.lr, rollout['group-size']]).toEqual([learningRate, groupSize]);
    const { weights, format, searches } = DEFAULT_REWARD;
    expect(reward).toEqual({
      f1: weights.f1, 'exact-match': weights.exact_match, format: weights.format, 'format-gated-from': format.gatedFrom, 'format-annealed-over': format.annealedOver,
      searches: weights.searches, 'searches-from': searches.from, 'searches-least': searches.least, 'searches-most': searches.most, 'searches-each': searches.each,
    });
    expect([optimiser.beta1, optimiser.beta2, optimiser.epsilon, optimiser['weight-decay'], optimiser.clip]).toEqual([ADAMW_DEFAULTS.beta1, ADAMW_DEFAULTS.beta2, ADAMW_DEFAULTS.epsilon, ADAMW_DEFAULTS.weightDecay, ADAMW_DEFAULTS.maxGradNorm]);
    expect([rollout['max-turns'], rollout['turn-tokens'], rollout['trajectory-tokens'], search.grounded]).toEqual([ROLLOUT_DEFAULTS.maxTurns, ROLLOUT_DEFAULTS.turnTokens, ROLLOUT_DEFAULTS.trajectoryTokens, ROLLOUT_DEFAULTS.grounded]);
    expect([rollout.slots, rollout.precision, rollout.prompt, rollout['observation-tokens']]).toEqual([POLICY_DEFAULTS.slots, POLICY_DEFAULTS.precision, PROTOCOL_DEFAULTS.prompt, PROTOCOL_DEFAULTS.observationTokens]);
    expect([search.deadline, search.retries, search.concurrency, search.engine]).toEqual([SEARCH_DEFAULTS.deadlineMs, SEARCH_DEFAULTS.retries, SEARCH_DEFAULTS.concurrency, SEARCH_DEFAULTS.engine]);
  });
});

describe('a kept configuration', () => {
  const sources: Partial<TrainSources> = { preset: 'zerosearch', flags: { model: 'm', set: ['search.key=sk-0123456789', 'model.lora.rank=8', 'eval.noise=0,0.5'] } };

  it('read as a file gives the same configuration, but for keys', () => {
    const { config } = resolveTrainConfig({ ...NOTHING, ...sources });
    const text = JSON.stringify(savedConfig(config));
    expect(text).not.toContain('0123456789');
    const again = resolve({ file: parseYaml(text) as unknown, flags: {} });
    expect(again).toEqual({ ...config, search: { ...config.search, key: null } });
  });

  it('tells what a resumed run would change, and whether that is another training', () => {
    const kept = JSON.parse(JSON.stringify(savedConfig(resolve(sources)))) as Record<string, unknown>;
    expect(changesOf(kept, resolve(sources))).toEqual([]);
    const other = resolve({ ...sources, flags: { ...sources.flags, steps: '300', lr: '2e-6' } });
    expect(changesOf(kept, other)).toEqual([
      { option: 'steps', before: 203, after: 300, free: true },
      { option: 'optimiser.lr', before: 1e-6, after: 2e-6, free: false },
    ]);
    expect(changesOf({ steps: 203 }, other)).toEqual([{ option: 'steps', before: 203, after: 300, free: true }]);
  });
});

it('what has no effect is told', () => {
  const { notices } = resolveTrainConfig({ ...NOTHING, flags: { model: 'm', set: ['algorithm.name=rloo', 'algorithm.baseline=none', 'algorithm.updates=1', 'search.engine=tavily', 'search.model=x'] } });
  expect(notices).toEqual([
    'algorithm.baseline has no effect: rloo has its own.',
    'algorithm.llds has no effect: with one update a step, no likelihood has changed yet.',
    'search.model has no effect: no server is started in this process.',
  ]);
  expect(resolveTrainConfig(NOTHING).notices).toEqual([]);
});

it('the configuration is shown with its sources, and keys as dots', () => {
  const rows = describeTrainConfig(resolveTrainConfig({ preset: 'demo', file: { seed: 3 }, flags: { lr: '1e-5', set: ['search.key=abc'] }, env: { WINNOW_TRAIN_STEPS: '9' } }));
  const of = (option: string): unknown => rows.find((row) => row.option === option);
  expect(rows).toHaveLength(PATHS.length);
  expect(of('seed')).toEqual({ option: 'seed', value: 3, from: 'file' });
  expect(of('steps')).toEqual({ option: 'steps', value: 9, from: 'WINNOW_TRAIN_STEPS' });
  expect(of('optimiser.lr')).toEqual({ option: 'optimiser.lr', value: 1e-5, from: '--lr' });
  expect(of('search.key')).toEqual({ option: 'search.key', value: '…', from: '--set' });
  expect(of('rollout.prompt')).toEqual({ option: 'rollout.prompt', value: 'short', from: 'preset demo' });
  expect(of('rollout.protocol')).toEqual({ option: 'rollout.protocol', value: 'tags', from: 'default' });
});

it('the help has every option and every preset', () => {
  const help = trainHelp();
  for (const path of PATHS) expect(help).toMatch(new RegExp(`^  (?:--[a-z-]+, )?${path.replaceAll('.', '\\.')} `, 'm'));
  for (const name of PRESET_NAMES) expect(help).toContain(`  ${name}\n      ${PRESETS[name].about}`);
  expect(help).toContain('  --lr, optimiser.lr X\n      Learning rate. 1e-6 is for billions of weights; fewer, and adapters, take more. [0.000001]');
  for (const line of help.split('\n')) expect(line).not.toMatch(/undefined|object Object/);
});

it('suggests by edits, by the last word, and nothing for nonsense', () => {
  expect(suggestOption('rollout.goup-size')).toBe('rollout.group-size');
  expect(suggestOption('learning-rate')).toBeNull();
  expect(suggestOption('tis-cap')).toBe('algorithm.tis-cap');
  expect(suggestOption('algorithm.klcoefficient')).toBe('algorithm.kl.coefficient');
  expect(suggestOption('zzzzzz')).toBeNull();
});
