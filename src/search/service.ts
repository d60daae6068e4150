/**
 * The use case: a SearchQuery in, a page and its labels out. Everything a page depends on is gathered here (run, step, grounding,
 * draw), hashed to the page's id, and looked up before anything is written. Equal concurrent requests share one generation.
 *
 * A caller with a deadline is never kept past it: it gets the same page as `template` would write it, labelled degraded, while the
 * model's page goes on being written for the resend that will follow (spec: rl-frameworks D.2).
 */
import { LRUCache } from 'lru-cache';
import { placeOf, stemOf } from '../documents/addresses.ts';
import { compileAnswers, leaksAnswer } from '../documents/answers.ts';
import { decoded } from '../documents/clean.ts';
import { openPage, urlKey } from '../documents/pages.ts';
import { GeneratorError, QuotaError, toWinnowError } from '../errors.ts';
import type { Generator } from '../generators/generator.ts';
import { Draw, hash } from '../hash.ts';
import type { Datasets } from '../runs/datasets.ts';
import { DEFAULT_RUN, type Run } from '../runs/run.ts';
import { type Runs, noiseOf } from '../runs/runs.ts';
import { drawKinds } from '../simulator/noise.ts';
import type { PageOrder, Simulator } from '../simulator/simulator.ts';
import type { Store } from '../store/store.ts';
import type { Degraded, DocumentKind, OpenedPage, PageLabels, PageOrigin, Result, ResultPage, SearchQuery, ServedPage } from '../types.ts';
import { pageKey } from './cache-key.ts';
import { type NormalizedQuery, normalizeQuery } from './normalize.ts';
import { SingleFlight } from './single-flight.ts';

/** No engine shows more; page 11 of any query is empty. */
const MAX_PAGES = 10;
/** Queries of one batch answered between two turns of the event loop. */
const BATCH_SLICE = 8;
/** What an engine adds to a query to suggest another. */
const RELATED = ['explained', 'history', 'facts', 'timeline'] as const;

export interface StoredPage {
  readonly page: ResultPage;
  readonly origin: PageOrigin;
}

export interface SearchOptions {
  /** Milliseconds until a degraded page is sent instead; Infinity waits. */
  readonly deadlineMs: number;
  /** When the budget or the rate is spent and the dialect never refuses. */
  readonly degraded?: Degraded;
  /** The client takes an error badly: a spent run is served by template, and a page that cannot be had at all is an empty one. */
  readonly neverRefuses?: boolean;
}

export interface ServiceDeps {
  readonly store: Store;
  readonly runs: Runs;
  readonly datasets: Datasets;
  readonly simulator: Simulator;
  /** By name; holds `template`. */
  readonly generators: ReadonlyMap<string, Generator>;
  readonly defaultGenerator: string;
  /** The world's date, `YYYY-MM-DD`. */
  readonly worldDate: string;
  /** Pages kept as objects, ready to be encoded. */
  readonly cachePages: number;
  readonly setTimer: (milliseconds: number, then: () => void) => () => void;
  /** A page could not be written by the model asked for; the caller got one by `template`. */
  readonly onFallback?: (generator: string, cause: unknown) => void;
  readonly onStoreError?: (cause: unknown) => void;
  /** A query failed altogether, and an empty page took its place. */
  readonly onFailure?: (cause: unknown) => void;
}

interface Plan {
  readonly query: SearchQuery;
  readonly normalized: NormalizedQuery;
  readonly run: Run;
  readonly step: number;
  readonly noiseProbability: number;
  readonly draw: number | null;
  readonly kinds: readonly DocumentKind[];
  readonly question: string | null;
  readonly goldenAnswers: readonly string[];
  readonly questionScore: number | null;
}

type Source = PageLabels['source'];

