/** `winnow sft`: supervised tuning of a language model on texts of which parts are learnt; a folder of its own, that may be stopped and resumed. */
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { LORA_TARGETS } from '../../trainer/autodiff/lora.ts';
import { availableThreads } from '../../models/runtime/devices.ts';
import { toAll } from '../../trainer/metrics.ts';
import { openJsonl } from '../../trainer/metrics/jsonl.ts';
import { openTensorBoard } from '../../trainer/metrics/tensorboard.ts';
import { ADAMW_DEFAULTS } from '../../trainer/optim/adamw.ts';
import { SCHEDULE_NAMES, createSchedule, warmupSteps } from '../../trainer/optim/schedule.ts';
import { openRunFolder } from '../../trainer/run-folder.ts';
import { readExamples, sft } from '../../trainer/sft.ts';
import { REAL_WORLD } from '../compose.ts';
import { ConfigError } from '../errors.ts';
import { createProgress } from '../progress.ts';
import { codeVersion } from './training/code-version.ts';
import { isAlive } from './training/is-alive.ts';
import { openModelSide } from './training/policy-side.ts';
import { loadTuning, saveTuning } from './training/saved.ts';
import { stopSignal } from './training/setup.ts';

interface Row {
  readonly kind: 'string' | 'integer' | 'number' | 'boolean' | 'choice';
  readonly default: string | number | boolean | null;
  readonly choices?: readonly string[];
  readonly least?: number;
  readonly help: string;
}

const OPTIONS = {
  model: { kind: 'string', default: null, help: 'The model to tune: a name that `winnow pull --list` shows, a folder in the layout of Hugging Face, or a GGUF file. Required.' },
  data: { kind: 'string', default: null, help: 'Examples, a JSON object a line: {"segments": [{"text", "loss"}]} or {"prompt", "completion"}. Required.' },
  validation: { kind: 'string', default: null, help: 'Examples that are looked at and not learnt.' },
  output: { kind: 'string', default: '.winnow/sft', help: 'Folder of the run: config.json, metrics, checkpoints in the layout of Hugging Face.' },
  epochs: { kind: 'number', default: 1, least: 0, help: 'Passes over the examples, unless --steps is given.' },
  steps: { kind: 'integer', default: 0, least: 0, help: 'Steps of the run; 0 takes them from --epochs.' },
  batch: { kind: 'integer', default: 16, least: 1, help: 'Examples of a step.' },
  'micro-batch-tokens': { kind: 'integer', default: 2048, least: 1, help: 'Tokens of one forward and backward pass, padding included.' },
  'max-length': { kind: 'integer', default: 1024, least: 2, help: 'Tokens of an example; what is longer is cut at its end.' },
  lr: { kind: 'number', default: 1e-4, least: 0, help: 'Learning rate.' },
  schedule: { kind: 'choice', default: 'cosine', choices: SCHEDULE_NAMES, help: 'Of the rate after the warm-up.' },
  'warm-up': { kind: 'number', default: 0.05, least: 0, help: 'Share of the steps over which the rate rises from 0.' },
  floor: { kind: 'number', default: 0, least: 0, help: 'Part of the rate that linear and cosine fall to.' },
  'weight-decay': { kind: 'number', default: 0.01, least: 0, help: 'Of matrices; norms and biases do not decay.' },
  beta2: { kind: 'number', default: 0.999, least: 0, help: "Of AdamW: decay of the mean of the gradients' squares." },
  clip: { kind: 'number', default: 1, least: 0, help: 'Gradients of a larger norm are scaled down to it; 0 for never.' },
  'lora-rank': { kind: 'integer', default: 0, least: 0, help: 'Of adapters that are trained in place of the weights; 0 trains the weights.' },
  'lora-alpha': { kind: 'number', default: 32, least: 0, help: 'Adapters are multiplied by alpha / rank.' },
  recompute: { kind: 'boolean', default: false, help: 'Compute activations again in the backward pass: slower, less memory.' },
  threads: { kind: 'integer', default: 0, least: 0, help: 'CPU threads; 0 takes one for each core.' },
  seed: { kind: 'integer', default: 0, least: 0, help: 'Of the order of the examples, and of adapters.' },
  'eval-every': { kind: 'integer', default: 100, least: 1, help: 'Steps between looks at --validation; the last step has one anyway.' },
  'save-every': { kind: 'integer', default: 100, least: 1, help: 'Steps between checkpoints; the last step has one anyway.' },
  keep: { kind: 'integer', default: 2, least: 1, help: 'Checkpoints that are kept.' },
  resume: { kind: 'boolean', default: false, help: 'Go on with the run in --output.' },
} as const satisfies Record<string, Row>;

