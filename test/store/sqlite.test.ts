import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, StoreError } from '../../src/errors.ts';
import { Draw, hash } from '../../src/hash.ts';
import { openStore } from '../../src/store/index.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Collection, Store } from '../../src/store/store.ts';
import { storeContract } from '../contracts/store.contract.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tempFolder = () => mkdtemp(join(tmpdir(), 'winnow-store-'));
const remove = (folder: string) => rm(folder, { recursive: true, force: true });

storeContract('sqlite', async (now) => {
  const folder = await tempFolder();
  const path = join(folder, 'store.db');
  const open = () => openSqliteStore({ path, now, flushMs: 1 });
  const store = await open();
  return {
    store,
    reopen: open,
    async cleanup() {
      await store.close();
      await remove(folder);
    },
  };
});

describe('sqlite', () => {
  let folder: string;
  let path: string;
  let opened: Store[];
  beforeEach(async () => {
    folder = await tempFolder();
    path = join(folder, 'store.db');
    opened = [];
  });
  afterEach(async () => {
    for (const store of opened) await store.close();
    await remove(folder);
  });
  const open = async (options: Partial<Parameters<typeof openSqliteStore>[0]> = {}) => {
    const store = await openSqliteStore({ path, now: () => 0, flushMs: 1, ...options });
    opened.push(store);
    return store;
  };
  /** Another program at the same file. */
  const other = (...statements: string[]) => {
    const database = new Database(path);
    for (const sql of statements) database.exec(sql);
    return database;
  };

  it('shows two stores on one file what the other committed', async () => {
    const server = await open();
    const cli = await open();
    await server.set('keys', 'k', '1');
    expect(await cli.get('keys', 'k')).toBe('1');
    await cli.set('keys', 'k', '2');
    expect(await server.get('keys', 'k')).toBe('2');
    await cli.delete('keys', 'k');
    expect(await server.get('keys', 'k')).toBeUndefined();
    for (let i = 0; i < 500; i++) void (i % 2 ? server : cli).set('records', `r${i}`, '1');
    await Promise.all([server.flush(), cli.flush()]);
    expect(await server.count('records')).toBe(500);
    expect(await cli.prune('records', { keep: 20 })).toBe(480);
    expect(await server.count('records')).toBe(20);
  });

  it('opens one new file from many sides at once', async () => {
    for (let round = 0; round < 10; round++) {
      path = join(folder, `new${round}.db`);
      const stores = await Promise.all(Array.from({ length: 6 }, () => open()));
      await Promise.all(stores.map((store, i) => store.set('runs', `r${i}`, '1')));
      expect(await stores[0]!.count('runs')).toBe(6);
    }
  });

  it('lets other writes pass while it prunes', async () => {
    const store = await open();
    for (let i = 0; i < 9_000; i++) void store.set('pages', `old${i}`, '1');
    await store.flush();
    const removed = store.prune('pages', { keep: 10 });
    for (let i = 0; i < 100; i++) await store.set('pages', `new${i}`, '1');
    await store.set('pages', 'old0', '2');
    expect(await removed).toBe(8_990);
    expect(await store.count('pages')).toBe(111);
  });

  it('rejects what another process keeps it from writing, and goes on afterwards', async () => {
    const store = await open({ busyMs: 1 });
    const locker = other('BEGIN IMMEDIATE');
    const refused = store.set('pages', 'a', '1');
    expect(await store.get('pages', 'a')).toBe('1');
    await expect(refused).rejects.toThrow(/database is locked/);
    await expect(refused).rejects.toBeInstanceOf(StoreError);
    expect(await store.get('pages', 'a')).toBeUndefined();
    locker.exec('ROLLBACK');
    await store.set('pages', 'a', '2');
    expect(await store.get('pages', 'a')).toBe('2');
  });

  it('takes back the whole batch when a part of it fails, and goes on afterwards', async () => {
    const store = await open({ flushMs: 5 });
    other("CREATE TRIGGER full BEFORE INSERT ON records BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
    const writes = await Promise.allSettled([store.set('pages', 'a', '1'), store.set('records', 'a', '1'), store.set('runs', 'a', '1')]);
    for (const write of writes) expect(write).toMatchObject({ status: 'rejected', reason: { name: 'StoreError', code: 'store_failed' } });
    expect([await store.get('pages', 'a'), await store.count('pages'), await store.count('runs')]).toEqual([undefined, 0, 0]);
    void store.set('records', 'b', '1');
    await expect(store.flush()).rejects.toThrow(/the disk is full/);
    other('DROP TRIGGER full');
    await store.set('records', 'a', '1');
    expect(await store.list('records', { limit: 9 })).toEqual([{ key: 'a', value: '1' }]);
  });

  it('closes even where the last writes fail, and says so', async () => {
    const store = await openSqliteStore({ path, now: () => 0 });
    other('DROP TABLE runs');
    void store.set('runs', 'a', '1');
    await expect(store.close()).rejects.toThrow(/no such table: runs/);
  });

  it('refuses new records past the bound and nothing else, and takes them again after', async () => {
    const store = await open({ maxPending: 10 });
    const records = Array.from({ length: 12 }, (_, i) => store.set('records', `r${i}`, '1'));
    const others = (['pages', 'keys', 'runs'] satisfies Collection[]).map((collection) => store.set(collection, 'a', '1'));
    const results = await Promise.allSettled(records);
    expect(results.map((result) => result.status)).toEqual([...Array(10).fill('fulfilled'), 'rejected', 'rejected']);
    expect(results[11]).toMatchObject({ reason: { name: 'StoreError', message: expect.stringContaining('overloaded') } });
    await Promise.all(others);
    await store.set('records', 'r11', '1');
    expect(await store.count('records')).toBe(11);
  });

  it('writes more than one transaction holds', async () => {
    const store = await open();
    const value = JSON.stringify('y'.repeat(400_000));
    for (let i = 0; i < 12; i++) void store.set('pages', `large${i}`, value);
    for (let i = 0; i < 12_000; i++) void store.set('runs', `u${i}`, '1');
    expect(await store.get('runs', 'u0')).toBe('1');
    await store.flush();
    expect([await store.count('pages'), await store.count('runs')]).toEqual([12, 12_000]);
  });

  it('leaves the whole store in the one file when closed', async () => {
    const store = await open();
    await store.set('pages', 'a', '1');
    await store.close();
    await copyFile(path, join(folder, 'copy.db'));
    const copy = await open({ path: join(folder, 'copy.db') });
    expect(await copy.get('pages', 'a')).toBe('1');
  });

  it.each([
    ['a text', () => writeFile(path, 'once upon a time '.repeat(500)), /is not an SQLite database/],
    ['a store whose head is overwritten', async () => {
      await (await open()).close();
      const bytes = await readFile(path);
      await writeFile(path, bytes.fill(0x5a, 0, 4_096));
    }, /is not an SQLite database/],
    ['a store whose schema is damaged', async () => {
      await (await open()).close();
      const bytes = await readFile(path);
      await writeFile(path, bytes.fill(0xff, 100, 4_096));
    }, /malformed/],
    ["another program's database", () => other('CREATE TABLE notes (text)'), /another program's database/],
    ['a newer store', async () => {
      await (await open()).close();
      other('PRAGMA user_version = 99');
    }, /newer Winnow \(schema 99, this one knows 1\)/],
    ['a folder', () => rm(path, { force: true }).then(() => { path = folder; }), /cannot be opened/],
  ])('refuses %s', async (_, prepare, message) => {
    await prepare();
    const before = path === folder ? undefined : await readFile(path);
    const opening = openSqliteStore({ path, now: () => 0 });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toBeInstanceOf(StoreError);
    if (before) expect(before.equals(await readFile(path))).toBe(true);
  });

  it('loses nothing it acknowledged to kill -9, at ten moments', { timeout: 180_000 }, async () => {
    const draw = new Draw(hash('kill'));
    const acknowledged: string[] = [];
    for (let round = 0; round < 10; round++) {
      const lines = await killedWriter(path, 1 + draw.below(20), 1 + draw.below(2_000));
      acknowledged.push(...lines);
      const store = await open();
      const lost = [];
      for (const line of acknowledged) {
        const [collection, key] = line.split(' ') as [Collection, string];
        const value = await store.get(collection, key);
        if (value === undefined || JSON.parse(value).key !== key) lost.push(line);
      }
      expect(lost).toEqual([]);
      await store.close();
    }
    expect(acknowledged.length).toBeGreaterThan(10);
  });
});

/** Runs fixtures/writer.ts on the file, kills it once it has acknowledged so many writes, and returns all the lines it got out. */
function killedWriter(path: string, flushMs: number, writes: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/store/fixtures/writer.ts', path, String(flushMs)], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let errors = '';
  let seen = 0;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    seen += text.split('\n').length - 1;
    if (seen >= writes) child.kill('SIGKILL');
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (_, signal) => {
      if (signal === 'SIGKILL' && !out.includes('failed')) done(out.slice(0, out.lastIndexOf('\n')).split('\n'));
      else fail(new Error(`the writer ended by itself (${signal}): ${errors}${out.slice(-500)}`));
    });
  });
}

