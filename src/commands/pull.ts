/** `winnow pull`: fetches a model into Hugging Face's cache, or says what could be fetched. */
import { formatBytes } from '../../models/bytes.ts';
import { type CatalogEntry, findModel } from '../../models/catalog.ts';
import { DownloadError, ModelFileError } from '../../models/errors.ts';
import { catalogHere } from '../../models/locate.ts';
import { type PullOptions, type Pulled, planPull, pull } from '../../models/weights/download.ts';
import type { Environment } from '../../models/weights/hub-cache.ts';
import { REAL_WORLD } from '../compose.ts';
import { parseFlags, refuseForeign } from '../config.ts';
import { ConfigError, redact } from '../errors.ts';
import { type Progress, type ProgressStream, createProgress } from '../progress.ts';
import { proxiedFetch } from './proxied-fetch.ts';

const HELP = `winnow pull: fetch a language model from the hub

Usage:
  winnow pull NAME [--revision R] [--dry-run] [--json]
  winnow pull --list [--json]

NAME is a name that --list shows, or a hub id such as Qwen/Qwen3-0.6B. The files go into Hugging Face's cache, where transformers, vLLM
and \`winnow serve --model NAME\` find them; what is there already is not fetched again. Each file is verified by its hash. A download that
was stopped (Ctrl-C, a broken line) goes on where it was when the same command is run again.

Options:
  --revision R   branch, tag or commit [main]
  --dry-run      list the files and their sizes, and fetch nothing
  --list         the models known by name, and which of them are here
  --json         machine-readable output

Environment:
  HF_HOME, HF_HUB_CACHE       where the cache is [~/.cache/huggingface]
  HF_TOKEN, HF_TOKEN_PATH     your account's token, for models that ask for an agreement
  HF_ENDPOINT                 a mirror of the hub
  HF_HUB_OFFLINE=1            take what is in the cache, and ask nobody
  HTTPS_PROXY, NO_PROXY       as curl reads them
  WINNOW_MODELS               folders that hold models of your own, NAME/ or NAME.gguf

Examples:
  winnow pull --list
  winnow pull smollm2-135m
  winnow pull qwen2.5-3b --dry-run
  winnow pull zerosearch-google-3b-v2 && winnow serve --model zerosearch-google-3b-v2
  HF_TOKEN=hf_… winnow pull llama3.2-1b
`;