type Name = keyof typeof OPTIONS;
type Value<R extends Row> = R['kind'] extends 'boolean' ? boolean : R['kind'] extends 'integer' | 'number' ? number : R extends { choices: readonly (infer C)[] } ? C : R['default'] extends null ? string | null : string;
type Options = { readonly [N in Name]: Value<(typeof OPTIONS)[N]> };

const NAMES = Object.keys(OPTIONS) as Name[];
/** May change when a run goes on: what is learnt stays the same. */
const FREE: readonly Name[] = ['output', 'threads', 'micro-batch-tokens', 'recompute', 'eval-every', 'save-every', 'keep', 'resume', 'validation'];

const HELP = `winnow sft: tune a language model on examples

Usage: winnow sft --model NAME|FOLDER|FILE.gguf --data FILE [options]

The loss is the negative log-likelihood of the next token, over those that are learnt: of a completion, or of segments by their weight
("loss": 0 is read only). It ends with a folder that \`winnow serve --model\`, \`winnow train --model\`, transformers and vLLM open. Ctrl-C
and SIGTERM end it after the step under way, with a checkpoint; --resume goes on bit for bit.

Options:
${NAMES.map((name) => {
  const { default: fallback, help, kind, ...row }: Row = OPTIONS[name];
  const value = kind === 'boolean' ? '' : ` ${kind === 'choice' ? row.choices!.join('|') : kind === 'string' ? 'TEXT' : kind === 'integer' ? 'N' : 'X'}`;
  return `  --${name}${value}\n      ${help}${fallback === null || fallback === false ? '' : ` [${String(fallback)}]`}`;
}).join('\n')}
  -h, --help

Examples:
  winnow sft --model smollm2-135m --data pages.jsonl --validation held-out.jsonl --lr 3e-4
  winnow sft --model ./policy --data trajectories.jsonl --lora-rank 16 --output .winnow/warm-start
  winnow sft --model ./policy --data trajectories.jsonl --output .winnow/warm-start --resume
`;

