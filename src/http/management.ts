/** The trainer's side of the native API: runs, stored pages, records. Errors as in the native dialect. */
import type { Context, Hono } from 'hono';
import { type WireReply, json } from '../dialects/dialect.ts';
import { type Fields, optionalChoice, optionalInteger, optionalString } from '../dialects/fields.ts';
import { native, pageOf } from '../dialects/native.ts';
import { BadRequestError, NotFoundError } from '../errors.ts';
import { originBody } from '../labels.ts';
import { adaptiveBody, parseAdaptive } from '../runs/adaptive-wire.ts';
import { parseOutcomes } from '../runs/adaptive.ts';
import { parseCurriculum } from '../runs/curriculum.ts';
import type { Caller } from '../runs/keys.ts';
import type { Run, RunSettings } from '../runs/run.ts';
import { type Runs, noiseOf } from '../runs/runs.ts';
import { NOISE_SCOPES, NOISE_UNITS, PROMPT_STYLES, STEP_SOURCES, STYLES } from '../types.ts';
import { presentedKey } from './auth.ts';
import { factsOf, failed, responseOf } from './reply.ts';
import { wireRequest } from './request.ts';
import type { DialectDeps } from './run-dialect.ts';

export interface ManagementDeps extends DialectDeps {
  readonly runs: Runs;
  readonly datasets: { readonly names: readonly string[] };
  readonly generatorNames: readonly string[];
}

/** A trainer that misspells a setting must hear of it: a run under another curriculum than meant is found out late. */
const SETTINGS = [
  'curriculum', 'total_steps', 'step_source', 'requests_per_step', 'noise_unit', 'noise_scope', 'seed', 'world_seed', 'style', 'prompt_style', 'dataset', 'generator', 'budget', 'adaptive',
] as const;
const COUNT = { min: 1, max: 1_000_000_000, outside: 'refuse' } as const;
const SEED = { min: 0, max: 2_147_483_647, outside: 'refuse' } as const;

/** The wire form of a run. */
function runBody(run: Run) {
  const { settings } = run;
  return {
    id: run.id,
    step: run.step,
    total_steps: settings.totalSteps,
    noise: noiseOf(run, run.step, settings.totalSteps),
    served: run.served,
    curriculum: settings.curriculum,
    seed: settings.seed,
    world_seed: settings.worldSeed,
    style: settings.style,
    prompt_style: settings.promptStyle,
    step_source: settings.stepSource,
    requests_per_step: settings.requestsPerStep,
    noise_unit: settings.noiseUnit,
    noise_scope: settings.noiseScope,
    dataset: settings.dataset,
    generator: settings.generator,
    budget: settings.budget,
    adaptive: run.adaptive && adaptiveBody(run.adaptive),
  };
}

/** Only what the body names is changed. null takes a dataset, generator or budget away. */
function settingsOf(fields: Fields, deps: ManagementDeps): Partial<RunSettings> {
  for (const name of Object.keys(fields)) {
    if (!SETTINGS.includes(name as (typeof SETTINGS)[number])) throw new BadRequestError('invalid_field', name, `one of ${SETTINGS.join(', ')}`);
  }
  const nullable = <T>(name: string, value: T | undefined): { value: T | null } | undefined => (fields[name] === null ? { value: null } : value === undefined ? undefined : { value });
  const known = (name: string, names: readonly string[]): string | undefined => {
    const value = optionalString(fields, name);
    if (value !== undefined && !names.includes(value)) throw new BadRequestError('invalid_field', name, names.length > 0 ? `one of ${names.join(', ')}` : 'nothing: the server has loaded none');
    return value;
  };
  const settings = {
    seed: optionalInteger(fields, 'seed', SEED),
    worldSeed: optionalInteger(fields, 'world_seed', SEED),
    style: optionalChoice(fields, 'style', STYLES, 'refuse'),
    promptStyle: optionalChoice(fields, 'prompt_style', PROMPT_STYLES, 'refuse'),
    curriculum: fields.curriculum === undefined ? undefined : parseCurriculum(fields.curriculum, 'curriculum'),
    totalSteps: optionalInteger(fields, 'total_steps', COUNT),
    stepSource: optionalChoice(fields, 'step_source', STEP_SOURCES, 'refuse'),
    requestsPerStep: optionalInteger(fields, 'requests_per_step', COUNT),
    noiseUnit: optionalChoice(fields, 'noise_unit', NOISE_UNITS, 'refuse'),
    noiseScope: optionalChoice(fields, 'noise_scope', NOISE_SCOPES, 'refuse'),
  };
  const changed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(settings)) if (value !== undefined) changed[key] = value;
  for (const [key, found] of Object.entries({
    dataset: nullable('dataset', known('dataset', deps.datasets.names)),
    generator: nullable('generator', known('generator', deps.generatorNames)),
    budget: nullable('budget', optionalInteger(fields, 'budget', { ...COUNT, min: 0 })),
  })) {
    if (found) changed[key] = found.value;
  }
  return changed as Partial<RunSettings>;
}

