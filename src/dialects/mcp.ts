/**
 * The Model Context Protocol over Streamable HTTP, without sessions: `search` and `fetch` as OpenAI's deep research and connectors
 * want them (spec: dialects 1.19), under `http://host/mcp`.
 * Real clients: the TypeScript and Python SDKs, OpenAI connectors, verifiers, ROLL, Claude Code and other hosts.
 *
 * One route carries every method, so that it is one search operation: `decode` turns what needs no page into a finished answer with no
 * query, `tools/call search` into a query, and `tools/call fetch` into a page to read (`SearchCall.reads`). Protocol errors are
 * answers too: a client matches them by id, which `encodeError` does not know.
 */
import type { ErrorCode, WinnowError } from '../errors.ts';
import type { OpenedPage, ResultPage } from '../types.ts';
import { type Dialect, type SearchCall, type WireReply, json, searchOperation } from './dialect.ts';
import { type Fields, objectOrEmpty } from './fields.ts';
import { countOf, searchFor } from './retriever/request.ts';
import { identityOf } from './session-cookie.ts';

type Id = string | number | null;

/** An answer that is ready, an accepted notification, or a tool whose pages are still to come. */
type Wire =
  | { readonly kind: 'answer'; readonly reply: WireReply }
  | { readonly kind: 'search'; readonly id: Id }
  | { readonly kind: 'fetch'; readonly id: Id; readonly url: string };

const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const INTERNAL = -32603;
const PARSE_ERROR = -32700;

/** Newest first. A client that asks for another is offered the newest, and decides. */
const PROTOCOL_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;

const ACCEPTED: WireReply = { status: 202, headers: {}, body: '' };

function tool(name: string, title: string, description: string, argument: string, meaning: string) {
  return {
    name,
    title,
    description,
    inputSchema: { type: 'object', properties: { [argument]: { type: 'string', description: meaning } }, required: [argument] },
    annotations: { readOnlyHint: true, openWorldHint: true },
  };
}

const TOOLS = [
  tool('search', 'Search', 'Searches the web. Gives a list of results, each with an id, title, url and text.', 'query', 'The words to search for.'),
  tool('fetch', 'Fetch', 'Gives the whole page behind a search result.', 'id', 'The id of a search result.'),
];

function result(id: Id, value: unknown): WireReply {
  return json({ jsonrpc: '2.0', id, result: value });
}

function failure(id: Id, code: number, message: string, status = 200, headers?: Readonly<Record<string, string>>): WireReply {
  return json({ jsonrpc: '2.0', id, error: { code, message } }, status, headers);
}

/** Text for the model and, since 2025-06-18, the same as an object for the host. */
function toolResult(id: Id, value: unknown): WireReply {
  return result(id, { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value });
}

/** A mistake that the model can mend is the tool's answer, not the protocol's. */
function toolError(id: Id, text: string): WireReply {
  return result(id, { content: [{ type: 'text', text }], isError: true });
}

function ready(reply: WireReply): SearchCall<Wire> {
  return { queries: [], wire: { kind: 'answer', reply } };
}

function callTool(id: Id, params: Fields, fields: Fields): SearchCall<Wire> {
  const given = objectOrEmpty(params.arguments);
  if (params.name === 'search') {
    if (typeof given.query !== 'string' || given.query.trim() === '') return ready(toolError(id, "The argument 'query' must be a non-empty string."));
    // The tool has one argument by contract, so that the number of results is read from the URL (`/mcp?topk=3`); `_meta` is where
    // MCP puts what no model wrote.
    return { queries: [searchFor(given.query, countOf(fields, 5), { context: identityOf(params._meta) })], wire: { kind: 'search', id } };
  }
  if (params.name === 'fetch') {
    const url = given.id ?? given.url;
    if (typeof url !== 'string' || url.trim() === '') return ready(toolError(id, "The argument 'id' must be the id of a search result."));
    return { queries: [], reads: [url], wire: { kind: 'fetch', id, url } };
  }
  return ready(failure(id, INVALID_PARAMS, typeof params.name === 'string' ? `Unknown tool: ${params.name}` : "Missing 'name' of the tool."));
}

function initialize(id: Id, params: Fields): WireReply {
  const asked = PROTOCOL_VERSIONS.find((version) => version === params.protocolVersion);
  return result(id, {
    protocolVersion: asked ?? PROTOCOL_VERSIONS[0],
    capabilities: { tools: { listChanged: false } },
    serverInfo: { name: 'winnow', title: 'Winnow', version: '1' },
    instructions: 'Use search to find pages, and fetch to read one of them whole.',
  });
}

function searchResult(id: Id, page: ResultPage | undefined): WireReply {
  const results = (page?.results ?? []).map(({ url, title, text }) => ({ id: url, title, url, text }));
  return toolResult(id, { results });
}

function fetchResult(id: Id, url: string, page: OpenedPage | null | undefined): WireReply {
  if (!page) return toolError(id, `No page has the id '${url}'. Use an id that search gave.`);
  const metadata = { site: page.site, ...(page.date ? { date: page.date } : {}) };
  return toolResult(id, { id: url, title: page.title, text: page.content, url: page.url, metadata });
}

const endpoint = searchOperation<Wire>({
  methods: ['POST', 'GET'],
  paths: ['/'],
  decode({ method, body, fields }) {
    // There is no stream to offer; both SDKs take 405 for that.
    if (method === 'GET') return ready(failure(null, INVALID_REQUEST, 'Method not allowed: this server has no event stream.', 405, { allow: 'POST' }));
    if (Array.isArray(body)) return ready(failure(null, INVALID_REQUEST, 'Batches are not supported: send one message a request.', 400));
    const message = objectOrEmpty(body);
    const { id, method: name } = message;
    // A notification, or the answer to a request that was never made.
    if (id === undefined && typeof name === 'string') return ready(ACCEPTED);
    if (name === undefined && ('result' in message || 'error' in message)) return ready(ACCEPTED);
    if (typeof name !== 'string' || (typeof id !== 'string' && typeof id !== 'number')) return ready(failure(null, INVALID_REQUEST, 'Not a JSON-RPC 2.0 request.', 400));
    const params = objectOrEmpty(message.params);
    switch (name) {
      case 'initialize':
        return ready(initialize(id, params));
      case 'ping':
        return ready(result(id, {}));
      case 'tools/list':
        return ready(result(id, { tools: TOOLS }));
      case 'tools/call':
        return callTool(id, params, fields);
      default:
        return ready(failure(id, METHOD_NOT_FOUND, `Method not found: ${name}`));
    }
  },
  encode([page], { wire }, { reads }) {
    if (wire.kind === 'answer') return wire.reply;
    return wire.kind === 'search' ? searchResult(wire.id, page) : fetchResult(wire.id, wire.url, reads?.[0]);
  },
});

function rpcCode(code: ErrorCode): number {
  if (code === 'invalid_body') return PARSE_ERROR;
  if (code === 'missing_field' || code === 'invalid_field') return INVALID_PARAMS;
  return code === 'unknown_route' ? METHOD_NOT_FOUND : INTERNAL;
}

export const mcp: Dialect = {
  name: 'mcp',
  title: 'Model Context Protocol',
  hosts: [],
  atRoot: false,
  keyFields: [],
  softDeadlineMs: 25_000,
  neverRefuses: true,
  price: null,
  operations: [endpoint],
  encodeError: (error: WinnowError) => failure(null, rpcCode(error.code), error.message, error.status),
};
