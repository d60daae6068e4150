/**
 * The engine played by a model: an order for a page in, results that hold their label out. The model's text is parsed, presented and
 * verified; what fails is written again a bounded number of times, and what still fails is written by `template`, document by
 * document, so that one bad document does not cost four good ones. A page whose label is not true is never returned.
 *
 * A page is asked for as a whole, or each of its documents apart; then only those that failed are asked for again.
 */
import { type AnswerSet, compileAnswers } from '../documents/answers.ts';
import { parseDocuments } from '../documents/parser.ts';
import { present } from '../documents/presentation.ts';
import { GeneratorError, OutputError } from '../errors.ts';
import type { GenerationRequest, Generator, PageTask, WrittenDocument } from '../generators/generator.ts';
import { hash } from '../hash.ts';
import type { DateRange, DocumentKind, PageOrigin, PromptStyle, Result, Style } from '../types.ts';
import { pageKind } from './noise.ts';
import { asksForOne, buildMessages, maxTokensFor, prefillOf, stopsFor } from './prompts.ts';
import { type PageCheck, checkPage } from './verify.ts';

export interface PageOrder {
  /** 32 hex digits; everything seeded in the page comes from it. */
  readonly pageId: string;
  /** The agent's words without operators. */
  readonly terms: string;
  readonly question: string | null;
  readonly goldenAnswers: readonly string[];
  /** One per document, 1 to 20. */
  readonly kinds: readonly DocumentKind[];
  readonly style: Style;
  readonly promptStyle: PromptStyle;
  readonly topic: 'web' | 'news';
  readonly language: string;
  /** The world's date, `YYYY-MM-DD`. */
  readonly today: string;
  readonly dates: DateRange | null;
  readonly includeDomains: readonly string[];
  readonly excludeDomains: readonly string[];
  readonly firstRank: number;
  /** The run that asked, for generators that serve runs in turn. */
  readonly owner?: string;
}

export interface WrittenPage {
  readonly results: readonly Result[];
  readonly origin: PageOrigin;
}

export interface SimulatorOptions {
  /** Writes what the model failed to write. Must be synchronous and must always satisfy its labels. */
  readonly template: Generator;
  /** Generations asked of a model before `template` repairs, 1 or more. */
  readonly maxTries: number;
  /** Sampling temperature; ZeroSearch serves its simulator at 0.8. */
  readonly temperature: number;
  /** Asks for each document of a page apart, all at once. Prompts for a single document do so anyway. Default: false. */
  readonly parallelDocuments?: boolean;
  /** Told of each generation, for metrics. */
  readonly onGeneration?: (event: { generator: string; documents: number; dropped: number; failures: number; completionTokens: number | null }) => void;
}

interface Draft {
  /** Sparse: null where the model gave nothing. */
  readonly documents: readonly (WrittenDocument | null)[];
  readonly reasons: readonly string[];
  readonly model: string | null;
}

export class Simulator {
  readonly #options: SimulatorOptions;
  constructor(options: SimulatorOptions) {
    this.#options = options;
  }

