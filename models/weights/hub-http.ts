/**
 * Requests to a hub that speaks Hugging Face's HTTP API: deadlines, retries, redirects that do not take the token along, and errors in
 * words. What a refusal means is in its status and its `X-Error-Code` header (huggingface_hub, utils/_http.py, `hf_raise_for_status`).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DownloadError } from '../errors.ts';

export interface HubOptions {
  readonly fetch: typeof fetch;
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly token: string | null;
  /** A request that brings no byte for so long is given up. */
  readonly idleMs: number;
  /** Doubled from one attempt to the next. */
  readonly retryDelayMs: number;
  readonly signal: AbortSignal | undefined;
}

/** What is asked for, for messages. */
export interface Subject {
  readonly repo: string;
  readonly revision: string;
  /** Empty when the repository as a whole is meant. */
  readonly file: string;
}

/** A fault that may pass: the connection broke, or the hub is busy. */
export class Interruption extends Error {
  readonly host: string;
  /** The host was never reached: its name is not known, or nothing listens there. */
  readonly unreachable: boolean;
  readonly retryAfterMs: number;
  constructor(host: string, message: string, options: ErrorOptions & { unreachable?: boolean; retryAfterMs?: number } = {}) {
    super(message, options);
    this.host = host;
    this.unreachable = options.unreachable ?? false;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

export const ATTEMPTS = 5;
const MAX_REDIRECTS = 10;
const MAX_WAIT_MS = 60_000;
/** Before a connection stands, as Node and undici name it; certificates are refused there too. */
const UNREACHABLE = /^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ENETDOWN|EPROTO|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_\w+|.*CERT.*|.*SELF_SIGNED.*|UNABLE_TO_\w+)$/;

export const ELSEWHERE = 'Check the network, set HTTPS_PROXY or HF_ENDPOINT if this machine needs a proxy or a mirror, or give a folder or a .gguf file in place of the name.';
export const AGAIN = 'What has arrived is kept: the same command goes on from there.';

export interface OpenFile {
  /** Where the body begins; 0 when the server sends the whole file although a part was asked for. */
  readonly offset: number;
  /** Throws Interruption when the connection breaks or falls silent. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

export class Hub {
  readonly host: string;
  readonly endpoint: string;
  readonly #origin: string;
  readonly #options: HubOptions;

  /** Throws DownloadError `network` for an endpoint that is no HTTP URL, `gated` for a token that no header can carry. */
  constructor(options: HubOptions) {
    const url = URL.canParse(options.endpoint) ? new URL(options.endpoint) : null;
    if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) throw new DownloadError('network', 'The address of the hub is not an http or https URL without a user name.', 'Set HF_ENDPOINT to one, or unset it.');
    // The header's own complaint would quote the token.
    if (options.token !== null && !/^[\x21-\x7e]+$/.test(options.token)) throw new DownloadError('gated', 'The token for the hub holds characters that no token has.', 'Set HF_TOKEN to one from the settings page of your account.');
    this.#origin = url.origin;
    this.host = url.host;
    this.endpoint = options.endpoint;
    this.#options = options;
  }

  /** A `fetch` for API calls: the reply is read whole and is JSON, or this throws. What may pass is tried five times. */
  api(subject: Subject): typeof fetch {
    return async (input, init) => {
      for (let failures = 1; ; failures++) {
        try {
          return await this.#json(String(input), new Headers(init?.headers), subject);
        } catch (thrown) {
          if (!(thrown instanceof Interruption)) throw thrown;
          if (thrown.unreachable || failures === ATTEMPTS) throw networkError(thrown);
          await this.pause(failures, thrown);
        }
      }
    };
  }

  /** Asks for a file from `offset` on. Throws Interruption for what may pass, DownloadError for what will not. */
  async open(path: string, offset: number, subject: Subject): Promise<OpenFile> {
    // A coded body has other bytes than the file.
    const headers = new Headers({ 'accept-encoding': 'identity' });
    if (offset > 0) headers.set('range', `bytes=${offset}-`);
    const { response, host, touch, end } = await this.#request(`${this.endpoint}/${path}`, headers, subject);
    const begins = response.status === 206 ? Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? Number.NaN) : 0;
    if (begins !== offset && begins !== 0) {
      end();
      throw new Interruption(host, `${host} sent another part of ${subject.file} than was asked for.`);
    }
    return { offset: begins, chunks: this.#chunks(response, host, touch, end) };
  }

  /** Waits before the next attempt. */
  async pause(failures: number, { retryAfterMs }: Interruption): Promise<void> {
    const { signal, retryDelayMs } = this.#options;
    await sleep(Math.min(MAX_WAIT_MS, Math.max(retryAfterMs, retryDelayMs * 2 ** (failures - 1))), undefined, { signal }).catch(() => signal?.throwIfAborted());
  }

