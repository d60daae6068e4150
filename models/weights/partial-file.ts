/**
 * A file that arrives: `BLOB.incomplete` until its hash is right, then `BLOB`.
 *
 * Bytes are written at their place and not appended, so two processes that fetch the same file write the same bytes to the same places,
 * and the hash is taken of what lies on the disk in the end, whoever wrote it; the first to be done gives the file its name.
 * (huggingface_hub gives each download a name by chance instead, and resumes none: file_download.py, `_download_to_tmp_and_move`.)
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, type open, rename, rm, type statfs, type symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ModelFileError } from '../errors.ts';
import { sizeOf, statOf } from './hub-cache.ts';

/** The calls that a full or a foreign disk refuses; tests put their own in their place. */
export interface Disk {
  readonly open: typeof open;
  readonly statfs: typeof statfs;
  readonly symlink: typeof symlink;
}

export interface Digest {
  /** `sha256` of an LFS file; `git` is SHA-1 over `blob SIZE\0` and the bytes, which names a small file. */
  readonly algorithm: 'sha256' | 'git';
  /** Hexadecimal, lower case. */
  readonly hash: string;
}

const READ_BYTES = 1 << 20;

export class PartialFile {
  readonly path: string;
  readonly #blob: string;
  readonly #size: number;
  readonly #disk: Disk;
  #handle: FileHandle | null = null;
  #length = 0;

  private constructor(blob: string, size: number, disk: Disk) {
    this.path = `${blob}.incomplete`;
    this.#blob = blob;
    this.#size = size;
    this.#disk = disk;
  }

  /** Takes up what an earlier run left; a file longer than it may be is dropped. Nothing is made on the disk before the first byte. */
  static async resume(blob: string, size: number, disk: Disk): Promise<PartialFile> {
    const partial = new PartialFile(blob, size, disk);
    const found = Math.max(0, await sizeOf(partial.path));
    if (found > size) await rm(partial.path);
    else partial.#length = found;
    return partial;
  }

  /** Bytes that are here. */
  get length(): number {
    return this.#length;
  }

  async append(bytes: Uint8Array): Promise<void> {
    const handle = await this.#opened();
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, this.#length + at);
      at += bytesWritten;
    }
    this.#length += bytes.length;
  }

  /** Begins again at the first byte. */
  async restart(): Promise<void> {
    // Without its name, what is open may be another process's whole file.
    if (!(await this.#isNamed(await this.#opened()))) await this.#shut();
    await (await this.#opened()).truncate(0);
    this.#length = 0;
  }

  /** The hash of what lies on the disk. */
  async digest({ algorithm }: Digest, onRead: (bytes: number) => void, signal: AbortSignal | undefined): Promise<string> {
    const hash = algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${this.#size}\0`);
    const handle = await this.#opened();
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(READ_BYTES, this.#size)));
    for (let at = 0; ; ) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
      onRead(at);
    }
  }

  /** Gives the file its name, once it is on the disk and not only in the system's memory. */
  async keep(): Promise<void> {
    const handle = await this.#opened();
    await handle.sync();
    const named = await this.#isNamed(handle);
    await this.#shut();
    try {
      // The name may be a third one's by now, who began the file anew.
      if (named) return await rename(this.path, this.#blob);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    }
    // Another process was done first.
    if ((await sizeOf(this.#blob)) !== this.#size) throw new ModelFileError(this.path, '', 'to be there until it is whole', 'another process took it away');
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#shut();
    await rm(this.path, { force: true });
  }

  /** Leaves what is here for the next run. */
  async close(): Promise<void> {
    const opened = this.#handle !== null;
    await this.#shut();
    if (opened && (await sizeOf(this.path)) === 0) await rm(this.path, { force: true });
  }

  async #opened(): Promise<FileHandle> {
    if (this.#handle) return this.#handle;
    await mkdir(dirname(this.path), { recursive: true });
    this.#handle = await this.#disk.open(this.path, constants.O_RDWR | constants.O_CREAT);
    return this.#handle;
  }

  /** Whether what is open still is what lies at the path. */
  async #isNamed(handle: FileHandle): Promise<boolean> {
    return (await handle.stat()).ino === (await statOf(this.path))?.ino;
  }

  async #shut(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }
}
