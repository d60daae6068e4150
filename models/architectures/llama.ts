/** Llama 1 to 3.x and what is built like it (SmolLM2, TinyLlama). Source: transformers, modeling_llama.py. */
import type { Architecture } from './architecture.ts';
import { decoderArchitecture } from './decoder.ts';

export const llama: Architecture = decoderArchitecture('llama', (config) => ({ attentionBias: config.attentionBias, headNorm: false }));
