/**
 * DeepResearcher's handler, `/handle_execution` (spec: rl-frameworks A.20; scrl/handler/handler.py at c93be8f): a list of tool calls
 * comes in, the same list with `content` goes out under the same key. The client repeats a failed call for ever, so a call that
 * cannot be read gets an empty content, as there, and never an error.
 */
import { BadRequestError } from '../../errors.ts';
import type { OpenedPage, QueryContext, ResultPage, SearchQuery } from '../../types.ts';
import { json, searchOperation } from '../dialect.ts';
import { type Fields, isUnset, objectOrEmpty } from '../fields.ts';
import { idOf } from '../made-up.ts';
import { BATCH_DEADLINE_MS, searchFor } from './request.ts';

/** handler.py runs the first three. */
const MAX_QUERIES = 3;
const MAX_READS = 10;
const RESULTS = 10;

/** One item: its queries or URLs are `texts`, and the first of their pages is at `from`. */
interface Item {
  readonly sent: Fields;
  readonly tool: 'web_search' | 'browse_webpage' | null;
  readonly texts: readonly string[];
  readonly from: number;
}

function stringsOf(value: unknown, most: number): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string').slice(0, most) : [];
}

/** `idx` counts the rollouts of one batch, so that only with its question does it name a trajectory. */
function contextOf({ question, idx }: Fields): QueryContext {
  if (typeof question !== 'string' || question.trim() === '') return {};
  const rollout = typeof idx === 'number' || typeof idx === 'string' ? { trajectory: idOf('dr_', `${idx} ${question}`, 16) } : {};
  return { question, ...rollout };
}

function searchContent(texts: readonly string[], pages: readonly ResultPage[]) {
  return texts.map((search_query, i) => ({
    search_query,
    web_page_info_list: (pages[i]?.results ?? []).map((result) => ({ title: result.title, url: result.url, quick_summary: result.snippet })),
  }));
}

function readContent(urls: readonly string[], pages: readonly (OpenedPage | null | undefined)[]) {
  return urls.map((url, i) => ({ url, information: pages[i] ? [{ page_number: 1, page_summary: pages[i].content }] : [] }));
}

function contentOf({ tool, texts, from }: Item, pages: readonly ResultPage[], reads: readonly (OpenedPage | null)[]) {
  if (tool === 'web_search') return searchContent(texts, pages.slice(from, from + texts.length));
  if (tool === 'browse_webpage') return readContent(texts, reads.slice(from, from + texts.length));
  return [];
}

export const handleExecution = searchOperation<readonly Item[]>({
  methods: ['POST'],
  paths: ['/handle_execution'],
  decode({ fields }) {
    const sent = fields.query_contents;
    if (isUnset(sent)) throw new BadRequestError('missing_field', 'query_contents', 'a list of tool calls');
    if (!Array.isArray(sent)) throw new BadRequestError('invalid_field', 'query_contents', 'a list of tool calls');
    const queries: SearchQuery[] = [];
    const reads: string[] = [];
    const wire = sent.map((each: unknown): Item => {
      const item = objectOrEmpty(each);
      const call = objectOrEmpty(item.tool_call);
      const given = objectOrEmpty(call.arguments);
      if (call.name === 'web_search') {
        const texts = stringsOf(given.query, MAX_QUERIES);
        const from = queries.length;
        const context = contextOf(item);
        for (const text of texts) queries.push(searchFor(text, RESULTS, { context }));
        return { sent: item, tool: 'web_search', texts, from };
      }
      if (call.name !== 'browse_webpage') return { sent: item, tool: null, texts: [], from: 0 };
      const texts = stringsOf(given.url_list, MAX_READS);
      const from = reads.length;
      reads.push(...texts);
      return { sent: item, tool: 'browse_webpage', texts, from };
    });
    return { queries, wire, reads, softDeadlineMs: BATCH_DEADLINE_MS };
  },
  encode(pages, { wire }, { reads = [] }) {
    return json({ query_contents: wire.map((item) => ({ ...item.sent, content: contentOf(item, pages, reads) })) });
  },
});
