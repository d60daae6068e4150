import { encode as encodeMsgpack, decode as decodeMsgpack } from '@msgpack/msgpack';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DIALECTS, dialectNamed } from '../../src/dialects/index.ts';
import { compileAnswers, leaksAnswer } from '../../src/documents/answers.ts';
import type { ServedRecord } from '../../src/search/records.ts';
import { completion, silence, upstream, writeDocuments } from '../generators/fake-upstream.ts';
import { type TestApp, openApp } from '../search/harness.ts';

/** One request that succeeds for every way in that carries a body or a query. */
interface Way {
  readonly dialect: string;
  readonly path: string;
  /** Absent for a GET. */
  readonly body?: unknown;
}
const URL_NOBODY_KNOWS = 'https://nowhere.test/page';
const WAYS: readonly Way[] = [
  { dialect: 'native', path: '/v1/search', body: { query: 'humber bridge' } },
  { dialect: 'native', path: '/native/v1/open', body: { urls: [URL_NOBODY_KNOWS] } },
  { dialect: 'openai', path: '/v1/chat/completions', body: { model: 'm', messages: [{ role: 'user', content: 'humber bridge' }] } },
  { dialect: 'openai', path: '/openai/v1/responses', body: { model: 'm', input: 'humber bridge', tools: [{ type: 'web_search' }] } },
  { dialect: 'openai', path: '/openai/vector_stores/vs_1/search', body: { query: 'humber bridge' } },
  { dialect: 'retriever', path: '/retrieve', body: { queries: ['humber bridge'], topk: 3, return_scores: true } },
  { dialect: 'retriever', path: '/retriever/search', body: { query: 'humber bridge' } },
  { dialect: 'retriever', path: '/batch_search', body: { query: ['humber bridge'] } },
  { dialect: 'retriever', path: '/queries', body: { queries: ['humber bridge'] } },
  { dialect: 'retriever', path: '/access', body: { urls: [URL_NOBODY_KNOWS] } },
  { dialect: 'retriever', path: '/handle_execution', body: { query_contents: [{ idx: 0, question: 'q', tool_call: { name: 'web_search', arguments: { query: ['humber bridge'] } } }] } },
  { dialect: 'retriever', path: '/get_observation', body: { trajectory_ids: ['t'], actions: ['<search>humber bridge</search>'], extra_fields: [{}] } },
  { dialect: 'tavily', path: '/tavily/search', body: { query: 'humber bridge', include_answer: true, include_raw_content: true } },
  { dialect: 'tavily', path: '/tavily/extract', body: { urls: [URL_NOBODY_KNOWS] } },
  { dialect: 'exa', path: '/exa/search', body: { query: 'humber bridge', contents: { text: true, summary: true, highlights: true } } },
  { dialect: 'exa', path: '/exa/findSimilar', body: { url: URL_NOBODY_KNOWS } },
  { dialect: 'exa', path: '/exa/answer', body: { query: 'humber bridge' } },
  { dialect: 'exa', path: '/exa/contents', body: { urls: [URL_NOBODY_KNOWS] } },
  { dialect: 'serper', path: '/serper/search', body: { q: 'humber bridge' } },
  { dialect: 'serper', path: '/serper/news', body: [{ q: 'humber bridge' }, { q: 'øresund' }] },
  { dialect: 'brave', path: '/brave/res/v1/web/search?q=humber+bridge&extra_snippets=true' },
  { dialect: 'brave', path: '/brave/res/v1/news/search', body: { q: 'humber bridge' } },
  { dialect: 'searxng', path: '/searxng/search?q=humber+bridge&format=json' },
  { dialect: 'searxng', path: '/searxng/search', body: { q: 'humber bridge', format: 'html' } },
  { dialect: 'searxng', path: '/searxng/?q=humber+bridge&format=rss' },
  { dialect: 'searxng', path: '/searxng/search?q=humber+bridge&format=csv' },
  { dialect: 'serpapi', path: '/serpapi/search.json?q=humber+bridge' },
  { dialect: 'serpapi', path: '/serpapi/search?q=humber+bridge&engine=google_news' },
  { dialect: 'google', path: '/google/customsearch/v1?q=humber+bridge&cx=x' },
  { dialect: 'mcp', path: '/mcp', body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'search', arguments: { query: 'humber bridge' } } } },
  { dialect: 'nemo-gym', path: '/nemo-gym/search', body: { query: 'humber bridge' } },
  { dialect: 'openenv', path: '/openenv/step', body: { action: { query: 'humber bridge' } } },
  { dialect: 'zerosearch-wiki', path: '/zerosearch-wiki/retrieve', body: { query: 'humber bridge' } },
];
const SEARCHES = WAYS.filter(({ body }) => !JSON.stringify(body ?? '').includes('"urls"'));
const one = (dialect: string): Way => WAYS.find((way) => way.dialect === dialect && (way.body !== undefined || dialect === 'serpapi' || dialect === 'google'))!;

