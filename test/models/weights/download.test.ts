import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, statfs, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DownloadError, ModelFileError } from '../../../models/errors.ts';
import { locateModel } from '../../../models/locate.ts';
import { type PullOptions, type PullProgress, planPull, pull } from '../../../models/weights/download.ts';
import { repoCache } from '../../../models/weights/hub-cache.ts';
import { type Disk, PartialFile } from '../../../models/weights/partial-file.ts';
import { type FakeHub, fakeModel, gitHash, madeUpBytes, sha256, startFakeHub } from '../../support/fake-hub.ts';

const SHARD = 'model-00001-of-00002.safetensors';
const OTHER = 'model-00002-of-00002.safetensors';
const REPO = 'acme/tiny';
const NEEDED = ['LICENSE', 'README.md', 'chat_template.jinja', 'config.json', 'generation_config.json', 'model.safetensors.index.json', 'tokenizer.json', 'tokenizer_config.json', SHARD, OTHER];
const TOKEN = 'hf_verysecrettoken0123';

const root = mkdtempSync(join(tmpdir(), 'winnow-pull-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let hub: FakeHub;
let home: string;
let homes = 0;
const model = fakeModel();
const bytesOf = (file: string): Uint8Array => model.files[file]!;
const total = NEEDED.reduce((sum, file) => sum + bytesOf(file).length, 0);

beforeEach(async () => {
  hub = await startFakeHub({
    [REPO]: { ...model, refs: { experiment: 'b'.repeat(40), 'refs/pr/1': 'c'.repeat(40) } },
    'acme/gated': { ...fakeModel('d'.repeat(40)), gatedFor: TOKEN },
    'acme/no-weights': { commit: 'e'.repeat(40), files: { 'config.json': bytesOf('config.json'), 'tokenizer.json': bytesOf('tokenizer.json'), 'pytorch_model.bin': bytesOf(SHARD) } },
  });
  home = join(root, String(++homes));
});
afterEach(() => hub.close());

const options = (more: Partial<PullOptions> = {}): PullOptions => ({ env: { HF_HOME: home, HF_ENDPOINT: hub.url }, fetch, retryDelayMs: 1, ...more });
const cache = (): ReturnType<typeof repoCache> => repoCache(join(home, 'hub'), REPO);
const blob = (file: string): string => join(cache().blobs, file.endsWith('.safetensors') ? sha256(bytesOf(file)) : gitHash(bytesOf(file)));
const partialOf = (file: string): string => `${blob(file)}.incomplete`;
const leftovers = (): string[] => (existsSync(home) ? (readdirSync(home, { recursive: true }) as string[]).filter((path) => path.endsWith('.incomplete')) : []);
/** Cuts the connection each time that so many bytes of a file are here. */
const breakingAt = (file: string, ...lengths: number[]): Partial<PullOptions> => ({ onProgress: (progress) => void (progress.file === file && lengths.includes(progress.fileReceived) && hub.breakOff()) });
const failure = async (attempt: Promise<unknown>): Promise<DownloadError> => {
  const thrown = await attempt.then(() => null, (cause: unknown) => cause);
  expect(thrown).toBeInstanceOf(DownloadError);
  return thrown as DownloadError;
};

describe('a pull', () => {
  it("fetches what a model needs and nothing else, in the layout of Hugging Face's cache", async () => {
    const pulled = await pull(REPO, options());
    expect(pulled).toEqual({ name: REPO, repo: REPO, folder: cache().snapshot(model.commit), bytes: total, files: NEEDED, fetched: total });
    expect(readdirSync(pulled.folder).sort()).toEqual([...NEEDED].sort());
    for (const file of NEEDED) {
      expect(readFileSync(join(pulled.folder, file)).equals(bytesOf(file))).toBe(true);
      expect(lstatSync(join(pulled.folder, file)).isSymbolicLink()).toBe(true);
      expect(join(pulled.folder, readlinkSync(join(pulled.folder, file)))).toBe(blob(file));
    }
    expect(readFileSync(cache().ref('main'), 'utf8')).toBe(model.commit);
    expect(leftovers()).toEqual([]);
  });

  it('asks for no byte of what is here already', async () => {
    const first = await pull(REPO, options());
    hub.requests.length = 0;
    const second = await pull(REPO, options());
    expect(second).toEqual({ ...first, fetched: 0 });
    expect(hub.fetched()).toEqual([]);
  });

  it('uses blobs that another program put into the cache', async () => {
    mkdirSync(cache().blobs, { recursive: true });
    writeFileSync(blob(SHARD), bytesOf(SHARD));
    const { fetched } = await pull(REPO, options());
    expect(fetched).toBe(total - bytesOf(SHARD).length);
    expect(hub.sent.has(SHARD)).toBe(false);
  });

  it('fetches again a blob of the wrong length', async () => {
    mkdirSync(cache().blobs, { recursive: true });
    writeFileSync(blob(SHARD), 'short');
    const { folder } = await pull(REPO, options());
    expect(readFileSync(join(folder, SHARD)).equals(bytesOf(SHARD))).toBe(true);
  });

  it('fetches another revision beside the first, sharing blobs, and notes where its branch stood', async () => {
    await pull(REPO, options());
    const { folder, fetched } = await pull(REPO, options({ revision: 'refs/pr/1' }));
    expect([folder, fetched]).toEqual([cache().snapshot('c'.repeat(40)), 0]);
    expect(readFileSync(cache().ref('refs/pr/1'), 'utf8')).toBe('c'.repeat(40));
    expect(readFileSync(cache().ref('main'), 'utf8')).toBe(model.commit);
  });

  it('tells how far it is: from nothing to all bytes and all files, never backwards', async () => {
    const seen: PullProgress[] = [];
    await pull(REPO, options({ onProgress: (progress) => seen.push(progress) }));
    const last = seen.at(-1)!;
    expect([last.received, last.total, last.filesDone, last.files]).toEqual([total, total, NEEDED.length, NEEDED.length]);
    expect(seen.every(({ received }, index) => index === 0 || received >= seen[index - 1]!.received)).toBe(true);
    expect(seen.every(({ fileReceived, fileTotal }) => fileReceived <= fileTotal)).toBe(true);
    expect(new Set(seen.map(({ phase }) => phase))).toEqual(new Set(['download', 'verify']));
  });

  it('beside another of the same model spoils neither', async () => {
    const pulled = await Promise.all([pull(REPO, options()), pull(REPO, options()), pull(REPO, options())]);
    expect(new Set(pulled.map(({ folder }) => folder)).size).toBe(1);
    for (const file of NEEDED) expect(readFileSync(join(pulled[0].folder, file)).equals(bytesOf(file))).toBe(true);
    expect(leftovers()).toEqual([]);
  });

  it('links again where the link of a faster one was taken away meanwhile', async () => {
    let refused = 0;
    const raced: typeof symlink = async (target, path) => {
      if (refused++ === 0) throw Object.assign(new Error('file already exists'), { code: 'EEXIST', syscall: 'symlink' });
      return symlink(target, path);
    };
    const { folder } = await pull(REPO, options({ disk: { open, statfs, symlink: raced } }));
    expect(refused).toBe(NEEDED.length + 1);
    for (const file of NEEDED) expect(readFileSync(join(folder, file)).equals(bytesOf(file))).toBe(true);
    rmSync(folder, { recursive: true });
    const always: typeof symlink = (target, path) => {
      refused = 0;
      return raced(target, path);
    };
    await expect(pull(REPO, options({ disk: { open, statfs, symlink: always } }))).rejects.toThrow('symlink failed with EEXIST');
  });

  describe('that writes a file beside others', () => {
    const bytes = madeUpBytes(1000, 4);
    const half = bytes.subarray(0, 500);
    const rest = bytes.subarray(500);
    const begin = (path: string): Promise<PartialFile> => PartialFile.resume(path, bytes.length, { open, statfs, symlink });

    it('leaves their part without the name of the whole', async () => {
      const path = join(home, 'blob');
      const [first, second] = [await begin(path), await begin(path)];
      for (const one of [first, second]) await one.append(half);
      await first.append(rest);
      await first.keep();
      const third = await begin(path);
      await third.append(half);
      await second.append(rest);
      await second.keep();
      expect(readFileSync(path).equals(bytes)).toBe(true);
      await third.append(rest);
      await third.keep();
      expect(readFileSync(path).equals(bytes)).toBe(true);
      expect(leftovers()).toEqual([]);
    });

    it('says so where it was taken away and begun anew', async () => {
      const path = join(home, 'blob');
      const [first, second] = [await begin(path), await begin(path)];
      for (const one of [first, second]) await one.append(half);
      await first.discard();
      const third = await begin(path);
      await third.append(half);
      await second.append(rest);
      await expect(second.keep()).rejects.toMatchObject({ name: 'ModelFileError', file: `${path}.incomplete` });
      await third.close();
      expect([existsSync(path), readFileSync(`${path}.incomplete`).length]).toEqual([false, half.length]);
    });

    it('begins again without touching what became the whole', async () => {
      const path = join(home, 'blob');
      const [first, second] = [await begin(path), await begin(path)];
      for (const one of [first, second]) await one.append(half);
      await first.append(rest);
      await first.keep();
      await second.restart();
      await second.append(half);
      await second.close();
      expect(readFileSync(path).equals(bytes)).toBe(true);
    });
  });

  it('writes files in place of links where the system knows none', async () => {
    const disk: Disk = { open, statfs, symlink: () => Promise.reject(Object.assign(new Error('no links'), { code: 'EPERM', syscall: 'symlink' })) };
    const { folder } = await pull(REPO, options({ disk }));
    expect(lstatSync(join(folder, SHARD)).isFile()).toBe(true);
    expect(readFileSync(join(folder, SHARD)).equals(bytesOf(SHARD))).toBe(true);
    expect((await pull(REPO, options({ disk }))).fetched).toBe(0);
  });

  it('takes the cache from HF_HUB_CACHE before HF_HOME, and ~/.cache/huggingface/hub without either', async () => {
    const named = await pull(REPO, options({ env: { HF_HOME: join(home, 'a'), HF_HUB_CACHE: join(home, 'b'), HF_ENDPOINT: `${hub.url}/` } }));
    expect(named.folder).toBe(repoCache(join(home, 'b'), REPO).snapshot(model.commit));
    const plain = await planPull(REPO, options({ env: { HOME: home, HF_ENDPOINT: hub.url } }));
    expect(plain.folder).toBe(repoCache(join(home, '.cache', 'huggingface', 'hub'), REPO).snapshot(model.commit));
  });
});

describe('a plan', () => {
  it('lists files and bytes, fetches none and writes nothing', async () => {
    const plan = await planPull(REPO, options());
    expect(plan.files.map(({ path }) => path)).toEqual(NEEDED);
    expect([plan.bytes, plan.missing, plan.commit]).toEqual([total, total, model.commit]);
    expect(hub.fetched()).toEqual([]);
    expect(existsSync(home)).toBe(false);
  });

  it('counts what is here, whole or in part', async () => {
    mkdirSync(cache().blobs, { recursive: true });
    writeFileSync(blob(OTHER), bytesOf(OTHER));
    writeFileSync(partialOf(SHARD), bytesOf(SHARD).subarray(0, 1000));
    const { files, missing } = await planPull(REPO, options());
    expect(files.filter(({ here }) => here).map(({ path }) => path)).toEqual([OTHER]);
    expect(files.find(({ path }) => path === SHARD)!.partial).toBe(1000);
    expect(missing).toBe(total - bytesOf(OTHER).length - 1000);
  });
});

describe('a broken connection', () => {
  it('is taken up where it broke, with no byte fetched twice', async () => {
    hub.stops.set(SHARD, [400_000, 500_000]);
    const { folder } = await pull(REPO, options(breakingAt(SHARD, 400_000, 900_000)));
    expect(readFileSync(join(folder, SHARD)).equals(bytesOf(SHARD))).toBe(true);
    const ranges = hub.requests.filter(({ server, path }) => server === 'store' && path.endsWith(sha256(bytesOf(SHARD)))).map(({ range }) => range);
    expect(ranges).toEqual([null, 'bytes=400000-', 'bytes=900000-']);
    expect(hub.sent.get(SHARD)).toBe(bytesOf(SHARD).length);
  });

  it('is given up after five attempts, keeping what came, and the next pull goes on from there', async () => {
    hub.stops.set(SHARD, [100_000, 100_000, 100_000, 100_000, 100_000]);
    const error = await failure(pull(REPO, options(breakingAt(SHARD, 100_000, 200_000, 300_000, 400_000, 500_000))));
    expect([error.reason, error.message]).toEqual(['network', expect.stringMatching(/127\.0\.0\.1:\d+ .*Tried 5 times.*goes on from there/)]);
    expect(readFileSync(partialOf(SHARD)).length).toBe(500_000);
    expect(existsSync(cache().folder) && readdirSync(cache().folder)).toEqual(['blobs']);
    hub.sent.clear();
    await pull(REPO, options());
    expect(hub.sent.get(SHARD)).toBe(bytesOf(SHARD).length - 500_000);
  });

  it('begins the file again where the server sends the whole in place of a part', async () => {
    hub.withoutRange.add(SHARD);
    hub.stops.set(SHARD, [400_000]);
    const { folder, fetched } = await pull(REPO, options(breakingAt(SHARD, 400_000)));
    expect(readFileSync(join(folder, SHARD)).equals(bytesOf(SHARD))).toBe(true);
    expect(fetched).toBe(total + 400_000);
  });

  it('may be one that says nothing any more', async () => {
    hub.stops.set(SHARD, [200_000, 200_000, 200_000, 200_000, 200_000]);
    const error = await failure(pull(REPO, options({ idleMs: 250 })));
    expect([error.reason, error.message]).toEqual(['network', expect.stringContaining('sent nothing for 0.25 s')]);
    expect(readFileSync(partialOf(SHARD)).length).toBe(1_000_000);
  });

  it('is not one that is slow: bytes that keep coming hold it open', async () => {
    const slow: typeof fetch = async (input, init) => {
      if (!String(input).endsWith(sha256(bytesOf(OTHER)))) return fetch(input, init);
      const body = async function* (): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytesOf(OTHER).length; at += 100_000) {
          await new Promise((resolve) => setTimeout(resolve, 60));
          init!.signal!.throwIfAborted();
          yield bytesOf(OTHER).subarray(at, at + 100_000);
        }
      };
      calls += 1;
      return new Response(body() as unknown as ReadableStream);
    };
    let calls = 0;
    await pull(REPO, options({ fetch: slow, idleMs: 250 }));
    expect(calls).toBe(1);
  });

  it('is tried again where the hub or its store is busy, as late as it asks', async () => {
    hub.statuses.set('api', [{ status: 503 }, { status: 429, headers: { 'retry-after': '0' } }]);
    hub.statuses.set(SHARD, [{ status: 403 }, { status: 500 }]);
    expect((await pull(REPO, options())).fetched).toBe(total);
  });
});

