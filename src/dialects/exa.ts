/**
 * Exa: https://exa.ai/docs/reference (spec: dialects 1.7).
 * Real clients: exa-js, exa-py, @langchain/exa, langchain-exa, LlamaIndex, @exalabs/ai-sdk, exa-mcp-server, CrewAI, Open WebUI.
 */
import { answerParts, leadingSentences } from '../documents/answer.ts';
import { BadRequestError, type ErrorCode, QuotaError } from '../errors.ts';
import { MAX_COUNT, type OpenedPage, type Result, type ResultPage } from '../types.ts';
import { absoluteRange, isoDate } from './dates.ts';
import { type Dialect, type Operation, type SearchCall, type WireReply, type WireRequest, eventStream, json, readOperation, searchOperation, searchQuery } from './dialect.ts';
import { type Fields, countryOf, isObject, optionalBoolean, optionalInteger, optionalObject, optionalString, requiredString, stringList } from './fields.ts';
import { faviconUrl, hostnameOf, idOf } from './made-up.ts';
import { sentencesOf } from './markup.ts';

/** What is wanted of each page; null where it was not asked for. */
type Contents = ReturnType<typeof contentsOf>;

interface SearchWire {
  readonly contents: Contents;
  readonly resolvedType: 'neural' | 'keyword';
  /** exa-js `streamSearch`: it takes a reply of JSON for an empty stream. */
  readonly stream: boolean;
}

const TEXT_CHARACTERS = 10_000;
const AT_MOST_100 = 'at most 100 results';
const SEARCH_COST = 0.007;
const PAGE_COST = 0.001;

/** `true`, or an object of settings; null where the option is off. */
function option(fields: Fields, name: string): Fields | null {
  const value = fields[name];
  if (isObject(value)) return value;
  return optionalBoolean(fields, name) ? {} : null;
}

function charactersOf(settings: Fields | null): number | null {
  return settings && (optionalInteger(settings, 'maxCharacters', { min: 1, max: 1_000_000, outside: 'clamp' }) ?? TEXT_CHARACTERS);
}

/** The options stand under `contents` for /search and at the top level for /contents; both are read everywhere. */
function contentsOf(fields: Fields) {
  const all = { ...fields, ...(typeof fields.contents === 'boolean' ? {} : optionalObject(fields, 'contents')) };
  const highlights = option(all, 'highlights');
  return {
    textCharacters: charactersOf(option(all, 'text')),
    highlights: highlights && {
      sentences: optionalInteger(highlights, 'numSentences', { min: 1, max: 10, outside: 'clamp' }) ?? 3,
      perUrl: optionalInteger(highlights, 'highlightsPerUrl', { min: 1, max: 10, outside: 'clamp' }) ?? 1,
      characters: charactersOf(highlights) ?? TEXT_CHARACTERS,
    },
    summary: option(all, 'summary') !== null,
    contextCharacters: charactersOf(option(all, 'context')),
  };
}

/** Never ends inside a surrogate pair. */
function capped(text: string, characters: number): string {
  return text.slice(0, characters).replace(/[\uD800-\uDBFF]$/, '');
}

/** At least one: LlamaIndex reads the first unguarded. */
function highlightsOf(text: string, { sentences, perUrl, characters }: NonNullable<Contents['highlights']>) {
  const all = sentencesOf(text);
  const groups = Array.from({ length: Math.min(perUrl, Math.ceil(all.length / sentences)) }, (_, i) => all.slice(i * sentences, (i + 1) * sentences).join(' '));
  const highlights = (groups.length > 0 ? groups : [text]).map((group) => capped(group, characters));
  return { highlights, highlightScores: highlights.map((_, i) => Number((0.6 / (i + 1)).toFixed(3))) };
}

function resultOf(source: Result | OpenedPage, contents: Contents) {
  const { url, title, date, content: whole } = source;
  const passage = 'text' in source ? source.text : source.content;
  return {
    id: url,
    url,
    title,
    author: null,
    ...(date ? { publishedDate: `${date}T00:00:00.000Z` } : {}),
    favicon: faviconUrl(url),
    ...(contents.textCharacters === null ? {} : { text: capped(whole ?? passage, contents.textCharacters) }),
    ...(contents.highlights ? highlightsOf(passage, contents.highlights) : {}),
    ...(contents.summary ? { summary: leadingSentences(passage, 2) } : {}),
  };
}