/** What a handler is given: the parsed request, and who asks. */
interface Managed {
  readonly fields: Fields;
  readonly body: unknown;
  /** The `:id` of the path; empty where it has none. */
  readonly id: string;
  readonly caller: Caller;
}

/** A key made for one run manages that run alone. */
function ownRun({ id, caller }: Managed): string {
  if (caller.run !== null && id !== caller.run) throw new BadRequestError('invalid_field', 'run', `'${caller.run}', the run that this key was made for`);
  return id;
}

export function mountManagement(app: Hono, deps: ManagementDeps): void {
  const { runs } = deps;

  const handle =
    (handler: (managed: Managed) => Promise<WireReply>) =>
    async (c: Context): Promise<Response> => {
      const facts = factsOf(c.req.raw, deps);
      let reply: WireReply;
      try {
        const params = c.req.param() as Record<string, string>;
        const { fields, body, header } = await wireRequest(c.req.raw, params, { path: '/', base: '' });
        const caller = await deps.keys.identify(presentedKey({ fields, header }, []));
        reply = await handler({ fields, body, id: params.id ?? '', caller });
      } catch (thrown) {
        reply = failed(native, thrown, facts, deps);
      }
      return responseOf(reply, facts.requestId, null);
    };

  app.get('/v1/runs', handle(async ({ fields, caller }) => {
    const listed = await runs.list(optionalString(fields, 'after'), optionalInteger(fields, 'limit', { min: 1, max: 1000, outside: 'clamp' }) ?? 100);
    return json({ runs: listed.filter(({ id }) => caller.run === null || id === caller.run).map(runBody) });
  }));
  app.get('/v1/runs/:id', handle(async (managed) => json(runBody(await runs.find(ownRun(managed))))));
  app.put('/v1/runs/:id', handle(async (managed) => {
    const { adaptive } = managed.fields;
    const state = adaptive === undefined || adaptive === null ? adaptive : parseAdaptive(adaptive, 'adaptive');
    return json(runBody(await runs.configure(ownRun(managed), settingsOf(managed.fields, deps), state)));
  }));
  app.delete('/v1/runs/:id', handle(async (managed) => {
    const id = ownRun(managed);
    await runs.remove(id);
    return json({ id, deleted: true });
  }));
  app.post('/v1/runs/:id/step', handle(async (managed) => {
    const { fields } = managed;
    const step = optionalInteger(fields, 'step', { ...COUNT, min: 0 });
    if (step === undefined) throw new BadRequestError('missing_field', 'step', 'the step of training, from 0');
    return json(runBody(await runs.step(ownRun(managed), step, optionalInteger(fields, 'total_steps', COUNT) ?? optionalInteger(fields, 'total', COUNT))));
  }));
  app.post('/v1/runs/:id/rewards', handle(async (managed) => {
    const outcomes = parseOutcomes(Array.isArray(managed.body) ? managed.body : managed.fields, 'body');
    return json(runBody(await runs.observe(ownRun(managed), outcomes)));
  }));

  app.get('/v1/pages/:id', handle(async ({ id }) => {
    const stored = await deps.service.stored(id);
    if (!stored) throw new NotFoundError(`page ${id}`);
    return json(pageOf(stored.page, originBody(stored.origin)));
  }));

  app.get('/v1/records', handle(async ({ fields, caller }) => {
    if (!deps.records) throw new NotFoundError('records: the server runs with --no-records');
    const records = await deps.records.list(optionalString(fields, 'after'), optionalInteger(fields, 'limit', { min: 1, max: 10_000, outside: 'clamp' }) ?? 100);
    const run = caller.run ?? optionalString(fields, 'run');
    const request = optionalString(fields, 'request');
    const kept = records.filter((record) => (run === undefined || record.run === run) && (request === undefined || record.request === request));
    const next = records.at(-1)?.id ?? null;
    if (optionalChoice(fields, 'format', ['json', 'jsonl'], 'refuse') !== 'jsonl') return json({ records: kept, next });
    return {
      status: 200,
      headers: { 'content-type': 'application/x-ndjson', ...(next === null ? {} : { 'x-winnow-next': next }) },
      body: kept.map((record) => `${JSON.stringify(record)}\n`),
    };
  }));
}
