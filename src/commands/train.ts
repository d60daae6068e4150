/** `winnow train`: reinforcement learning of a search agent, in a folder of its own, that may be stopped and goes on where it was. */
import { readdir, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { changesOf, savedConfig, trainHelp, trainVariableOf, type TrainConfig } from '../../trainer/config.ts';
import { OPTIONS } from '../../trainer/config-options.ts';
import { curveSvg, curveText, smoothed, type Series } from '../../trainer/curve.ts';
import { createDisplay } from '../../trainer/display.ts';
import type { Evaluation } from '../../trainer/evaluate.ts';
import { toAll } from '../../trainer/metrics.ts';
import { openJsonl, readMetrics } from '../../trainer/metrics/jsonl.ts';
import { openTensorBoard } from '../../trainer/metrics/tensorboard.ts';
import { trainOptionsOf } from '../../trainer/options.ts';
import { CONFIG_FILE, badRunName, lastRunName, nextRunName, openRunFolder } from '../../trainer/run-folder.ts';
import { formatEstimate } from '../../trainer/statistics.ts';
import { type StepReport, train } from '../../trainer/train.ts';
import { REAL_WORLD } from '../compose.ts';
import { ConfigError } from '../errors.ts';
import { evaluationTable } from './eval.ts';
import { codeVersion } from './training/code-version.ts';
import { isAlive } from './training/is-alive.ts';
import { evaluationSets } from './training/evaluation-sets.ts';
import { questionsOf } from './training/questions.ts';
import { type Best, type Look, loadTraining, saveTraining } from './training/saved.ts';
import { type Flags, parseTrainFlags, printConfig, resolveTrain } from './training/settings.ts';
import { openSetup, stopSignal } from './training/setup.ts';

const HELP = `winnow train: teach a language model to search

Usage: winnow train --preset demo
       winnow train --model NAME|FOLDER|FILE.gguf [options]
       winnow train --resume [--name NAME]

Each step asks rollout.questions questions rollout.group-size times; the policy searches, reads and answers; what it earned moves its
weights. With no --search-url the search engine is a winnow server inside this process, and search.curriculum says how its noise rises.
A run has a folder, OUTPUT/NAME: config.json, run.json, log.txt, metrics.jsonl, TensorBoard's events, curve.svg and checkpoints in the
layout of Hugging Face. Ctrl-C and SIGTERM end it after what is under way; --resume goes on with the same numbers.

Options of its own:
  --resume        go on with the run of --name, else the last of --preset, else the last one, with the settings that it was begun with
  --preset NAME   begin from named settings (below)
  --config FILE   settings in YAML or JSON
  --set PATH=X    any setting; repeatable
  --print-config  show every setting and where it came from, and stop. With --json, as JSON
  -h, --help

${trainHelp()}

Any setting may also be set in the environment: rollout.group-size is WINNOW_TRAIN_ROLLOUT_GROUP_SIZE.

Examples:
  winnow train --preset demo
  winnow train --preset laptop --model qwen2.5-0.5b --steps 50 --noise linear:0:0.4
  winnow train --model ./my-model --data nq.parquet --search-url http://127.0.0.1:8080 --set optimiser.lr=1e-5
  winnow train --resume --name demo-1
`;

export async function trainCommand(args: readonly string[]): Promise<number> {
  const flags = parseTrainFlags('train', args, { resume: { type: 'boolean' } });
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const resume = flags.resume === true;
  const kept = resume ? await keptRun(flags) : null;
  const resolved = kept === null ? resolveTrain(flags, REAL_WORLD.env) : resolveTrain({ ...flags, name: kept.name, config: join(kept.path, CONFIG_FILE), preset: undefined }, REAL_WORLD.env);
  if (flags['print-config']) {
    printConfig(resolved, flags.json === true, process.stdout);
    return 0;
  }
  const { config, notices } = resolved;
  return run(config, { name: kept?.name ?? (await runName(config, resolved.preset ?? 'run')), resume, notices });
}

/** The run that --resume means: that of --name, else the last of --preset, else the last that was begun. Its own settings are what flags and environment are laid over. */
async function keptRun(flags: Flags): Promise<{ readonly name: string; readonly path: string } | null> {
  const output = String(flags.output ?? (REAL_WORLD.env[trainVariableOf('output')] || OPTIONS.output.default));
  const given = flags.name === undefined ? null : String(flags.name);
  const name = given ?? (flags.preset === undefined ? await newestRun(output) : await lastRunName(output, String(flags.preset)));
  if (name === null) throw new ConfigError('name', `--resume: ${output} holds no run${flags.preset === undefined ? '' : ` ${String(flags.preset)}-…`}; say which by --name, and where by --output.`);
  const path = join(output, name);
  const there = await stat(join(path, CONFIG_FILE)).catch(() => null);
  // A run that was killed before it had settings begins now, with those that are given.
  return there === null ? null : { name, path };
}

/** By when its configuration was written; null where there is none. */
async function newestRun(output: string): Promise<string | null> {
  const names = await readdir(output).catch(() => []);
  const begun = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(output, name, CONFIG_FILE)).catch(() => null))?.mtimeMs ?? null })));
  return begun.filter((one): one is { name: string; at: number } => one.at !== null).sort((a, b) => b.at - a.at)[0]?.name ?? null;
}

