/**
 * From a Fetch request to a WireRequest: the body read within its limit and parsed by what it is, the query string and the body in
 * one record. Whatever cannot be read is a BadRequestError; a dialect never sees bytes.
 */
import { decode as decodeMsgpack } from '@msgpack/msgpack';
import type { Method, WireRequest } from '../dialects/dialect.ts';
import { isObject } from '../dialects/fields.ts';
import { BadRequestError } from '../errors.ts';

/** A batch of 20,000 queries with their context fits (spec: rl-frameworks D.3). */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

function tooLarge(): BadRequestError {
  return new BadRequestError('body_too_large', '', `at most ${MAX_BODY_BYTES / 1024 / 1024} MB`, { message: `The request body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MB.` });
}

const NO_BYTES = new Uint8Array();

/** A body of declared length is read in one piece, as text where it says that it is JSON; a chunked one is counted as it comes. */
async function readBody(raw: Request, contentType: string, declared: string | undefined): Promise<Uint8Array | string> {
  if (declared !== undefined) {
    if (Number(declared) > MAX_BODY_BYTES) throw tooLarge();
    if (declared === '0') return NO_BYTES;
    return contentType.includes('json') ? raw.text() : new Uint8Array(await raw.arrayBuffer());
  }
  if (!raw.body) return NO_BYTES;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = raw.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > MAX_BODY_BYTES) {
      await reader.cancel();
      throw tooLarge();
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

/** A map header of msgpack (fixmap, map 16, map 32): gem sends msgpack without a content type (spec: rl-frameworks A.8). */
function looksLikeMsgpack(first: number): boolean {
  return (first >= 0x80 && first <= 0x8f) || first === 0xde || first === 0xdf;
}

function parseBody(read: Uint8Array | string, contentType: string): { encoding: WireRequest['encoding']; body: unknown } {
  if (read.length === 0) return { encoding: 'none', body: undefined };
  if (typeof read !== 'string' && (contentType.includes('msgpack') || looksLikeMsgpack(read[0]!))) {
    try {
      return { encoding: 'msgpack', body: decodeMsgpack(read) };
    } catch (cause) {
      throw new BadRequestError('invalid_body', '', 'msgpack', { cause });
    }
  }
  const text = typeof read === 'string' ? read : Buffer.from(read.buffer, read.byteOffset, read.byteLength).toString('utf8').replace(/^\ufeff/, '');
  if (contentType.includes('application/x-www-form-urlencoded')) return { encoding: 'form', body: recordOf(new URLSearchParams(text)) };
  if (/^\s*$/.test(text)) return { encoding: 'none', body: undefined };
  try {
    return { encoding: 'json', body: JSON.parse(text) };
  } catch (cause) {
    throw new BadRequestError('invalid_body', '', 'JSON', { cause, message: 'The request body is not valid JSON.' });
  }
}

/** A repeated key becomes an array, in order. The record has no prototype: keys are untrusted. */
function recordOf(params: URLSearchParams): Record<string, unknown> {
  const record: Record<string, unknown> = Object.create(null);
  for (const [key, value] of params) {
    const before = record[key];
    if (before === undefined) record[key] = value;
    else if (Array.isArray(before)) before.push(value);
    else record[key] = [before, value];
  }
  return record;
}

function mergeFields(query: string, body: unknown): Readonly<Record<string, unknown>> {
  const fromBody = isObject(body) ? body : {};
  return query === '' ? fromBody : Object.assign(recordOf(new URLSearchParams(query)), fromBody);
}

/**
 * Scheme, host and port as the client wrote them. A proxy that ends TLS tells of it in X-Forwarded-Proto, whose first value is the
 * client's side; believing it changes a scheme at most. X-Forwarded-Host is not believed: whoever sends it could make our links lead
 * to any host.
 */
function originOf(url: string, header: WireRequest['header']): string {
  const origin = url.slice(0, url.indexOf('/', url.indexOf('//') + 2));
  const forwarded = header('x-forwarded-proto');
  return forwarded !== undefined && /^\s*https\s*(?:,|$)/i.test(forwarded) ? origin.replace(/^http:/, 'https:') : origin;
}

export interface Mounted {
  /** The path below the dialect's mount point. */
  readonly path: string;
  /** Everything of the path before that: the run segment and the dialect's prefix, as the client wrote them. */
  readonly base: string;
}

/** What Node's server read before a Fetch request was made of it; looking names up here costs a tenth of asking `Headers`. */
export type NodeHeaders = Readonly<Record<string, string | string[] | undefined>>;

export function headerReader(raw: Request, sent: NodeHeaders | undefined): WireRequest['header'] {
  if (!sent) return (name) => raw.headers.get(name) ?? undefined;
  return (name) => {
    const value = sent[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
}

/** Names given to `header` are in lower case, here and in every dialect. */
export async function wireRequest(raw: Request, params: Readonly<Record<string, string>>, mounted: Mounted, sent?: NodeHeaders): Promise<WireRequest> {
  const method: Method = raw.method === 'GET' ? 'GET' : 'POST';
  const { url } = raw;
  const header = headerReader(raw, sent);
  const contentType = header('content-type')?.toLowerCase() ?? '';
  const { encoding, body } = parseBody(method === 'GET' ? NO_BYTES : await readBody(raw, contentType, header('content-length')), contentType);
  const [target = ''] = url.split('#', 1);
  const mark = target.indexOf('?');
  const query = mark < 0 ? '' : target.slice(mark + 1);
  return {
    method,
    path: mounted.path,
    params,
    header,
    encoding,
    body,
    fields: mergeFields(query, body),
    baseUrl: originOf(url, header) + mounted.base,
  };
}
