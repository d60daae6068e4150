/**
 * Pages for questions of NQ, half of them useful and half noisy, asked of a server in this process over HTTP and judged by a judge that
 * shares no code with it (test/support/judge.ts): a useful page must hold an accepted answer, a noisy one none, anywhere. The same judge
 * reads a model's own first drafts, so that what verification changes can be seen.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Parts, REAL_WORLD } from '../../src/compose.ts';
import { resolveConfig } from '../../src/config.ts';
import { parseDocuments } from '../../src/documents/parser.ts';
import { serve } from '../../src/serve.ts';
import { Judge, type SeenResult, leakOf, tellingResults } from '../../test/support/judge.ts';

export const QUESTIONS = fileURLToPath(new URL('../../../shared/data/nq_open_dev.jsonl', import.meta.url));
/** Documents of a page. */
export const COUNT = 5;
const SHOWN = 5;

export interface Item {
  readonly question: string;
  readonly answers: readonly string[];
  readonly judge: Judge;
  readonly kind: 'useful' | 'noisy';
}

/** The first so many of QUESTIONS; all of them by default. */
export function questionsOf(count?: number): { readonly question: string; readonly golden_answers: string[] }[] {
  const lines = readFileSync(QUESTIONS, 'utf8').split('\n').filter(Boolean).slice(0, count);
  return lines.map((line) => JSON.parse(line) as { question: string; golden_answers: string[] });
}

export function itemsOf(count: number): Item[] {
  return questionsOf(count).map(({ question, golden_answers: answers }, i) => ({ question, answers, judge: new Judge(answers), kind: i % 2 === 0 ? 'useful' : 'noisy' }));
}

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What a model wrote first for a query, before anything read it. */
export interface Draft {
  readonly text: string;
  readonly truncated: boolean;
  readonly tokens: number;
}

export interface Total {
  completions: number;
  tokens: number;
}

interface Seen {
  readonly item: Item;
  readonly milliseconds: number;
  readonly labels: { readonly kind: string; readonly verdict: string; readonly tries: number; readonly reason: string | null; readonly degraded: string | null };
  readonly telling: number;
  readonly results: readonly SeenResult[];
  readonly leak: string | null;
}

interface Page {
  readonly id: string;
  readonly results: readonly SeenResult[];
  readonly related: readonly string[];
  readonly winnow: Seen['labels'];
}

async function post<T>(url: string, body: unknown): Promise<T> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
  return (await response.json()) as T;
}

