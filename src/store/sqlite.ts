/**
 * SQLite through `libsql` (prebuilt binaries: a fresh machine needs no compiler). One file, two connections in WAL mode:
 *
 * - the writer, on `libsql/promise`. Of that API only `exec`, `prepare` and the first row of `all` run on a native thread: `run` and
 *   `get` block the event loop for as long as the statement takes (0.5.29: 900 ms for 20,000 rows, against 25 ms of `exec`, all of it
 *   copying). So everything is an `exec` or an `all` of one row. `exec` takes no parameters, hence a batch travels inside its SQL as one
 *   JSON literal per table: JSON escapes every control character, NUL too, and in SQLite a quote is all that needs doubling.
 * - the reader, synchronous, for `get`: 10 to 40 us, under load too.
 *
 * Writing 5,000 records/s of 1 KB on two busy cores, the event loop's delay is 11 to 22 ms at p99 and at most 44, against 8 to 9 idle
 * (timer of 5 ms included). So no worker thread, whose source would be a string that no compiler reads.
 *
 * synchronous=NORMAL: a commit is a write() into the WAL, which the kernel holds from then on, so it survives `kill -9` without an fsync
 * per commit. Losing power may lose the last commits; it never breaks the file, because checkpoints do fsync.
 */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../errors.ts';
import { handled, wellFormed } from './shared.ts';
import { APPLICATION_ID, Batch, SCHEMA, SCHEMA_VERSION, countSql, listSql, pointSql, prunePlanSql, pruneSliceSql, sliceEndSql } from './sqlite-sql.ts';
import type { Collection, Entry, ListOptions, PruneOptions, Store } from './store.ts';

export interface SqliteStoreOptions {
  readonly path: string;
  readonly now: () => number;
  /** A write waits at most about this long for others to share its transaction. */
  readonly flushMs?: number;
  /** Past this many unfinished writes, new records are refused. Pages, keys and runs never are. */
  readonly maxPending?: number;
  /** How long a transaction waits for another process's before it fails. */
  readonly busyMs?: number;
}

/** What is used of libsql; its own types are `any` where it matters. Values come as blobs: see `blob` in sqlite-sql.ts. */
type Row = readonly unknown[];
interface Reading<T> {
  raw(): Reading<T>;
  get(parameters: readonly unknown[]): Row | undefined;
  all(parameters: readonly unknown[]): T;
}
interface Reader {
  prepare(sql: string): Reading<Row[]>;
  close(): void;
}
interface Writer {
  readonly inTransaction: boolean;
  exec(sql: string): Promise<void>;
  prepare(sql: string): Promise<Reading<Promise<Row[]>>>;
  close(): void;
}

/** What one transaction holds at most: making and copying its text takes the event loop a few milliseconds a megabyte. */
const BATCH_CHARACTERS = 1 << 20;
const BATCH_WRITES = 5_000;

