/** What `/metrics` tells (Prometheus text format). One registry per server, so that tests can run many. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { ModelLoad } from '../../models/runtime/language-model.ts';
import type { PageLabels } from '../types.ts';

function kept<T>(series: Map<string, T>, key: string, make: () => T): T {
  let found = series.get(key);
  if (found === undefined) series.set(key, (found = make()));
  return found;
}

export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Counter<'dialect' | 'status'>;
  readonly #seconds: Histogram<'dialect'>;
  readonly #pages: Counter<'dialect' | 'kind' | 'source'>;
  readonly #degraded: Counter<'dialect' | 'why'>;
  readonly #verdicts: Counter<'verdict'>;
  readonly #generations: Counter<'generator'>;
  readonly #dropped: Counter<'generator'>;
  readonly #fallbacks: Counter<'generator'>;
  readonly #storeErrors: Counter;
  readonly #saved: Counter<'dialect'>;
  /** Series of the request path, so that labels are not hashed anew for each request. */
  readonly #requestSeries = new Map<string, { inc(): void }>();
  readonly #secondsSeries = new Map<string, { observe(seconds: number): void }>();
  readonly #pageSeries = new Map<string, { inc(): void }>();

  constructor(facts: { inFlight: () => number; version: string }) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#requests = new Counter({ name: 'winnow_requests_total', help: 'Requests answered, by dialect and HTTP status.', labelNames: ['dialect', 'status'], registers });
    this.#seconds = new Histogram({
      name: 'winnow_request_seconds',
      help: 'Time from the whole request to the whole reply.',
      labelNames: ['dialect'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
    this.#pages = new Counter({ name: 'winnow_pages_total', help: 'Pages served, by kind and by whether they were stored, joined or made.', labelNames: ['dialect', 'kind', 'source'], registers });
    this.#degraded = new Counter({ name: 'winnow_degraded_pages_total', help: 'Pages written by template in place of the run\'s generator, and why.', labelNames: ['dialect', 'why'], registers });
    this.#verdicts = new Counter({ name: 'winnow_page_verdicts_total', help: 'Verdicts on the labels of pages made.', labelNames: ['verdict'], registers });
    this.#generations = new Counter({ name: 'winnow_generations_total', help: 'Texts asked of a generator.', labelNames: ['generator'], registers });
    this.#dropped = new Counter({ name: 'winnow_dropped_documents_total', help: 'Parts of generated texts that were no document.', labelNames: ['generator'], registers });
    this.#fallbacks = new Counter({ name: 'winnow_generator_failures_total', help: 'Pages for which a generator failed and template stood in.', labelNames: ['generator'], registers });
    this.#storeErrors = new Counter({ name: 'winnow_store_errors_total', help: 'Writes that the store refused.', registers });
    this.#saved = new Counter({ name: 'winnow_spared_usd_total', help: 'What the same searches would have cost at the vendor\'s list price.', labelNames: ['dialect'], registers });
    new Gauge({ name: 'winnow_generations_in_flight', help: 'Pages being written.', registers, collect() { this.set(facts.inFlight()); } });
    new Gauge({ name: 'winnow_info', help: 'The version that runs; always 1.', labelNames: ['version'], registers }).set({ version: facts.version }, 1);
  }

  /** Adds what the local model tells of itself. */
  addModel(name: string, load: () => ModelLoad, isUp: () => boolean): void {
    const registers = [this.registry];
    new Gauge({ name: 'winnow_model_up', help: 'Whether the local model answers.', labelNames: ['model'], registers, collect() { this.set({ model: name }, isUp() ? 1 : 0); } });
    new Gauge({
      name: 'winnow_model_requests',
      help: 'Requests that the local model has, by whether they are running or waiting.',
      labelNames: ['state'],
      registers,
      collect() {
        const { running, waiting } = load();
        this.set({ state: 'running' }, running);
        this.set({ state: 'waiting' }, waiting);
      },
    });
    new Counter({
      name: 'winnow_model_tokens_total',
      help: 'Tokens of the local model: prompt (cached: those of them whose cache was there already) and completion.',
      labelNames: ['kind'],
      registers,
      collect() {
        const { promptTokens, cachedTokens, completionTokens } = load();
        // Counted by the model.
        this.reset();
        this.inc({ kind: 'prompt' }, promptTokens);
        this.inc({ kind: 'cached' }, cachedTokens);
        this.inc({ kind: 'completion' }, completionTokens);
      },
    });
  }

  request(dialect: string, status: number, seconds: number): void {
    kept(this.#requestSeries, `${dialect} ${status}`, () => this.#requests.labels(dialect, String(status))).inc();
    kept(this.#secondsSeries, dialect, () => this.#seconds.labels(dialect)).observe(seconds);
  }

  page(dialect: string, labels: PageLabels, usdPerThousand: number): void {
    kept(this.#pageSeries, `${dialect} ${labels.kind} ${labels.source}`, () => this.#pages.labels(dialect, labels.kind, labels.source)).inc();
    if (labels.degraded) this.#degraded.inc({ dialect, why: labels.degraded });
    if (labels.source === 'made') this.#verdicts.inc({ verdict: labels.verdict });
    if (usdPerThousand > 0) this.#saved.inc({ dialect }, usdPerThousand / 1000);
  }

  generation(generator: string, dropped: number): void {
    this.#generations.inc({ generator });
    if (dropped > 0) this.#dropped.inc({ generator }, dropped);
  }

  fallback(generator: string): void {
    this.#fallbacks.inc({ generator });
  }

  storeError(): void {
    this.#storeErrors.inc();
  }
}