describe('stopping', () => {
  it('keeps what came, reports no failure of its own, and the next pull goes on from there', async () => {
    const stop = new AbortController();
    const reason = new Error('the user had enough');
    hub.stops.set(SHARD, [700_000]);
    const stopped = pull(REPO, options({ signal: stop.signal, onProgress: ({ file, fileReceived }) => void (file === SHARD && fileReceived === 700_000 && stop.abort(reason)) }));
    await expect(stopped).rejects.toBe(reason);
    expect(readFileSync(partialOf(SHARD)).length).toBe(700_000);
    hub.sent.clear();
    const { folder } = await pull(REPO, options());
    expect(hub.sent.get(SHARD)).toBe(bytesOf(SHARD).length - 700_000);
    expect(readFileSync(join(folder, SHARD)).equals(bytesOf(SHARD))).toBe(true);
    expect(leftovers()).toEqual([]);
  });

  it('ends the wait before the next attempt', async () => {
    const stop = new AbortController();
    hub.statuses.set('api', [{ status: 503, headers: { 'retry-after': '60' } }]);
    const stopped = pull(REPO, options({ signal: stop.signal }));
    while (hub.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    setTimeout(() => stop.abort(), 20);
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('before the first request makes none', async () => {
    await expect(pull(REPO, options({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ name: 'AbortError' });
    expect(hub.requests).toEqual([]);
  });
});

describe('a wrong hash', () => {
  it.each([[SHARD, 'SHA-256'], ['config.json', 'git SHA-1']])('of %s deletes the file and names both hashes', async (file, kind) => {
    const lie = Uint8Array.from(bytesOf(file), (byte, index) => (index === 3 ? byte ^ 1 : byte));
    hub.lies.set(file, lie);
    const error = await failure(pull(REPO, options()));
    expect(error.reason).toBe('hash_mismatch');
    expect(error.message).toContain(`${file} of ${REPO} is not what the hub lists: expected ${kind} `);
    expect(leftovers()).toEqual([]);
    expect(existsSync(blob(file))).toBe(false);
    expect(existsSync(cache().snapshot(model.commit))).toBe(false);
  });

  it('that comes from what an earlier run left is mended by fetching the file once more', async () => {
    mkdirSync(cache().blobs, { recursive: true });
    writeFileSync(partialOf(SHARD), madeUpBytes(900_000, 9));
    const { folder } = await pull(REPO, options());
    expect(readFileSync(join(folder, SHARD)).equals(bytesOf(SHARD))).toBe(true);
    expect(hub.sent.get(SHARD)).toBe(600_000 + bytesOf(SHARD).length);
  });

  it('of a file left too long does not come about: it is fetched anew', async () => {
    mkdirSync(cache().blobs, { recursive: true });
    writeFileSync(partialOf(OTHER), madeUpBytes(2_000_000, 9));
    await pull(REPO, options());
    expect(hub.sent.get(OTHER)).toBe(bytesOf(OTHER).length);
  });

  it('does not come from what follows the length that was listed: it is left unread', async () => {
    hub.lies.set(OTHER, Buffer.concat([bytesOf(OTHER), madeUpBytes(100_000, 7)]));
    const { folder } = await pull(REPO, options());
    expect(readFileSync(join(folder, OTHER)).equals(bytesOf(OTHER))).toBe(true);
  });
});

describe('a full disk', () => {
  it('is found before the first byte, with what is needed and what is free, and nothing is written', async () => {
    const disk: Disk = { open, symlink, statfs: (async () => ({ bavail: 10, bsize: 4096 })) as unknown as typeof statfs };
    const error = await failure(pull(REPO, options({ disk })));
    expect([error.reason, error.message]).toEqual(['disk_full', expect.stringMatching(/acme\/tiny needs 2\.20 MB in .*, and 41\.0 kB are free there\. .*HF_HOME/)]);
    expect(existsSync(home)).toBe(false);
  });

  it('met on the way deletes the file that did not fit, and keeps whole ones', async () => {
    let room = 300_000;
    const disk: Disk = {
      statfs,
      symlink,
      open: (async (path: string, flags: number) => {
        const handle = await open(path, flags);
        const write = handle.write.bind(handle) as (bytes: Uint8Array, at: number, length: number, position: number) => Promise<{ bytesWritten: number }>;
        const full = async (bytes: Uint8Array, at: number, length: number, position: number): Promise<{ bytesWritten: number }> => {
          if (room === 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
          const { bytesWritten } = await write(bytes, at, Math.min(length, room), position);
          room -= bytesWritten;
          return { bytesWritten };
        };
        return Object.assign(handle, { write: full }) as FileHandle;
      }) as unknown as typeof open,
    };
    const error = await failure(pull(REPO, options({ disk })));
    expect([error.reason, error.message]).toEqual(['disk_full', expect.stringContaining('needs 2.20 MB')]);
    expect(leftovers()).toEqual([]);
    expect(existsSync(blob(SHARD))).toBe(false);
    expect(existsSync(blob('config.json'))).toBe(true);
    expect(existsSync(cache().snapshot(model.commit))).toBe(false);
  });

  it('is told from one that takes less at a time than it is given', async () => {
    const disk: Disk = {
      statfs,
      symlink,
      open: (async (path: string, flags: number) => {
        const handle = await open(path, flags);
        const write = handle.write.bind(handle) as (...args: unknown[]) => Promise<unknown>;
        return Object.assign(handle, { write: (bytes: Uint8Array, at: number, length: number, position: number) => write(bytes, at, Math.min(length, 10_000), position) });
      }) as unknown as typeof open,
    };
    const { folder } = await pull(REPO, options({ disk }));
    expect(readFileSync(join(folder, SHARD)).equals(bytesOf(SHARD))).toBe(true);
  });

  it('is told from a cache that cannot be written', async () => {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'hub'), 'a file where a folder should be');
    await expect(pull(REPO, options())).rejects.toBeInstanceOf(ModelFileError);
  });
});

describe('a refusal', () => {
  it('of a gated model names the page of its licence and HF_TOKEN, and leaves nothing', async () => {
    const error = await failure(pull('acme/gated', options()));
    expect([error.reason, error.message]).toEqual(['gated', expect.stringContaining(`${hub.url}/acme/gated`)]);
    expect(error.message).toContain('HF_TOKEN');
    expect(existsSync(home)).toBe(false);
  });

  it('of a token that may not read it says so, and does not say the token', async () => {
    const error = await failure(pull('acme/gated', options({ env: { HF_HOME: home, HF_ENDPOINT: hub.url, HF_TOKEN: 'hf_another0secret' } })));
    expect([error.reason, error.message]).toEqual(['gated', expect.stringContaining('check that HF_TOKEN belongs to an account that may read it')]);
    expect(JSON.stringify([error.message, String(error.cause)])).not.toContain('another0secret');
  });

  it('for another reason names the page that tells it', async () => {
    hub.statuses.set('api', [{ status: 403 }]);
    const error = await failure(pull(REPO, options()));
    expect([error.reason, error.message]).toEqual(['gated', expect.stringContaining(`${hub.url}/${REPO} says what it asks for`)]);
  });

  it('of an unknown model, a revision or a repository without weights is not_found', async () => {
    const unknown = await failure(pull('acme/nothing', options()));
    expect([unknown.reason, unknown.message]).toEqual(['not_found', expect.stringMatching(/has no model acme\/nothing, or it is private/)]);
    const revision = await failure(pull(REPO, options({ revision: 'v9' })));
    expect([revision.reason, revision.message]).toEqual(['not_found', expect.stringContaining('acme/tiny has no revision "v9"')]);
    const weights = await failure(pull('acme/no-weights', options()));
    expect([weights.reason, weights.message]).toEqual(['not_found', expect.stringContaining('acme/no-weights at main has no weights in safetensors')]);
    expect(hub.fetched()).toEqual([]);
  });

  it.each(['../../etc', '/etc', 'a/../../b', ''])('of the revision %j asks nobody', async (revision) => {
    expect((await failure(pull(REPO, options({ revision })))).reason).toBe('not_found');
    expect(hub.requests).toEqual([]);
  });

  it('of a name that the catalogue does not hold is unknown_model', async () => {
    expect((await failure(pull('smollm-135m', options()))).reason).toBe('unknown_model');
  });
});

describe('the network', () => {
  it('that is not there is named with the host that was asked for, at once', async () => {
    await hub.close();
    const error = await failure(pull(REPO, options({ retryDelayMs: 60_000 })));
    expect([error.reason, error.message]).toEqual(['network', expect.stringMatching(new RegExp(`^${new URL(hub.url).host} cannot be reached \\(ECONNREFUSED\\)\\. .*HF_ENDPOINT.*folder`))]);
    expect(existsSync(home)).toBe(false);
  });

  it('that answers with pages of its own is told from a hub', async () => {
    const portal: typeof fetch = async () => new Response('<html>Please log in', { headers: { 'content-type': 'text/html' } });
    expect((await failure(pull(REPO, options({ fetch: portal })))).message).toContain('does not answer as a hub does');
    const other: typeof fetch = async () => Response.json({ hello: 'world' });
    expect((await failure(pull(REPO, options({ fetch: other })))).message).toContain('does not answer as a hub does');
  });

  it.each<readonly [string, unknown, Record<string, string>]>([
    ['an object', { error: 'none' }, {}],
    ['a list of nothing', [null], {}],
    ['a file of less than no bytes', [{ type: 'file', path: 'config.json', size: -1, oid: '0'.repeat(40) }], {}],
    ['a next page that has no address', [], { link: '<http://[>; rel="next"' }],
  ])('that gives %s for a list of files is told from a hub, and leaves no timer', async (_, tree, headers) => {
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const mirror: typeof fetch = async (input) => (String(input).includes('/tree/') ? Response.json(tree, { headers }) : Response.json({ sha: model.commit }));
    expect((await failure(pull(REPO, options({ fetch: mirror })))).message).toContain('does not answer as a hub does');
    const silent: typeof fetch = async () => Response.json(null);
    expect((await failure(pull(REPO, options({ fetch: silent })))).message).toContain('does not answer as a hub does');
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it.each(['not an address', 'ftp://127.0.0.1', 'http://user:word@127.0.0.1:1'])('is not asked at the address %j', async (endpoint) => {
    const error = await failure(pull(REPO, options({ endpoint })));
    expect([error.reason, error.message]).toEqual(['network', expect.stringContaining('HF_ENDPOINT')]);
    expect(error.message).not.toContain('word@');
  });

  it('is left alone with HF_HUB_OFFLINE: what is in the cache is found, what is not is said', async () => {
    const offline = { HF_HOME: home, HF_ENDPOINT: hub.url, HF_HUB_OFFLINE: '1' };
    const error = await failure(pull(REPO, options({ env: offline })));
    expect([error.reason, error.message]).toEqual(['network', expect.stringContaining('HF_HUB_OFFLINE is set')]);
    const online = await pull(REPO, options());
    hub.requests.length = 0;
    expect(await pull(REPO, options({ env: offline }))).toEqual({ ...online, files: expect.arrayContaining([...online.files]), fetched: 0 });
    expect((await failure(planPull(REPO, options({ env: offline })))).reason).toBe('network');
    expect(hub.requests).toEqual([]);
  });
});

describe('the token', () => {
  it.each([
    ['HF_TOKEN', (): PullOptions['env'] => ({ HF_TOKEN: `${TOKEN}\n` })],
    ['HF_TOKEN_PATH', (): PullOptions['env'] => ({ HF_TOKEN_PATH: join(home, 'secret') })],
    ['$HF_HOME/token', (): PullOptions['env'] => ({})],
  ])('from %s opens a gated model, and goes to the hub and not to the store it redirects to', async (where, env) => {
    mkdirSync(home, { recursive: true });
    if (where !== 'HF_TOKEN') writeFileSync(join(home, where === 'HF_TOKEN_PATH' ? 'secret' : 'token'), `${TOKEN}\n`);
    await pull('acme/gated', options({ env: { HF_HOME: home, HF_ENDPOINT: hub.url, ...env() } }));
    const heard = (server: string): (string | null)[] => [...new Set(hub.requests.filter((request) => request.server === server).map(({ authorization }) => authorization))];
    expect(heard('hub')).toEqual([`Bearer ${TOKEN}`]);
    expect(heard('store')).toEqual([null]);
  });

  it('is not sent when the caller gives none', async () => {
    expect((await failure(pull('acme/gated', options({ env: { HF_HOME: home, HF_ENDPOINT: hub.url, HF_TOKEN: TOKEN }, token: null })))).reason).toBe('gated');
    expect(hub.requests.every(({ authorization }) => authorization === null)).toBe(true);
  });

  it('that no header can carry is refused without being quoted', async () => {
    const error = await failure(pull(REPO, options({ token: 'hf_line\nbreak' })));
    expect([error.reason, error.message]).toEqual(['gated', expect.not.stringContaining('hf_line')]);
  });
});

describe('what was pulled', () => {
  it('is found by its name, and by no name while a shard is missing', async () => {
    const { folder } = await pull(REPO, options());
    expect(await locateModel(REPO, { HF_HOME: home })).toEqual({ path: folder, entry: null });
    rmSync(blob(OTHER));
    const error = await failure(locateModel(REPO, { HF_HOME: home }));
    expect([error.reason, error.message]).toEqual(['not_found', expect.stringContaining('winnow pull acme/tiny')]);
  });
});
