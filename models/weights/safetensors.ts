/**
 * Weights in safetensors: one file, or shards under an index. Format: the README of huggingface/safetensors, "Format", and its reader
 * (tensor.rs), whose rules these are: eight bytes of header length, a JSON header, tensors without a gap or an overlap up to the end.
 * https://huggingface.co/docs/safetensors
 */
import { basename, dirname, join } from 'node:path';
import { ModelFileError, UnsupportedModelError } from '../errors.ts';
import { decodeObject, describe, isObject, readObject } from './json.ts';
import { type OpenFile, type PlacedTensor, TensorFiles, type UnreadableTensor, listFolder, openFile, readExactly } from './tensor-files.ts';
import type { TensorType } from './weights.ts';

export const WEIGHTS_FILE = 'model.safetensors';
export const INDEX_FILE = 'model.safetensors.index.json';

/** tensor.rs, MAX_HEADER_SIZE. */
const LARGEST_HEADER = 100_000_000;

const READ_TYPES: Readonly<Record<string, TensorType>> = { F32: 'F32', F16: 'F16', BF16: 'BF16' };

/** Bits of one element of every type in tensor.rs, Dtype. */
const TYPE_BITS: Readonly<Record<string, number>> = {
  BOOL: 8, F4: 4, F6_E2M3: 6, F6_E3M2: 6, U8: 8, I8: 8, F8_E5M2: 8, F8_E4M3: 8, F8_E8M0: 8, F8_E4M3FNUZ: 8, F8_E5M2FNUZ: 8,
  I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32, C64: 64, F64: 64, I64: 64, U64: 64,
};

/** What a PyTorch checkpoint is called. */
const PICKLE = /^(pytorch_model.*|consolidated.*|model.*)\.(bin|bin\.index\.json|pth|pt)$/;

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  /** In the data that follows the header. */
  readonly begin: number;
  readonly end: number;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function entryOf(file: string, name: string, value: unknown): Entry {
  if (!isObject(value)) throw new ModelFileError(file, name, 'an object with dtype, shape and data_offsets', `it is ${describe(value)}`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string') throw new ModelFileError(file, `${name}.dtype`, 'the name of a type', `it is ${describe(dtype)}`);
  if (!Array.isArray(shape) || !shape.every(isCount)) throw new ModelFileError(file, `${name}.shape`, 'a list of whole numbers, 0 or more', `it is ${JSON.stringify(shape)?.slice(0, 80)}`);
  const [begin, end, ...more]: readonly unknown[] = Array.isArray(offsets) ? offsets : [];
  if (!isCount(begin) || !isCount(end) || begin > end || more.length > 0) {
    throw new ModelFileError(file, `${name}.data_offsets`, 'two whole numbers, begin and end', `it is ${JSON.stringify(offsets)?.slice(0, 80)}`);
  }
  const bits = Object.hasOwn(TYPE_BITS, dtype) ? TYPE_BITS[dtype]! : null;
  if (bits === null) throw new ModelFileError(file, `${name}.dtype`, `one of ${Object.keys(TYPE_BITS).join(', ')}`, `it is ${describe(dtype)}`);
  // A double holds the product as long as it can be the length of a file; past that it cannot equal one.
  const bytes = (shape.reduce((product: number, dimension: number) => product * dimension, 1) * bits) / 8;
  if (bytes !== end - begin) throw new ModelFileError(file, `${name}.data_offsets`, `${bytes} bytes for ${dtype} [${shape.join(', ')}]`, `they span ${end - begin}`);
  return { name, type: dtype, shape, begin, end };
}

/** The tensors of one file, and where its data begins. */
async function readHeader(file: OpenFile): Promise<{ readonly entries: readonly Entry[]; readonly data: number }> {
  if (file.size < 8) throw new ModelFileError(file.path, 'header', 'eight bytes of header length', `the file has ${file.size}`);
  const start = await readExactly(file, 0, 8, 'header');
  const length = new DataView(start.buffer).getBigUint64(0, true);
  if (length > BigInt(Math.min(LARGEST_HEADER, file.size - 8))) {
    throw new ModelFileError(file.path, 'header', `a length of at most ${Math.min(LARGEST_HEADER, file.size - 8)} bytes`, `it says ${length}; the file is truncated or is not safetensors`);
  }
  const data = 8 + Number(length);
  const bytes = await readExactly(file, 8, Number(length), 'header');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new ModelFileError(file.path, 'header', 'UTF-8', 'it is not', { cause: error });
  }
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(decodeObject(text, file.path, 'header'))) {
    if (name !== '__metadata__') entries.push(entryOf(file.path, name, value));
    else if (!isObject(value) || !Object.values(value).every((one) => typeof one === 'string')) throw new ModelFileError(file.path, name, 'an object of strings', `it is ${describe(value)}`);
  }

  const inOrder = entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end);
  let reached = 0;
  for (const { name, begin, end } of inOrder) {
    if (begin !== reached) throw new ModelFileError(file.path, `${name}.data_offsets`, `to begin at ${reached}, where the tensor before ends`, `they begin at ${begin}`);
    reached = end;
  }
  if (data + reached !== file.size) throw new ModelFileError(file.path, '', `${data + reached} bytes, as the header says`, `the file has ${file.size}`);
  return { entries, data };
}

