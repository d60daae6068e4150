/** From a configuration to a running set of parts: the only file that knows every adapter. */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LanguageModel } from '../models/runtime/language-model.ts';
import { type AppDeps, createApp } from './app.ts';
import type { Config } from './config.ts';
import { DIALECTS } from './dialects/index.ts';
import { ConfigError } from './errors.ts';
import type { Generator } from './generators/generator.ts';
import { createLocal } from './generators/local.ts';
import { createRemote } from './generators/remote.ts';
import { createTemplate } from './generators/template.ts';
import { RateLimit } from './http/rate-limit.ts';
import { type ServedModel, openLocalModel } from './local-model.ts';
import { parseCurriculum } from './runs/curriculum.ts';
import { Datasets } from './runs/datasets.ts';
import { Keys } from './runs/keys.ts';
import type { RunSettings } from './runs/run.ts';
import { Runs } from './runs/runs.ts';
import { SearchService } from './search/service.ts';
import { Simulator } from './simulator/simulator.ts';
import { openStore } from './store/index.ts';
import type { Store } from './store/store.ts';
import { type Logger, createLog, errorFields } from './telemetry/log.ts';
import { Metrics } from './telemetry/metrics.ts';
import { Records } from './search/records.ts';

/** The world outside, passed in: tests hand over their own. */
export interface World {
  readonly now: () => number;
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
  readonly fetch: typeof fetch;
  /** Where models are looked for: WINNOW_MODELS, HF_HOME and their like. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly random: () => number;
  readonly newId: () => string;
  readonly randomKey: () => string;
}

export const REAL_WORLD: World = {
  now: () => Date.now(),
  clock: () => performance.now(),
  fetch: (input, init) => fetch(input, init),
  env: process.env,
  random: () => Math.random(),
  newId: () => randomUUID(),
  randomKey: () => randomBytes(32).toString('base64url'),
};

/** The folder that holds package.json, from `src/` and from `dist/src/` alike. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

export async function packageVersion(): Promise<string> {
  return (JSON.parse(await readFile(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}

export interface Composed {
  readonly app: ReturnType<typeof createApp>;
  readonly service: SearchService;
  readonly store: Store;
  readonly runs: Runs;
  readonly keys: Keys;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly datasets: Datasets;
  /** Null where the server runs none. */
  readonly model: LanguageModel | null;
  setReady(ready: boolean): void;
  /** Writes behind what is pending, then closes every part. */
  close(): Promise<void>;
}

export function openKeys(store: Store, config: Pick<Config, 'auth' | 'api-keys'>, world: World): Keys {
  return new Keys({ store, mode: config.auth, configured: config['api-keys'], now: world.now, randomKey: world.randomKey });
}

/** How often the counts of served pages and of spent budgets are written behind. */
const SAVE_MS = 1_000;

/** What a caller of `compose` may add. */
export interface Parts {
  /** Generators beside the configured ones, or in place of those of the same name. */
  readonly generators?: readonly Generator[];
  /** Told, a line at a time, what takes long. */
  readonly notice?: (line: string) => void;
}

export async function compose(config: Config, world: World = REAL_WORLD, parts: Parts = {}): Promise<Composed> {
  const root = packageRoot();
  const version = await packageVersion();
  const log = createLog(config['log-level']);
  const datasets = await Datasets.load(config.dataset);
  const settings = runDefaults(config, datasets);
  if (config.model === null && config['model-name'] !== null) throw new ConfigError('model-name', '--model-name needs a --model.');
  // The model last: a large one takes minutes, and what can be wrong with the rest is to be told before.
  const store = await openStore(config.store, { now: world.now });
  let served: ServedModel | null = null;
  try {
    if (config.model !== null) served = await openModel(config.model, config, world, parts.notice ?? (() => {}), log);
    return composeWith(served, { config, world, root, version, log, datasets, settings, store, others: parts.generators ?? [] });
  } catch (thrown) {
    await served?.model.close();
    await store.close();
    throw thrown;
  }
}

function openModel(nameOrPath: string, config: Config, { env, clock }: World, notice: (line: string) => void, log: Logger): Promise<ServedModel> {
  const onFailure = (cause: Error): void => log.error(errorFields(cause), 'the local model answers no more; template stands in until the server is started again');
  return openLocalModel(nameOrPath, config, { env, clock, notice, onFailure });
}

interface Begun {
  readonly config: Config;
  readonly world: World;
  readonly root: string;
  readonly version: string;
  readonly log: Logger;
  readonly datasets: Datasets;
  readonly settings: RunSettings;
  readonly store: Store;
  readonly others: readonly Generator[];
}

