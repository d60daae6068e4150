/** `winnow rollout`: trajectories into a file, or a look at those of one, so that rolling out and training are debugged apart. */
import { trainHelp } from '../../trainer/config.ts';
import { evaluationOf } from '../../trainer/evaluate.ts';
import { rewardOptionsOf, rolloutOptionsOf } from '../../trainer/options.ts';
import { score } from '../../trainer/rewards/reward.ts';
import { withPolicy } from '../../trainer/rollout/policy.ts';
import { createRollouts } from '../../trainer/rollout/rollout.ts';
import { loadRollouts, saveRollouts } from '../../trainer/rollout/storage.ts';
import type { Trajectory } from '../../trainer/rollout/trajectory.ts';
import { REAL_WORLD } from '../compose.ts';
import { ConfigError } from '../errors.ts';
import { createProgress } from '../progress.ts';
import { evaluationTable } from './eval.ts';
import { questionsOf } from './training/questions.ts';
import { parseTrainFlags, printConfig, resolveTrain } from './training/settings.ts';
import { openSetupPolicy, withSetup } from './training/setup.ts';

const HELP = `winnow rollout: let a policy search, and keep what it did

Usage:
  winnow rollout --model NAME|FOLDER|FILE.gguf --save FILE [options]
  winnow rollout --load FILE [--show N] [--json]

Rolls out rollout.questions questions of data.train, rollout.group-size times each, exactly as a step of \`winnow train\` would, and keeps
tokens, masks, log-probabilities, turns and searches as JSON lines. With --load, says what such a file holds. Settings are those of
\`winnow train\`: flags, WINNOW_TRAIN_…, --config FILE, --preset NAME.

Options of its own:
  --save FILE     where the trajectories go
  --load FILE     trajectories to look at; needs no model
  --step N        the step it stands for: it decides noise and seeds [0]
  --show N        print the first N trajectories [3]
  --json          figures as one JSON object
  --print-config  show every setting and where it came from, and stop
  -h, --help

Settings:
${trainHelp()}

Examples:
  winnow rollout --preset demo --save step-0.jsonl
  winnow rollout --load step-0.jsonl --show 5
`;

export async function rolloutCommand(args: readonly string[]): Promise<number> {
  const flags = parseTrainFlags('rollout', args, { save: { type: 'string' }, load: { type: 'string' }, step: { type: 'string' }, show: { type: 'string' } });
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const shown = wholeNumber('show', flags.show, 3);
  if (flags.load !== undefined) {
    const { meta, trajectories } = await loadRollouts(String(flags.load));
    tell(trajectories, { shown, json: flags.json === true, rewards: null, meta });
    return 0;
  }
  const resolved = resolveTrain(flags, REAL_WORLD.env);
  if (flags['print-config']) {
    printConfig(resolved, flags.json === true, process.stdout);
    return 0;
  }
  if (flags.save === undefined) throw new ConfigError('save', 'winnow rollout needs --save FILE, or --load FILE.');
  const { config } = resolved;
  const step = wholeNumber('step', flags.step, 0);
  return withSetup(config, async (setup, signal) => {
    const { policy, side, search } = setup;
    const run = side.origin === null ? null : (config.search.run ?? 'rollout');
    if (run !== null) {
      await side.run(run)!.configure({ curriculum: config.search.curriculum, seed: config.seed, total_steps: config.steps });
      await side.run(run)!.step(step, config.steps);
    }
    const questions = (await questionsOf(config.data.train, 'train')).slice(0, config.rollout.questions);
    return withPolicy(await openSetupPolicy(config, setup), async (model) => {
      const rollouts = createRollouts({ policy: model, tokenizer: policy.tokenizer, protocol: policy.protocol, search, options: rolloutOptionsOf(config, run) });
      const progress = createProgress({ stream: process.stderr, clock: REAL_WORLD.clock, total: questions.length * config.rollout['group-size'] });
      const trajectories = await rollouts.run(questions, { step, samples: config.rollout['group-size'], seed: config.seed, signal, onProgress: ({ finished }) => progress.update(finished, 'trajectories') });
      progress.finish();
      if (signal.aborted) return 1;
      const meta = { model: policy.path, fingerprint: policy.protocol.fingerprint, step, seed: config.seed };
      await saveRollouts(String(flags.save), trajectories, meta);
      const rewards = trajectories.map((trajectory) => score(trajectory, rewardOptionsOf(config)).total);
      tell(trajectories, { shown, json: flags.json === true, rewards, meta });
      return 0;
    });
  });
}

function wholeNumber(flag: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new ConfigError(flag, `--${flag} is ${JSON.stringify(value)}: expected a whole number.`);
  return number;
}

interface Telling {
  readonly shown: number;
  readonly json: boolean;
  readonly rewards: readonly (number | null)[] | null;
  readonly meta: Readonly<Record<string, unknown>>;
}

function tell(trajectories: readonly Trajectory[], { shown, json, rewards, meta }: Telling): void {
  const evaluation = evaluationOf(trajectories);
  if (json) {
    process.stdout.write(`${JSON.stringify({ meta, trajectories: trajectories.length, evaluation, rewards }, null, 2)}\n`);
    return;
  }
  trajectories.slice(0, shown).forEach((trajectory, i) => {
    const reward = rewards?.[i];
    process.stdout.write(`${trajectory.id}: ${trajectory.question.question}\n  accepted: ${trajectory.question.goldenAnswers.join(' | ') || '(none)'}\n`);
    for (const { text, search } of trajectory.turns) {
      process.stdout.write(`  > ${oneLine(text)}\n`);
      if (search) process.stdout.write(`  < [${search.status}${search.kind === null ? '' : `, ${search.kind}`}] ${oneLine(search.text)}\n`);
    }
    process.stdout.write(`  ended by ${trajectory.stopReason}${reward === undefined || reward === null ? '' : `, reward ${reward.toFixed(3)}`}\n\n`);
  });
  process.stdout.write(evaluationTable({ [`${trajectories.length} trajectories`]: evaluation }));
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