class SqliteStore implements Store {
  readonly name = 'sqlite';
  readonly #options: Required<SqliteStoreOptions>;
  readonly #writer: Writer;
  readonly #reader: Reader;
  readonly #points = new Map<Collection, Reading<Row[]>>();
  /** Open for writes. */
  #current = new Batch();
  /** Waiting for the writer or with it, oldest first. */
  readonly #sealed: Batch[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** The open batch has waited long enough and goes as soon as the writer is free. */
  #due = false;
  /** Whatever the writer does comes one after the other, in the order of the calls. */
  #tail: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(options: Required<SqliteStoreOptions>, writer: Writer, reader: Reader) {
    this.#options = options;
    this.#writer = writer;
    this.#reader = reader;
  }

  get(collection: Collection, key: string): string | undefined {
    if (this.#closing) throw closedError();
    const wanted = wellFormed(key);
    for (const batch of [this.#current, ...this.#sealed.toReversed()]) {
      const value = batch.get(collection, wanted);
      if (value !== undefined) return value ?? undefined;
    }
    try {
      let point = this.#points.get(collection);
      if (!point) this.#points.set(collection, (point = this.#reader.prepare(pointSql(collection)).raw()));
      return (point.get([wanted])?.[0] as Buffer | undefined)?.toString();
    } catch (thrown) {
      this.#points.delete(collection); // libsql does not reset a statement that failed
      throw storeError(this.#options.path, thrown);
    }
  }

  set(collection: Collection, key: string, value: string): Promise<void> {
    const { maxPending } = this.#options;
    if (collection === 'records' && this.#pending >= maxPending) {
      return handled(Promise.reject(new StoreError('sqlite', `overloaded: ${maxPending} writes are waiting for the disk`)));
    }
    return this.#put(collection, wellFormed(key), wellFormed(value));
  }

  delete(collection: Collection, key: string): Promise<void> {
    return this.#put(collection, wellFormed(key), null);
  }

  async list(collection: Collection, options: ListOptions): Promise<Entry[]> {
    const { sql, parameters } = listSql(collection, options);
    const [json] = await this.#afterWrites(() => firstRow(this.#writer, sql, parameters));
    const pairs: [string, string][] = JSON.parse((json as Buffer).toString());
    return pairs.map(([key, value]) => ({ key, value }));
  }

  async count(collection: Collection): Promise<number> {
    const [count] = await this.#afterWrites(() => firstRow(this.#writer, countSql(collection)));
    return count as number;
  }

  /** In slices with other writes between them, so that a large one neither holds the lock for long nor swells the WAL. */
  async prune(collection: Collection, options: PruneOptions): Promise<number> {
    const writer = this.#writer;
    const [last, keepLine] = (await this.#afterWrites(() => firstRow(writer, prunePlanSql(collection, options)))) as (number | null)[];
    let removed = 0;
    let from: number | null = 0;
    while (from !== null) {
      const start: number = from;
      from = await this.#enqueue(async () => {
        const [end] = (await firstRow(writer, sliceEndSql(collection), [start, last ?? 0])) as [number | null];
        if (end === null) return null;
        const [before] = (await firstRow(writer, 'SELECT total_changes()')) as [number];
        await this.#transaction(pruneSliceSql(collection, options, { from: start, to: end, keepLine: keepLine ?? 0 }));
        const [after] = (await firstRow(writer, 'SELECT total_changes()')) as [number];
        removed += after - before;
        return end;
      });
    }
    return removed;
  }

  async flush(): Promise<void> {
    this.#seal();
    await Promise.all(this.#sealed.map((batch) => batch.done));
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#tail;
      // Leaves the whole store in the one file. Closing would do it, but libsql closes only once the statements are collected.
      await this.#writer.exec('PRAGMA busy_timeout = 100; PRAGMA wal_checkpoint(TRUNCATE)').catch(() => {});
      this.#points.clear();
      this.#writer.close();
      this.#reader.close();
    }
  }

  get #pending(): number {
    return this.#sealed.reduce((sum, batch) => sum + batch.size, this.#current.size);
  }

  #put(collection: Collection, key: string, value: string | null): Promise<void> {
    if (this.#closing) return handled(Promise.reject(closedError()));
    const batch = this.#current;
    batch.put(collection, key, value, this.#options.now());
    const full = batch.size >= Math.min(BATCH_WRITES, this.#options.maxPending) || batch.characters >= BATCH_CHARACTERS;
    if (full) this.#seal();
    else this.#timer ??= setTimeout(() => (this.#sealed.length === 0 ? this.#seal() : (this.#due = true)), this.#options.flushMs);
    return batch.done;
  }

  /** Hands the open batch to the writer. */
  #seal(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = false;
    const batch = this.#current;
    if (batch.size === 0) return;
    this.#current = new Batch();
    this.#sealed.push(batch);
    handled(batch.done);
    void this.#enqueue(async () => {
      const failure = await this.#transaction(batch.sql()).then(() => undefined, (thrown) => storeError(this.#options.path, thrown));
      this.#sealed.shift();
      batch.settle(failure);
      if (this.#due && this.#sealed.length === 0) this.#seal();
    });
  }

  async #afterWrites<T>(read: () => Promise<T>): Promise<T> {
    if (this.#closing) throw closedError();
    this.#seal();
    return this.#enqueue(read);
  }

  async #enqueue<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(job);
    this.#tail = done.catch(() => {});
    return done.catch((thrown) => {
      throw storeError(this.#options.path, thrown);
    });
  }

  async #transaction(sql: string): Promise<void> {
    try {
      // IMMEDIATE: a transaction that takes the lock only at its first write cannot wait for another process's, it fails at once.
      await this.#writer.exec(`BEGIN IMMEDIATE; ${sql}; COMMIT`);
    } catch (thrown) {
      if (this.#writer.inTransaction) await this.#writer.exec('ROLLBACK');
      throw thrown;
    }
  }
}