describe('openStore', () => {
  let folder: string;
  beforeEach(async () => void (folder = await tempFolder()));
  afterEach(() => remove(folder));

  it.each(['memory', 'sqlite:', '.db'])('opens %s', async (form) => {
    const file = join(folder, 'deep', 'er', 'store.db');
    const store = await openStore(form === 'sqlite:' ? `sqlite:${file}` : form === '.db' ? file : form, { now: () => 0 });
    await store.set('pages', 'a', '1');
    expect(store.name).toBe(form === 'memory' ? 'memory' : 'sqlite');
    await store.close();
    if (form !== 'memory') expect((await readFile(file)).subarray(0, 6).toString()).toBe('SQLite');
  });

  it.each(['', 'postgres://x', 'sqlite:', 'sqlite::memory:', 'store.json'])("refuses '%s' and names the forms", async (spec) => {
    const opening = openStore(spec, { now: () => 0 });
    await expect(opening).rejects.toBeInstanceOf(ConfigError);
    await expect(opening).rejects.toMatchObject({ option: 'store', message: expect.stringContaining('`memory`, `sqlite:PATH`') });
  });

  it('says which folder cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(openStore(join(folder, 'file', 'store.db'), { now: () => 0 })).rejects.toMatchObject({ name: 'ConfigError', option: 'store', message: expect.stringContaining(join(folder, 'file')) });
  });
});