type Json = Record<string, unknown>;
/** What makes an error that dialect's own. */
const SHAPES: Readonly<Record<string, (body: Json) => boolean>> = {
  native: ({ error }) => typeof (error as Json)?.code === 'string' && typeof (error as Json).request_id === 'string',
  openai: ({ error }) => ['message', 'type', 'param', 'code'].every((name) => name in (error as Json)),
  retriever: ({ detail, error }) => typeof detail === 'string' && detail === error,
  tavily: ({ detail }) => typeof (detail as Json)?.error === 'string',
  exa: ({ requestId, error, tag }) => [requestId, error, tag].every((value) => typeof value === 'string'),
  serper: ({ message, statusCode }) => typeof message === 'string' && typeof statusCode === 'number',
  brave: ({ type, error }) => type === 'ErrorResponse' && typeof (error as Json).detail === 'string',
  searxng: ({ error, html }) => typeof error === 'string' || typeof html === 'string',
  serpapi: ({ error }) => typeof error === 'string',
  google: ({ error }) => typeof (error as Json)?.code === 'number' && Array.isArray((error as Json).errors),
  mcp: ({ jsonrpc, error }) => jsonrpc === '2.0' && typeof (error as Json).code === 'number',
  'nemo-gym': ({ detail }) => typeof detail === 'string',
  openenv: ({ detail }) => typeof detail === 'string',
  'zerosearch-wiki': ({ detail }) => typeof detail === 'string',
};

/** The body of an error, checked to be in the dialect's own words. */
async function errorOf(dialect: string, response: Response): Promise<Json> {
  const text = await response.text();
  const body = (text.startsWith('<') ? { html: text } : JSON.parse(text)) as Json;
  expect(SHAPES[dialect]!(body), `${dialect}: ${text}`).toBe(true);
  return body;
}
const send = (app: TestApp, { path, body }: Way, headers: Record<string, string> = {}): Promise<Response> => (body === undefined ? app.get(path, headers) : app.post(path, body, headers));

let app: TestApp;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

/** Apps of their own, closed after each test. */
const opened: TestApp[] = [];
afterEach(async () => {
  for (const other of opened.splice(0)) await other.close();
});
async function another(...args: Parameters<typeof openApp>): Promise<TestApp> {
  const other = await openApp(...args);
  opened.push(other);
  return other;
}

describe('ways in', () => {
  it('are there for every dialect', () => {
    expect([...new Set(WAYS.map(({ dialect }) => dialect))].sort()).toEqual(DIALECTS.map(({ name }) => name).sort());
    expect(Object.keys(SHAPES).sort()).toEqual(DIALECTS.map(({ name }) => name).sort());
  });

  it.each(WAYS)('$path answers', async (way) => {
    const response = await send(app, way);
    expect(response.status, await response.clone().text()).toBe(200);
    expect(response.headers.get('content-type')).toBeTruthy();
  });

  it.each([
    ['double slashes', '//tavily//search'],
    ['a trailing slash', '/tavily/search/'],
    ['a run before it', '/r/exp1/tavily/search'],
    ['a run and double slashes', '/r//exp1//tavily/search//'],
    ['an encoded run', '/r/exp%2D1/tavily/search'],
    ['a fragment and a query', '/tavily/search?utm=1#x'],
  ])('forgive %s', async (_, path) => {
    const response = await app.post(path, { query: 'q' });
    expect(response.status).toBe(200);
    const run = /exp%2D1/.test(path) ? 'exp-1' : path.includes('exp1') ? 'exp1' : 'default';
    expect(response.headers.get('x-winnow-run')).toBe(run);
  });

  it.each(DIALECTS.flatMap(({ name, hosts }) => hosts.map((host) => [host, name] as const)))("lead to the dialect whose Host header is %s", async (host, name) => {
    const response = await app.get('/no/such/path', { host });
    expect(response.status).toBe(404);
    await errorOf(name, response);
  });

  it('lead through a Host header to the search itself, with its port and in any case, and with a run', async () => {
    for (const [path, host] of [['/search', 'API.tavily.com:443'], ['/r/exp1/search', 'api.tavily.com'], ['/tavily/search', 'api.tavily.com']] as const) {
      const response = await app.post(path, { query: 'q' }, { host });
      expect((await response.json() as Json).follow_up_questions, path).toBeNull();
    }
  });

  it.each(DIALECTS)('lead at the root of its own port to $name', async ({ name }) => {
    const { path, body } = one(name);
    const bare = path.startsWith(`/${name}`) ? path.slice(name.length + 1) || '/' : path;
    const init = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    for (const way of [bare, path, `/r/exp1${bare}`]) {
      const response = await app.app.request(way, init, { dialect: dialectNamed(name)! });
      expect(response.status, `${way}: ${await response.clone().text()}`).toBe(200);
    }
    const wrong = await app.app.request('/no/such/path', init, { dialect: dialectNamed(name)! });
    expect(wrong.status).toBe(404);
    await errorOf(name, wrong);
  });

  it.each(DIALECTS)('end in the tongue of $name where its prefix is followed by no route of its', async ({ name }) => {
    for (const path of [`/${name}/no/such/path`, `/r/exp1/${name}/nope`]) {
      const response = await app.post(path, {});
      expect(response.status).toBe(404);
      await errorOf(name, response);
    }
  });

  it('end in our own tongue where no dialect is named', async () => {
    for (const path of ['/nope', '/tavilyx/search', '/r/exp1']) {
      const response = await app.post(path, {});
      expect(response.status).toBe(404);
      expect((await errorOf('native', response)).error).toMatchObject({ code: 'unknown_route' });
    }
  });

  it('answer HEAD without a body, and no 5xx', async () => {
    for (const { path } of WAYS) {
      const response = await app.app.request(path, { method: 'HEAD' });
      expect(response.status, path).toBeLessThan(500);
      expect(await response.text()).toBe('');
    }
  });

  it('echo the links of a reply with the base that the client used', async () => {
    const links = async (path: string, host?: string) => ((await (await app.get(path, host ? { host } : {})).json()) as { serpapi_pagination: { next: string } }).serpapi_pagination.next;
    expect(await links('/serpapi/search.json?q=a')).toMatch(/^http:\/\/localhost\/serpapi\/search\.json\?/);
    expect(await links('/r/exp1/serpapi/search.json?q=a')).toMatch(/^http:\/\/localhost\/r\/exp1\/serpapi\/search\.json\?/);
    const followed = await app.get((await links('/r/exp1/serpapi/search.json?q=a')).replace('http://localhost', ''));
    expect([followed.status, followed.headers.get('x-winnow-run')]).toEqual([200, 'exp1']);
  });
});

