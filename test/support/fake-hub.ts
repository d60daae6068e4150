/**
 * A hub on loopback that speaks as much of Hugging Face's HTTP API as a download needs: `/api/models/ID/revision/R`, `/tree/COMMIT`,
 * `/ID/resolve/R/FILE` (small files by a redirect on the same host, LFS files by one to a second server, the store of bytes), Range,
 * ETag, and errors with their `X-Error-Code`. It counts what it sends, and falls silent, breaks off or lies where it is told to.
 */
import { createHash } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRepo {
  /** Commit of `main`; 40 hexadecimal digits. */
  readonly commit: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Which of them are kept as LFS. Default: `*.safetensors`. */
  readonly lfs?: (path: string) => boolean;
  /** Only this token may read the files, as of a gated model whose licence its owner has accepted. */
  readonly gatedFor?: string;
  /** Other branches and tags. */
  readonly refs?: Readonly<Record<string, string>>;
}

export interface SeenRequest {
  readonly server: 'hub' | 'store';
  readonly path: string;
  readonly range: string | null;
  readonly authorization: string | null;
}

export interface FakeHub {
  readonly url: string;
  readonly requests: SeenRequest[];
  /** Bytes of file bodies sent, by file. */
  readonly sent: Map<string, number>;
  /** For a file: of each request in turn, after how many bytes its body stops, without an end. */
  readonly stops: Map<string, number[]>;
  /** For a file: bytes that are sent in place of its own. */
  readonly lies: Map<string, Uint8Array>;
  /** Files of which parts cannot be had. */
  readonly withoutRange: Set<string>;
  /** Answers given, in turn, before any other: for the API (`api`) or for a file's bytes. */
  readonly statuses: Map<string, { status: number; headers?: Record<string, string> }[]>;
  /** Cuts the connections whose bodies have stopped. */
  breakOff(): void;
  /** Paths of requests for the bytes of files. */
  fetched(): string[];
  close(): Promise<void>;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const gitHash = (bytes: Uint8Array): string => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

export async function startFakeHub(repos: Readonly<Record<string, FakeRepo>>): Promise<FakeHub> {
  const requests: SeenRequest[] = [];
  const sent = new Map<string, number>();
  const stops = new Map<string, number[]>();
  const stopped = new Set<ServerResponse>();
  const lies = new Map<string, Uint8Array>();
  const withoutRange = new Set<string>();
  const statuses = new Map<string, { status: number; headers?: Record<string, string> }[]>();
  const isLfs = (repo: FakeRepo, path: string): boolean => (repo.lfs ? repo.lfs(path) : path.endsWith('.safetensors'));

  const refuse = (response: ServerResponse, status: number, code: string, message: string): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-error-code': code, 'x-error-message': message });
    response.end(JSON.stringify({ error: message }));
  };
  const planned = (key: string, response: ServerResponse): boolean => {
    const next = statuses.get(key)?.shift();
    if (!next) return false;
    response.writeHead(next.status, next.headers).end();
    return true;
  };
  const note = (server: 'hub' | 'store', request: IncomingMessage): void => {
    requests.push({ server, path: decodeURIComponent(request.url!.split('?')[0]!), range: request.headers.range ?? null, authorization: request.headers.authorization ?? null });
  };

  const sendBytes = (file: string, bytes: Uint8Array, request: IncomingMessage, response: ServerResponse, headers: Record<string, string> = {}): void => {
    if (planned(file, response)) return;
    const body = lies.get(file) ?? bytes;
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const part = request.headers.range !== undefined && !withoutRange.has(file);
    if (part && from >= body.length) return void response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    const rest = part ? body.subarray(from) : body;
    response.writeHead(part ? 206 : 200, { etag: `"${sha256(bytes)}"`, ...headers, 'content-length': rest.length, ...(part ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {}) });
    if (request.method === 'HEAD') return void response.end();
    const until = stops.get(file)?.shift();
    sent.set(file, (sent.get(file) ?? 0) + Math.min(until ?? Infinity, rest.length));
    if (until === undefined) return void response.end(rest);
    response.write(rest.subarray(0, until));
    stopped.add(response);
  };

  const store = createServer((request, response) => {
    note('store', request);
    const [, hash] = /^\/([0-9a-f]{64})$/.exec(request.url!) ?? [];
    for (const repo of Object.values(repos)) {
      const found = Object.entries(repo.files).find(([, bytes]) => sha256(bytes) === hash);
      if (found) return sendBytes(found[0], found[1], request, response);
    }
    response.writeHead(404).end();
  });
  const storeUrl = await listen(store);