async function runName({ name, output }: TrainConfig, stem: string): Promise<string> {
  const wrong = name === null ? null : badRunName(name);
  if (wrong !== null) throw new ConfigError('name', `--name ${JSON.stringify(name)}: expected ${wrong}.`);
  return name ?? nextRunName(output, stem);
}

interface Start {
  readonly name: string;
  readonly resume: boolean;
  readonly notices: readonly string[];
}

async function run(config: TrainConfig, { name, resume, notices }: Start): Promise<number> {
  const { clock, now } = REAL_WORLD;
  const say = (line: string): void => void process.stderr.write(`winnow: ${line}\n`);
  const startedAt = now();
  const saved = savedConfig(config);
  const folder = await openRunFolder({ path: join(config.output, name), resume, config: saved, seed: config.seed, code: await codeVersion(), startedAt, process: { pid: process.pid, host: hostname() }, isAlive });
  try {
    const changes = folder.previous === null ? [] : changesOf(folder.previous, config);
    const fixed = changes.filter(({ free }) => !free);
    if (fixed.length > 0) throw new ConfigError(fixed[0]!.option, `--resume: ${fixed.map(({ option, before, after }) => `${option} was ${JSON.stringify(before)} and is ${JSON.stringify(after)}`).join('; ')}. Resume with what the run was begun with, or begin another.`);
    for (const { option, before, after } of changes) say(`${option} was ${JSON.stringify(before)} and is ${JSON.stringify(after)} from here on`);
    for (const notice of notices) say(notice);

    const setup = await openSetup(config, say);
    const { signal, release } = stopSignal(() => say('stopping: the step under way is given up, and what was done is kept; again to end at once'));
    try {
      const { policy, side, search, threads, writingThreads } = setup;
      const from = resume ? await loadTraining(folder.path, policy.protocol.fingerprint, say) : null;
      await folder.begin(from?.step ?? null);
      const questions = await questionsOf(config.data.train, 'train');
      const limited = config.data.limit === 0 ? questions : questions.slice(0, config.data.limit);
      const runOnServer = side.origin === null ? null : (config.search.run ?? name);
      const server = runOnServer === null ? null : side.run(runOnServer);
      await server?.configure({ curriculum: config.search.curriculum, total_steps: config.steps, seed: config.seed });
      const { curriculum } = config.search;
      const adaptive = typeof curriculum === 'string' ? curriculum.startsWith('adaptive') : curriculum.kind === 'adaptive';
      const plan = { config, side, run: runOnServer ?? name };
      const evaluations = [
        ...(config.eval.every === 0 ? [] : await evaluationSets({ ...plan, questions: await questionsOf(config.data.validation, 'validation'), prefix: 'validation', endsOnly: false })),
        ...(await evaluationSets({ ...plan, questions: await questionsOf(config.data.test, 'test'), prefix: 'test', endsOnly: true })),
      ];

      // A run that was stopped before its first checkpoint begins again, and so do its measurements.
      const keepTo = resume ? (from?.step ?? 0) : null;
      const metrics = toAll([await openJsonl(folder.file('metrics.jsonl'), { keepTo }), await openTensorBoard(folder.path, { startedAt, keepTo })]);
      const display = createDisplay({ stream: process.stderr, clock, steps: config.steps, done: from?.step ?? 0, color: process.env['NO_COLOR'] === undefined });
      const log = async (line: string): Promise<void> => {
        display.note(line);
        await folder.log(line, now());
      };
      await log(`${name}: ${config.model.path} on ${limited.length} questions, ${config.steps} steps of ${config.rollout.questions} × ${config.rollout['group-size']}; ${folder.path}`);
      const asked: Look[] = [...(from?.looks ?? [])];
      /** Of the step under way, until it is written: metrics have one line a step. */
      let pending: { step: number; scalars: Record<string, number> } | null = null;
      const write = async (): Promise<void> => {
        if (pending !== null) await metrics.write(pending.step, pending.scalars, now());
        pending = null;
      };
      const add = async (step: number, scalars: Readonly<Record<string, number>>): Promise<void> => {
        if (pending !== null && pending.step !== step) await write();
        pending = { step, scalars: { ...pending?.scalars, ...scalars } };
      };
      let done: number;
      try {
        done = await train(
          { files: policy.files, tokenizer: policy.tokenizer, protocol: policy.protocol, search, run: server, adaptive, questions: limited, evaluations },
          trainOptionsOf(config, { threads, writingThreads, temporaryFolder: tmpdir(), run: runOnServer }),
          from,
          {
            clock,
            signal,
            onProgress: (phase, at, total) => display.phase(phase, at, total),
            async onStep(report) {
              await add(report.step, report.scalars);
              display.step(shownStep(report));
              await folder.log(`step ${report.step}: ${JSON.stringify({ reward: report.reward, exact_match: report.exactMatch, noise: report.noise })}`, now());
              for (const { message } of report.alarms) await log(`step ${report.step}: ${message}`);
            },
            async onEvaluation(step, set, evaluation) {
              asked.push({ step, name: set.name, evaluation });
              if (step > 0) await add(step, { [`eval/${set.name}/exact_match`]: evaluation.exactMatch.value, [`eval/${set.name}/f1`]: evaluation.f1.value, [`eval/${set.name}/searches`]: evaluation.searches.value });
              await log(`step ${step}, ${set.name}: EM ${formatEstimate(evaluation.exactMatch)}, F1 ${formatEstimate(evaluation.f1)}, searches ${formatEstimate(evaluation.searches, 2)}, ${evaluation.questions} questions`);
            },
            async onSave(state, model) {
              // Before the checkpoint, after which nothing of this step is made again.
              await write();
              const notDeleted = await saveTraining(folder.path, { state, model, source: policy, config: saved, fingerprint: policy.protocol.fingerprint, keep: config.checkpoint.keep, looks: asked, best: bestOf(asked) });
              await folder.log(`step ${state.step}: checkpoint${notDeleted.length === 0 ? '' : `; not deleted: ${notDeleted.join(', ')}`}`, now());
            },
          },
        );
      } finally {
        await write();
        await metrics.close();
        display.finish();
      }
      await draw(folder.path, name, asked);
      if (done < config.steps) {
        say(`stopped after step ${done} of ${config.steps}; winnow train --resume --name ${name} goes on`);
        return 1;
      }
      process.stdout.write(summary(asked));
      return 0;
    } finally {
      release();
      await setup.close();
    }
  } finally {
    await folder.close();
  }
}