const FLAGS = {
  revision: { type: 'string' },
  'dry-run': { type: 'boolean' },
  list: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What the command takes from the process; tests hand over their own. */
export interface PullSurroundings {
  readonly env: Environment;
  readonly fetch: typeof fetch;
  readonly clock: () => number;
  readonly out: { write(text: string): unknown };
  readonly progress: ProgressStream;
  /** Calls back when the user or the system wants it to end; returns how to stop listening. */
  readonly onStop: (stop: () => void) => () => void;
  /** Passed on to the download. */
  readonly download?: Pick<PullOptions, 'idleMs' | 'retryDelayMs' | 'disk'>;
}

const PROCESS: PullSurroundings = {
  env: process.env,
  fetch: REAL_WORLD.fetch,
  clock: REAL_WORLD.clock,
  out: process.stdout,
  progress: process.stderr,
  onStop(stop) {
    // Once: a second Ctrl-C ends the process at once.
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    return () => {
      process.removeListener('SIGINT', stop);
      process.removeListener('SIGTERM', stop);
    };
  },
};

/** Exit codes: 0 done, 1 failed or stopped; throws ConfigError when called wrongly. */
export async function pullCommand(args: readonly string[], surroundings: PullSurroundings = PROCESS): Promise<number> {
  const { values: flags, words } = parseFlags('pull', args, FLAGS);
  const { env, out, progress: err } = surroundings;
  if (flags.help || (words.length === 0 && !flags.list)) {
    out.write(HELP);
    return 0;
  }
  refuseForeign('pull', flags, FLAGS);
  if (words.length > (flags.list ? 0 : 1)) throw new ConfigError('name', flags.list ? 'winnow pull --list takes no name.' : `winnow pull takes one name, got ${words.length}.`);
  const json = flags.json === true;
  const stop = new AbortController();
  const ignore = surroundings.onStop(() => stop.abort(new Stopped()));
  try {
    if (flags.list) {
      out.write(json ? `${JSON.stringify(await catalogHere(env))}\n` : await table(env));
      return 0;
    }
    const name = words[0]!;
    const options: PullOptions = {
      ...surroundings.download,
      env,
      fetch: proxiedFetch(env, surroundings.fetch),
      signal: stop.signal,
      ...(flags.revision === undefined ? {} : { revision: String(flags.revision) }),
    };
    out.write(await (flags['dry-run'] ? dryRun(name, options, json) : fetched(name, options, json, surroundings)));
    return 0;
  } catch (thrown) {
    if (thrown instanceof DownloadError && thrown.reason === 'unknown_model') throw new ConfigError('name', thrown.message);
    if (!(thrown instanceof DownloadError || thrown instanceof ModelFileError || thrown instanceof Stopped)) throw thrown;
    err.write(`winnow: ${redact(thrown.message)}\n`);
    return 1;
  } finally {
    ignore();
  }
}

class Stopped extends Error {
  constructor() {
    super('Stopped. What has arrived is kept: the same command goes on from there.');
  }
}

async function fetched(name: string, options: PullOptions, json: boolean, { progress: stream, clock }: PullSurroundings): Promise<string> {
  const { entry } = findModel(name);
  if (entry && !json) stream.write(`winnow: ${entry.name} is ${entry.repo}, about ${formatBytes(entry.bytes)}; licence: ${entry.licence}\n`);
  const shown: { bar: Progress | null } = { bar: null };
  let model: Pulled;
  try {
    model = await pull(name, {
      ...options,
      onProgress({ received, total, file, phase }) {
        shown.bar ??= createProgress({ stream, clock, total, format: formatBytes });
        shown.bar.update(received, phase === 'verify' ? `verifying ${file}` : file);
      },
    });
  } finally {
    shown.bar?.finish();
  }
  if (json) return `${JSON.stringify({ name: model.name, folder: model.folder, bytes: model.bytes, files: model.files })}\n`;
  const news = model.fetched > 0 ? `${formatBytes(model.fetched)} of them fetched now` : 'all of them here already';
  stream.write(`winnow: ${model.name}: ${formatBytes(model.bytes)} in ${model.files.length} files, ${news}\n`);
  return `${model.folder}\n`;
}

async function dryRun(name: string, options: PullOptions, json: boolean): Promise<string> {
  const plan = await planPull(name, options);
  const files = plan.files.map(({ path, size, here, partial }) => ({ path, bytes: size, here, partial }));
  if (json) return `${JSON.stringify({ name: plan.name, repo: plan.repo, commit: plan.commit, folder: plan.folder, bytes: plan.bytes, missing: plan.missing, files })}\n`;
  const state = (file: (typeof files)[number]): string => (file.here ? 'here' : file.partial > 0 ? `${formatBytes(file.partial)} of it here` : '');
  const rows = files.map((file) => [file.path, formatBytes(file.bytes), state(file)]);
  return `${plan.repo} at ${plan.commit}\n${columns(rows, [1])}${formatBytes(plan.bytes)} in all, ${formatBytes(plan.missing)} to fetch, into ${plan.folder}\n`;
}

const ROLES: Readonly<Record<CatalogEntry['role'], string>> = { simulator: 'simulator', policy: 'policy', both: 'simulator, policy' };

async function table(env: Environment): Promise<string> {
  const rows = (await catalogHere(env)).map(({ name, parameters, bytes, role, licence, gated, path }) => [
    name,
    parameters >= 1e9 ? `${(parameters / 1e9).toFixed(1)} B` : `${Math.round(parameters / 1e6)} M`,
    formatBytes(bytes),
    ROLES[role],
    `${licence}${gated ? ' (gated)' : ''}`,
    path ?? '-',
  ]);
  return columns([['NAME', 'WEIGHTS', 'SIZE', 'FOR', 'LICENCE', 'HERE'], ...rows], [1, 2]);
}

/** Left-aligned, but for the columns named. */
function columns(rows: readonly (readonly string[])[], right: readonly number[]): string {
  const widths = rows[0]!.map((_, index) => Math.max(...rows.map((row) => row[index]!.length)));
  return rows.map((row) => `${row.map((cell, index) => (right.includes(index) ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!))).join('  ').trimEnd()}\n`).join('');
}