/** The answer that the leading results give, and those results. */
function answerOf(page: ResultPage): { readonly text: string; readonly sources: readonly Result[] } {
  const parts = answerParts(page, { sources: 2, sentences: 1 });
  return {
    text: parts.map((part) => part.text).join(' ') || 'The search results hold no answer to this question.',
    sources: parts.map(({ source }) => page.results[source]!),
  };
}

/** The answer word by word in frames like those of a chat completion, then what it rests on: the two things that exa-js reads. */
function answerStream(text: string, rest: { readonly citations: readonly unknown[]; readonly costDollars: unknown }): WireReply {
  const frames = [...(text.match(/\s*\S+/g) ?? []).map((content) => ({ choices: [{ index: 0, delta: { content } }] })), rest];
  return eventStream([...frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`), 'data: [DONE]\n\n']);
}

function countOf(fields: Fields): number {
  const count = optionalInteger(fields, 'numResults', { min: 0, max: 101, outside: 'clamp' }) ?? 10;
  if (count === 0) throw new BadRequestError('invalid_field', 'numResults', 'an integer from 1 to 100');
  if (count > 100) throw new BadRequestError('invalid_field', 'numResults', AT_MOST_100);
  return Math.min(count, MAX_COUNT);
}

function decodeSearch(fields: Fields, text: string, similar: boolean): SearchCall<SearchWire> {
  const contents = contentsOf(fields);
  const ownSite = similar && optionalBoolean(fields, 'excludeSourceDomain') ? [hostnameOf(text)].filter(Boolean) : [];
  return {
    queries: [
      searchQuery(text, {
        count: countOf(fields),
        country: countryOf(optionalString(fields, 'userLocation')),
        topic: optionalString(fields, 'category')?.trim().toLowerCase() === 'news' ? 'news' : 'web',
        dates: absoluteRange(isoDate(optionalString(fields, 'startPublishedDate')), isoDate(optionalString(fields, 'endPublishedDate'))),
        includeDomains: stringList(fields, 'includeDomains'),
        excludeDomains: [...stringList(fields, 'excludeDomains'), ...ownSite],
        withContent: contents.textCharacters !== null || contents.contextCharacters !== null,
        similarTo: similar ? text : null,
      }),
    ],
    wire: {
      contents,
      resolvedType: optionalString(fields, 'type')?.trim().toLowerCase() === 'keyword' ? 'keyword' : 'neural',
      // /findSimilar has no question to answer.
      stream: !similar && (optionalBoolean(fields, 'stream') ?? false),
    },
  };
}

function encodeSearch([page]: readonly ResultPage[], { wire: { contents, resolvedType, stream } }: SearchCall<SearchWire>): WireReply {
  if (!page) throw new Error('internal: an Exa search has one page');
  const costDollars = { total: SEARCH_COST, search: { [resolvedType]: SEARCH_COST } };
  // Everything found is cited, not only what the answer was taken from: a stream tells of results nowhere else.
  if (stream) return answerStream(answerOf(page).text, { citations: page.results.map((result) => resultOf(result, contents)), costDollars });
  const pages = page.results.map((result) => `Title: ${result.title}\nURL: ${result.url}\n\n${result.content ?? result.text}`);
  return json({
    requestId: idOf('', page.id),
    resolvedSearchType: resolvedType,
    searchTime: page.searchMs,
    // The pages as one text, for clients that feed it to a model as it is (exa-mcp-server).
    ...(contents.contextCharacters === null ? {} : { context: capped(pages.join('\n\n---\n\n'), contents.contextCharacters) }),
    results: page.results.map((result) => ({ ...resultOf(result, contents), score: result.score })),
    costDollars,
  });
}

function searchAt(path: string, subject: 'query' | 'url'): Operation {
  const decode = ({ fields }: WireRequest) => decodeSearch(fields, requiredString(fields, subject).trim(), subject === 'url');
  return searchOperation({ methods: ['POST'], paths: [path], decode, encode: encodeSearch });
}

const search = searchAt('/search', 'query');
const findSimilar = searchAt('/findSimilar', 'url');

/** A list of URLs or ids, which are the same here. exa-js also takes whole results. */
function urlsOf(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return stringList({ urls: items.map((item) => (typeof item === 'object' && item !== null ? optionalString(item as Fields, 'url') : item)) }, 'urls');
}

const contents = readOperation<{ readonly urls: readonly string[]; readonly contents: Contents }>({
  methods: ['POST'],
  paths: ['/contents'],
  decode({ fields }) {
    const urls = [fields.urls, fields.ids].map(urlsOf).find((list) => list.length > 0) ?? [];
    if (urls.length === 0) throw new BadRequestError('missing_field', 'urls', 'a list of URLs, or of ids under ids');
    if (urls.length > 100) throw new BadRequestError('invalid_field', 'urls', 'at most 100 URLs');
    return { urls, wire: { urls, contents: contentsOf(fields) } };
  },
  encode(pages, { wire }) {
    const results = [];
    const statuses = [];
    for (const [i, url] of wire.urls.entries()) {
      const page = pages[i];
      if (page) results.push(resultOf({ ...page, url }, wire.contents));
      statuses.push(page ? { id: url, status: 'success', source: 'cached' } : { id: url, status: 'error', error: { tag: 'CRAWL_NOT_FOUND', httpStatusCode: 404 } });
    }
    const cost = Number((results.length * PAGE_COST).toFixed(3));
    return json({ requestId: idOf('', wire.urls.join('\n')), results, statuses, costDollars: { total: cost, contents: { text: cost } } });
  },
});

const answer = searchOperation<{ readonly contents: Contents; readonly stream: boolean }>({
  methods: ['POST'],
  paths: ['/answer'],
  decode({ fields }) {
    const contents = contentsOf({ text: fields.text });
    return {
      queries: [searchQuery(requiredString(fields, 'query'), { count: 5, withContent: contents.textCharacters !== null })],
      wire: { contents, stream: optionalBoolean(fields, 'stream') ?? false },
    };
  },
  encode([page], { wire }) {
    if (!page) throw new Error('internal: an Exa answer has one page');
    const { text, sources } = answerOf(page);
    const citations = sources.map((result) => resultOf(result, wire.contents));
    const costDollars = { total: SEARCH_COST, search: { neural: SEARCH_COST } };
    return wire.stream ? answerStream(text, { citations, costDollars }) : json({ requestId: idOf('', page.id), answer: text, citations, costDollars });
  },
});

const ERRORS: Readonly<Record<ErrorCode, readonly [status: number, tag: string]>> = {
  missing_field: [400, 'INVALID_REQUEST_BODY'],
  invalid_field: [400, 'INVALID_REQUEST_BODY'],
  invalid_body: [400, 'INVALID_REQUEST_BODY'],
  body_too_large: [413, 'INVALID_REQUEST_BODY'],
  missing_key: [401, 'INVALID_API_KEY'],
  invalid_key: [401, 'INVALID_API_KEY'],
  rate_limited: [429, 'RATE_LIMIT_EXCEEDED'],
  budget_exhausted: [402, 'NO_MORE_CREDITS'],
  unknown_route: [404, 'NOT_FOUND'],
  not_found: [404, 'NOT_FOUND'],
  no_results: [501, 'UNABLE_TO_GENERATE_RESPONSE'],
  generator_failed: [500, 'INTERNAL_ERROR'],
  output_unusable: [500, 'INTERNAL_ERROR'],
  store_failed: [500, 'INTERNAL_ERROR'],
  overloaded: [503, 'SERVICE_OVERLOADED'],
  shutting_down: [503, 'SERVICE_OVERLOADED'],
  internal: [500, 'INTERNAL_ERROR'],
};

/** Bad values and fields that have tags of their own. */
const FIELD_TAGS: Readonly<Record<string, string>> = { [AT_MOST_100]: 'NUM_RESULTS_EXCEEDED', numResults: 'INVALID_NUM_RESULTS', urls: 'INVALID_URLS' };

export const exa: Dialect = {
  name: 'exa',
  title: 'Exa',
  hosts: ['api.exa.ai'],
  atRoot: false,
  keyFields: [],
  softDeadlineMs: 25_000,
  neverRefuses: false,
  price: { usdPerThousand: 7, source: 'exa.ai/pricing, $7 for 1,000 searches; older tables say $5' },
  operations: [search, contents, findSimilar, answer],
  encodeError(error) {
    const [status, usualTag] = ERRORS[error.code];
    const tag = (error instanceof BadRequestError && (FIELD_TAGS[error.expected] ?? FIELD_TAGS[error.field])) || usualTag;
    const wait = error instanceof QuotaError ? error.retryAfterSeconds : null;
    const body = { requestId: idOf('', `${error.code} ${error.message}`), error: status === 500 ? 'Internal server error' : error.message, tag };
    return json(body, status, wait === null ? undefined : { 'retry-after': String(Math.ceil(wait)) });
  },
};