  const hub = createServer((request, response) => {
    note('hub', request);
    const path = decodeURIComponent(request.url!.split('?')[0]!);
    const [, id] = /^(?:\/api\/(?:models|resolve-cache\/models))?\/([^/]+\/[^/]+)/.exec(path) ?? [];
    const repo = id === undefined ? undefined : repos[id];
    if (path.startsWith('/api/models/') && planned('api', response)) return;
    // The hub does not tell a stranger whether a name is unknown or private.
    if (!repo) return refuse(response, 401, 'RepoNotFound', 'Invalid username or password.');
    const revision = /\/(?:revision|tree|resolve|resolve-cache\/models\/[^/]+\/[^/]+)\/(refs\/pr\/\d+|[^/]+)/.exec(path)?.[1] ?? '';
    const commit = revision === 'main' ? repo.commit : (repo.refs?.[revision] ?? [repo.commit, ...Object.values(repo.refs ?? {})].find((one) => one === revision));
    if (commit === undefined) return refuse(response, 404, 'RevisionNotFound', 'Invalid rev id');
    if (path.startsWith(`/api/models/${id}/revision/`)) return json(response, { _id: '0', id, private: false, gated: repo.gatedFor === undefined ? false : 'manual', lastModified: '2025-01-01T00:00:00.000Z', downloads: 0, likes: 0, sha: commit });
    if (path.startsWith(`/api/models/${id}/tree/`)) {
      const entries = Object.entries(repo.files).map(([name, bytes]) => {
        const lfs = isLfs(repo, name) ? { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 135 } } : {};
        return name.includes('/') ? { type: 'directory', oid: '0'.repeat(40), size: 0, path: name.split('/')[0] } : { type: 'file', oid: gitHash(bytes), size: bytes.length, path: name, ...lfs };
      });
      // Two pages, as of a large folder.
      const second = request.url!.includes('cursor=');
      const half = entries.length >> 1;
      return json(response, second ? entries.slice(half) : entries.slice(0, half), second ? {} : { link: `<http://${request.headers.host}${request.url}&cursor=x>; rel="next"` });
    }
    const file = path.slice(path.indexOf(`/${revision}/`) + revision.length + 2);
    const bytes = repo.files[file];
    if (repo.gatedFor !== undefined && request.headers.authorization !== `Bearer ${repo.gatedFor}`) return refuse(response, request.headers.authorization ? 403 : 401, 'GatedRepo', `Access to model ${id} is restricted.`);
    if (!bytes) return refuse(response, 404, 'EntryNotFound', 'Entry not found');
    const common = { 'x-repo-commit': commit, 'x-linked-size': String(bytes.length), 'x-linked-etag': `"${isLfs(repo, file) ? sha256(bytes) : gitHash(bytes)}"` };
    if (isLfs(repo, file)) return void response.writeHead(302, { ...common, location: `${storeUrl}/${sha256(bytes)}` }).end();
    if (!path.startsWith('/api/resolve-cache/')) return void response.writeHead(307, { ...common, location: `/api/resolve-cache/models/${id}/${commit}/${file}` }).end();
    sendBytes(file, bytes, request, response, { ...common, etag: common['x-linked-etag'] });
  });
  const url = await listen(hub);

  return {
    url,
    requests,
    sent,
    stops,
    lies,
    withoutRange,
    statuses,
    breakOff() {
      for (const response of stopped) response.destroy();
      stopped.clear();
    },
    fetched: () => requests.filter(({ server, path }) => server === 'store' || path.includes('/resolve')).map(({ path }) => path),
    close: async () => void (await Promise.all([close(hub), close(store)])),
  };
}

function json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Bytes that repeat nowhere soon, the same for the same seed. */
export function madeUpBytes(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** A model in the layout of transformers: two shards of weights, and files that a download must leave alone. */
export function fakeModel(commit = 'a'.repeat(40)): FakeRepo {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const shards = { 'model-00001-of-00002.safetensors': madeUpBytes(1_500_000, 1), 'model-00002-of-00002.safetensors': madeUpBytes(700_000, 2) };
  const index = { metadata: {}, weight_map: { 'model.embed_tokens.weight': 'model-00001-of-00002.safetensors', 'model.norm.weight': 'model-00002-of-00002.safetensors' } };
  return {
    commit,
    files: {
      'README.md': text('# A model\n'),
      LICENSE: text('Do as you like.\n'),
      'config.json': text('{"model_type":"llama"}'),
      'generation_config.json': text('{}'),
      'tokenizer.json': text('{"model":{}}'),
      'tokenizer_config.json': text('{"bos_token":null}'),
      'chat_template.jinja': text('{{ messages }}'),
      'model.safetensors.index.json': text(JSON.stringify(index)),
      ...shards,
      'consolidated.safetensors': madeUpBytes(300_000, 3),
      'pytorch_model.bin': madeUpBytes(300_000, 4),
      'original/consolidated.00.pth': madeUpBytes(1_000, 5),
      '.gitattributes': text('*.safetensors filter=lfs\n'),
    },
  };
}