export class SearchService {
  readonly #deps: ServiceDeps;
  readonly #pages: LRUCache<string, StoredPage>;
  readonly #flights = new SingleFlight<StoredPage>();

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
    this.#pages = new LRUCache({ max: deps.cachePages });
  }

  /** Generations under way. */
  get inFlight(): number {
    return this.#flights.size;
  }

  async search(query: SearchQuery, options: SearchOptions): Promise<ServedPage> {
    const runId = query.context.run ?? DEFAULT_RUN;
    const run = this.#deps.runs.peek(runId) ?? (await this.#deps.runs.open(runId));
    const spent = !this.#deps.runs.spend(runId, 1);
    if (spent && !options.neverRefuses) throw new QuotaError('budget_exhausted', null, `The budget of run ${runId} is spent.`);
    const plan = await this.#plan(query, run);
    if (query.count === 0 || plan.normalized.impossible || query.page > MAX_PAGES) return this.#empty(plan);

    const wanted = run.settings.generator ?? this.#deps.defaultGenerator;
    const degraded = options.degraded ?? (spent ? 'budget' : undefined);
    if (degraded) return this.#served(plan, 'template', degraded, Number.POSITIVE_INFINITY);
    return this.#served(plan, wanted, null, options.deadlineMs);
  }

  /**
   * In the order of the queries; yields to the event loop so that a body of 20,000 queries does not silence the server. A query that
   * fails costs its siblings nothing: its page is empty, and its labels say why. What the caller did wrong is still an error.
   */
  async searchMany(queries: readonly SearchQuery[], options: SearchOptions): Promise<ServedPage[]> {
    if (queries.length === 1) {
      const query = queries[0]!;
      try {
        return [await this.search(query, options)];
      } catch (thrown) {
        if (!options.neverRefuses) throw thrown;
        return [this.#failed(query, thrown)];
      }
    }
    const pending: Promise<ServedPage>[] = [];
    for (const [i, query] of queries.entries()) {
      const one = this.search(query, options).catch((thrown: unknown) => this.#failed(query, thrown));
      // Marked as handled: an early failure is thrown by Promise.all below, after the siblings have been started.
      one.catch(() => {});
      pending.push(one);
      if (i % BATCH_SLICE === BATCH_SLICE - 1) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    return Promise.all(pending);
  }

  /** The page behind a URL that some result page named; null for any other URL. */
  async open(url: string): Promise<OpenedPage | null> {
    const found = await this.#locate(url);
    return found ? behind(found.stored, found.index) : null;
  }

  /** A stored page with its origin, by id. */
  async stored(id: string): Promise<StoredPage | null> {
    return this.#lookup(id);
  }

  async #plan(query: SearchQuery, run: Run): Promise<Plan> {
    const { worldDate, datasets } = this.#deps;
    const asked = query.similarTo === null ? query : await this.#similar(query, query.similarTo);
    const normalized = normalizeQuery(asked, worldDate);
    const { settings } = run;
    const { context } = asked;
    const step = context.step ?? run.step;
    const ground = datasets.ground(normalized.terms, context, settings.dataset);
    const noiseProbability = context.noiseProbability ?? noiseOf(run, step, context.totalSteps ?? settings.totalSteps);
    const { kinds, draw } = drawKinds({
      worldSeed: settings.worldSeed,
      seed: settings.seed,
      step,
      folded: normalized.folded,
      question: ground.question,
      context,
      unit: settings.noiseUnit,
      scope: settings.noiseScope,
      noiseProbability,
      count: asked.count,
    });
    return { query: asked, normalized, run, step, noiseProbability, draw, kinds, question: ground.question, goldenAnswers: ground.goldenAnswers, questionScore: ground.score };
  }

  /** "Pages like this one" is a search for its title, or for the words of its path when it was never served. */
  async #similar(query: SearchQuery, url: string): Promise<SearchQuery> {
    const found = await this.#locate(url);
    const words = found?.stored.page.results[found.index]!.title ?? decoded(url).replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
    return { ...query, text: words || url };
  }

  async #served(plan: Plan, generatorName: string, degraded: Degraded | null, deadlineMs: number): Promise<ServedPage> {
    const generator = this.#deps.generators.get(generatorName);
    if (!generator) {
      // A run outlives the configuration under which it chose its generator.
      this.#deps.onFallback?.(generatorName, new GeneratorError(generatorName, 'no generator of this name is configured', { retryable: false }));
      return this.#served(plan, 'template', 'generator', Number.POSITIVE_INFINITY);
    }
    const id = this.#pageId(plan, generator.identity ?? generatorName);
    // Looked for once more after the store was asked: a flight may have landed meanwhile, and a second text would be another page.
    const stored = this.#live(id) ?? (await this.#lookup(id)) ?? this.#live(id);
    if (stored) return this.#label(plan, stored, 'stored', degraded);

    const source: Source = this.#flights.current(id) ? 'joined' : 'made';
    const flight = this.#flights.run(id, () => this.#make(plan, generator, id));
    try {
      const made = deadlineMs === Number.POSITIVE_INFINITY || generatorName === 'template' ? await flight : await this.#race(flight, deadlineMs);
      if (made) return this.#label(plan, made, source, degraded);
    } catch (thrown) {
      // Whatever went wrong on the way to the model's page, a fault of ours in reading it included, template can still write one.
      if (generatorName === 'template') throw thrown;
      this.#deps.onFallback?.(generatorName, thrown);
      return this.#served(plan, 'template', 'generator', Number.POSITIVE_INFINITY);
    }
    return this.#served(plan, 'template', 'deadline', Number.POSITIVE_INFINITY);
  }

  /** Null when the deadline came first; the flight goes on, and its failure is nobody's any more. */
  async #race(flight: Promise<StoredPage>, deadlineMs: number): Promise<StoredPage | null> {
    let cancel = (): void => {};
    const deadline = new Promise<null>((resolve) => {
      cancel = this.#deps.setTimer(deadlineMs, () => resolve(null));
    });
    flight.catch(() => {});
    try {
      return await Promise.race([flight, deadline]);
    } finally {
      cancel();
    }
  }

  #pageId(plan: Plan, generator: string): string {
    return pageKey({
      query: plan.query,
      normalized: plan.normalized,
      settings: plan.run.settings,
      worldDate: this.#deps.worldDate,
      generator,
      question: plan.question,
      goldenAnswers: plan.goldenAnswers,
      kinds: plan.kinds,
    });
  }

  async #make(plan: Plan, generator: Generator, id: string): Promise<StoredPage> {
    const { query, normalized, run } = plan;
    const order: PageOrder = {
      pageId: id,
      terms: normalized.terms,
      question: plan.question,
      goldenAnswers: plan.goldenAnswers,
      kinds: plan.kinds,
      style: query.context.style ?? run.settings.style,
      promptStyle: run.settings.promptStyle,
      topic: query.topic,
      language: query.language,
      today: this.#deps.worldDate,
      dates: normalized.dates,
      includeDomains: normalized.includeDomains,
      excludeDomains: normalized.excludeDomains,
      firstRank: (query.page - 1) * query.count + 1,
      owner: run.id,
    };
    const written = await this.#deps.simulator.write(order, generator);
    const stored: StoredPage = { page: this.#page(plan, id, written), origin: written.origin };
    this.#keep(stored);
    return stored;
  }

  #page(plan: Plan, id: string, { results, origin }: { results: readonly Result[]; origin: PageOrigin }): ResultPage {
    const draw = new Draw(id);
    const { query, normalized } = plan;
    const answers = compileAnswers(origin.kind === 'useful' ? [] : origin.goldenAnswers);
    const related = RELATED.map((word) => `${normalized.terms} ${word}`).filter((text) => !leaksAnswer(text, answers));
    return {
      id,
      query: normalized.terms,
      results,
      pageNumber: query.page,
      hasMore: results.length > 0 && query.page < MAX_PAGES,
      totalResults: results.length === 0 ? 0 : 10 ** (3 + draw.below(5)) * (1 + draw.below(9)) + draw.below(1000) * 10,
      searchMs: 180 + draw.below(620),
      related: results.length === 0 ? [] : related,
      madeAt: `${this.#deps.worldDate}T00:00:00.000Z`,
    };
  }

  /** Off the request path: the store answers its own reads at once and writes behind. */
  #keep(stored: StoredPage): void {
    const { store, onStoreError } = this.#deps;
    const stem = stemOf(stored.page.id);
    this.#pages.set(stem, stored);
    store.set('pages', stem, JSON.stringify(stored)).catch((cause: unknown) => onStoreError?.(cause));
  }

  /** The page of this id if it is at hand, without a turn of the event loop. */
  #live(id: string): StoredPage | undefined {
    const live = this.#pages.get(stemOf(id));
    return live?.page.id === id ? live : undefined;
  }

  /** Null also for another page with the same stem: of a million pages, two share one with a chance of one in ten thousand. */
  async #lookup(id: string): Promise<StoredPage | null> {
    const stored = await this.#lookupStem(stemOf(id));
    return stored?.page.id === id ? stored : null;
  }

  async #lookupStem(stem: string): Promise<StoredPage | null> {
    const live = this.#pages.get(stem);
    if (live) return live;
    const found = this.#deps.store.get('pages', stem);
    const text = found instanceof Promise ? await found : found;
    if (text === undefined) return null;
    const stored = JSON.parse(text) as StoredPage;
    this.#pages.set(stem, stored);
    return stored;
  }

  async #locate(url: string): Promise<{ stored: StoredPage; index: number } | null> {
    const key = urlKey(url);
    const place = placeOf(key);
    const stored = place && (await this.#lookupStem(place.stem));
    const index = stored?.page.results.findIndex((result) => place!.isRank(result.rank) && urlKey(result.url) === key) ?? -1;
    return stored && index >= 0 ? { stored, index } : null;
  }

  /** Errors by the caller go on up; all others become an empty page. */
  #failed(query: SearchQuery, thrown: unknown): ServedPage {
    const error = toWinnowError(thrown);
    if (error.status < 500) throw thrown;
    this.#deps.onFailure?.(thrown);
    const { context } = query;
    const page: ResultPage = { id: hash('failed', query.text), query: query.text, results: [], pageNumber: query.page, hasMore: false, totalResults: 0, searchMs: 0, related: [], madeAt: `${this.#deps.worldDate}T00:00:00.000Z` };
    return {
      page,
      labels: {
        kind: 'empty', kinds: [], verdict: 'unchecked', tries: 0, reason: error.message, generator: 'none', model: null,
        question: context.question ?? null, goldenAnswers: context.goldenAnswers ?? [],
        run: context.run ?? DEFAULT_RUN, step: context.step ?? 0, noiseProbability: context.noiseProbability ?? 0, draw: null, questionScore: null,
        trajectory: context.trajectory ?? null, group: context.group ?? null, turn: context.turn ?? null,
        source: 'made', degraded: 'failed',
      },
    };
  }

  #empty(plan: Plan): ServedPage {
    const origin: PageOrigin = { kind: 'empty', kinds: [], verdict: 'unchecked', tries: 0, reason: 'no result can satisfy the request', generator: 'none', model: null, question: plan.question, goldenAnswers: plan.goldenAnswers };
    const page = this.#page(plan, this.#pageId(plan, 'none'), { results: [], origin });
    return this.#label(plan, { page, origin }, 'made', null);
  }

  #label(plan: Plan, stored: StoredPage, source: Source, degraded: Degraded | null): ServedPage {
    const { context } = plan.query;
    const { origin } = stored;
    // Written out, not spread: this is made for every page served, and an object of known shape costs a tenth.
    const labels: PageLabels = {
      kind: origin.kind,
      kinds: origin.kinds,
      verdict: origin.verdict,
      tries: origin.tries,
      reason: origin.reason,
      generator: origin.generator,
      model: origin.model,
      question: origin.question,
      goldenAnswers: origin.goldenAnswers,
      run: plan.run.id,
      step: plan.step,
      noiseProbability: plan.noiseProbability,
      draw: plan.draw,
      questionScore: plan.questionScore,
      trajectory: context.trajectory ?? null,
      group: context.group ?? null,
      turn: context.turn ?? null,
      source,
      degraded,
    };
    // The echo is the request's, not the page's: it must not tell who asked first.
    const echo = plan.query.similarTo ?? plan.query.text;
    if (!plan.query.withContent) return { page: stored.page.query === echo ? stored.page : { ...stored.page, query: echo }, labels };
    const results = stored.page.results.map((result, i) => ({ ...result, content: behind(stored, i).content }));
    return { page: { ...stored.page, query: echo, results }, labels };
  }
}

/** The page behind one result: of its document's own kind, where the page is mixed. */
function behind({ page, origin }: StoredPage, index: number): OpenedPage {
  const { question, goldenAnswers } = origin;
  return openPage(page.results[index]!, { kind: origin.kinds[index]!, question, goldenAnswers }, page.id);
}