  /** Throws GeneratorError when the model cannot be reached, OutputError when not even `template` satisfies the labels. */
  async write(order: PageOrder, generator: Generator, signal?: AbortSignal): Promise<WrittenPage> {
    const answers = compileAnswers(order.goldenAnswers);
    const count = order.kinds.length;
    const { template, parallelDocuments = false } = this.#options;
    const ownTries = generator === template ? 1 : this.#options.maxTries;
    const apart = generator !== template && (parallelDocuments || asksForOne(order.promptStyle));
    let best: { documents: (WrittenDocument | null)[]; bad: number; model: string | null } | null = null;
    let reason: string | null = null;
    let tries = 0;

    while (tries < ownTries) {
      tries++;
      const draft: Draft = apart ? await this.#draftApart(order, generator, tries, best?.documents ?? [], signal) : await this.#draft(order, generator, tries, signal);
      const missing = gapsIn(draft.documents);
      if (missing === 0) {
        const results = this.#present(order, draft.documents as WrittenDocument[], answers);
        const check = checkPage(results, order.kinds, answers);
        if (check.failures.length === 0) {
          return { results, origin: origin(order, check, tries, reason ?? firstOf(draft.reasons), generator.name, draft.model) };
        }
        reason = describe(check);
        const documents = withoutFailures(draft.documents, check);
        const bad = gapsIn(documents);
        if (best === null || bad < best.bad) best = { documents, bad, model: draft.model };
      } else {
        reason = firstOf(draft.reasons) ?? `short: ${count - missing} of ${count} documents`;
        if (best === null || missing < best.bad) best = { documents: [...draft.documents], bad: missing, model: draft.model };
      }
    }

    // What the model left out or got wrong is filled in; what then turns out to fail goes too, and at last the whole page.
    let kept = best === null || best.bad === count ? null : best.documents;
    for (;;) {
      const documents = await this.#repair(order, kept, tries);
      const results = this.#present(order, documents, answers);
      const check = checkPage(results, order.kinds, answers);
      if (check.failures.length === 0) {
        return { results, origin: { ...origin(order, check, tries, reason, generator.name, best?.model ?? null), verdict: 'repaired' } };
      }
      reason = describe(check);
      if (kept === null) throw new OutputError(reason);
      const left = withoutFailures(kept, check);
      kept = gapsIn(left) > gapsIn(kept) && gapsIn(left) < count ? left : null;
    }
  }

