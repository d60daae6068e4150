/** A service over scripted generators and a clock in the hand, and whole apps over scripted upstreams: what the tests of the request path share. */
import { type Composed, type World, compose } from '../../src/compose.ts';
import { resolveConfig } from '../../src/config.ts';
import type { Generation, GenerationRequest, Generator } from '../../src/generators/generator.ts';
import { createTemplate } from '../../src/generators/template.ts';
import { Datasets } from '../../src/runs/datasets.ts';
import type { RunSettings } from '../../src/runs/run.ts';
import { Runs } from '../../src/runs/runs.ts';
import { SearchService, type ServiceDeps } from '../../src/search/service.ts';
import { Simulator } from '../../src/simulator/simulator.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { PageTask } from '../../src/generators/generator.ts';

export const SETTINGS: RunSettings = {
  seed: 0, worldSeed: 0, style: 'google', promptStyle: 'winnow', curriculum: { kind: 'constant', noise: 0 }, totalSteps: 100, stepSource: 'trainer',
  requestsPerStep: 10, noiseUnit: 'page', noiseScope: 'query', dataset: null, generator: null, budget: null,
};

export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(cause: unknown): void;
}
export function deferred<T = void>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (cause: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** What a good model writes: every useful document states the answer, no noisy one does. `mark` tells two writers apart. */
export function pageText(task: PageTask, mark = 'The records'): string {
  const [answer] = task.goldenAnswers;
  return task.kinds
    .map((kind, i) => {
      const text = kind === 'useful' && answer !== undefined ? `${mark} number ${i + 1} say plainly that it was ${answer}, as every visitor is told.` : `${mark} number ${i + 1} speak of ferries, weather and the price of rope, and of little else.`;
      return `Doc ${i + 1}:\nTitle: Notes on the crossing, part ${i + 1}\nSite: Harbour Journal ${i + 1}\nDate: 2024-03-${10 + i}\nText: ${text}`;
    })
    .join('\n\n');
}

export const generation = (text: string, model: string | null = 'scripted-1'): Generation => ({ text, model, promptTokens: 1, completionTokens: 1, truncated: false });

export interface Scripted extends Generator {
  readonly calls: GenerationRequest[];
}
/** Without a script, a good model. */
export function scripted(script: (request: GenerationRequest, call: number) => Promise<string> | string = ({ task }) => pageText(task)): Scripted {
  const calls: GenerationRequest[] = [];
  return {
    name: 'scripted',
    calls,
    async generate(request) {
      calls.push(request);
      return generation(await script(request, calls.length));
    },
  };
}

export interface Timer {
  readonly milliseconds: number;
  readonly fire: () => void;
  cancelled: boolean;
}

export function openService(generator: Generator = scripted(), settings: Partial<RunSettings> = {}, rest: Partial<ServiceDeps> & { maxTries?: number } = {}) {
  const template = createTemplate();
  const store = rest.store ?? createMemoryStore({ now: () => 0 });
  const runs = new Runs(store, { ...SETTINGS, ...settings });
  const timers: Timer[] = [];
  const fallbacks: string[] = [];
  const storeErrors: unknown[] = [];
  const service = new SearchService({
    store,
    runs,
    datasets: new Datasets(),
    simulator: new Simulator({ template, maxTries: rest.maxTries ?? 3, temperature: 0.8 }),
    generators: new Map([template, generator].map((one) => [one.name, one])),
    defaultGenerator: generator.name,
    worldDate: '2026-01-01',
    cachePages: 1_000,
    setTimer: (milliseconds, then) => {
      const timer: Timer = { milliseconds, fire: then, cancelled: false };
      timers.push(timer);
      return () => void (timer.cancelled = true);
    },
    onFallback: (name) => void fallbacks.push(name),
    onStoreError: (cause) => void storeErrors.push(cause),
    ...rest,
  });
  return { service, runs, store, timers, fallbacks, storeErrors };
}

export interface TestApp extends Composed {
  /** Milliseconds that the wall clock and the monotonic one have gone on. */
  pass(milliseconds: number): void;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Posts JSON. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

const START = Date.parse('2026-03-01T12:00:00Z');

/** A composed app in a still world: its clock moves when told, its ids count. Options are those of `winnow serve`. */
export async function openApp(flags: Record<string, unknown> = {}, world: Partial<World> = {}): Promise<TestApp> {
  let time = START;
  let ids = 0;
  let keys = 0;
  const { config } = resolveConfig({ store: 'memory', 'log-level': 'silent', ...flags }, {}, null);
  const composed = await compose(config, {
    now: () => time,
    clock: () => time,
    fetch: async () => {
      throw new TypeError('no network in tests');
    },
    env: {},
    random: () => 0.5,
    newId: () => `id-${++ids}`,
    randomKey: () => `key-${++keys}-abcdefghijklmnopqrstuvwxyz`,
    ...world,
  });
  composed.setReady(true);
  return {
    ...composed,
    pass: (milliseconds) => void (time += milliseconds),
    get: async (path, headers = {}) => composed.app.request(path, { headers }),
    post: async (path, body, headers = {}) => composed.app.request(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }),
  };
}
