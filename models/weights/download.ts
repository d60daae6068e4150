/**
 * Brings a model from the hub into Hugging Face's cache. `@huggingface/hub` (loaded on first use, and named in no other file) finds out
 * what a repository holds; its own download keeps no partial file, compares no hash and cannot be stopped (2.17:
 * download-file-to-cache-dir.ts, WebBlob.ts), so bytes are fetched here: resumed by Range, verified on the disk, then given their name.
 *
 * Whole files and resumable `.incomplete` ones are all that is ever left: a snapshot's links and its ref are written last.
 */
import { mkdir, open, rename, rm, statfs, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { ListFileEntry } from '@huggingface/hub';
import { formatBytes } from '../bytes.ts';
import { findModel } from '../catalog.ts';
import { DownloadError, ModelFileError } from '../errors.ts';
import { cachedFolder } from '../locate.ts';
import { COMMIT, type Environment, type RepoCache, hubCacheFolder, hubEndpoint, hubIsOffline, hubToken, namesIn, readRef, repoCache, sizeOf, statOf } from './hub-cache.ts';
import { ATTEMPTS, Hub, Interruption, networkError } from './hub-http.ts';
import { type Digest, type Disk, PartialFile } from './partial-file.ts';

export interface PullProgress {
  /** The file that is being fetched or verified. */
  readonly file: string;
  /** Of that file: bytes that are here, and in all. */
  readonly fileReceived: number;
  readonly fileTotal: number;
  /** Of all files: bytes that are here (those of earlier runs too), and in all. */
  readonly received: number;
  readonly total: number;
  /** Whole files that are here, and in all. */
  readonly filesDone: number;
  readonly files: number;
  readonly phase: 'download' | 'verify';
}

export interface PullOptions {
  /** HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH and HF_HUB_OFFLINE are honoured. */
  readonly env: Environment;
  readonly fetch: typeof fetch;
  /** In place of the one that `env` names. */
  readonly cacheDir?: string;
  readonly endpoint?: string;
  /** Null sends none, whatever `env` says. */
  readonly token?: string | null;
  /** Branch, tag or commit. Default `main`. */
  readonly revision?: string;
  /** Stops where it is; what arrived is kept, and the next call goes on from there. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PullProgress) => void;
  /** Without a byte for so long, a connection counts as broken. Default 60,000. */
  readonly idleMs?: number;
  /** Before the second attempt; doubled with each. Default 1,000. */
  readonly retryDelayMs?: number;
  readonly disk?: Disk;
}

export interface PlannedFile {
  readonly path: string;
  readonly size: number;
  /** Nothing needs to be fetched. */
  readonly here: boolean;
  /** Bytes of it that an earlier run left. */
  readonly partial: number;
  readonly digest: Digest;
}

export interface PullPlan {
  /** The catalogue's name, or the hub id. */
  readonly name: string;
  readonly repo: string;
  readonly commit: string;
  /** Where the model will be, or is. */
  readonly folder: string;
  readonly files: readonly PlannedFile[];
  readonly bytes: number;
  /** Bytes yet to be fetched. */
  readonly missing: number;
}

export interface Pulled {
  readonly name: string;
  readonly repo: string;
  /** Configuration, tokenizer and weights, as transformers and `locateModel` find them. */
  readonly folder: string;
  readonly bytes: number;
  readonly files: readonly string[];
  /** Bytes that this call fetched. */
  readonly fetched: number;
}

const REAL_DISK: Disk = { open, statfs, symlink };
/** An attempt that brings so much was a good one: after it, the count of failed attempts begins again. */
const GOOD_ATTEMPT_BYTES = 16_000_000;

/** Of the root folder only: below it lie checkpoints in other formats. `consolidated` repeats the weights under Mistral's names. */
const NEEDED = /^(?:(?:config|generation_config|tokenizer|tokenizer_config|special_tokens_map)\.json|chat_template\.jinja|(?!consolidated)[\w.-]+\.safetensors(?:\.index\.json)?|README\.md|(?:LICEN[CS]E|NOTICE|USE_POLICY)(?:\.(?:md|txt))?)$/i;

/**
 * Brings a model here, by its name in the catalogue or its hub id, and returns its folder. Files that are here already are not asked for.
 * Throws DownloadError; ModelFileError where the cache cannot be written; the signal's reason when it was stopped.
 */
export async function pull(model: string, options: PullOptions): Promise<Pulled> {
  const cache = options.cacheDir ?? hubCacheFolder(options.env);
  let needed = '';
  try {
    if (hubIsOffline(options.env)) return await fromCache(model, options);
    const prepared = await prepare(model, options);
    needed = `: ${prepared.plan.name} needs ${formatBytes(prepared.plan.missing)}`;
    return await carryOut(prepared, options);
  } catch (thrown) {
    throw diskFault(thrown, cache, needed);
  }
}

/** What `pull` would fetch, without fetching it. Throws as `pull` does. */
export async function planPull(model: string, options: PullOptions): Promise<PullPlan> {
  try {
    if (hubIsOffline(options.env)) throw offline(model);
    return (await prepare(model, options)).plan;
  } catch (thrown) {
    throw diskFault(thrown, options.cacheDir ?? hubCacheFolder(options.env), '');
  }
}

interface Prepared {
  readonly plan: PullPlan;
  readonly hub: Hub;
  readonly places: RepoCache;
}

async function carryOut({ plan, hub, places }: Prepared, { signal, onProgress, disk = REAL_DISK, revision = 'main' }: PullOptions): Promise<Pulled> {
  await checkSpace(plan, places, disk);
  const lengths = new Map(plan.files.map((file) => [file.path, file.here ? file.size : file.partial]));
  let filesDone = plan.files.filter(({ here }) => here).length;
  let fetched = 0;
  const report = (file: PlannedFile, phase: PullProgress['phase']): void =>
    onProgress?.({
      file: file.path,
      fileReceived: lengths.get(file.path)!,
      fileTotal: file.size,
      received: [...lengths.values()].reduce((sum, bytes) => sum + bytes, 0),
      total: plan.bytes,
      filesDone,
      files: plan.files.length,
      phase,
    });
  for (const file of plan.files) {
    if (file.here) continue;
    const context = { plan, hub, disk, signal, blob: join(places.blobs, file.digest.hash), subject: { repo: plan.repo, revision, file: file.path } };
    await fetchFile(file, context, (length, phase, added) => {
      lengths.set(file.path, length);
      fetched += added;
      report(file, phase);
    });
    filesDone += 1;
    report(file, 'verify');
  }
  for (const { path, size, digest } of plan.files) await link(join(places.blobs, digest.hash), join(plan.folder, path), size, disk);
  if (revision !== plan.commit && (await readRef(places, revision)) !== plan.commit) await writeRef(places.ref(revision), plan.commit);
  return { name: plan.name, repo: plan.repo, folder: plan.folder, bytes: plan.bytes, files: plan.files.map(({ path }) => path), fetched };
}

async function prepare(model: string, options: PullOptions): Promise<Prepared> {
  const { name, repo } = findModel(model);
  const { env, revision = 'main' } = options;
  checkRevision(repo, revision);
  const hub = new Hub({
    fetch: options.fetch,
    endpoint: (options.endpoint ?? hubEndpoint(env)).replace(/\/+$/, ''),
    token: options.token === undefined ? await hubToken(env) : options.token,
    idleMs: options.idleMs ?? 60_000,
    retryDelayMs: options.retryDelayMs ?? 1_000,
    signal: options.signal,
  });
  const { listFiles, modelInfo } = await import('@huggingface/hub');
  // The token stays with Hub, which knows where it may go; the library would send it anywhere, and refuses some.
  const asked = { hubUrl: hub.endpoint, fetch: hub.api({ repo, revision, file: '' }) };
  const listed: ListFileEntry[] = [];
  let commit: unknown;
  try {
    ({ sha: commit } = await modelInfo({ ...asked, name: repo, revision, additionalFields: ['sha'] }));
    if (typeof commit !== 'string' || !COMMIT.test(commit)) throw notAHub(hub, 'the commit of the revision');
    for await (const entry of listFiles({ ...asked, repo: { type: 'model', name: repo }, revision: commit })) if (entry.type === 'file' && NEEDED.test(entry.path)) listed.push(entry);
  } catch (thrown) {
    // The library takes any JSON for what it expects.
    throw thrown instanceof TypeError ? notAHub(hub, 'a model and its files', { cause: thrown }) : thrown;
  }

  const places = repoCache(options.cacheDir ?? hubCacheFolder(env), repo);
  const folder = places.snapshot(commit);
  const files: PlannedFile[] = [];
  for (const { path, size, oid, lfs } of listed) {
    const digest: Digest = lfs ? { algorithm: 'sha256', hash: lfs.oid } : { algorithm: 'git', hash: oid ?? '' };
    if (!Number.isSafeInteger(size) || size < 0 || !(lfs ? /^[0-9a-f]{64}$/ : COMMIT).test(digest.hash)) throw notAHub(hub, `size and hash of ${path}`);
    const blob = join(places.blobs, digest.hash);
    const here = (await sizeOf(blob)) === size || (await sizeOf(join(folder, path))) === size;
    const partial = here ? 0 : await sizeOf(`${blob}.incomplete`);
    files.push({ path, size, here, partial: partial > size ? 0 : Math.max(0, partial), digest });
  }
  // What is small comes first: a refusal shows before gigabytes have moved.
  files.sort((a, b) => Number(a.path.endsWith('.safetensors')) - Number(b.path.endsWith('.safetensors')) || (a.path < b.path ? -1 : 1));
  for (const [wanted, what] of [[/^config\.json$/, 'config.json'], [/^tokenizer\.json$/, 'tokenizer.json'], [/^model\.safetensors(?:\.index\.json)?$/, 'weights in safetensors (one file, or shards and their index)']] as const) {
    if (!files.some(({ path }) => wanted.test(path))) throw new DownloadError('not_found', `${repo} at ${revision} has no ${what}.`, 'Choose a repository in the layout of transformers, or give a .gguf file in place of the name.');
  }
  const missing = files.reduce((sum, { here, size, partial }) => sum + (here ? 0 : size - partial), 0);
  return { plan: { name, repo, commit, folder, files, bytes: files.reduce((sum, { size }) => sum + size, 0), missing }, hub, places };
}

interface FetchContext {
  readonly plan: PullPlan;
  readonly hub: Hub;
  readonly disk: Disk;
  readonly signal: AbortSignal | undefined;
  readonly blob: string;
  readonly subject: { readonly repo: string; readonly revision: string; readonly file: string };
}

/** `onBytes` gets the file's length so far and how many bytes of it came just now. */
async function fetchFile(file: PlannedFile, context: FetchContext, onBytes: (length: number, phase: PullProgress['phase'], added: number) => void): Promise<void> {
  const { disk, blob, signal } = context;
  const partial = await PartialFile.resume(blob, file.size, disk);
  try {
    for (let fromEarlier = partial.length > 0; ; fromEarlier = false) {
      await fetchBytes(partial, file, context, (added) => onBytes(partial.length, 'download', added));
      onBytes(partial.length, 'verify', 0);
      const found = await partial.digest(file.digest, () => onBytes(partial.length, 'verify', 0), signal);
      if (found === file.digest.hash) return await partial.keep();
      // What an earlier run left may be at fault; what this one fetched from the first byte on is not tried twice.
      if (fromEarlier) {
        await partial.restart();
        continue;
      }
      await partial.discard();
      throw new DownloadError(
        'hash_mismatch',
        `${file.path} of ${context.plan.repo} is not what the hub lists: expected ${file.digest.algorithm === 'git' ? 'git SHA-1' : 'SHA-256'} ${file.digest.hash}, found ${found}. It was deleted.`,
        'Run the command again; if that does not help, a proxy or a mirror on the way changes the file.',
      );
    }
  } catch (thrown) {
    if (isDiskFull(thrown)) await partial.discard();
    throw thrown;
  } finally {
    await partial.close();
  }
}

/** Fetches what is missing, from one attempt to the next. */
async function fetchBytes(partial: PartialFile, file: PlannedFile, { plan, hub, subject }: FetchContext, onBytes: (added: number) => void): Promise<void> {
  const path = `${plan.repo}/resolve/${plan.commit}/${file.path}`;
  for (let failures = 0; partial.length < file.size; ) {
    const before = partial.length;
    try {
      const { offset, chunks } = await hub.open(path, before, subject);
      if (offset !== before) await partial.restart();
      for await (const chunk of chunks) {
        // A longer body is not the file that was listed; its hash will say so.
        const wanted = chunk.subarray(0, file.size - partial.length);
        await partial.append(wanted);
        onBytes(wanted.length);
        if (partial.length === file.size) return;
      }
      throw new Interruption(hub.host, `The connection to ${hub.host} ended before ${file.path} did.`);
    } catch (thrown) {
      if (!(thrown instanceof Interruption)) throw thrown;
      failures = partial.length - before >= GOOD_ATTEMPT_BYTES ? 1 : failures + 1;
      if (failures >= ATTEMPTS) throw networkError(thrown, failures);
      await hub.pause(failures, thrown);
    }
  }
}

/** A snapshot's link to its blob; a file in its place where the system knows no links (Windows without the right), as huggingface_hub does. */
async function link(blob: string, path: string, size: number, disk: Disk): Promise<void> {
  for (let failures = 0; (await sizeOf(path)) !== size; failures++) {
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    try {
      return await disk.symlink(relative(dirname(path), blob), path);
    } catch (cause) {
      const { code = '' } = cause as NodeJS.ErrnoException;
      // Another process was faster, whose link a third may just take away.
      if (code === 'EEXIST' && failures < ATTEMPTS) continue;
      if (!['EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(code)) throw cause;
      return await rename(blob, path);
    }
  }
}

async function writeRef(path: string, commit: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, commit);
  } catch (cause) {
    // An empty ref would lead every reader astray; none says only that the branch was not fetched.
    await rm(path, { force: true });
    throw cause;
  }
}

async function fromCache(model: string, { env, cacheDir, revision = 'main' }: PullOptions): Promise<Pulled> {
  const found = findModel(model);
  checkRevision(found.repo, revision);
  const folder = await cachedFolder(found, cacheDir ?? hubCacheFolder(env), revision);
  if (folder === null) throw offline(model);
  const files = (await namesIn(folder)).filter((name) => NEEDED.test(name));
  const sizes = await Promise.all(files.map((name) => sizeOf(join(folder, name))));
  return { name: found.name, repo: found.repo, folder, bytes: sizes.reduce((sum, size) => sum + size, 0), files, fetched: 0 };
}

async function checkSpace({ name, missing }: PullPlan, { folder }: RepoCache, disk: Disk): Promise<void> {
  let there = folder;
  while ((await statOf(there)) === null && dirname(there) !== there) there = dirname(there);
  const { bavail, bsize } = await disk.statfs(there);
  const free = Number(bavail) * Number(bsize);
  if (missing > free) throw new DownloadError('disk_full', `${name} needs ${formatBytes(missing)} in ${folder}, and ${formatBytes(free)} are free there.`, MORE_SPACE);
}

const MORE_SPACE = 'Free some space, or set HF_HOME to a folder on another disk.';

function isDiskFull(thrown: unknown): boolean {
  return thrown instanceof Error && ['ENOSPC', 'EDQUOT'].includes((thrown as NodeJS.ErrnoException).code ?? '');
}

/** Faults of the disk in our words; all others as they are. */
function diskFault(thrown: unknown, cache: string, needed: string): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { code, syscall, path } = thrown as NodeJS.ErrnoException;
  if (typeof code !== 'string' || syscall === undefined) return thrown;
  if (isDiskFull(thrown)) return new DownloadError('disk_full', `The disk of ${cache} is full${needed}. What did not fit was deleted.`, MORE_SPACE, { cause: thrown });
  return new ModelFileError(path ?? cache, '', 'a place in the cache that can be read and written', `${syscall} failed with ${code}`, { cause: thrown });
}

function checkRevision(repo: string, revision: string): void {
  if (!/^\w[\w./-]*$/.test(revision) || revision.includes('..')) throw new DownloadError('not_found', `${repo} has no revision ${JSON.stringify(revision)}.`, 'Give a branch, a tag or a commit.');
}

function offline(model: string): DownloadError {
  return new DownloadError('network', `HF_HUB_OFFLINE is set, and the cache does not hold the whole of ${model}.`, 'Unset it, or give a folder or a .gguf file in place of the name.');
}

function notAHub({ host }: Hub, missing: string, options?: ErrorOptions): DownloadError {
  return new DownloadError('network', `${host} does not answer as a hub does: expected ${missing}.`, 'Check HF_ENDPOINT.', options);
}