const closedError = (): StoreError => new StoreError('sqlite', 'the store is closed');

function storeError(path: string, thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const reason = message.startsWith('ConnectionFailed')
    ? 'cannot be opened: its folder is missing or forbidden, or it is no file'
    : (thrown as { code?: unknown }).code === 'SQLITE_NOTADB'
      ? 'is not an SQLite database; move it away or name another file'
      : `failed: ${message}`;
  return new StoreError('sqlite', `${path} ${reason}`, { cause: thrown });
}

async function firstRow(writer: Writer, sql: string, parameters: readonly unknown[] = []): Promise<Row> {
  const [row = []] = await (await writer.prepare(sql)).raw().all(parameters);
  return row;
}

/**
 * Tries again while the database is locked. SQLite waits by itself, except where two connections that hold a lock want a higher one, as
 * when both turn a new file to WAL: then one is told at once (https://sqlite.org/c3ref/busy_handler.html).
 */
async function patiently<T>(busyMs: number, attempt: () => Promise<T>): Promise<T> {
  const over = AbortSignal.timeout(busyMs);
  for (;;) {
    try {
      return await attempt();
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code !== 'SQLITE_BUSY' || over.aborted) throw thrown;
    }
    await sleep(10);
  }
}

/** Makes a new file ours, takes one that is, and refuses any other before anything is written into it. */
async function claim(path: string, writer: Writer, busyMs: number): Promise<void> {
  const [version, application, tables] = (await firstRow(
    writer,
    'SELECT (SELECT user_version FROM pragma_user_version), (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_master)',
  )) as [number, number, number];
  if (application !== APPLICATION_ID && tables > 0) throw new StoreError('sqlite', `${path} is another program's database; name another file`);
  if (version > SCHEMA_VERSION) {
    throw new StoreError('sqlite', `${path} was written by a newer Winnow (schema ${version}, this one knows ${SCHEMA_VERSION}); upgrade Winnow or name another file`);
  }
  // Not by `all`, which takes its last step on the event loop: what that waits for may be the lock of another store of this process,
  // which then cannot go on.
  await patiently(busyMs, () => writer.exec('PRAGMA journal_mode = WAL'));
  const [mode] = await firstRow(writer, 'PRAGMA journal_mode');
  if (mode !== 'wal') throw new StoreError('sqlite', `${path}: its file system allows no write-ahead log (journal mode ${String(mode)}); keep the store on a local disk`);
  await writer.exec('PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864');
  if (version < SCHEMA_VERSION) await writer.exec(`BEGIN IMMEDIATE; ${SCHEMA}; COMMIT`);
}

export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const path = resolve(options.path); // also keeps libsql from taking `http:` for a server
  const busyMs = options.busyMs ?? 5_000;
  const [promised, synchronous] = await Promise.all([import('libsql/promise'), import('libsql')]).catch((thrown: unknown) => {
    throw new StoreError('sqlite', 'the package libsql does not load; run `npm install libsql`, or use the store `memory`', { cause: thrown });
  });
  try {
    const writer = new promised.default(path, { timeout: busyMs }) as unknown as Writer;
    await claim(path, writer, busyMs);
    // `get` waits on the event loop, so not for long; in WAL mode readers wait for nothing but the recovery after a crash.
    const reader = new synchronous.default(path, { timeout: Math.min(busyMs, 1_000) }) as unknown as Reader;
    const { now, flushMs = 50, maxPending = 100_000 } = options;
    return new SqliteStore({ path, now, flushMs, maxPending, busyMs }, writer, reader);
  } catch (thrown) {
    throw storeError(path, thrown);
  }
}