function shownStep({ step, reward, exactMatch, noise, searchesPerQuestion, tokensPerSecond, milliseconds, scalars }: StepReport): Parameters<ReturnType<typeof createDisplay>['step']>[0] {
  const alarms = Object.entries(scalars).flatMap(([name, value]) => (name.startsWith('alarm/') && value === 1 ? name.slice('alarm/'.length) : []));
  const phases = Object.fromEntries(Object.entries(milliseconds).map(([phase, time]) => [phase, time / 1000]));
  return { step, reward, exactMatch, noise, searches: searchesPerQuestion, tokensPerSecond, phases, alarms };
}

/** The step whose validation sets were answered best, with search; the latest of equals. */
function bestOf(asked: readonly Look[]): Best | null {
  const scores = new Map<number, number[]>();
  for (const { step, name, evaluation } of asked) if (step > 0 && name.startsWith('validation') && !name.endsWith('search-off')) scores.set(step, [...(scores.get(step) ?? []), evaluation.exactMatch.value]);
  const means = [...scores].map(([step, values]) => ({ step, score: values.reduce((sum, value) => sum + value, 0) / values.length }));
  return means.sort((a, b) => b.score - a.score || b.step - a.step)[0] ?? null;
}

/** The first and the last look at each set. */
function summary(asked: readonly Look[]): string {
  const rows: Record<string, Evaluation> = {};
  for (const set of new Set(asked.map(({ name }) => name))) {
    const own = asked.filter(({ name }) => name === set);
    rows[`${set}, step ${own[0]!.step}`] = own[0]!.evaluation;
    rows[`${set}, step ${own.at(-1)!.step}`] = own.at(-1)!.evaluation;
  }
  return `\n${evaluationTable(rows)}`;
}

/** Steps on either side that a point of a curve is the mean of. */
const SMOOTHING = 2;

/** curve.svg in the folder of the run, and the same on the terminal. */
async function draw(folder: string, name: string, asked: readonly Look[]): Promise<void> {
  const lines = await readMetrics(join(folder, 'metrics.jsonl'));
  if (lines.length === 0) return;
  const of = (key: string): Series['points'] => lines.flatMap(({ step, scalars }) => (scalars[key] === undefined ? [] : [[step, scalars[key]] as const]));
  const series: Series[] = [
    { name: 'exact match, in training', points: smoothed(of('reward/exact_match'), SMOOTHING) },
    { name: 'noise', points: of('search/noise'), dashed: true },
    ...[...new Set(asked.map((one) => one.name))].filter((set) => set.startsWith('validation-noise')).map((set) => ({ name: set, points: asked.filter((one) => one.name === set).map(({ step, evaluation }) => [step, evaluation.exactMatch.value] as const) })),
  ].filter(({ points }) => points.length > 0);
  const options = { title: name, xLabel: 'step' };
  await writeFile(join(folder, 'curve.svg'), curveSvg(series, options));
  process.stdout.write(`\n${curveText(series, options, process.stdout.columns)}`);
}