function composeWith(served: ServedModel | null, { config, world, root, version, log, datasets, settings, store, others }: Begun): Composed {
  const model = served?.model ?? null;
  const template = createTemplate();
  const generators = new Map<string, Generator>([[template.name, template]]);
  if (model) {
    const local = createLocal({ model });
    generators.set(local.name, local);
  }
  if (config.upstream.length > 0) {
    const remote = createRemote({
      baseUrls: config.upstream,
      model: config['upstream-model'],
      apiKey: config['upstream-key'],
      timeoutMs: config['upstream-timeout'],
      retries: config['upstream-retries'],
      concurrency: config['upstream-concurrency'],
      // A whole barrier of the largest published batch may wait (spec: rl-frameworks D.1).
      maxQueue: 20_000,
      fetch: world.fetch,
      random: world.random,
      sleep: async (milliseconds, signal) => {
        await sleep(milliseconds, undefined, signal ? { signal } : {});
      },
    });
    generators.set(remote.name, remote);
  }
  for (const other of others) generators.set(other.name, other);
  if (!generators.has(config.generator)) throw new ConfigError('model', `--generator ${config.generator} needs a --model.`);

  const runs = new Runs(store, served && config['prompt-style'] === 'auto' ? { ...settings, promptStyle: served.promptStyle } : settings);
  let ready = false;
  const metrics: Metrics = new Metrics({ inFlight: () => service.inFlight, version });
  if (served) metrics.addModel(served.model.facts.name, () => served.model.load(), () => served.failure() === null);
  const onStoreError = (cause: unknown): void => {
    metrics.storeError();
    log.error(errorFields(cause), 'store refused a write');
  };
  const records = config.records ? new Records(store, world.now, setTimer, onStoreError) : null;
  const simulator = new Simulator({
    template,
    maxTries: config['max-tries'],
    temperature: config.temperature,
    parallelDocuments: config['parallel-documents'],
    onGeneration: ({ generator, dropped }) => metrics.generation(generator, dropped),
  });
  const service = new SearchService({
    store,
    runs,
    datasets,
    simulator,
    generators,
    defaultGenerator: config.generator,
    worldDate: config['world-date'],
    cachePages: config['cache-pages'],
    setTimer,
    onFallback: (generator, cause) => {
      metrics.fallback(generator);
      log.warn({ generator, ...errorFields(cause) }, 'template stands in');
    },
    onStoreError,
    onFailure: (cause) => log.error(errorFields(cause), 'a query failed; its page is empty'),
  });
  const keys = openKeys(store, config, world);
  const require = createRequire(import.meta.url);

  const deps: AppDeps = {
    dialects: DIALECTS,
    service,
    keys,
    runs,
    datasets,
    generatorNames: [...generators.keys()],
    rateLimit: new RateLimit(world.now),
    metrics,
    records,
    log,
    worldDate: new Date(`${config['world-date']}T00:00:00Z`),
    softDeadlineMs: config['soft-deadline'] === 0 ? null : config['soft-deadline'],
    clock: world.clock,
    newId: world.newId,
    sleep: async (milliseconds) => {
      await sleep(milliseconds);
    },
    ready: () => ready && !served?.failure(),
    model,
    docs: {
      openapi: () => readFile(join(root, 'openapi.yaml'), 'utf8'),
      viewer: (file) => readFile(join(dirname(require.resolve('swagger-ui-dist/package.json')), file)).catch(() => null),
      index: indexText,
    },
  };
  const save = async (): Promise<void> => {
    await Promise.all([runs.saveServed().catch(onStoreError), keys.saveSpent().catch(onStoreError)]);
  };
  const saving = setInterval(() => void save(), SAVE_MS);
  saving.unref();

  return {
    app: createApp(deps),
    service,
    store,
    runs,
    keys,
    metrics,
    log,
    datasets,
    model,
    setReady: (now) => {
      ready = now;
    },
    async close() {
      clearInterval(saving);
      await records?.flush().catch(onStoreError);
      await save();
      for (const generator of generators.values()) await generator.close?.();
      await model?.close();
      await store.close();
    },
  };
}

function setTimer(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds);
  return () => clearTimeout(timer);
}

function runDefaults(config: Config, datasets: Datasets): RunSettings {
  let curriculum: RunSettings['curriculum'];
  try {
    curriculum = parseCurriculum(config.noise, 'noise');
  } catch (thrown) {
    throw new ConfigError('noise', `--noise: ${(thrown as Error).message}`);
  }
  return {
    seed: config.seed,
    worldSeed: config['world-seed'],
    style: config.style,
    promptStyle: config['prompt-style'] === 'auto' ? 'winnow' : config['prompt-style'],
    curriculum,
    totalSteps: config['total-steps'],
    stepSource: config['step-source'],
    requestsPerStep: config['requests-per-step'],
    noiseUnit: config['noise-unit'],
    noiseScope: config['noise-scope'],
    dataset: datasets.names[0] ?? null,
    generator: null,
    budget: config.budget === 0 ? null : config.budget,
  };
}

/** Base URLs as clients want them: with or without a version segment (spec: dialects 2.4). */
export const BASE_PATHS: Readonly<Record<string, string>> = { openai: '/openai/v1', native: '', retriever: '/retrieve' };

export function baseUrlOf(name: string, origin: string): string {
  return origin + (BASE_PATHS[name] ?? `/${name}`);
}

function indexText(origin: string): string {
  const rows = DIALECTS.map((dialect) => `  ${dialect.title.padEnd(24)} ${baseUrlOf(dialect.name, origin)}`);
  return `Winnow: a search engine that invents its results.\n\nBase URLs:\n${rows.join('\n')}\n\nReference: ${origin}/docs\n`;
}
