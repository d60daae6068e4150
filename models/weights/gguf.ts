/**
 * Weights and metadata of a GGUF file (ggml/docs/gguf.md). Metadata is read by `@huggingface/gguf`, behind a check of the header.
 * Tensors take Hugging Face's names, dimensions and row order: convert_hf_to_gguf.py renames them, writes the innermost dimension
 * first, and for llama reorders the rows of query and key, head by head, from halves (0 … n-1, n … 2n-1) to pairs (0, n, 1, n+1, …).
 */
import { resolve } from 'node:path';
import { GGMLQuantizationType, type GGUFParseOutput, gguf } from '@huggingface/gguf';
import { ARCHITECTURE_NAMES, type ArchitectureName } from '../config.ts';
import { ModelFileError, UnsupportedModelError } from '../errors.ts';
import { Fields } from './fields.ts';
import { walkHeader } from './gguf-header.ts';
import { type OpenFile, type PlacedTensor, type RowOrder, TensorFiles, type UnreadableTensor, openFile } from './tensor-files.ts';
import { BLOCKS, TENSOR_TYPES, type TensorType, byteLengthOf } from './weights.ts';

export type GgufMetadata = Readonly<Record<string, unknown>>;

/** Left under its own name: divisors of the rotary frequencies, which a Hugging Face checkpoint has in its configuration. */
export const ROPE_FACTORS = 'rope_freqs.weight';

/** convert_hf_to_gguf.py by way of gguf/tensor_mapping.py; `blk.N.` stands for `model.layers.N.`. */
const MODEL_TENSORS: Readonly<Record<string, string>> = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
};
const LAYER_TENSORS: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

/** Hugging Face's name for a tensor; a name that is not known stays. */
function nameOf(name: string): string {
  const [, layer, tensor, suffix] = /^(?:blk\.(\d+)\.)?(\w+)\.(weight|bias)$/.exec(name) ?? [];
  const table = layer === undefined ? MODEL_TENSORS : LAYER_TENSORS;
  if (tensor === undefined || !Object.hasOwn(table, tensor)) return name;
  return `${layer === undefined ? '' : `model.layers.${layer}.`}${table[tensor]}.${suffix}`;
}

/** `general.architecture`, one of those this runtime knows. */
export function architectureOf(fields: Fields): ArchitectureName {
  const name = fields.text('general.architecture');
  const known = ARCHITECTURE_NAMES.find((one) => one === name);
  if (!known) throw fields.unsupported('general.architecture', `one of ${ARCHITECTURE_NAMES.join(', ')}`);
  return known;
}

/** In the file, rows 2j and 2j + 1 of a head are rows j and headDim / 2 + j of Hugging Face's. */
function halvesFromPairs(headDim: number): RowOrder {
  const half = headDim / 2;
  return {
    group: headDim,
    rowInFile(row) {
      const within = row % headDim;
      return row - within + (within < half ? 2 * within : 2 * (within - half) + 1);
    },
  };
}

/** The row order of llama's query and key tensors; undefined for every other. */
function orderOf(fields: Fields, name: string, shape: readonly number[]): RowOrder | undefined {
  const which = /\.self_attn\.([qk])_proj\.(?:weight|bias)$/.exec(name)?.[1];
  if (!which) return undefined;
  const key = which === 'k' && fields.has('llama.attention.head_count_kv') ? 'llama.attention.head_count_kv' : 'llama.attention.head_count';
  const heads = fields.count(key);
  const rows = shape[0]!;
  if (rows % (2 * heads) !== 0) throw new ModelFileError(fields.file, name, `rows for ${heads} heads of an even size (${key})`, `it has ${rows}`);
  return halvesFromPairs(rows / heads);
}

/** The parser is a library with failures of its own kind; its network side is never reached with an absolute path. */
async function parse(path: string): Promise<GGUFParseOutput> {
  try {
    return await gguf(resolve(path), { allowLocalFile: true });
  } catch (error) {
    throw new ModelFileError(path, 'header', 'a GGUF header', error instanceof Error ? error.message.replace(/\.$/, '') : String(error), { cause: error });
  }
}

async function readMetadata(file: OpenFile): Promise<{ readonly metadata: GgufMetadata; readonly parsed: GGUFParseOutput }> {
  const cut = await walkHeader(file);
  const parsed = await parse(file.path);
  const metadata: Record<string, unknown> = { ...parsed.metadata };
  for (const { key, text } of cut) {
    const value = metadata[key];
    metadata[key] = Array.isArray(value) ? value.with(-1, text) : text;
  }
  return { metadata, parsed };
}

