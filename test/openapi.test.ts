/**
 * openapi.yaml is true: it is a valid document, it names exactly the routes that are mounted, and the running server answers its
 * examples, and mistakes, with what it promises.
 */
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Composed, compose } from '../src/compose.ts';
import { resolveConfig } from '../src/config.ts';
import { DIALECTS } from '../src/dialects/index.ts';
import { fakeLanguageModel } from './support/fake-language-model.ts';
import { withModel } from './support/model-app.ts';
import { type DocumentedOperation, checkExampleBodies, checkReply, compileSchema, document, examplesOf, operations, schemaPlaces } from './support/openapi-document.ts';

const OPERATIONS = operations().map((operation) => ({ ...operation, title: `${operation.method} ${operation.path}` }));

/** What stands in the document's examples for things that only a running server has. */
const EXAMPLE_URL = 'https://www.example.org/history/humber-bridge';
const EXAMPLE_PAGE = '0123456789abcdef0123456789abcdef';

const KEY = 'a-key-for-this-test';
const CREDENTIALS: Readonly<Record<string, (key: string) => { headers?: Record<string, string>; query?: string }>> = {
  bearer: (key) => ({ headers: { authorization: `Bearer ${key}` } }),
  ...Object.fromEntries(
    Object.entries<{ type: string; in: string; name: string }>(document.components.securitySchemes)
      .filter(([, scheme]) => scheme.type === 'apiKey')
      .map(([name, scheme]) => [name, (key: string) => (scheme.in === 'header' ? { headers: { [scheme.name]: key } } : { query: `${scheme.name}=${key}` })]),
  ),
};

/** With a language model in it, for the operations that are the model's alone; all others answer as they do without one. */
async function server(options: Record<string, string> = {}): Promise<Composed> {
  const composed = await compose(resolveConfig({ store: 'memory', 'log-level': 'silent', ...options }, {}, null).config);
  return withModel(composed, fakeLanguageModel());
}

function send({ app }: Composed, url: string, init: RequestInit, credentials: { headers?: Record<string, string>; query?: string } = {}): Response | Promise<Response> {
  const query = credentials.query ? (url.includes('?') ? '&' : '?') + credentials.query : '';
  return app.request(`http://127.0.0.1:8080${url}${query}`, { ...init, headers: { ...(init.headers as Record<string, string>), ...credentials.headers } });
}

const post = (body: unknown): RequestInit => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** What the examples speak of: a page that was served, and a run with an adaptive curriculum. Gives the examples their real values. */
async function staged(composed: Composed, key?: string): Promise<<T>(value: T) => T> {
  const credentials = key === undefined ? {} : CREDENTIALS.bearer!(key);
  await send(composed, '/v1/runs/exp1', { ...post({ curriculum: 'adaptive:0:0.5' }), method: 'PUT' }, credentials);
  const reply = await send(composed, '/v1/search', post({ query: 'who built the humber bridge', count: 3 }), credentials);
  const page = (await reply.json()) as { id: string; results: { url: string }[] };
  return (value) => JSON.parse(JSON.stringify(value).replaceAll(EXAMPLE_URL, page.results[0]!.url).replaceAll(EXAMPLE_PAGE, page.id));
}

/** The operations of the wire formats that search, at every path; `read` for those that open pages. */
function operationsOf(kind: 'search' | 'read'): { title: string; operation: DocumentedOperation; neverRefuses: boolean }[] {
  return DIALECTS.flatMap((dialect) =>
    dialect.operations
      .filter((operation) => operation.kind === kind)
      .flatMap(({ methods, paths }) => methods.flatMap((method) => paths.map((path) => `${method} /${dialect.name}${path === '/' ? '' : path}`.replace(/:(\w+)/g, '{$1}'))))
      .map((title) => ({ title, operation: OPERATIONS.find((operation) => operation.title === title)!, neverRefuses: dialect.neverRefuses })),
  );
}
const SEARCHES = operationsOf('search');
const READS = operationsOf('read');