/** Which file of the folder holds each tensor. */
async function readIndex(index: string): Promise<ReadonlyMap<string, string>> {
  const { weight_map: map } = await readObject(index);
  if (!isObject(map)) throw new ModelFileError(index, 'weight_map', 'an object from tensor to file', `it is ${describe(map)}`);
  for (const [name, file] of Object.entries(map)) {
    // A shard lies beside its index: a path could name any file of the machine.
    if (typeof file !== 'string' || basename(file) !== file || !file.endsWith('.safetensors')) {
      throw new ModelFileError(index, `weight_map.${name}`, 'the name of a .safetensors file in the same folder', `it is ${describe(file)}`);
    }
  }
  return new Map(Object.entries(map as Record<string, string>));
}

/** Opens the files, and closes them again if anything about them is wrong. `map` is null for a single file. */
async function openFiles(source: string, paths: readonly string[], map: ReadonlyMap<string, string> | null, index: string): Promise<TensorFiles> {
  const files: OpenFile[] = [];
  try {
    const placed = new Map<string, PlacedTensor>();
    const unsupported = new Map<string, UnreadableTensor>();
    for (const path of paths) {
      const file = await openFile(path);
      files.push(file);
      const { entries, data } = await readHeader(file);
      for (const { name, type, shape, begin, end } of entries) {
        if (map && map.get(name) !== basename(path)) continue;
        const known = Object.hasOwn(READ_TYPES, type) ? READ_TYPES[type] : undefined;
        if (known) placed.set(name, { info: { name, shape, type: known, byteLength: end - begin, file: path }, file, position: data + begin });
        else unsupported.set(name, { type, file: path });
      }
    }
    for (const [name, file] of map ?? []) {
      if (!placed.has(name) && !unsupported.has(name)) throw new ModelFileError(index, `weight_map.${name}`, `to be in ${file}, as the index says`, 'it is not there');
    }
    return new TensorFiles(source, files, placed, unsupported);
  } catch (error) {
    await Promise.all(files.map(({ handle }) => handle.close()));
    throw error;
  }
}

async function openIndex(source: string, index: string): Promise<TensorFiles> {
  const map = await readIndex(index);
  return openFiles(source, [...new Set(map.values())].sort().map((file) => join(dirname(index), file)), map, index);
}

/**
 * Opens a folder's weights, or one file: `model.safetensors`, else the shards of `model.safetensors.index.json`. Only headers are read.
 * F32, F16 and BF16 can be read; a tensor of another type fails (UnsupportedModelError) when it is. Any inconsistency is a
 * ModelFileError.
 */
export async function openSafetensors(path: string): Promise<TensorFiles> {
  const names = await listFolder(path);
  if (names === null) return path.endsWith('.index.json') ? openIndex(path, path) : openFiles(path, [path], null, path);
  if (names.includes(WEIGHTS_FILE)) return openFiles(path, [join(path, WEIGHTS_FILE)], null, path);
  if (names.includes(INDEX_FILE)) return openIndex(path, join(path, INDEX_FILE));
  const pickle = names.find((name) => PICKLE.test(name));
  if (pickle) throw new UnsupportedModelError(join(path, pickle), '', 'weights in safetensors', 'these are in PyTorch\'s pickle format: convert them to safetensors');
  throw new ModelFileError(path, '', `${WEIGHTS_FILE} or ${INDEX_FILE}`, 'the folder has neither');
}