  async #json(url: string, headers: Headers, subject: Subject): Promise<Response> {
    const { response, host, touch, end } = await this.#request(url, headers, subject);
    const parts: Uint8Array[] = [];
    for await (const part of this.#chunks(response, host, touch, end)) parts.push(part);
    const body = Buffer.concat(parts).toString('utf8');
    try {
      JSON.parse(body);
    } catch (cause) {
      throw new DownloadError('network', `${host} does not answer as a hub does: expected JSON.`, ELSEWHERE, { cause });
    }
    return new Response(body, { status: response.status, headers: response.headers });
  }

  async *#chunks(response: Response, host: string, touch: () => void, end: () => void): AsyncGenerator<Uint8Array> {
    const { signal } = this.#options;
    try {
      if (!response.body) return;
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        touch();
        yield chunk;
      }
    } catch (thrown) {
      signal?.throwIfAborted();
      throw interruption(thrown, host);
    } finally {
      // Also when the reader stops early: nothing more is to come.
      end();
    }
  }

  /** Follows redirects by hand: a `fetch` that was passed in need not drop the token on the way to another host. */
  async #request(start: string, headers: Headers, subject: Subject): Promise<{ response: Response; host: string; touch: () => void; end: () => void }> {
    const { fetch, token, idleMs, signal } = this.#options;
    signal?.throwIfAborted();
    let url = new URL(start);
    let host = url.host;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new Interruption(host, `${host} sent nothing for ${idleMs / 1000} s.`)), idleMs);
    const end = (): void => {
      clearTimeout(timer);
      stop.abort();
    };
    try {
      for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
        const sent = new Headers(headers);
        if (token !== null && url.origin === this.#origin) sent.set('authorization', `Bearer ${token}`);
        const response = await fetch(url, { headers: sent, redirect: 'manual', signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal });
        timer.refresh();
        const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
        if (location === null) {
          if (!response.ok) throw this.#refusal(response, url, subject);
          return { response, host, touch: () => void timer.refresh(), end };
        }
        await response.body?.cancel();
        url = new URL(location, url);
        host = url.host;
      }
      throw new DownloadError('network', `${this.host} redirects without end.`, ELSEWHERE);
    } catch (thrown) {
      end();
      signal?.throwIfAborted();
      throw thrown instanceof DownloadError ? thrown : interruption(thrown, host);
    }
  }

  #refusal(response: Response, { origin, host }: URL, { repo, revision, file }: Subject): Error {
    const { status } = response;
    const code = response.headers.get('x-error-code') ?? '';
    if (status === 429 || status === 408 || status >= 500 || origin !== this.#origin) {
      // Another host speaks for a store of bytes: what it refuses is an address that has run out, and the hub gives a new one.
      const seconds = Number(response.headers.get('retry-after') ?? 0);
      return new Interruption(host, `${host} answered ${status}.`, { retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : 0 });
    }
    const page = `${this.endpoint}/${repo}`;
    const token = this.#options.token === null ? 'Set HF_TOKEN to a token of your account' : 'Check that HF_TOKEN belongs to an account that may read it';
    if (code === 'GatedRepo') return new DownloadError('gated', `${repo} is gated: the hub asks for an agreement to its licence.`, `Accept it at ${page}, then ${lower(token)}.`);
    if (code === 'RevisionNotFound') return new DownloadError('not_found', `${repo} has no revision ${JSON.stringify(revision)}.`, `${page}/tree/main shows its branches and tags.`);
    if (code === 'RepoNotFound') return new DownloadError('not_found', `${this.host} has no model ${repo}, or it is private.`, `Check the name; if it is private: ${lower(token)}.`);
    if (status === 403) return new DownloadError('gated', `${this.host} does not let this account read ${repo}.`, `${token}; ${page} says what it asks for.`);
    if (status === 401) return new DownloadError('gated', `${this.host} wants to know who asks for ${repo}.`, `${token}; if the model is gated, accept its licence at ${page}.`);
    if (status === 404) return new DownloadError('not_found', file === '' ? `${this.host} has no model ${repo}.` : `${repo} at ${revision} has no file ${file}.`, 'Check the name.');
    return new DownloadError('network', `${host} answered ${status} for ${file || repo}.`, ELSEWHERE);
  }
}

/** The end of all attempts. */
export function networkError(cause: Interruption, attempts = 0): DownloadError {
  return new DownloadError('network', `${cause.message}${attempts > 1 ? ` Tried ${attempts} times.` : ''}`, cause.unreachable ? ELSEWHERE : AGAIN, { cause });
}

function interruption(thrown: unknown, host: string): Interruption {
  if (thrown instanceof Interruption) return thrown;
  const why = codeOf(thrown);
  const unreachable = UNREACHABLE.test(why);
  return new Interruption(host, unreachable ? `${host} cannot be reached (${why}).` : `The connection to ${host} broke (${why}).`, { cause: thrown, unreachable });
}

/** `fetch failed` hides the reason in its cause. */
function codeOf(thrown: unknown): string {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { code } = error as NodeJS.ErrnoException;
    if (code) return code;
  }
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function lower(sentence: string): string {
  return sentence[0]!.toLowerCase() + sentence.slice(1);
}
