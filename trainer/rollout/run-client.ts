/** The trainer's side of a run on a winnow server: it is made, told its step, and told what trajectories earned (the adaptive curriculum). */
import { type Exchange, type World, exchange } from './http.ts';

/** What a run has been told to be, in the wire's spelling; what is left out stays as it is. */
export type RunSettings = Readonly<Record<string, unknown>>;

/** The wire's, as far as a trainer looks at it. */
export interface RunState {
  readonly id: string;
  readonly step: number;
  readonly totalSteps: number;
  /** The probability of a noisy page at this step. */
  readonly noise: number;
  /** Searches served. */
  readonly served: number;
  /** Where an adaptive curriculum stands, to be given back as the setting `adaptive`; null for any other, and before the first rewards. */
  readonly adaptive: AdaptiveStanding | null;
}

/** The server's; a trainer keeps it and does not look into it. */
export type AdaptiveStanding = Readonly<Record<string, unknown>>;

/** One trajectory, or `count` of them by their mean reward. */
export interface Outcome {
  readonly reward: number;
  readonly searched: boolean;
  readonly count?: number;
}

export interface RunClient {
  /** Makes the run, or changes what `settings` names. */
  configure(settings: RunSettings, signal?: AbortSignal): Promise<RunState>;
  step(step: number, totalSteps: number | null, signal?: AbortSignal): Promise<RunState>;
  /** `baseline`: the mean reward of rollouts without search; null returns to that of trajectories that did not search; undefined leaves it. */
  rewards(outcomes: readonly Outcome[], baseline?: number | null, signal?: AbortSignal): Promise<RunState>;
}

/** The server did not take what it was told. Nothing goes on unawares: a training under another curriculum than meant is found out late. */
export class RunError extends Error {
  /** Null where there was no reply. */
  readonly status: number | null;
  constructor(what: string, status: number | null, detail: string) {
    super(`${what}: ${detail}`);
    this.name = new.target.name;
    this.status = status;
  }
}

export interface RunClientOptions {
  readonly base: string;
  readonly key: string | null;
  readonly run: string;
  readonly deadlineMs: number;
  readonly retries: number;
}

const MAX_BYTES = 2 ** 20;

export function createRunClient(options: Pick<RunClientOptions, 'base' | 'run'> & Partial<RunClientOptions>, world: World): RunClient {
  const { base, key, run, deadlineMs, retries } = { key: null, deadlineMs: 30_000, retries: 5, ...options };
  const root = `${base.replace(/\/+$/, '')}/v1/runs/${encodeURIComponent(run)}`;

  const ask = async (method: Exchange['method'], path: string, body: unknown, idempotent: boolean, signal: AbortSignal | undefined): Promise<RunState> => {
    const what = `${method} /v1/runs/${run}${path}`;
    const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
    const reply = await exchange({ method, url: `${root}${path}`, headers, body }, { deadlineMs, retries, idempotent, maxBytes: MAX_BYTES }, world, signal);
    if (reply.outcome !== 'reply') throw new RunError(what, null, reply.detail);
    if (reply.status !== 200) throw new RunError(what, reply.status, messageOf(reply.body) ?? `status ${reply.status}`);
    const { id, step, total_steps, noise, served, adaptive = null } = (reply.body ?? {}) as Record<string, unknown>;
    if (typeof id !== 'string' || ![step, total_steps, noise, served].every((value) => typeof value === 'number')) throw new RunError(what, 200, 'the reply is no run: is this a winnow server?');
    return { id, step: step as number, totalSteps: total_steps as number, noise: noise as number, served: served as number, adaptive: adaptive as AdaptiveStanding | null };
  };

  return {
    configure: (settings, signal) => ask('PUT', '', settings, true, signal),
    step: (step, totalSteps, signal) => ask('POST', '/step', { step, ...(totalSteps === null ? {} : { total_steps: totalSteps }) }, true, signal),
    // Said twice, a reward would count twice.
    rewards: (trajectories, baseline, signal) => ask('POST', '/rewards', { trajectories, ...(baseline === undefined ? {} : { baseline }) }, false, signal),
  };
}

function messageOf(body: unknown): string | null {
  const { error } = (body ?? {}) as { error?: { message?: unknown } };
  return typeof error?.message === 'string' ? error.message : null;
}
