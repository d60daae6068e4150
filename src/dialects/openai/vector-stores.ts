/**
 * POST /v1/vector_stores/{id}/search (spec: dialects 1.17). Every store is the one invented web; its documents carry the attributes
 * below, and a filter on any other attribute is taken as met, since whatever a document does not say of itself may be invented.
 */
import { BadRequestError } from '../../errors.ts';
import { MAX_COUNT, type Result } from '../../types.ts';
import { json, searchOperation, searchQuery } from '../dialect.ts';
import { type Fields, isUnset, objectOrEmpty, optionalInteger, optionalNumber, optionalObject, optionalString, stringList } from '../fields.ts';
import { hostnameOf, idOf } from '../made-up.ts';
import { withAndWithoutVersion } from './paths.ts';

type Attributes = Readonly<Record<string, string>>;
type Filter = (attributes: Attributes) => boolean;

interface VectorStoreWire {
  readonly queries: readonly string[];
  readonly limit: number;
  readonly threshold: number;
  readonly filter: Filter;
}

/** ISO dates compare as strings do. */
const COMPARISONS: ReadonlyMap<string, (own: string, wanted: readonly string[]) => boolean> = new Map([
  ['eq', (own, wanted) => own === wanted[0]],
  ['ne', (own, wanted) => own !== wanted[0]],
  ['gt', (own, wanted) => own > (wanted[0] ?? '')],
  ['gte', (own, wanted) => own >= (wanted[0] ?? '')],
  ['lt', (own, wanted) => own < (wanted[0] ?? '')],
  ['lte', (own, wanted) => own <= (wanted[0] ?? '')],
  ['in', (own, wanted) => wanted.includes(own)],
  ['nin', (own, wanted) => !wanted.includes(own)],
]);

/** Deeper nesting is nobody's filter. */
const MAX_DEPTH = 8;

function readFilter(fields: Fields, depth = 0): Filter {
  const type = optionalString(fields, 'type') ?? '';
  if (type === 'and' || type === 'or') {
    if (!Array.isArray(fields.filters) || depth === MAX_DEPTH) throw new BadRequestError('invalid_field', 'filters', `a list of filters, at most ${MAX_DEPTH} deep`);
    const parts = fields.filters.map((part: unknown) => readFilter(objectOrEmpty(part), depth + 1));
    return (attributes) => (type === 'and' ? parts.every((part) => part(attributes)) : parts.some((part) => part(attributes)));
  }
  const compare = COMPARISONS.get(type);
  if (!compare) throw new BadRequestError('invalid_field', 'filters', `a type among ${[...COMPARISONS.keys(), 'and', 'or'].join(', ')}`);
  const key = optionalString(fields, 'key') ?? '';
  const wanted = stringList({ value: [fields.value].flat().map((item) => (typeof item === 'boolean' ? String(item) : item)) }, 'value');
  return (attributes) => !Object.hasOwn(attributes, key) || compare(attributes[key]!, wanted);
}

function attributesOf({ url, title, site, language, date }: Result): Attributes {
  return { url, title, site, language, ...(date ? { date } : {}) };
}

function itemOf(result: Result) {
  const name = /\/([^/?#]+)\/?(?:[?#]|$)/.exec(result.url.replace(/^[a-z]+:\/\/[^/]*/i, ''))?.[1];
  return {
    file_id: idOf('file-', result.url, 24),
    filename: `${name ?? hostnameOf(result.url)}.txt`,
    score: result.score,
    attributes: attributesOf(result),
    content: [{ type: 'text', text: result.text }],
  };
}

export const vectorStoreSearch = searchOperation<VectorStoreWire>({
  methods: ['POST'],
  paths: withAndWithoutVersion('/vector_stores/:id/search'),
  decode({ fields }) {
    const queries = stringList({ query: typeof fields.query === 'string' ? [fields.query] : fields.query }, 'query');
    if (queries.length === 0) throw new BadRequestError('missing_field', 'query', 'a non-empty string or a list of them');
    if (queries.length > MAX_COUNT) throw new BadRequestError('invalid_field', 'query', `at most ${MAX_COUNT} queries`);
    const limit = optionalInteger(fields, 'max_num_results', { min: 1, max: MAX_COUNT, outside: 'clamp' }) ?? 10;
    const filters = isUnset(fields.filters) ? undefined : optionalObject(fields, 'filters');
    return {
      // Shared out, so that each query has its say within the limit.
      queries: queries.map((query) => searchQuery(query, { count: Math.ceil(limit / queries.length) })),
      wire: {
        queries,
        limit,
        threshold: optionalNumber(optionalObject(fields, 'ranking_options') ?? {}, 'score_threshold', 0, 1) ?? 0,
        filter: filters ? readFilter(filters) : () => true,
      },
    };
  },
  encode(pages, { wire }) {
    const found = pages.flatMap((page) => page.results).filter((result) => result.score >= wire.threshold && wire.filter(attributesOf(result)));
    return json({
      object: 'vector_store.search_results.page',
      search_query: wire.queries,
      data: found.slice(0, wire.limit).map(itemOf),
      has_more: false,
      next_page: null,
    });
  },
});