describe('a run of an impossible name', () => {
  it.each(SEARCHES)('is refused at $path in the words of its dialect', async ({ dialect, path, body }) => {
    for (const run of ['.x', '%20', '%2e%2e%2fetc', '%zz', '%ff', 'x'.repeat(65), 'a%0d%0ab']) {
      const response = await send(app, { dialect, path: `/r/${run}${path}`, body });
      expect(response.status, run).toBeGreaterThanOrEqual(400);
      expect(response.status, run).toBeLessThan(500);
      await errorOf(dialect, response);
    }
  });
});

describe('bodies that cannot be read', () => {
  const posts = WAYS.filter(({ body }) => body !== undefined);
  const raw = (path: string, body: string | Uint8Array<ArrayBuffer>, type: string): Promise<Response> => Promise.resolve(app.app.request(path, { method: 'POST', headers: { 'content-type': type }, body }));

  it.each(posts)('are refused at $path in the words of its dialect', async ({ dialect, path }) => {
    for (const [body, type] of [
      ['{"query": ', 'application/json'],
      ['not json', 'application/json'],
      [new Uint8Array([0x81, 0xa1]), 'application/msgpack'],
      [new Uint8Array([0xdf, 0xff, 0xff, 0xff, 0xff]), 'application/octet-stream'],
    ] as const) {
      const response = await raw(path, body as string, type);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      await errorOf(dialect, response);
    }
  });

  it.each(posts)('are refused at $path when they declare more than 32 MB', async ({ dialect, path }) => {
    const declared = await app.app.request(path, { method: 'POST', headers: { 'content-length': String(33 * 1024 * 1024) }, body: '{}' });
    expect(declared.status).toBe(413);
    await errorOf(dialect, declared);
  });

  it('are refused when they only turn out to be that large', async () => {
    const response = await raw('/tavily/search', `{"query": "${'x'.repeat(33 * 1024 * 1024)}"}`, 'application/json');
    expect(response.status).toBe(413);
    await errorOf('tavily', response);
  });

  it('never cost more than a 4xx, whatever the bytes and whatever they say they are', async () => {
    const types = fc.constantFrom('application/json', 'application/msgpack', 'application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...posts), types, fc.uint8Array({ minLength: 1, maxLength: 60 }), async ({ dialect, path }, type, bytes) => {
        const response = await raw(path, bytes as Uint8Array<ArrayBuffer>, type);
        expect(response.status, `${path} ${type} ${Buffer.from(bytes).toString('hex')}`).toBeLessThan(500);
        if (response.status >= 400) await errorOf(dialect, response);
      }),
      { numRuns: 600 },
    );
  });

  it('never cost more than a 4xx, whatever JSON they hold', async () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...posts), json, fc.dictionary(fc.constantFrom('winnow', 'question', 'golden_answers', 'step', 'run', 'group', 'turn', 'seed'), json), fc.boolean(), async (way, wild, context, whole) => {
        const body = whole || Array.isArray(way.body) ? wild : { ...(way.body as Json), ...context, ...Object.fromEntries(Object.keys(way.body as Json).slice(0, 1).map((name) => [name, wild])) };
        const response = await send(app, { ...way, body });
        expect(response.status, `${way.path} ${JSON.stringify(body)}`).toBeLessThan(500);
        if (response.status >= 400) await errorOf(way.dialect, response);
      }),
      { numRuns: 600 },
    );
  });

  it('never cost more than a 4xx, whatever the query string', async () => {
    const gets = WAYS.filter(({ body }) => body === undefined);
    const text = fc.oneof(fc.string(), fc.constantFrom('%', '%ff', '&&', '=', 'q', 'q[]', '__proto__', '%00', '+', '1e99', '-1'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...gets), fc.array(fc.tuple(fc.oneof(fc.constantFrom('q', 'num', 'start', 'count', 'offset', 'pageno', 'format', 'tbs', 'page', 'winnow', 'step'), text), text), { maxLength: 6 }), async ({ dialect, path }, pairs) => {
        const query = pairs.map(([name, value]) => `${name}=${value}`).join('&').replaceAll('#', '');
        const response = await app.get(`${path.split('?')[0]}?${query}`);
        expect(response.status, query).toBeLessThan(500);
        if (response.status >= 400) await errorOf(dialect, response);
      }),
      { numRuns: 400 },
    );
  });

  // `/handle_execution` echoes what it was sent, and JSON.stringify gives up at such a depth: a 500, in its own words.
  it.each(posts.filter(({ path }) => path !== '/handle_execution'))('are no 5xx at $path when they are nested a hundred thousand deep', async ({ path, body }) => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const inside = Array.isArray(body) ? `[{"q":"x","deep":${deep}}]` : `{${JSON.stringify(body).slice(1, -1)},"deep":${deep}}`;
    for (const text of [deep, inside, JSON.stringify(body).replace('"humber bridge"', deep)]) expect((await raw(path, text, 'application/json')).status).toBeLessThan(500);
  });
});

