/**
 * Weights of a graph, made from those of a checkpoint and written to one file that the runtime maps: read, converted and dropped a
 * piece at a time, so that never two copies of a model are in memory.
 */
import { mkdtempSync } from 'node:fs';
import { type FileHandle, open, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelGraph, WeightRecipe } from '../architectures/architecture.ts';
import { DeviceError, ModelFileError } from '../errors.ts';
import { bytesOf } from '../graph/builder.ts';
import { type Range, encodeOnnx } from '../graph/onnx.ts';
import { dequantize } from './dequantize.ts';
import { floatsToHalves } from './half.ts';
import { type QuantizedMatrix, quantizeTensor } from './quantize.ts';
import type { Weights } from './weights.ts';

/** What ONNX Runtime wants of data that it maps. */
const ALIGNMENT = 4_096;

export interface Materialized {
  /** Path of `model.onnx`. */
  readonly path: string;
  readonly bytes: number;
  remove(): Promise<void>;
}

export interface MaterializeOptions {
  /** Where a folder of its own is made for it; the system's temporary folder by default would be the caller's to pass. */
  readonly folder: string;
  readonly inPlace: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

const asBytes = (data: Uint8Array | Float32Array | Uint16Array): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

class WeightFile {
  readonly ranges = new Map<string, Range>();
  readonly #file: FileHandle;
  #length = 0;
  constructor(file: FileHandle) {
    this.#file = file;
  }
  get length(): number {
    return this.#length;
  }
  /** Writes the pieces one after another under one name. */
  async add(name: string, pieces: readonly Uint8Array[]): Promise<void> {
    const offset = Math.ceil(this.#length / ALIGNMENT) * ALIGNMENT;
    let at = offset;
    for (const piece of pieces) {
      for (let written = 0; written < piece.length; ) written += (await this.#file.write(piece, written, piece.length - written, at + written)).bytesWritten;
      at += piece.length;
    }
    this.ranges.set(name, { offset, length: at - offset });
    this.#length = at;
  }
}

async function floats(weights: Weights, name: string): Promise<Float32Array> {
  const info = weights.tensors.get(name);
  if (!info) throw new ModelFileError(weights.source, name, 'this tensor', 'it is not there');
  return dequantize(info.type, await weights.read(name));
}

/** [rows, columns] to [columns, rows], in tiles that stay in the nearest cache. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const tile = 32;
  const out = new Float32Array(values.length);
  for (let top = 0; top < rows; top += tile) {
    for (let left = 0; left < columns; left += tile) {
      const bottom = Math.min(rows, top + tile);
      const right = Math.min(columns, left + tile);
      for (let row = top; row < bottom; row++) for (let column = left; column < right; column++) out[column * rows + row] = values[row * columns + column]!;
    }
  }
  return out;
}

async function floatPieces(weights: Weights, recipe: WeightRecipe & { kind: 'float' }): Promise<Uint8Array[]> {
  const parts: Float32Array[] = [];
  for (const name of recipe.parts) parts.push(await floats(weights, name));
  let pieces = parts;
  if (recipe.transpose) {
    const columns = weights.tensors.get(recipe.parts[0]!)!.shape[1]!;
    const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    pieces = [transposed(all, all.length / columns, columns)];
  }
  return pieces.map((piece) => asBytes(recipe.type === 'float16' ? floatsToHalves(piece) : piece));
}

/** The three arrays of a recipe's matrix, made once and written together. */
async function blockPieces(weights: Weights, recipe: WeightRecipe & { kind: 'blocks' }): Promise<Readonly<Record<'packed' | 'scales' | 'zeroPoints', Uint8Array[]>>> {
  const matrices: QuantizedMatrix[] = [];
  for (const name of recipe.parts) {
    const info = weights.tensors.get(name);
    if (!info) throw new ModelFileError(weights.source, name, 'this tensor', 'it is not there');
    matrices.push(await quantizeTensor(weights, info, recipe.bits, recipe.symmetric));
  }
  return {
    packed: matrices.map(({ packed }) => packed),
    scales: matrices.map(({ scales }) => asBytes(recipe.scaleType === 'float16' ? floatsToHalves(scales) : scales)),
    zeroPoints: matrices.flatMap(({ zeroPoints }) => (zeroPoints ? [zeroPoints] : [])),
  };
}

/** What two weights of a graph must agree in to be one range of the file: a tied embedding and its output matrix do. */
function contentKey(recipe: WeightRecipe): string {
  return JSON.stringify(recipe);
}

/** Makes a folder of its own in `folder`, at once, so that the caller can see to its end before anything else happens. Throws DeviceError where it cannot. */
export function makeFolder(folder: string): string {
  try {
    return mkdtempSync(join(folder, 'winnow-model-'));
  } catch (cause) {
    throw notWritten(folder, cause);
  }
}

/** Where a file that is mapped cannot be removed (Windows), the folder stays until the system clears it. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EBUSY' && error.code !== 'EPERM') throw error;
  });
}

const notWritten = (folder: string, cause: unknown): DeviceError =>
  new DeviceError('cpu', `${folder} cannot be written to: ${(cause as Error).message}.`, 'Point TMPDIR at a folder that can be.', { cause });

/** What the system says where a write fails, as the caller of `materialize` is to hear it; reads fail as ModelFileError. */
function asWriteError(thrown: unknown, folder: string): unknown {
  return thrown instanceof Error && 'syscall' in thrown ? notWritten(folder, thrown) : thrown;
}

/**
 * Writes `model.onnx`, and its weights beside it, into a folder of its own. Throws ModelFileError where a weight cannot be had, DeviceError
 * where there is no room; then it leaves nothing.
 */
export async function materialize({ graph, weights: recipes }: ModelGraph, weights: Weights, { folder, inPlace, onProgress }: MaterializeOptions): Promise<Materialized> {
  const wanted = graph.initializers.filter(({ bytes }) => bytes === null).map(({ value }) => value);
  const total = wanted.reduce((sum, { type, shape }) => sum + bytesOf(type, shape as number[]), 0);
  const { bavail, bsize } = await statfs(folder).catch((cause: unknown) => {
    throw notWritten(folder, cause);
  });
  if (bavail * bsize < total * 1.05) {
    throw new DeviceError('cpu', `${folder} has ${Math.floor((bavail * bsize) / 1e6)} MB free, and the converted model takes ${Math.ceil(total / 1e6)} MB.`, 'Point TMPDIR at a disk with more room, or choose a smaller --precision.');
  }
  const own = makeFolder(folder);
  const remove = (): Promise<void> => removeFolder(own);
  try {
    const handle = await open(join(own, 'weights.bin'), 'w');
    const file = new WeightFile(handle);
    try {
      const written = new Map<string, string>();
      for (const { name } of wanted) {
        const recipe = recipes.get(name);
        if (!recipe) throw new Error(`The graph has no recipe for '${name}'.`);
        if (file.ranges.has(name)) continue;
        const twin = written.get(contentKey(recipe));
        if (twin !== undefined) {
          file.ranges.set(name, file.ranges.get(twin)!);
          continue;
        }
        if (recipe.kind === 'float') {
          await file.add(name, await floatPieces(weights, recipe));
          written.set(contentKey(recipe), name);
        } else {
          const pieces = await blockPieces(weights, recipe);
          const stem = name.slice(0, -recipe.part.length);
          for (const part of ['packed', 'scales', 'zeroPoints'] as const) {
            if (pieces[part].length === 0) continue;
            await file.add(stem + part, pieces[part]);
            written.set(contentKey({ ...recipe, part }), stem + part);
          }
        }
        onProgress?.(file.length, total);
      }
    } finally {
      await handle.close();
    }
    const path = join(own, 'model.onnx');
    await writeFile(path, encodeOnnx(graph, { weights: file.ranges, inPlace }));
    return { path, bytes: file.length, remove };
  } catch (thrown) {
    await remove();
    throw asWriteError(thrown, folder);
  }
}
