/**
 * Opens a model as published: a Hugging Face folder, a GGUF file, or a folder that holds one. Everything but the weights is read and
 * checked here, so that what fails, fails before a graph is built.
 */
import { basename, join, resolve } from 'node:path';
import { ARCHITECTURES } from './architectures/index.ts';
import type { ModelConfig } from './config.ts';
import { ModelFileError, UnsupportedModelError } from './errors.ts';
import type { ModelFiles } from './files.ts';
import { configFromGguf, readConfigJson } from './read-config.ts';
import { tokenizerFromGguf } from './tokenizer/tokenizer-gguf.ts';
import { readTokenizerJson } from './tokenizer/tokenizer-json.ts';
import { openGguf } from './weights/gguf.ts';
import { INDEX_FILE, WEIGHTS_FILE, openSafetensors } from './weights/safetensors.ts';
import { type TensorFiles, listFolder } from './weights/tensor-files.ts';
import type { TokenizerSpec } from './tokenizer/spec.ts';

/** Names under which a checkpoint keeps what a layer computes with. */
const LAYER = /^(?:model\.layers|blk)\.\d+\.|^lm_head\.bias$/;
/** Made from the configuration, and kept by some checkpoints all the same. */
const DERIVED = /\.rotary_emb\.inv_freq$|\.attn_rot_embd\.weight$/;

/**
 * Every tensor that the architecture needs is there, with its shape, in a type that can be read; and no layer holds one that this
 * runtime would leave out, since its results would be wrong without a word.
 */
function checkTensors(config: ModelConfig, weights: TensorFiles): void {
  const needed = ARCHITECTURES[config.architecture].tensors(config);
  for (const [name, shape] of needed) {
    const info = weights.info(name);
    if (info.shape.length !== shape.length || info.shape.some((size, i) => size !== shape[i])) {
      throw new ModelFileError(info.file, name, `the shape [${shape.join(', ')}], by the configuration`, `it is [${info.shape.join(', ')}]`);
    }
  }
  for (const name of [...weights.tensors.keys(), ...weights.unsupported.keys()]) {
    if (!LAYER.test(name) || DERIVED.test(name) || needed.has(name)) continue;
    throw new UnsupportedModelError(weights.tensors.get(name)?.file ?? weights.source, name, `only tensors that ${config.architecture} of ${config.layers} layers has by its configuration`, 'it would be left out');
  }
}

function filesOf(path: string, config: ModelConfig, weights: TensorFiles, { spec, chatTemplate }: { readonly spec: TokenizerSpec; readonly chatTemplate: string | null }): ModelFiles {
  checkTensors(config, weights);
  // A checkpoint that names no end at all leaves it to its tokenizer.
  const eosTokens = config.eosTokens.length > 0 || spec.eosToken === null ? config.eosTokens : [spec.eosToken];
  return { name: basename(resolve(path)).replace(/\.gguf$/, ''), config: { ...config, eosTokens }, weights, tokenizer: spec, chatTemplate };
}

async function openFolder(folder: string): Promise<ModelFiles> {
  const config = await readConfigJson(folder);
  const tokenizer = await readTokenizerJson(folder);
  const weights = await openSafetensors(folder);
  try {
    return filesOf(folder, config, weights, tokenizer);
  } catch (error) {
    await weights.close();
    throw error;
  }
}

async function openGgufModel(path: string, file: string): Promise<ModelFiles> {
  const { metadata, weights } = await openGguf(file);
  try {
    const config = await configFromGguf(metadata, weights);
    return filesOf(path, config, weights, tokenizerFromGguf(metadata, file));
  } catch (error) {
    await weights.close();
    throw error;
  }
}

/**
 * `path`: a folder with config.json, its weights in safetensors and tokenizer.json; a folder without safetensors and with one .gguf; or a
 * GGUF file. Holds its weight files open until `weights.close()`. Throws ModelFileError, or UnsupportedModelError where the files are
 * sound.
 */
export async function openModel(path: string): Promise<ModelFiles> {
  const names = await listFolder(path);
  if (names === null) return openGgufModel(path, path);
  const files = names.filter((name) => name.endsWith('.gguf'));
  const inTensors = names.includes(WEIGHTS_FILE) || names.includes(INDEX_FILE);
  // Folders of one GGUF often keep the original's config.json beside it.
  if (names.includes('config.json') && (inTensors || files.length !== 1)) return openFolder(path);
  if (files.length === 1) return openGgufModel(path, join(path, files[0]!));
  const found = files.length === 0 ? 'the folder has neither' : `the folder has ${files.length}; name the file`;
  throw new ModelFileError(path, '', 'a folder with config.json, or with one .gguf', found);
}
