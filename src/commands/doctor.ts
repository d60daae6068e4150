/** `winnow doctor`: what this machine can run a language model on, what it has, and how fast it would be. */
import { stat, statfs } from 'node:fs/promises';
import { arch, cpus, freemem, platform, tmpdir, totalmem } from 'node:os';
import { formatBytes } from '../../models/bytes.ts';
import type { ModelConfig } from '../../models/config.ts';
import { DeviceError, DownloadError, ModelFileError, ModelRequestError } from '../../models/errors.ts';
import { catalogHere, locateModel } from '../../models/locate.ts';
import { openModel } from '../../models/open.ts';
import { DEVICE_CHOICES, type DeviceChoice, type DeviceFacts, type TryDevice, availableThreads, prefersWebgpu, tryDevice } from '../../models/runtime/devices.ts';
import { type Speed, measureSpeed } from '../../models/runtime/engine-speed.ts';
import { DEVICES, type Device, PRECISIONS, type Precision } from '../../models/runtime/language-model.ts';
import { openEngine } from '../../models/runtime/load.ts';
import { randomWeights } from '../../models/runtime/random-weights.ts';
import { type RuntimeFacts, runtimeFacts } from '../../models/runtime/session.ts';
import { type Environment, hubCacheFolder } from '../../models/weights/hub-cache.ts';
import { REAL_WORLD, packageVersion } from '../compose.ts';
import { parseFlags, refuseForeign } from '../config.ts';
import { ConfigError, redact } from '../errors.ts';
import type { ProgressStream } from '../progress.ts';

const HELP = `winnow doctor: what this machine can run, and how fast

Usage: winnow doctor [options]

Tries every device in a process of its own, looks for models, and times one for about ten seconds: the one named, else the smallest of the
catalogue that is here, else one of random weights. Exit code 0 when the CPU runs, and so does what was asked for.

Options:
  --model NAME|PATH   time this model: a name that \`winnow pull --list\` shows, a folder, or a .gguf file
  --device D          time it on this one: ${DEVICE_CHOICES.join(', ')} [auto: a GPU that is faster than the CPU, else the CPU]
  --precision P       hold its weights so: ${PRECISIONS.join(', ')} [int8]
  --json              machine-readable output

Examples:
  winnow doctor
  winnow doctor --model smollm2-135m --device webgpu
  winnow doctor --model ./my-model.gguf --precision int4
  winnow doctor --json | jq .devices
`;

