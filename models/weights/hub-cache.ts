/**
 * Hugging Face's cache as its Python library lays it out, so that each finds what the other downloaded
 * (huggingface_hub: constants.py for the variables, file_download.py and the guide "Manage your cache" for the folders):
 *
 *   models--OWNER--NAME/blobs/HASH                       the bytes, named by SHA-256 (LFS) or by git's SHA-1
 *   models--OWNER--NAME/snapshots/COMMIT/FILE            a link to its blob
 *   models--OWNER--NAME/refs/main                        the commit that a branch or tag stood at
 */
import { readFile, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is set to nothing is not set. */
function variable(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

function expandHome(path: string, env: Environment): string {
  return /^~(?=$|[\\/])/.test(path) ? join(homeOf(env), path.slice(1)) : path;
}

function homeOf(env: Environment): string {
  return variable(env, 'HOME') ?? variable(env, 'USERPROFILE') ?? homedir();
}

function hubHome(env: Environment): string {
  return expandHome(variable(env, 'HF_HOME') ?? join(variable(env, 'XDG_CACHE_HOME') ?? join(homeOf(env), '.cache'), 'huggingface'), env);
}

/** HF_HUB_CACHE, else $HF_HOME/hub, else ~/.cache/huggingface/hub. */
export function hubCacheFolder(env: Environment): string {
  const named = variable(env, 'HF_HUB_CACHE') ?? variable(env, 'HUGGINGFACE_HUB_CACHE');
  return named === undefined ? join(hubHome(env), 'hub') : expandHome(named, env);
}

/** HF_ENDPOINT without a slash at its end, else the hub itself. */
export function hubEndpoint(env: Environment): string {
  return (variable(env, 'HF_ENDPOINT') ?? 'https://huggingface.co').replace(/\/+$/, '');
}

export function hubIsOffline(env: Environment): boolean {
  const value = variable(env, 'HF_HUB_OFFLINE') ?? variable(env, 'TRANSFORMERS_OFFLINE');
  return value !== undefined && ['1', 'ON', 'YES', 'TRUE'].includes(value.toUpperCase());
}

/** HF_TOKEN, else what `hf auth login` wrote (HF_TOKEN_PATH, by default $HF_HOME/token); null without either. */
export async function hubToken(env: Environment): Promise<string | null> {
  const named = variable(env, 'HF_TOKEN') ?? variable(env, 'HUGGING_FACE_HUB_TOKEN');
  if (named !== undefined) return named;
  const path = expandHome(variable(env, 'HF_TOKEN_PATH') ?? join(hubHome(env), 'token'), env);
  return (await textOf(path))?.trim() || null;
}

export interface RepoCache {
  readonly folder: string;
  readonly blobs: string;
  ref(revision: string): string;
  snapshot(commit: string): string;
}

export function repoCache(cache: string, repo: string): RepoCache {
  const folder = join(cache, `models--${repo.replaceAll('/', '--')}`);
  return { folder, blobs: join(folder, 'blobs'), ref: (revision) => join(folder, 'refs', revision), snapshot: (commit) => join(folder, 'snapshots', commit) };
}

export const COMMIT = /^[0-9a-f]{40}$/;

/**
 * The folder of a whole model in the cache, or null. `revision` is a branch, a tag or a commit; without one, `main`, and where the cache
 * knows no `main` (the model was fetched at another revision) the snapshot written last.
 */
export async function completeSnapshot(cache: string, repo: string, revision?: string): Promise<string | null> {
  const places = repoCache(cache, repo);
  const commit = revision !== undefined && COMMIT.test(revision) ? revision : await readRef(places, revision ?? 'main');
  if (commit !== null) return (await isWholeModel(places.snapshot(commit))) ? places.snapshot(commit) : null;
  if (revision !== undefined) return null;
  const snapshots = await Promise.all((await namesIn(places.snapshot(''))).map(async (name) => ({ folder: places.snapshot(name), written: Number((await statOf(places.snapshot(name)))?.mtimeMs ?? 0) })));
  for (const { folder } of snapshots.sort((a, b) => b.written - a.written)) if (await isWholeModel(folder)) return folder;
  return null;
}

/** The commit that a branch or tag stood at when it was last fetched; null where the cache does not know. */
export async function readRef(places: RepoCache, revision: string): Promise<string | null> {
  const commit = (await textOf(places.ref(revision)))?.trim() ?? '';
  return COMMIT.test(commit) ? commit : null;
}

/** Configuration, tokenizer and every weight: one `model.safetensors`, or all the shards that the index names. */
export async function isWholeModel(folder: string): Promise<boolean> {
  const here = async (file: string): Promise<boolean> => (await statOf(join(folder, file)))?.isFile() ?? false;
  if (!(await here('config.json')) || !(await here('tokenizer.json'))) return false;
  if (await here('model.safetensors')) return true;
  const shards = shardsIn((await textOf(join(folder, 'model.safetensors.index.json'))) ?? '');
  return shards.length > 0 && (await Promise.all(shards.map(here))).every(Boolean);
}

/** File names in a safetensors index; none where it is not an index. */
function shardsIn(text: string): string[] {
  try {
    const { weight_map: map } = JSON.parse(text) as { weight_map?: Record<string, unknown> };
    return [...new Set(Object.values(map ?? {}).filter((name) => typeof name === 'string'))];
  } catch {
    return [];
  }
}

/** Null where there is nothing at the path, a link to nothing included; other faults are thrown. */
export async function statOf(path: string): Promise<Awaited<ReturnType<typeof stat>> | null> {
  return orNull(stat(path));
}

/** Bytes; -1 where there is nothing at the path. */
export async function sizeOf(path: string): Promise<number> {
  return Number((await statOf(path))?.size ?? -1);
}

export async function namesIn(folder: string): Promise<string[]> {
  return ((await orNull(readdir(folder))) ?? []).sort();
}

async function textOf(path: string): Promise<string | null> {
  return orNull(readFile(path, 'utf8'));
}

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((cause as NodeJS.ErrnoException).code ?? '')) return null;
    throw cause;
  }
}