function optionsOf(args: readonly string[]): Options | null {
  let values: Record<string, unknown>;
  try {
    const types = Object.fromEntries(NAMES.map((name) => [name, { type: OPTIONS[name].kind === 'boolean' ? ('boolean' as const) : ('string' as const) }]));
    const parsed = parseArgs({ args: [...args], options: { ...types, help: { type: 'boolean', short: 'h' } }, allowPositionals: true, strict: true });
    if (parsed.positionals[0] !== undefined) throw new Error(`Unexpected '${parsed.positionals[0]}'`);
    values = parsed.values;
  } catch (cause) {
    const message = (cause as Error).message.split('. ')[0]!;
    throw new ConfigError(/'--?([\w-]+)/.exec(message)?.[1] ?? 'flags', `${message}. See winnow sft --help.`);
  }
  if (values['help'] === true) return null;
  const read = Object.fromEntries(NAMES.map((name) => [name, values[name] === undefined ? OPTIONS[name].default : valueOf(name, values[name])])) as Options;
  for (const name of ['model', 'data'] as const) if (read[name] === null) throw new ConfigError(name, `--${name} is missing. See winnow sft --help.`);
  return read;
}

function valueOf(name: Name, given: unknown): string | number | boolean {
  const { kind, choices, least }: Row = OPTIONS[name];
  if (kind === 'boolean') return given === true;
  if (kind === 'choice' && !choices!.includes(String(given))) throw new ConfigError(name, `--${name} ${String(given)}: expected one of ${choices!.join(', ')}.`);
  if (kind !== 'integer' && kind !== 'number') return String(given);
  const number = String(given).trim() === '' ? Number.NaN : Number(given);
  if (!Number.isFinite(number) || number < least! || (kind === 'integer' && !Number.isSafeInteger(number))) throw new ConfigError(name, `--${name} ${String(given)}: expected ${kind === 'integer' ? 'an integer' : 'a number'} from ${least}.`);
  return number;
}

export async function sftCommand(args: readonly string[]): Promise<number> {
  const options = optionsOf(args);
  if (options === null) {
    process.stdout.write(HELP);
    return 0;
  }
  const { clock, now } = REAL_WORLD;
  const say = (line: string): void => void process.stderr.write(`winnow: ${line}\n`);
  const threads = options.threads === 0 ? availableThreads() : options.threads;
  const source = await openModelSide(options.model!, REAL_WORLD.env);
  const startedAt = now();
  try {
    const { files, tokenizer } = source;
    const limits = { maxLength: Math.min(options['max-length'], files.config.contextLength), eosToken: files.config.eosTokens[0] ?? null };
    const train = await readExamples(options.data!, tokenizer, limits);
    const validation = options.validation === null ? null : await readExamples(options.validation, tokenizer, limits);
    for (const [path, { empty }] of [[options.data, train], ...(validation ? [[options.validation, validation] as const] : [])] as const) if (empty > 0) say(`${path}: ${empty} examples have nothing to learn and are left out`);
    const steps = options.steps > 0 ? options.steps : Math.max(1, Math.round((options.epochs * train.examples.length) / options.batch));

    const folder = await openRunFolder({ path: options.output, resume: options.resume, config: { ...options, steps }, seed: options.seed, code: await codeVersion(), startedAt, process: { pid: process.pid, host: hostname() }, isAlive });
    const { signal, release } = stopSignal(() => say('stopping after the step under way; again to end at once'));
    try {
      const fixed = folder.previous === null ? [] : NAMES.filter((name) => !FREE.includes(name) && JSON.stringify(folder.previous![name]) !== JSON.stringify(name === 'steps' ? steps : options[name]));
      if (fixed.length > 0) throw new ConfigError(fixed[0]!, `--resume: ${fixed.map((name) => `--${name} was ${JSON.stringify(folder.previous![name])}`).join('; ')}. Resume with what the run was begun with, or begin another.`);
      const from = options.resume ? await loadTuning(folder.path, say) : null;
      await folder.begin(from?.step ?? null);
      const keepTo = options.resume ? (from?.step ?? 0) : null;
      const metrics = toAll([await openJsonl(folder.file('metrics.jsonl'), { keepTo }), await openTensorBoard(folder.path, { startedAt, keepTo })]);
      const progress = createProgress({ stream: process.stderr, clock, total: steps });
      let done: number;
      try {
        done = await sft(
          files,
          train.examples,
          validation?.examples ?? [],
          {
            steps,
            batch: options.batch,
            microBatchTokens: options['micro-batch-tokens'],
            learningRate: options.lr,
            schedule: createSchedule(options.schedule, { totalSteps: steps, warmup: warmupSteps(options['warm-up'], steps), floor: options.floor }),
            optimizer: { ...ADAMW_DEFAULTS, beta2: options.beta2, weightDecay: options['weight-decay'], maxGradNorm: options.clip === 0 ? null : options.clip },
            lora: options['lora-rank'] === 0 ? null : { rank: options['lora-rank'], alpha: options['lora-alpha'], targets: LORA_TARGETS },
            recompute: options.recompute,
            threads,
            seed: options.seed,
            evalEvery: options['eval-every'],
            saveEvery: options['save-every'],
          },
          from,
          {
            clock,
            signal,
            async onStep({ step, loss, accuracy, validation: looked, gradNorm, learningRate, tokens, milliseconds }) {
              const scalars = { 'sft/loss': loss, 'sft/accuracy': accuracy, 'sft/gradient_norm': gradNorm, 'sft/learning_rate': learningRate, 'time/tokens_per_second': (1000 * tokens) / milliseconds };
              await metrics.write(step, { ...scalars, ...(looked ? { 'validation/loss': looked.loss, 'validation/accuracy': looked.accuracy } : {}) }, now());
              progress.update(step, `loss ${loss.toFixed(3)}`);
              if (looked) await folder.log(`step ${step}: validation loss ${looked.loss.toFixed(4)}, accuracy ${looked.accuracy.toFixed(4)}`, now());
            },
            async onSave(state, model) {
              const notDeleted = await saveTuning(folder.path, { state, model, source, config: { ...options, steps }, keep: options.keep });
              await folder.log(`step ${state.step}: checkpoint${notDeleted.length === 0 ? '' : `; not deleted: ${notDeleted.join(', ')}`}`, now());
            },
          },
        );
      } finally {
        await metrics.close();
        progress.finish();
      }
      if (done < steps) {
        say(`stopped after step ${done} of ${steps}; the same command with --resume goes on`);
        return 1;
      }
      process.stdout.write(`${options.output}: ${done} steps done\n`);
      return 0;
    } finally {
      release();
      await folder.close();
    }
  } finally {
    await source.close();
  }
}