/** Runs `work` over the items, `width` at a time. */
async function each<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const done = new Array<R>(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      done[i] = await work(items[i]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return done;
}

export interface Phase {
  readonly name: string;
  readonly items: readonly Item[];
  readonly concurrency: number;
  readonly options: Readonly<Record<string, string>>;
  /** By query on one line; filled while pages are made. */
  readonly drafts: ReadonlyMap<string, Draft>;
  readonly total: Total;
  readonly fetch?: typeof fetch;
  readonly parts?: Parts;
}

export async function measure({ name, items, concurrency, options, drafts, total, fetch: fetching = fetch, parts = {} }: Phase) {
  const { config } = resolveConfig({ port: '0', store: 'memory', 'log-level': 'silent', ...options }, {}, null);
  const server = await serve(config, { ...REAL_WORLD, fetch: fetching }, parts);
  try {
    const ask = async (item: Item): Promise<Seen> => {
      const from = performance.now();
      const page = await post<Page>(`${server.origin}/v1/search`, {
        query: item.question,
        count: COUNT,
        winnow: { question: item.question, golden_answers: item.answers, kind: item.kind },
      });
      const milliseconds = performance.now() - from;
      const opened = await post<{ pages: { content: string }[] }>(`${server.origin}/v1/open`, { urls: page.results.map(({ url }) => url) });
      // What the native format leaves out.
      const stored = await server.composed.service.stored(page.id);
      const results = page.results.map((result, i): SeenResult => {
        const { content } = opened.pages[i]!;
        const displayUrl = stored?.page.results[i]?.displayUrl;
        if (typeof content !== 'string' || displayUrl === undefined) throw new Error(`${result.url} does not open`);
        return { ...result, content, displayUrl };
      });
      return { item, milliseconds, labels: page.winnow, telling: tellingResults(item.judge, results), results, leak: leakOf(item.judge, results, page.related) };
    };
    const from = performance.now();
    const seen = await each(items, concurrency, ask);
    return report(name, seen, drafts, total, (performance.now() - from) / 1000);
  } finally {
    await server.stop();
  }
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000);
export const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} % (${part} of ${whole})`;

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Undefined of none. */
export function percentile(values: readonly number[], p: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))];
}

function report(name: string, all: readonly Seen[], drafts: ReadonlyMap<string, Draft>, total: Total, seconds: number) {
  // Answers that normalise to nothing ("The") cannot be judged, by anyone.
  const seen = all.filter(({ item }) => !item.judge.isBlank);
  const useful = seen.filter(({ item }) => item.kind === 'useful');
  const noisy = seen.filter(({ item }) => item.kind === 'noisy');
  const lacking = useful.filter(({ telling }) => telling === 0);
  const leaking = noisy.filter(({ leak }) => leak !== null);
  const mislabelled = seen.filter(({ item, labels }) => labels.kind !== item.kind);

  const draftOf = ({ item }: Seen): Draft | undefined => drafts.get(oneLine(item.question));
  const usefulDrafts = useful.filter(draftOf);
  const noisyDrafts = noisy.filter(draftOf);
  const draftsLacking = usefulDrafts.filter((one) => !one.item.judge.holds(draftOf(one)!.text, 'squad'));
  const draftsLeaking = noisyDrafts.filter((one) => one.item.judge.holdsAny(draftOf(one)!.text));
  const parsed = [...usefulDrafts, ...noisyDrafts].map((one) => {
    const { text, truncated } = draftOf(one)!;
    return parseDocuments(text, { expected: COUNT, truncated }).documents.length;
  });

  const verdicts = countBy(seen.map(({ labels }) => labels.verdict));
  const tries = countBy(seen.map(({ labels }) => String(labels.tries)));
  const degraded = countBy(seen.map(({ labels }) => labels.degraded ?? 'none'));
  const reasons = countBy(seen.map(({ labels }) => labels.reason?.split(':')[0] ?? 'none'));
  const times = seen.map(({ milliseconds }) => milliseconds);
  const answering = useful.reduce((sum, one) => sum + one.telling, 0);

  console.log(`\n${name}: ${all.length} pages in ${seconds.toFixed(1)} s (${(all.length / seconds).toFixed(1)} pages/s), ${total.completions} completions, ${(total.tokens / seconds).toFixed(1)} tokens/s`);
  console.log(`  first drafts   useful without an answer ${percent(draftsLacking.length, usefulDrafts.length)}; noisy with one ${percent(draftsLeaking.length, noisyDrafts.length)}`);
  console.log(`  parsed         ${percent(parsed.filter((n) => n >= COUNT).length, parsed.length)} of first drafts whole; ${percent(parsed.reduce((sum, n) => sum + Math.min(n, COUNT), 0), parsed.length * COUNT)} of documents`);
  console.log(`  pages served   useful without an answer ${lacking.length} of ${useful.length}; noisy with one ${leaking.length} of ${noisy.length}; of another kind than asked ${mislabelled.length}`);
  console.log(`  useful results that state the answer ${percent(answering, useful.reduce((sum, one) => sum + one.results.length, 0))}`);
  console.log(`  verdicts ${JSON.stringify(verdicts)}  tries ${JSON.stringify(tries)}  degraded ${JSON.stringify(degraded)}`);
  console.log(`  reasons  ${JSON.stringify(reasons)}`);
  const milliseconds = (p: number): number => Math.round(percentile(times, p) ?? 0);
  console.log(`  page     p50 ${milliseconds(50)} ms, p95 ${milliseconds(95)} ms`);
  const shown = ({ item, labels }: Seen): string => `${JSON.stringify(item.question)} ${JSON.stringify(item.answers)} (${labels.verdict}, ${labels.tries} tries)`;
  for (const one of lacking.slice(0, SHOWN)) console.log(`  LACKING ${shown(one)}\n    ${one.results.map(({ title, text }) => `${title} | ${text}`).join('\n    ')}`);
  for (const one of leaking.slice(0, SHOWN)) console.log(`  LEAKING ${shown(one)} ${one.leak}`);

  return {
    pages: all.length,
    unjudged: all.length - seen.length,
    useful_lacking: lacking.length,
    noisy_leaking: leaking.length,
    mislabelled: mislabelled.length,
    draft_useful_lacking: share(draftsLacking.length, usefulDrafts.length),
    draft_noisy_leaking: share(draftsLeaking.length, noisyDrafts.length),
    draft_whole: share(parsed.filter((n) => n >= COUNT).length, parsed.length),
    verdicts,
    tries,
    degraded,
    pages_per_s: Math.round((all.length / seconds) * 10) / 10,
    tokens_per_s: Math.round((total.tokens / seconds) * 10) / 10,
    p50_ms: milliseconds(50),
    p95_ms: milliseconds(95),
  };
}