describe('the document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('holds schemas without unknown keywords and without references to nothing', () => {
    for (const place of schemaPlaces()) expect(() => compileSchema(place), place).not.toThrow();
  });

  it('has the version of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(document.info.version).toBe(version);
  });

  it('has a tag for each wire format, and its hostnames', () => {
    const tags = document.tags.map((tag: { name: string }) => tag.name);
    for (const { name, title, hosts } of DIALECTS) {
      expect(tags).toContain(title);
      for (const operation of OPERATIONS) if (operation.path === `/${name}` || operation.path.startsWith(`/${name}/`)) expect(operation.tag, operation.title).toBe(title);
      for (const host of hosts) expect(document.info.description).toContain(`\`${host}\``);
    }
    expect(new Set(OPERATIONS.map(({ tag }) => tag))).toEqual(new Set(tags));
  });

  it('points from every further path to one that is written out', () => {
    for (const [path, item] of Object.entries<Record<string, any>>(document.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        const home = operation['x-winnow-same-as'];
        if (home === undefined) continue;
        const target = document.paths[home]?.[method];
        expect(target, `${method} ${path} is as ${home}`).toBeDefined();
        expect(target['x-winnow-same-as']).toBeUndefined();
        expect(operation.tags).toEqual(target.tags);
        expect(operation.security).toEqual(target.security);
      }
    }
  });

  it.each(OPERATIONS.filter(({ path, home }) => path === home))('has examples of the bodies that it describes: $title', (operation) => {
    checkExampleBodies(operation);
    if (operation.requestBody) expect(examplesOf(operation).length).toBeGreaterThan(0);
  });
});

describe('the server as documented', () => {
  let composed: Composed;
  beforeAll(async () => {
    composed = await server();
  });
  afterAll(() => composed.close());

  it('mounts every documented route, and no other', () => {
    const mounted = composed.app.routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(OPERATIONS.map(({ title }) => title).sort()).toEqual([...new Set(mounted)].sort());
  });

  it('mounts the same routes without a model, and refuses what is the model\'s alone as documented', async () => {
    const without = await compose(resolveConfig({ store: 'memory', 'log-level': 'silent' }, {}, null).config);
    expect(new Set(without.app.routes.map(({ method, path }) => `${method} ${path}`))).toEqual(new Set(composed.app.routes.map(({ method, path }) => `${method} ${path}`)));
    for (const operation of OPERATIONS.filter(({ home }) => home === '/openai/v1/completions')) {
      for (const { url, init } of examplesOf(operation)) {
        const reply = await send(without, url, init);
        expect(reply.status).toBe(404);
        await checkReply(operation, reply);
      }
    }
    await without.close();
  });

  it.each(OPERATIONS)('answers the examples: $title', async (operation) => {
    const succeeds = Object.keys(operation.responses).some((code) => code.startsWith('2'));
    for (const { name } of examplesOf(operation)) {
      const example = examplesOf(operation, await staged(composed)).find((each) => each.name === name)!;
      const reply = await send(composed, example.url, example.init);
      expect(reply.status < 300, `${name}: ${reply.status}`).toBe(succeeds);
      await checkReply(operation, reply);
    }
  });

  it.each(SEARCHES)('finds nothing as documented: $title', async ({ operation }) => {
    const impossible = <T>(value: T): T => JSON.parse(JSON.stringify(value).replace(/who built the humber bridge\??/gi, 'humber site:a.example -site:a.example'));
    for (const { url, init } of examplesOf(operation, impossible)) await checkReply(operation, await send(composed, url, init));
  });

  it.each([...SEARCHES, ...READS])('refuses a request without its field as documented: $title', async ({ title, operation }) => {
    const [{ url } = { url: '' }] = examplesOf(operation);
    const bare = url.split('?')[0]!;
    if (operation.method === 'GET') {
      const reply = await send(composed, bare, {});
      expect(reply.status).toBeGreaterThanOrEqual(400);
      return void (await checkReply(operation, reply));
    }
    for (const init of [{ method: 'POST' }, post({})]) await checkReply(operation, await send(composed, bare, init));
    const reply = await send(composed, bare, post({ unrelated: true }));
    // A policy reads NeMo-Gym's replies, mistakes included.
    if (!title.includes('/nemo-gym/')) expect(reply.status).toBeGreaterThanOrEqual(400);
    await checkReply(operation, reply);
  });

  it.each(OPERATIONS.filter(({ requestBody }) => requestBody))('refuses a body that cannot be read as documented: $title', async (operation) => {
    const [{ url } = { url: '' }] = examplesOf(operation);
    const reply = await send(composed, url, { method: operation.method, headers: { 'content-type': 'application/json' }, body: '{"query":' });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    await checkReply(operation, reply);
  });

  it.each(SEARCHES)('refuses a rollout header that cannot be read as documented: $title', async ({ operation }) => {
    for (const { url, init } of examplesOf(operation)) {
      const reply = await send(composed, url, init, { headers: { 'x-winnow-noise': '2' } });
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(reply.status).toBeLessThan(500);
      await checkReply(operation, reply);
    }
  });

  it('answers a batch of more than 64 queries as documented', async () => {
    const operation = OPERATIONS.find(({ title }) => title === 'POST /retrieve')!;
    const queries = Array.from({ length: 65 }, (_, i) => `humber bridge ${i}`);
    for (const return_scores of [true, false]) await checkReply(operation, await send(composed, '/retrieve', post({ queries, topk: 2, return_scores })));
  });
});