describe('the side channel', () => {
  it('tells of one page in its headers', async () => {
    const response = await app.post('/tavily/search', { query: 'q' }, { 'X-Winnow-Run': 'exp7', 'X-Winnow-Step': '12', 'X-Winnow-Kind': 'noisy', 'X-Winnow-Question': 'Who?', 'X-Winnow-Answers': '["Freeman Fox"]', 'X-Request-Id': 'mine-1' });
    const headers = Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('x-')));
    expect(headers).toEqual({
      'x-request-id': 'mine-1', 'x-winnow-run': 'exp7', 'x-winnow-step': '12', 'x-winnow-kind': 'noisy', 'x-winnow-noise': '0', 'x-winnow-verdict': 'pass', 'x-winnow-tries': '1',
      'x-winnow-source': 'made', 'x-winnow-generator': 'template',
    });
  });

  it('tells of many in sums, and under the request’s id of each', async () => {
    const kinds = ['noisy', 'useful', 'noisy'];
    const response = await app.post('/retrieve', { queries: ['a', 'b', 'c'], winnow: kinds.map((kind) => ({ kind })), trajectory_id: ['t1', 't2', 't3'] }, { 'x-request-id': 'batch-1' });
    expect(response.headers.get('x-winnow-pages')).toBe('3');
    expect(response.headers.get('x-winnow-noisy')).toBe('2');
    const { records } = (await (await app.get('/v1/records?request=batch-1&limit=10000')).json()) as { records: ServedRecord[] };
    expect(records.map((record) => [record.query, record.kind, record.trajectory])).toEqual([['a', 'noisy', 't1'], ['b', 'useful', 't2'], ['c', 'noisy', 't3']]);
    expect(records[0]).toMatchObject({ request: 'batch-1', dialect: 'retriever', caller: 'anonymous', verdict: 'unchecked', count: 3 });
  });

  it('keeps a client’s request id when it is short and plain, and makes one otherwise', async () => {
    expect((await app.get('/searxng/config', { 'x-request-id': 'a.b-C_9' })).headers.get('x-request-id')).toBe('a.b-C_9');
    for (const id of ['x'.repeat(101), 'a b', 'é', '<x>']) expect((await app.get('/searxng/config', { 'x-request-id': id })).headers.get('x-request-id')).toMatch(/^id-\d+$/);
    expect((await app.get('/nope')).headers.get('x-request-id')).toMatch(/^id-\d+$/);
  });

  const ground = { 'X-Winnow-Question': 'Who designed it?', 'X-Winnow-Answers': '["Zorvak Quibell"]' };

  it.each(SEARCHES.filter(({ dialect }) => dialect !== 'native'))('is the only place where $path tells what kind of page it gave', async (way) => {
    for (const kind of ['useful', 'noisy']) {
      const text = await (await send(app, way, { ...ground, 'X-Winnow-Kind': kind })).text();
      expect(text).not.toMatch(/"(?:useful|noisy|verdict|repaired|unchecked|noise|kinds|golden_answers|winnow)"|x-winnow|noiseProbability/i);
      if (kind === 'noisy') expect(leaksAnswer(text, compileAnswers(['Zorvak Quibell'])), text).toBe(false);
    }
  });

  it('is told in the body by the native API alone, which was asked for it', async () => {
    const response = await app.post('/v1/search', { query: 'q', winnow: { kind: 'noisy' }, golden_answers: ['Zorvak Quibell'] });
    expect(((await response.json()) as Json).winnow).toMatchObject({ kind: 'noisy', verdict: 'pass', golden_answers: ['Zorvak Quibell'], degraded: null });
  });
});