const FLAGS = {
  model: { type: 'string' },
  device: { type: 'string' },
  precision: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const STREAMS = [1, 8] as const;
const SECONDS = 10;
const PROMPT_TOKENS = 256;
const CAPACITY = 512;
/** Of models found here, one that loads within seconds. */
const QUICK_TO_LOAD = 2e9;

/** A small Llama, where there is no model to time. */
const STAND_IN: ModelConfig = {
  architecture: 'llama', hiddenSize: 512, intermediateSize: 1408, layers: 12, heads: 8, kvHeads: 4, headDim: 64, vocabSize: 32_000, contextLength: 2048,
  rmsNormEps: 1e-5, ropeTheta: 10_000, ropeScaling: null, ropeFactors: null, tieEmbeddings: true, attentionBias: false, eosTokens: [], bosToken: null,
};

/** What the command takes from the process; tests hand over their own. */
export interface DoctorSurroundings {
  readonly env: Environment;
  readonly clock: () => number;
  readonly out: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly progress: ProgressStream;
  readonly temporaryFolder: string;
  readonly attempt: TryDevice;
  /** For all measurements together. */
  readonly seconds: number;
  /** Timed where no model is here. */
  readonly standIn: ModelConfig;
}

const PROCESS: DoctorSurroundings = {
  env: process.env,
  clock: REAL_WORLD.clock,
  out: process.stdout,
  progress: process.stderr,
  temporaryFolder: tmpdir(),
  attempt: tryDevice,
  seconds: SECONDS,
  standIn: STAND_IN,
};

interface Asked {
  readonly model: string | null;
  readonly device: DeviceChoice;
  readonly precision: Precision;
}

interface Timed {
  /** A name or a path; `random weights` for the stand-in. */
  readonly model: string;
  readonly device: Device;
  readonly precision: Precision;
  readonly threads: number;
  readonly speed: Speed | null;
  /** Why it was not timed. */
  readonly why: string | null;
}

interface Report {
  readonly winnow: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly threads: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  /** Null where the library does not load; every device then says why. */
  readonly runtime: RuntimeFacts | null;
  readonly devices: readonly DeviceFacts[];
  readonly auto: Device;
  readonly temporaryFolder: string;
  readonly temporaryFreeBytes: number;
  readonly hubCache: string;
  readonly models: readonly { readonly name: string; readonly path: string; readonly bytes: number; readonly parameters: number }[];
  readonly timed: Timed;
}

/** Exit codes: 0 when the CPU runs and so does what was asked for, else 1; throws ConfigError when called wrongly. */
export async function doctorCommand(args: readonly string[], surroundings: DoctorSurroundings = PROCESS): Promise<number> {
  const { values: flags, words } = parseFlags('doctor', args, FLAGS);
  const { out, progress } = surroundings;
  if (flags.help) {
    out.write(HELP);
    return 0;
  }
  refuseForeign('doctor', flags, FLAGS);
  if (words[0] !== undefined) throw new ConfigError('doctor', `Unexpected '${words[0]}'. See winnow doctor --help.`);
  const asked: Asked = {
    model: flags.model === undefined ? null : String(flags.model),
    device: choice('device', flags.device, DEVICE_CHOICES, 'auto'),
    precision: choice('precision', flags.precision, PRECISIONS, 'int8'),
  };
  const line = statusLine(progress);
  let report: Report;
  try {
    report = await examine(asked, surroundings, line.say);
  } catch (thrown) {
    if (thrown instanceof DownloadError && thrown.reason === 'unknown_model') throw new ConfigError('model', thrown.message);
    if (!(thrown instanceof DownloadError)) throw thrown;
    line.clear();
    progress.write(`winnow: ${redact(thrown.message)}\n`);
    return 1;
  }
  line.clear();
  const paint = out.isTTY === true && !surroundings.env.NO_COLOR;
  out.write(flags.json ? `${JSON.stringify(report)}\n` : describe(report, paint));
  const explicit = asked.model !== null || asked.device !== 'auto';
  return report.devices.find(({ device }) => device === 'cpu')!.usable && (report.timed.speed !== null || !explicit) ? 0 : 1;
}

function choice<T extends string>(name: string, value: unknown, choices: readonly T[], otherwise: T): T {
  if (value === undefined) return otherwise;
  const found = choices.find((one) => one === value);
  if (found === undefined) throw new ConfigError(name, `--${name}: expected ${choices.join(', ')}, got ${JSON.stringify(value)}.`);
  return found;
}

/** One line that says what is going on: rewritten on a terminal; in a log, one line for all. */
function statusLine(stream: ProgressStream): { say(what: string): void; clear(): void } {
  if (!stream.isTTY) {
    let told = false;
    return {
      say() {
        if (!told) stream.write('winnow: looking at this machine, about 15 seconds…\n');
        told = true;
      },
      clear: () => undefined,
    };
  }
  return { say: (what) => void stream.write(`\r${what}…\u001b[K`), clear: () => void stream.write('\r\u001b[K') };
}

async function examine(asked: Asked, surroundings: DoctorSurroundings, say: (what: string) => void): Promise<Report> {
  const { env, attempt, temporaryFolder } = surroundings;
  const threads = availableThreads();
  say('looking for models');
  const models = await modelsHere(env);
  const model = asked.model === null ? models.find(({ parameters }) => parameters <= QUICK_TO_LOAD)?.path ?? null : (await locateModel(asked.model, env)).path;
  const devices: DeviceFacts[] = [];
  for (const device of DEVICES) {
    say(`trying ${device}`);
    devices.push(await attempt(device, { threads }));
  }
  const facts = (device: Device): DeviceFacts => devices.find((one) => one.device === device)!;
  const auto = prefersWebgpu(facts('webgpu'), facts('cpu')) ? 'webgpu' : 'cpu';
  const chosen = facts(asked.device === 'auto' ? auto : asked.device);
  const timing = { device: chosen.device, precision: asked.precision, threads };
  // A small model takes minutes on a GPU in software.
  const why = chosen.usable ? (chosen.software ? `${chosen.adapter} is a GPU in software; the CPU itself is faster.` : null) : `${chosen.why} ${chosen.remedy}`.trim();
  const timed: Timed = why === null ? await time(model, timing, surroundings, say) : { model: model ?? 'random weights', ...timing, speed: null, why };
  const disk = await statfs(temporaryFolder);
  return {
    winnow: await packageVersion(),
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    threads,
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    runtime: await runtimeFacts().catch(() => null),
    devices,
    auto,
    temporaryFolder,
    temporaryFreeBytes: disk.bavail * disk.bsize,
    hubCache: hubCacheFolder(env),
    models,
    timed,
  };
}

/** Of the catalogue, smallest first. */
async function modelsHere(env: Environment): Promise<Report['models']> {
  const here = (await catalogHere(env)).flatMap(({ name, path, bytes, parameters }) => (path === null ? [] : [{ name, path, bytes, parameters }]));
  const sized = here.map(async (model) => {
    // One file is as large as it is; a folder, as large as the catalogue says.
    const file = await stat(model.path);
    return file.isFile() ? { ...model, bytes: file.size } : model;
  });
  return (await Promise.all(sized)).sort((a, b) => a.parameters - b.parameters);
}

async function time(path: string | null, timing: Pick<Timed, 'device' | 'precision' | 'threads'>, { clock, seconds, standIn, temporaryFolder }: DoctorSurroundings, say: (what: string) => void): Promise<Timed> {
  const about = { model: path ?? 'random weights', ...timing };
  try {
    say(`loading ${about.model}`);
    const files = path === null ? { config: standIn, weights: randomWeights(standIn) } : await openModel(path);
    try {
      const capacity = Math.min(CAPACITY, files.config.contextLength);
      const engine = await openEngine(files, { ...timing, slots: Math.max(...STREAMS), temporaryFolder }, capacity);
      try {
        const speed = await measureSpeed(engine, { streams: STREAMS, clock, seconds, promptTokens: Math.min(PROMPT_TOKENS, Math.floor(capacity / 2)), onProgress: (what) => say(`timing ${what}`) });
        return { ...about, speed, why: null };
      } finally {
        await engine.close();
      }
    } finally {
      await files.weights.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof DeviceError || thrown instanceof ModelFileError || thrown instanceof ModelRequestError)) throw thrown;
    return { ...about, speed: null, why: thrown.message };
  }
}

