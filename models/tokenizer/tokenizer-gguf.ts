/** The tokenizer inside a GGUF file: the `tokenizer.ggml.*` keys (ggml, docs/gguf.md; llama.cpp, llama-vocab.cpp). Byte-level BPE ("gpt2") only. */
import { ModelFileError, UnsupportedModelError } from '../errors.ts';
import { describe } from '../weights/json.ts';
import { preTokenizerOf } from './patterns.ts';
import type { AddedToken, TokenizerSpec } from './spec.ts';

/** Of `tokenizer.ggml.token_type`: those that are looked for in the text before it is split. */
const CONTROL = 3;
const USER_DEFINED = 4;

/**
 * `metadata` as @huggingface/gguf reads it, `file` for messages. Throws ModelFileError (a key is missing or not what it should be) or
 * UnsupportedModelError (another kind of tokenizer).
 */
export function tokenizerFromGguf(metadata: Readonly<Record<string, unknown>>, file: string): { spec: TokenizerSpec; chatTemplate: string | null } {
  const wrong = (key: string, expected: string, found: unknown = metadata[key]): ModelFileError =>
    new ModelFileError(file, key, expected, `it is ${describe(found)}`);
  const listAt = <T>(key: string, type: 'string' | 'number'): readonly T[] => {
    const list = metadata[key];
    if (!Array.isArray(list)) throw wrong(key, `a list of ${type}s`);
    const odd = list.findIndex((entry) => typeof entry !== type);
    if (odd !== -1) throw wrong(`${key}[${odd}]`, `a ${type}`, list[odd]);
    return list as T[];
  };
  const flag = (key: string): boolean | undefined => {
    const value = metadata[key];
    if (value !== undefined && typeof value !== 'boolean') throw wrong(key, 'true or false');
    return value;
  };

  const model = metadata['tokenizer.ggml.model'];
  if (model === undefined) throw wrong('tokenizer.ggml.model', '"gpt2"');
  if (model !== 'gpt2') throw new UnsupportedModelError(file, 'tokenizer.ggml.model', '"gpt2", which is byte-level BPE', `it is ${JSON.stringify(model)}`);
  const { addBos, ...split } = preTokenizerOf(metadata['tokenizer.ggml.pre'], file);
  const vocabulary = listAt<string>('tokenizer.ggml.tokens', 'string');
  const types = listAt<number>('tokenizer.ggml.token_type', 'number');
  if (types.length !== vocabulary.length) throw wrong('tokenizer.ggml.token_type', `${vocabulary.length} types, one for each token`, types.length);
  const tokenAt = (key: string): number | null => {
    const id = metadata[key];
    if (id === undefined) return null;
    if (typeof id !== 'number' || !(id in vocabulary)) throw wrong(key, `an id below ${vocabulary.length}`);
    return id;
  };
  if (flag('tokenizer.ggml.add_eos_token') === true) throw new UnsupportedModelError(file, 'tokenizer.ggml.add_eos_token', 'false', 'it is true');
  if (flag('tokenizer.ggml.add_space_prefix') === true) throw new UnsupportedModelError(file, 'tokenizer.ggml.add_space_prefix', 'false', 'it is true');
  const addsBos = flag('tokenizer.ggml.add_bos_token') ?? addBos;
  const bosToken = addsBos ? tokenAt('tokenizer.ggml.bos_token_id') : null;
  if (addsBos && bosToken === null) throw wrong('tokenizer.ggml.bos_token_id', 'an id, since the model puts a token before every text');
  const chatTemplate = metadata['tokenizer.chat_template'] ?? null;
  if (chatTemplate !== null && typeof chatTemplate !== 'string') throw wrong('tokenizer.chat_template', 'a text');

  return {
    spec: {
      file,
      vocabulary,
      merges: listAt<string>('tokenizer.ggml.merges', 'string').map((merge, i) => {
        const parts = merge.split(' ');
        if (parts.length !== 2 || parts.includes('')) throw wrong(`tokenizer.ggml.merges[${i}]`, 'two tokens with a space between', merge);
        return parts as [string, string];
      }),
      added: vocabulary.flatMap((content, id): AddedToken[] => (types[id] === CONTROL || types[id] === USER_DEFINED ? [{ id, content, special: types[id] === CONTROL }] : [])),
      ...split,
      bosToken,
      eosToken: tokenAt('tokenizer.ggml.eos_token_id'),
    },
    chatTemplate,
  };
}