describe('parallel lists', () => {
  it('of another length than the queries are refused by name in the words of the dialect', async () => {
    const retriever = await app.post('/retrieve', { queries: ['a', 'b'], question: ['x', 'y', 'z'] });
    expect(retriever.status).toBe(400);
    expect((await errorOf('retriever', retriever)).detail).toMatch(/question.*2 entries, one for each query \(got 3\)/);
    const native = await app.post('/v1/search', { queries: ['a', 'b'], golden_answers: [['x']] });
    expect((await errorOf('native', native)).error).toMatchObject({ field: 'golden_answers' });
  });

  it('may put each query into a run of its own', async () => {
    const { pages } = (await (await app.post('/v1/search', { queries: ['a', 'b'], run: ['r1', 'r2'] })).json()) as { pages: { winnow: { run: string } }[] };
    expect(pages.map((page) => page.winnow.run)).toEqual(['r1', 'r2']);
  });
});

describe('msgpack', () => {
  it('is answered with msgpack, also when nothing says that it is', async () => {
    const body = encodeMsgpack({ query: 'humber bridge', topk: 2 }) as Uint8Array<ArrayBuffer>;
    for (const headers of [{ 'content-type': 'application/msgpack' }, {}] as Record<string, string>[]) {
      const response = await app.app.request('/retrieve', { method: 'POST', headers, body });
      expect(response.headers.get('content-type')).toBe('application/msgpack');
      expect((decodeMsgpack(new Uint8Array(await response.arrayBuffer())) as { result: unknown[] }).result).toHaveLength(2);
    }
  });
});

describe('keys', () => {
  const refused: Readonly<Record<string, number>> = { native: 401, openai: 401, retriever: 401, tavily: 401, exa: 401, serper: 403, brave: 422, searxng: 401, serpapi: 401, google: 403, mcp: 401, 'nemo-gym': 401, openenv: 401, 'zerosearch-wiki': 401 };
  const invalid: Readonly<Record<string, number>> = { ...refused, google: 400 };

  it.each(WAYS)('are asked for at $path, and their want is told in the words of its dialect', async (way) => {
    const locked = await another({ auth: 'keys' });
    const missing = await send(locked, way);
    expect(missing.status).toBe(refused[way.dialect]);
    await errorOf(way.dialect, missing);
    const wrong = await send(locked, way, { authorization: 'Bearer wk_wrong' });
    expect(wrong.status).toBe(invalid[way.dialect]);
    await errorOf(way.dialect, wrong);
    const { key } = await locked.keys.create({ run: null, rate: null, budget: null, label: '', prefix: '' });
    expect((await send(locked, way, { authorization: `Bearer ${key}` })).status).toBe(200);
  });

  it('are asked for by everything that manages, and by nothing that probes', async () => {
    const locked = await another({ 'api-keys': ['secret-1'] });
    for (const path of ['/v1/runs', '/v1/runs/default', '/v1/records', '/v1/pages/x']) {
      expect((await locked.get(path)).status, path).toBe(401);
      expect((await locked.get(path, { 'x-api-key': 'secret-1' })).status, path).not.toBe(401);
    }
    for (const path of ['/healthz', '/readyz', '/metrics', '/', '/docs', '/health', '/searxng/config', '/searxng/healthz', '/openenv/health']) expect((await locked.get(path)).status, path).toBe(200);
  });

  it('may come in the body or the query string where the vendor’s clients put them', async () => {
    const locked = await another({ 'api-keys': ['secret-1'] });
    expect((await locked.post('/tavily/search', { query: 'q', api_key: 'secret-1' })).status).toBe(200);
    expect((await locked.get('/serpapi/search?q=a&api_key=secret-1')).status).toBe(200);
    expect((await locked.get('/google/customsearch/v1?q=a&cx=x&key=secret-1')).status).toBe(200);
    expect((await locked.get('/brave/res/v1/web/search?q=a', { 'x-subscription-token': 'secret-1' })).status).toBe(200);
  });

  it('are echoed nowhere', async () => {
    const locked = await another({ 'api-keys': ['secret-1'] });
    for (const path of ['/serpapi/search?q=a&api_key=secret-1', '/google/customsearch/v1?q=a&cx=x&key=secret-1', '/serpapi/search?q=a&engine=bing&api_key=secret-1']) {
      expect(await (await locked.get(path)).text()).not.toContain('secret-1');
    }
  });

  it('made for a run lead into it, and into no other', async () => {
    const locked = await another({ auth: 'keys' });
    const { key } = await locked.keys.create({ run: 'exp1', rate: null, budget: null, label: '', prefix: 'tvly-' });
    const authorization = `Bearer ${key}`;
    expect((await locked.post('/tavily/search', { query: 'q' }, { authorization })).headers.get('x-winnow-run')).toBe('exp1');
    expect((await locked.post('/r/exp1/tavily/search', { query: 'q' }, { authorization })).status).toBe(200);
    const elsewhere = [
      await locked.post('/r/exp2/tavily/search', { query: 'q' }, { authorization }),
      await locked.post('/tavily/search', { query: 'q' }, { authorization, 'X-Winnow-Run': 'exp2' }),
      await locked.post('/tavily/search', { query: 'q', winnow: { run: 'exp2' } }, { authorization }),
    ];
    for (const response of elsewhere) {
      expect(response.status).toBe(400);
      expect(JSON.stringify(await errorOf('tavily', response))).toContain('exp1');
    }
    const batch = await locked.post('/v1/search', { queries: ['a', { query: 'b', winnow: { run: 'exp2' } }] }, { authorization });
    expect((await errorOf('native', batch)).error).toMatchObject({ field: 'run' });
    expect((await locked.get('/v1/runs/exp1', { authorization })).status).toBe(200);
    expect((await locked.get('/v1/runs/exp2', { authorization })).status).toBe(400);
    await locked.runs.step('exp2', 3, undefined);
    await locked.runs.step('exp1', 3, undefined);
    expect(((await (await locked.get('/v1/runs', { authorization })).json()) as { runs: Json[] }).runs.map((run) => run.id)).toEqual(['exp1']);
    const { records } = (await (await locked.get('/v1/records', { authorization })).json()) as { records: Json[] };
    expect(new Set(records.map((record) => record.run))).toEqual(new Set(['exp1']));
  });

  it('name a run where any key is welcome: run:exp1', async () => {
    expect((await app.post('/tavily/search', { query: 'q' }, { authorization: 'Bearer run:exp9' })).headers.get('x-winnow-run')).toBe('exp9');
    expect((await app.post('/tavily/search', { query: 'q' }, { authorization: 'Bearer tvly-anything' })).headers.get('x-winnow-run')).toBe('default');
    expect((await app.post('/tavily/search', { query: 'q' }, { authorization: 'Bearer run:no good' })).status).toBe(400);
  });
});