describe('keys as documented', () => {
  let composed: Composed;
  let spent: string;
  beforeAll(async () => {
    composed = await server({ 'api-keys': KEY });
    spent = (await composed.keys.create({ run: null, rate: null, budget: 0, label: 'spent', prefix: '' })).key;
  });
  afterAll(() => composed.close());

  it.each(OPERATIONS)('asks for a key, or for none: $title', async (operation) => {
    const real = await staged(composed, KEY);
    const { url, init } = examplesOf(operation, real)[0]!;
    const reply = await send(composed, url, init);
    expect(reply.status < 300).toBe(operation.security.length === 0);
    await checkReply(operation, reply);
  });

  it.each(OPERATIONS.filter(({ security }) => security.length > 0))('finds the key wherever it says: $title', async (operation) => {
    for (const scheme of operation.security.flatMap((requirement) => Object.keys(requirement))) {
      const { url, init } = examplesOf(operation, await staged(composed, KEY))[0]!;
      const reply = await send(composed, url, init, CREDENTIALS[scheme]!(KEY));
      expect(reply.status, scheme).toBe(operation.responses['200'] ? 200 : 405);
      const wrong = await send(composed, url, init, CREDENTIALS[scheme]!('wk_nobody'));
      expect(wrong.status, scheme).toBeGreaterThanOrEqual(400);
      await checkReply(operation, wrong);
    }
  });

  it.each(SEARCHES)('refuses past the budget as documented: $title', async ({ operation, neverRefuses }) => {
    for (const { url, init } of examplesOf(operation, await staged(composed, KEY))) {
      const reply = await send(composed, url, init, CREDENTIALS.bearer!(spent));
      if (neverRefuses) expect(reply.status === 405 || reply.status < 300).toBe(true);
      await checkReply(operation, reply);
    }
  });

  it.each(SEARCHES.filter(({ neverRefuses }) => !neverRefuses))('refuses past the rate as documented: $title', async ({ operation }) => {
    const { key } = await composed.keys.create({ run: null, rate: 0.001, budget: null, label: 'slow', prefix: '' });
    const { url, init } = examplesOf(operation)[0]!;
    await send(composed, url, init, CREDENTIALS.bearer!(key));
    const reply = await send(composed, url, init, CREDENTIALS.bearer!(key));
    expect(reply.status).toBe(429);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    await checkReply(operation, reply);
  });
});

describe('a server that fails, as documented', () => {
  it.each(SEARCHES)('$title', async ({ operation }) => {
    const composed = await server();
    await composed.close();
    for (const { url, init } of examplesOf(operation)) await checkReply(operation, await send(composed, url, init));
  });
});