  /** One generation per kind on the page: a prompt asks for one kind only, so that a noisy prompt never carries the answer. */
  async #draft(order: PageOrder, generator: Generator, attempt: number, signal: AbortSignal | undefined): Promise<Draft> {
    const kind = pageKind(order.kinds);
    if (kind !== 'mixed') {
      const { documents, reasons, model } = await this.#generate(order, generator, order.kinds, attempt, signal);
      return { documents: Array.from({ length: order.kinds.length }, (_, i) => documents[i] ?? null), reasons, model };
    }
    const useful = order.kinds.filter((one) => one === 'useful');
    const noisy = order.kinds.filter((one) => one === 'noisy');
    const [first, second] = await Promise.all([
      this.#generate(order, generator, useful, attempt, signal),
      this.#generate(order, generator, noisy, attempt, signal),
    ]);
    const queues = { useful: [...first.documents], noisy: [...second.documents] };
    return { documents: order.kinds.map((one) => queues[one].shift() ?? null), reasons: [...first.reasons, ...second.reasons], model: first.model };
  }

  /** One generation for each document that is not among `kept`. The first that fails ends the others. */
  async #draftApart(order: PageOrder, generator: Generator, attempt: number, kept: readonly (WrittenDocument | null)[], signal: AbortSignal | undefined): Promise<Draft> {
    const failed = new AbortController();
    const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
    const write = async (kind: DocumentKind, place: number) => (kept[place] ? null : this.#generate(order, generator, [kind], attempt, either, place));
    const written = await Promise.all(order.kinds.map(write)).catch((thrown: unknown) => {
      failed.abort(thrown);
      throw thrown;
    });
    const texts = new Set(kept.map((document) => document?.text.toLowerCase()));
    const reasons: string[] = [];
    const documents = written.map((one, place): WrittenDocument | null => {
      if (one === null) return kept[place]!;
      reasons.push(...one.reasons);
      const document = one.documents[0] ?? null;
      const text = document?.text.toLowerCase();
      // They know nothing of each other.
      if (text !== undefined && texts.has(text)) {
        reasons.push(`duplicate: ${text.slice(0, 100)}`);
        return null;
      }
      texts.add(text);
      return document;
    });
    return { documents, reasons, model: written.find((one) => one !== null)?.model ?? null };
  }

  /** `place`: of the only document asked for in its page. */
  async #generate(order: PageOrder, generator: Generator, kinds: readonly DocumentKind[], attempt: number, signal: AbortSignal | undefined, place?: number) {
    const seed = hash(order.pageId, 'text', kinds[0] ?? '', attempt, ...(place === undefined ? [] : [place]));
    const task: PageTask = {
      query: order.terms,
      question: order.question,
      goldenAnswers: order.goldenAnswers,
      kinds,
      style: order.style,
      topic: order.topic,
      language: order.language,
      seed,
      today: order.today,
    };
    const request: GenerationRequest = {
      task,
      // `template` reads the task; building prompts that nobody reads would be a third of its time.
      ...(generator === this.#options.template ? { messages: [] } : { messages: buildMessages(task, order.promptStyle), prefill: prefillOf(order.promptStyle), stop: stopsFor(kinds.length, order.promptStyle) }),
      maxTokens: maxTokensFor(kinds.length, order.promptStyle),
      temperature: this.#options.temperature,
      seed: Number.parseInt(seed.slice(0, 8), 16) >>> 1,
      ...(order.owner === undefined ? {} : { owner: order.owner }),
      ...(signal ? { signal } : {}),
    };
    const pending = generator.generate(request);
    const generation = pending instanceof Promise ? await pending : pending;
    if (typeof generation.text !== 'string') throw new GeneratorError(generator.name, 'answered without text');
    const { documents, dropped } = generation.documents
      ? { documents: generation.documents, dropped: [] }
      : parseDocuments(generation.text, { expected: kinds.length, truncated: generation.truncated });
    this.#options.onGeneration?.({
      generator: generator.name,
      documents: documents.length,
      dropped: dropped.length,
      failures: kinds.length - documents.length,
      completionTokens: generation.completionTokens,
    });
    return { documents, reasons: dropped.map((drop) => `${drop.reason}: ${drop.excerpt}`), model: generation.model };
  }

  /** Fills the gaps of `kept` (all of them when null) with documents by `template`. */
  async #repair(order: PageOrder, kept: readonly (WrittenDocument | null)[] | null, tries: number): Promise<WrittenDocument[]> {
    const draft = await this.#draft(order, this.#options.template, tries + (kept === null ? 1000 : 0), undefined);
    return order.kinds.map((_, i) => {
      const document = kept?.[i] ?? draft.documents[i];
      if (!document) throw new OutputError('template wrote too few documents');
      return document;
    });
  }

  #present(order: PageOrder, documents: readonly WrittenDocument[], answers: AnswerSet): Result[] {
    return present({
      documents,
      kinds: order.kinds,
      answers,
      pageId: order.pageId,
      query: order.terms,
      style: order.style,
      topic: order.topic,
      language: order.language,
      today: order.today,
      dates: order.dates,
      includeDomains: order.includeDomains,
      excludeDomains: order.excludeDomains,
      firstRank: order.firstRank,
    });
  }
}

function origin(order: PageOrder, check: PageCheck, tries: number, reason: string | null, generator: string, model: string | null): PageOrigin {
  return {
    kind: pageKind(order.kinds),
    kinds: order.kinds,
    verdict: check.checked ? 'pass' : 'unchecked',
    tries,
    reason,
    generator,
    model,
    question: order.question,
    goldenAnswers: order.goldenAnswers,
  };
}

function firstOf(reasons: readonly string[]): string | null {
  return reasons[0] ?? null;
}

function describe(check: PageCheck): string {
  const [failure] = check.failures;
  return failure ? `${failure.why}: ${failure.field} of document ${failure.index + 1}` : 'none';
}

function gapsIn(documents: readonly (WrittenDocument | null)[]): number {
  return documents.filter((document) => document === null).length;
}

/** Documents that failed become gaps. A useful page that lacks its answer has one gap, the first useful document. */
function withoutFailures(documents: readonly (WrittenDocument | null)[], check: PageCheck): (WrittenDocument | null)[] {
  const left = [...documents];
  let replaced = false;
  for (const failure of check.failures) {
    if (failure.why === 'missing') {
      if (!replaced) left[failure.index] = null;
      replaced = true;
    } else {
      left[failure.index] = null;
    }
  }
  return left;
}
