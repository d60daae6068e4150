/** The contract of an opened model: what a folder, a GGUF file or the catalogue's cache holds, ready for the runtime. */
import type { ModelConfig } from './config.ts';
import type { TokenizerSpec } from './tokenizer/spec.ts';
import type { Weights } from './weights/weights.ts';

export interface ModelFiles {
  /** Short, for `model` in replies: the folder's or file's base name, or the catalogue's name. */
  readonly name: string;
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenizer: TokenizerSpec;
  /** Jinja source of the chat template; null for a base model. */
  readonly chatTemplate: string | null;
}