function describe(report: Report, paint: boolean): string {
  const styled = (code: number, text: string): string => (paint ? `\u001b[${code}m${text}\u001b[0m` : text);
  const lines: string[] = [];
  const row = (name: string, ...text: string[]): void => void lines.push(`${name.padEnd(NAME_WIDTH)}${text.filter(Boolean).join(', ')}`);
  const heading = (text: string): void => void lines.push('', styled(1, text));

  lines.push(styled(1, `winnow ${report.winnow} on this machine`));
  row('node', report.node);
  row('platform', report.platform, report.cpu, `${report.cores} cores`, report.threads === report.cores ? '' : `${report.threads} of them for this process`);
  row('memory', formatBytes(report.memoryBytes), `${formatBytes(report.freeMemoryBytes)} free`);
  row('onnxruntime', report.runtime === null ? 'does not load' : `${report.runtime.version} with ${report.runtime.backends.join(', ')}`);

  heading('Devices');
  for (const one of report.devices) {
    const state = !one.usable ? styled(31, 'not usable') : one.software ? styled(33, 'in software, slower than the CPU') : styled(32, 'usable');
    const halves = one.device === 'webgpu' && one.usable && !one.halfFloats ? 'no half floats: int8, int4 or fp32' : '';
    row(one.device, state, one.adapter ?? '', one.gigaflops === null ? '' : `matrix product ${figure(one.gigaflops)} GFLOP/s`, halves);
    if (!one.usable) for (const text of [one.why, one.remedy]) if (text !== '') lines.push(' '.repeat(NAME_WIDTH) + text);
    if (one.device === 'cuda' && one.usable) lines.push(' '.repeat(NAME_WIDTH) + CUDA_NOTE);
  }
  row('auto', report.auto);

  heading('Folders');
  row('temporary', report.temporaryFolder, `${formatBytes(report.temporaryFreeBytes)} free for converted weights`);
  row('hub cache', report.hubCache);
  if (report.models.length === 0) row('models', 'none of the catalogue is here; winnow pull smollm2-135m fetches a small one');
  for (const [i, { name, path, bytes }] of report.models.entries()) row(i === 0 ? 'models' : '', name, formatBytes(bytes), path);

  const { model, device, precision, threads, speed, why } = report.timed;
  heading('Speed');
  row('model', model === 'random weights' ? 'random weights (a small Llama, as no model is here)' : model, precision, device, device === 'cpu' ? `${threads} threads` : '');
  if (speed === null) row('not timed', why ?? '');
  else {
    row('prefill', `${figure(speed.prefill)} tokens/s`);
    for (const { streams, tokensPerSecond } of speed.decode) row('decode', `${figure(tokensPerSecond)} tokens/s with ${streams} ${streams === 1 ? 'stream' : 'streams'}`);
  }
  return `${lines.join('\n')}\n`;
}

const NAME_WIDTH = 13;
const CUDA_NOTE = 'Its cache stays in main memory: for long contexts, webgpu on the same GPU is the faster one. Not yet run on a GPU by its authors.';

/** Three digits. */
function figure(value: number): string {
  return value >= 99.5 ? Math.round(value).toLocaleString('en') : value >= 9.95 ? value.toFixed(1) : value.toFixed(2);
}
