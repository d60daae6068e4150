/**
 * The runs a server knows. A run exists from its first mention, with the server's default settings, so that a client that can only
 * change a URL or a key needs no set-up call. Settings and steps are durable before they are acknowledged; the count of served pages
 * is written behind.
 */
import { BadRequestError, NotFoundError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { type AdaptiveState, type Outcomes, observe } from './adaptive.ts';
import { noiseAt } from './curriculum.ts';
import { RUN_ID, type Run, type RunSettings } from './run.ts';

/** Runs are named by untrusted requests: past this many in memory, those opened first go back to the store. */
const MAX_RUNS = 10_000;

interface LiveRun {
  run: Run;
  served: number;
  dirty: boolean;
}

export class Runs {
  readonly #store: Store;
  readonly #defaults: RunSettings;
  readonly #live = new Map<string, LiveRun | Promise<LiveRun>>();

  constructor(store: Store, defaults: RunSettings) {
    this.#store = store;
    this.#defaults = defaults;
  }

  /** The run of this id, created with the default settings if it is new. */
  async open(id: string): Promise<Run> {
    return this.#snapshot(await this.#enter(id));
  }

  /** The run of this id; NotFoundError when it was never mentioned. */
  async find(id: string): Promise<Run> {
    if (!this.#live.has(id) && (await this.#store.get('runs', id)) === undefined) throw new NotFoundError(`run ${id}`);
    return this.open(id);
  }

  /** Like `open` for a run that is in memory already; undefined otherwise. Spares the request path a turn of the event loop. */
  peek(id: string): Run | undefined {
    const live = this.#live.get(id);
    return live && !(live instanceof Promise) ? this.#snapshot(live) : undefined;
  }

  /** `adaptive` sets the curriculum back to where it stood, null to its beginning; undefined leaves it. Durable when it resolves. */
  async configure(id: string, settings: Partial<RunSettings>, adaptive?: AdaptiveState | null): Promise<Run> {
    const live = await this.#enter(id);
    const { curriculum } = { ...live.run.settings, ...settings };
    if (adaptive && curriculum.kind !== 'adaptive') throw notAdaptive('adaptive', id, curriculum.kind);
    live.run = { ...live.run, settings: { ...live.run.settings, ...settings }, ...(adaptive === undefined ? {} : { adaptive }) };
    await this.#save(live);
    return this.#snapshot(live);
  }

  /** The trainer reports its step. Durable when it resolves. */
  async step(id: string, step: number, totalSteps: number | undefined): Promise<Run> {
    const live = await this.#enter(id);
    const settings = totalSteps === undefined ? live.run.settings : { ...live.run.settings, totalSteps };
    live.run = { ...live.run, settings, step };
    await this.#save(live);
    return this.#snapshot(live);
  }

  /** The trainer reports rewards; an adaptive curriculum moves. Durable when it resolves. */
  async observe(id: string, outcomes: Outcomes): Promise<Run> {
    const live = await this.#enter(id);
    const { curriculum } = live.run.settings;
    if (curriculum.kind !== 'adaptive') throw notAdaptive('curriculum', id, curriculum.kind);
    live.run = { ...live.run, adaptive: observe(live.run.adaptive, outcomes, curriculum) };
    await this.#save(live);
    return this.#snapshot(live);
  }

  /** Takes `pages` from the budget; false when it is spent (and nothing is taken). */
  spend(id: string, pages: number): boolean {
    const live = this.#live.get(id);
    if (!live || live instanceof Promise) throw new Error(`internal: run ${id} was not opened`);
    const { budget } = live.run.settings;
    if (budget !== null && live.served + pages > budget) return false;
    live.served += pages;
    live.dirty = true;
    return true;
  }

  async list(after: string | undefined, limit: number): Promise<Run[]> {
    await this.saveServed();
    const entries = await this.#store.list('runs', after === undefined ? { limit } : { after, limit });
    return entries.map((entry) => JSON.parse(entry.value) as Run);
  }

  async remove(id: string): Promise<void> {
    const stored = await this.#store.get('runs', id);
    if (!this.#live.delete(id) && stored === undefined) throw new NotFoundError(`run ${id}`);
    await this.#store.delete('runs', id);
  }

  /** Writes the counts of served pages behind; called on a timer and at the end. */
  async saveServed(): Promise<void> {
    const writes: Promise<void>[] = [];
    for (const live of this.#live.values()) {
      if (!(live instanceof Promise) && live.dirty) writes.push(this.#save(live));
    }
    await Promise.all(writes);
  }

  async #enter(id: string): Promise<LiveRun> {
    const known = this.#live.get(id);
    if (known) return known;
    if (!RUN_ID.test(id)) throw new BadRequestError('invalid_field', 'run', '1 to 64 letters, digits, dots, dashes or underscores, starting with a letter or digit');
    if (this.#live.size >= MAX_RUNS) {
      await this.#makeRoom();
      // Another request may have entered the same run meanwhile: there must be one of each.
      const entered = this.#live.get(id);
      if (entered) return entered;
    }
    const loading = this.#load(id);
    this.#live.set(id, loading);
    try {
      const live = await loading;
      this.#live.set(id, live);
      return live;
    } catch (thrown) {
      this.#live.delete(id);
      throw thrown;
    }
  }

  /** A tenth at a time, so that a flood of names does not write at every one. */
  async #makeRoom(): Promise<void> {
    for (const [id, live] of [...this.#live].slice(0, MAX_RUNS / 10)) {
      if (live instanceof Promise) continue;
      if (live.dirty) await this.#save(live);
      if (!live.dirty && this.#live.get(id) === live) this.#live.delete(id);
    }
  }

  async #load(id: string): Promise<LiveRun> {
    const stored = await this.#store.get('runs', id);
    if (stored === undefined) {
      const run: Run = { id, settings: this.#defaults, step: 0, served: 0, adaptive: null };
      return { run, served: 0, dirty: false };
    }
    const run = JSON.parse(stored) as Run;
    // A server of a later version may have settings that an older record lacks.
    return { run: { ...run, settings: { ...this.#defaults, ...run.settings } }, served: run.served, dirty: false };
  }

  #snapshot(live: LiveRun): Run {
    const { settings } = live.run;
    const step = settings.stepSource === 'requests' ? Math.floor(live.served / settings.requestsPerStep) : live.run.step;
    return { ...live.run, step, served: live.served };
  }

  async #save(live: LiveRun): Promise<void> {
    live.dirty = false;
    try {
      await this.#store.set('runs', live.run.id, JSON.stringify(this.#snapshot(live)));
    } catch (thrown) {
      live.dirty = true;
      throw thrown;
    }
  }
}

/** The noise probability of a run at a step. */
export function noiseOf(run: Run, step: number, totalSteps: number): number {
  return noiseAt(run.settings.curriculum, step, totalSteps, run.adaptive?.noise);
}

function notAdaptive(field: string, id: string, kind: string): BadRequestError {
  return new BadRequestError('invalid_field', field, `an adaptive curriculum on run ${id} (it is ${kind})`);
}
