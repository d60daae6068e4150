/**
 * Weights that lie in open files, one tensor behind the other: what safetensors and GGUF have in common once their headers are read.
 * Reads are positional, so several may be under way at once, and nothing is kept.
 */
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { ModelFileError, UnsupportedModelError } from '../errors.ts';
import { TENSOR_TYPES, type TensorInfo, type Weights } from './weights.ts';

/** Bytes asked of the system at once; one read takes at most 2 GiB. */
const MOST_AT_ONCE = 1 << 30;

/** A file under the path that messages name it by. */
export interface OpenFile {
  readonly path: string;
  readonly size: number;
  readonly handle: FileHandle;
}

/** Opens a regular file. A file that is missing, or cannot be read, is a ModelFileError. */
export async function openFile(path: string): Promise<OpenFile> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const stats = await handle.stat();
    if (!stats.isFile()) throw new ModelFileError(path, '', 'a regular file', 'it is something else');
    return { path, size: stats.size, handle };
  } catch (error) {
    await handle?.close();
    if (error instanceof ModelFileError) throw error;
    throw unreadable(path, error);
  }
}

/** What the system says about a path that it would not open or read. */
export function unreadable(path: string, cause: unknown): ModelFileError {
  const code = (cause as NodeJS.ErrnoException).code;
  return new ModelFileError(path, '', 'a file or folder that can be read', code === 'ENOENT' ? 'there is none' : `the system says: ${(cause as Error).message}`, { cause });
}

/** The names in a folder, sorted; null where the path is not a folder. */
export async function listFolder(path: string): Promise<readonly string[] | null> {
  try {
    return (await stat(path)).isDirectory() ? (await readdir(path)).sort() : null;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** `length` bytes from `position` on, in a buffer of their own. `field` is what they hold, for messages. */
export async function readExactly({ path, handle }: OpenFile, position: number, length: number, field: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length; ) {
    let bytesRead: number;
    try {
      ({ bytesRead } = await handle.read(bytes, filled, Math.min(length - filled, MOST_AT_ONCE), position + filled));
    } catch (error) {
      throw unreadable(path, error);
    }
    if (bytesRead === 0) throw new ModelFileError(path, field, `${length} bytes from ${position} on`, `the file ends after ${filled} of them`);
    filled += bytesRead;
  }
  return bytes;
}

/** Where a row of a tensor lies in the file, where that is not its own place: both within blocks of `group` rows. */
export interface RowOrder {
  readonly group: number;
  readonly rowInFile: (row: number) => number;
}

export interface PlacedTensor {
  readonly info: TensorInfo;
  readonly file: OpenFile;
  readonly position: number;
  readonly order?: RowOrder;
}

/** A tensor that is there in a byte format this runtime does not read. */
export interface UnreadableTensor {
  readonly type: string;
  readonly file: string;
}

export class TensorFiles implements Weights {
  readonly source: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** By name; an error only for who wants to read them. */
  readonly unsupported: ReadonlyMap<string, UnreadableTensor>;
  readonly #placed: ReadonlyMap<string, PlacedTensor>;
  readonly #files: readonly OpenFile[];

  /** Takes the files over: `close` closes them. */
  constructor(source: string, files: readonly OpenFile[], placed: ReadonlyMap<string, PlacedTensor>, unsupported: ReadonlyMap<string, UnreadableTensor>) {
    this.source = source;
    this.tensors = new Map([...placed].map(([name, { info }]) => [name, info]));
    this.unsupported = unsupported;
    this.#placed = placed;
    this.#files = files;
  }

  /** Whether it is there, in whatever type. */
  has(name: string): boolean {
    return this.#placed.has(name) || this.unsupported.has(name);
  }

  /** Throws what `read` would throw, without reading. */
  info(name: string): TensorInfo {
    return this.#place(name).info;
  }

  async read(name: string): Promise<Uint8Array> {
    const tensor = this.#place(name);
    const { info, file, position, order } = tensor;
    if (order) return this.#rows(tensor, 0, info.shape[0]!);
    return readExactly(file, position, info.byteLength, name);
  }

  /** Throws RangeError for rows that the tensor does not have, or where it has not two dimensions. */
  async readRows(name: string, first: number, rows: number): Promise<Uint8Array> {
    const tensor = this.#place(name);
    const { shape } = tensor.info;
    if (shape.length !== 2) throw new RangeError(`${name} has ${shape.length} dimensions; rows are read of 2.`);
    if (!Number.isInteger(first) || !Number.isInteger(rows) || first < 0 || rows < 0 || first + rows > shape[0]!) {
      throw new RangeError(`${name} has ${shape[0]} rows; asked were ${rows} from ${first} on.`);
    }
    return this.#rows(tensor, first, rows);
  }

  async #rows({ info, file, position, order }: PlacedTensor, first: number, rows: number): Promise<Uint8Array> {
    const rowBytes = info.byteLength / Math.max(1, info.shape[0]!);
    if (!order || rows === 0) return readExactly(file, position + first * rowBytes, rows * rowBytes, info.name);
    // The whole groups that hold these rows, then the rows out of them.
    const start = first - (first % order.group);
    const end = Math.ceil((first + rows) / order.group) * order.group;
    const groups = await readExactly(file, position + start * rowBytes, (end - start) * rowBytes, info.name);
    const bytes = new Uint8Array(rows * rowBytes);
    for (let row = 0; row < rows; row++) {
      const at = (order.rowInFile(first + row) - start) * rowBytes;
      bytes.set(groups.subarray(at, at + rowBytes), row * rowBytes);
    }
    return bytes;
  }

  #place(name: string): PlacedTensor {
    const tensor = this.#placed.get(name);
    if (tensor) return tensor;
    const other = this.unsupported.get(name);
    if (other) throw new UnsupportedModelError(other.file, name, `a tensor of type ${TENSOR_TYPES.join(', ')}`, `its type is ${other.type}`);
    throw new ModelFileError(this.source, name, 'a tensor of this name', 'there is none');
  }

  async close(): Promise<void> {
    await Promise.all(this.#files.map(({ handle }) => handle.close()));
  }
}