interface Place {
  readonly name: string;
  readonly type: TensorType | null;
  readonly typeName: string;
  readonly shape: readonly number[];
  readonly position: number;
  readonly byteLength: number;
}

function placesOf(file: OpenFile, fields: Fields, { tensorInfos }: GGUFParseOutput, data: number, alignment: number): readonly Place[] {
  const names = new Set<string>();
  const places = tensorInfos.map((tensor): Place => {
    const name = nameOf(tensor.name);
    if (names.has(name)) throw new ModelFileError(file.path, tensor.name, 'each tensor once', 'it is there twice');
    names.add(name);
    const typeName = GGMLQuantizationType[tensor.dtype] ?? `number ${tensor.dtype}`;
    const type = TENSOR_TYPES.find((one) => one === typeName) ?? null;
    const shape = tensor.shape.map(Number).reverse();
    const weights = shape.reduce((product, dimension) => product * dimension, 1);
    if (weights < 1 || !Number.isSafeInteger(weights)) throw new ModelFileError(file.path, tensor.name, 'dimensions of at least 1', `they are ${tensor.shape.join(' × ')}`);
    const offset = Number(tensor.offset);
    if (offset % alignment !== 0) throw new ModelFileError(file.path, tensor.name, `an offset that ${alignment} divides`, `it is ${tensor.offset}`);
    if (data + offset > file.size) throw new ModelFileError(file.path, tensor.name, `an offset within the file's ${file.size} bytes`, `it is ${tensor.offset} after byte ${data}`);
    if (!type) return { name, type, typeName, shape, position: data + offset, byteLength: 0 };
    if (shape.at(-1)! % BLOCKS[type].weights !== 0) throw new ModelFileError(file.path, tensor.name, `rows of whole ${type} blocks of ${BLOCKS[type].weights}`, `a row has ${shape.at(-1)} weights`);
    const byteLength = byteLengthOf(type, shape);
    if (data + offset + byteLength > file.size) {
      throw new ModelFileError(file.path, tensor.name, `${byteLength} bytes from ${data + offset} on`, `the file ends at ${file.size}: it is truncated`);
    }
    return { name, type, typeName, shape, position: data + offset, byteLength };
  });
  const inOrder = places.toSorted((a, b) => a.position - b.position || a.byteLength - b.byteLength);
  inOrder.forEach((place, i) => {
    const before = inOrder[i - 1];
    if (before && before.position + before.byteLength > place.position) throw new ModelFileError(fields.file, place.name, 'bytes of its own', `they overlap those of ${before.name}`);
  });
  return places;
}

/**
 * Opens a GGUF file of one of the architectures this runtime knows. Only the header is read. A tensor of a type outside TENSOR_TYPES
 * fails (UnsupportedModelError) when it is read. Whatever else is wrong with the file is a ModelFileError here. `metadata` is as in the
 * file: whole numbers of 64 bits are bigints.
 */
export async function openGguf(path: string): Promise<{ readonly metadata: GgufMetadata; readonly weights: TensorFiles }> {
  const file = await openFile(path);
  try {
    const { metadata, parsed } = await readMetadata(file);
    const fields = new Fields(path, metadata);
    const architecture = architectureOf(fields);
    const parts = fields.value('split.count');
    if (typeof parts === 'number' && parts > 1) throw new UnsupportedModelError(path, 'split.count', 'a GGUF of one part (llama-gguf-split --merge joins them)', `it is ${parts}`);
    const alignment = fields.count('general.alignment', 32);
    if (alignment > 2 ** 20 || (alignment & (alignment - 1)) !== 0) throw fields.fault('general.alignment', 'a power of two, at most 2^20');

    const placed = new Map<string, PlacedTensor>();
    const unsupported = new Map<string, UnreadableTensor>();
    for (const { name, type, typeName, shape, position, byteLength } of placesOf(file, fields, parsed, Number(parsed.tensorDataOffset), alignment)) {
      const order = architecture === 'llama' ? orderOf(fields, name, shape) : undefined;
      if (type) placed.set(name, { info: { name, shape, type, byteLength, file: path }, file, position, ...(order && { order }) });
      else unsupported.set(name, { type: typeName, file: path });
    }
    return { metadata, weights: new TensorFiles(path, [file], placed, unsupported) };
  } catch (error) {
    await file.handle.close();
    throw error;
  }
}