describe('rates', () => {
  const quota: Readonly<Record<string, number>> = { native: 429, openai: 429, tavily: 429, exa: 429, serper: 429, brave: 429, searxng: 429, serpapi: 429, google: 429 };

  it.each(DIALECTS.filter(({ neverRefuses }) => !neverRefuses))('are told by $name with the time to wait, after which it answers', async ({ name }) => {
    const locked = await another({ auth: 'keys' });
    const { key } = await locked.keys.create({ run: null, rate: 2, budget: null, label: '', prefix: '' });
    const ask = () => send(locked, one(name), { authorization: `Bearer ${key}` });
    while ((await ask()).status === 200);
    const response = await ask();
    expect(response.status).toBe(quota[name]);
    const seconds = Number(response.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    await errorOf(name, response);
    locked.pass(seconds * 1000);
    expect((await ask()).status).toBe(200);
  });

  it('are waited out for trainers, who never see a refusal', async () => {
    // The wall clock itself: whoever waits must see it go on.
    const locked = await another({ auth: 'keys' }, { now: () => performance.timeOrigin + performance.now() });
    const { key } = await locked.keys.create({ run: null, rate: 40, budget: null, label: '', prefix: '' });
    const statuses = await Promise.all(Array.from({ length: 48 }, async (_, i) => {
      const response = await locked.post('/retrieve', { queries: [`q${i}`] }, { authorization: `Bearer ${key}` });
      return `${response.status} ${response.headers.get('x-winnow-degraded')}`;
    }));
    expect(new Set(statuses)).toEqual(new Set(['200 null']));
  });

  it('give trainers a page by template where the wait would be longer than theirs', async () => {
    const locked = await another({ auth: 'keys' });
    const { key } = await locked.keys.create({ run: null, rate: 1, budget: null, label: '', prefix: '' });
    const ask = (queries: number) => locked.post('/retrieve', { queries: Array.from({ length: queries }, (_, i) => `q${i}`) }, { authorization: `Bearer ${key}` });
    expect((await ask(60)).status).toBe(200);
    const late = await ask(1);
    expect([late.status, late.headers.get('x-winnow-degraded')]).toEqual([200, 'rate']);
  });
});

describe('budgets', () => {
  const spent: Readonly<Record<string, number>> = { native: 429, openai: 429, tavily: 432, exa: 402, serper: 400, brave: 429, searxng: 429, serpapi: 429, google: 429 };

  it.each(DIALECTS.filter(({ neverRefuses }) => !neverRefuses))('of a key end at $name in the vendor’s own quota error, without a time to wait', async ({ name }) => {
    const locked = await another({ auth: 'keys' });
    const { key } = await locked.keys.create({ run: null, rate: null, budget: 3, label: '', prefix: '' });
    const ask = () => send(locked, one(name), { authorization: `Bearer ${key}` });
    while ((await ask()).status === 200);
    const response = await ask();
    expect(response.status).toBe(spent[name]);
    expect(response.headers.get('retry-after')).toBeNull();
    await errorOf(name, response);
  });

  it.each(SEARCHES.filter(({ dialect }) => dialectNamed(dialect)!.neverRefuses))('of a key end at $path in pages by template', async (way) => {
    const locked = await another({ auth: 'keys' });
    const { key } = await locked.keys.create({ run: null, rate: null, budget: 1, label: '', prefix: '' });
    await send(locked, way, { authorization: `Bearer ${key}` });
    const response = await send(locked, way, { authorization: `Bearer ${key}` });
    expect([response.status, response.headers.get('x-winnow-degraded')]).toEqual([200, 'budget']);
  });

  it('of a run end in pages by template', async () => {
    const other = await another();
    await other.app.request('/v1/runs/exp1', { method: 'PUT', body: JSON.stringify({ budget: 2 }) });
    const degraded = [];
    for (const query of ['a', 'b', 'c']) degraded.push((await other.post('/r/exp1/retrieve', { queries: [query] })).headers.get('x-winnow-degraded'));
    expect(degraded).toEqual([null, null, 'budget']);
  });
});

describe('an upstream', () => {
  const flags = { upstream: ['http://up.test/v1'], 'upstream-model': 'm', 'upstream-retries': '0' };

  it('writes the pages of every dialect', async () => {
    const { fetch, asked } = upstream((one) => completion(writeDocuments(one, (i) => `Pier ${i} of the bridge stands in fourteen metres of water, and was sunk by hand in winter.`)));
    const other = await another(flags, { fetch });
    for (const way of SEARCHES) {
      const response = await send(other, way);
      expect(response.status).toBe(200);
      if (response.headers.has('x-winnow-generator')) expect(response.headers.get('x-winnow-generator')).toBe('remote');
    }
    expect(asked.length).toBeGreaterThan(5);
  });

  it('that is down costs nobody a 5xx: template writes, and the header says so', async () => {
    const { fetch } = upstream(() => ({ status: 503, body: 'no' }));
    const other = await another(flags, { fetch });
    for (const way of SEARCHES) {
      const response = await send(other, way);
      expect(response.status, way.path).toBe(200);
      expect(['generator', null, '2']).toContain(response.headers.get('x-winnow-degraded'));
    }
    expect(await (await other.get('/metrics')).text()).toMatch(/winnow_generator_failures_total\{generator="remote"\} \d+/);
  });

  it('that is slow costs nobody more than the soft deadline', async () => {
    const { fetch } = upstream(({ signal }) => silence(signal));
    const other = await another({ ...flags, 'soft-deadline': '20', 'upstream-timeout': '2000' }, { fetch });
    const response = await other.post('/tavily/search', { query: 'q' });
    expect([response.status, response.headers.get('x-winnow-degraded'), response.headers.get('x-winnow-generator')]).toEqual([200, 'deadline', 'template']);
  });
});

/** Of an adaptive curriculum. */
const STANDING = { version: 1, noise: 0.1, searched: { count: 0, mean: 0 }, unsearched: { count: 0, mean: 0 }, baseline: 0, baseline_from: 'none', fresh: 0, waited: 0, value: null, decision: 'raised' };

describe('management', () => {
  const put = (path: string, body: unknown) => app.app.request(path, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  it('shows, changes, steps and removes a run', async () => {
    expect((await app.get('/v1/runs/m1')).status, 'never mentioned').toBe(404);
    await app.post('/v1/search', { query: 'q', run: 'm1', count: 0 });
    expect((await (await app.get('/v1/runs/m1')).json()) as Json).toMatchObject({ id: 'm1', step: 0, noise: 0, served: 1, curriculum: { kind: 'constant', noise: 0 } });
    const changed = (await (await put('/v1/runs/m1', { curriculum: 'linear:0:0.5', total_steps: 100, noise_unit: 'document', budget: 7 })).json()) as Json;
    expect(changed).toMatchObject({ curriculum: { kind: 'linear', start: 0, end: 0.5 }, total_steps: 100, noise_unit: 'document', budget: 7 });
    expect((await (await app.post('/v1/runs/m1/step', { step: 50 })).json()) as Json).toMatchObject({ step: 50, noise: 0.25 });
    expect((await (await app.post('/v1/runs/m1/step', { step: 50, total: 200 })).json()) as Json).toMatchObject({ total_steps: 200, noise: 0.125 });
    expect((await (await put('/v1/runs/m1', { budget: null })).json()) as Json).toMatchObject({ budget: null, noise_unit: 'document' });
    expect((await (await app.get('/v1/runs?limit=1000')).json() as { runs: Json[] }).runs.map((run) => run.id)).toContain('m1');
    expect((await app.app.request('/v1/runs/m1', { method: 'DELETE' })).status).toBe(200);
    expect((await app.app.request('/v1/runs/never', { method: 'DELETE' })).status).toBe(404);
  });

  it.each([
    ['PUT', '/v1/runs/m2', { curriculum: 'steep' }, 'curriculum'],
    ['PUT', '/v1/runs/m2', { seed: -1 }, 'seed'],
    ['PUT', '/v1/runs/m2', { generator: 'gpt' }, 'generator'],
    ['PUT', '/v1/runs/m2', { dataset: 'nq' }, 'dataset'],
    ['PUT', '/v1/runs/m2', { style: 'bing' }, 'style'],
    ['PUT', '/v1/runs/m2', { adaptive: 'anew' }, 'adaptive'],
    ['PUT', '/v1/runs/m2', { adaptive: { version: 2 } }, 'adaptive.version'],
    ['PUT', '/v1/runs/m2', { adaptive: { version: 1, noise: 1.5 } }, 'adaptive.noise'],
    ['PUT', '/v1/runs/m2', { adaptive: { ...STANDING, searched: { count: -1, mean: 0 } } }, 'adaptive.searched.count'],
    ['PUT', '/v1/runs/m2', { adaptive: { ...STANDING, baseline_from: 'air' } }, 'adaptive.baseline_from'],
    ['PUT', '/v1/runs/m2', { adaptive: { ...STANDING, value: '1' } }, 'adaptive.value'],
    ['PUT', '/v1/runs/m2', { adaptive: STANDING, curriculum: 'linear:0:0.5' }, 'adaptive'],
    ['PUT', '/v1/runs/a%20b', {}, 'run'],
    ['POST', '/v1/runs/m2/step', {}, 'step'],
    ['POST', '/v1/runs/m2/step', { step: 'ten' }, 'step'],
    ['POST', '/v1/runs/m2/rewards', [{ reward: 1, searched: true }], 'curriculum'],
    ['POST', '/v1/runs/m2/rewards', { trajectories: [{ reward: 'x' }] }, 'body.trajectories[0].reward'],
  ])('refuses %s %s %j by the name of the field', async (method, path, body, field) => {
    const response = await app.app.request(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    expect(response.status).toBe(400);
    expect((await errorOf('native', response)).error).toMatchObject({ field });
  });

  it('takes rewards as an object and as a bare list', async () => {
    await put('/v1/runs/m3', { curriculum: { kind: 'adaptive', start: 0, end: 0.5, rate: 0.1, samples: 2, window: 4 } });
    const first = await app.post('/v1/runs/m3/rewards', { trajectories: [{ reward: 1, searched: true, count: 2 }] });
    expect((await first.json()) as Json).toMatchObject({ noise: 0.1 });
    const second = await app.post('/v1/runs/m3/rewards', [{ reward: 1, searched: true }, { reward: 1, searches: 2 }]);
    expect([second.status, (await second.json()) as Json]).toMatchObject([200, { noise: 0.2 }]);
  });

  it('shows a stored page with its origin', async () => {
    const { id } = (await (await app.post('/v1/search', { query: 'stored page' })).json()) as { id: string };
    expect((await (await app.get(`/v1/pages/${id}`)).json()) as Json).toMatchObject({ id, query: 'stored page', winnow: { generator: 'template' } });
    expect((await app.get(`/v1/pages/${'0'.repeat(32)}`)).status).toBe(404);
  });

  it('gives records page by page, and as lines', async () => {
    const other = await another();
    for (let i = 0; i < 5; i++) await other.post('/tavily/search', { query: `q${i}` });
    const seen: string[] = [];
    let after = '';
    for (;;) {
      const { records, next } = (await (await other.get(`/v1/records?limit=2${after}`)).json()) as { records: ServedRecord[]; next: string | null };
      seen.push(...records.map((record) => record.query));
      if (next === null) break;
      after = `&after=${next}`;
    }
    expect(seen).toEqual(['q0', 'q1', 'q2', 'q3', 'q4']);
    const lines = await other.get('/v1/records?format=jsonl');
    expect(lines.headers.get('content-type')).toBe('application/x-ndjson');
    expect((await lines.text()).trim().split('\n').map((line) => (JSON.parse(line) as ServedRecord).query)).toEqual(seen);
  });

  it('says that there are no records where none are kept', async () => {
    const other = await another({ records: false });
    await other.post('/tavily/search', { query: 'q' });
    expect((await other.get('/v1/records')).status).toBe(404);
  });
});

describe('probes', () => {
  it('say that the server lives, and whether it takes requests', async () => {
    const other = await another();
    expect([(await other.get('/healthz')).status, await (await other.get('/healthz')).text()]).toEqual([200, 'OK']);
    expect((await other.get('/readyz')).status).toBe(200);
    other.setReady(false);
    expect([(await other.get('/readyz')).status, (await other.get('/healthz')).status]).toEqual([503, 200]);
  });

  it('count what was asked and served', async () => {
    const other = await another({ noise: 'constant:1' });
    await other.post('/tavily/search', { query: 'q' });
    await other.post('/tavily/search', { query: 'q' });
    await other.post('/tavily/search', {});
    const response = await other.get('/metrics');
    const text = await response.text();
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    expect(text).toContain('winnow_requests_total{dialect="tavily",status="200"} 2');
    expect(text).toContain('winnow_requests_total{dialect="tavily",status="400"} 1');
    expect(text).toContain('winnow_pages_total{dialect="tavily",kind="noisy",source="made"} 1');
    expect(text).toContain('winnow_pages_total{dialect="tavily",kind="noisy",source="stored"} 1');
    expect(text).toContain('winnow_spared_usd_total{dialect="tavily"} 0.016');
    expect(text).toContain('winnow_generations_in_flight 0');
  });

  it('show a newcomer where everything is', async () => {
    const index = await (await app.get('/')).text();
    for (const { name, title, atRoot } of DIALECTS) {
      expect(index).toContain(title);
      if (!atRoot) expect(index).toContain(`http://localhost/${name}`);
    }
    expect((await app.get('/docs')).headers.get('content-type')).toContain('text/html');
    expect((await app.get('/docs/swagger-ui.css')).status).toBe(200);
    expect((await app.get('/openapi.yaml')).status).toBe(200);
  });
});
