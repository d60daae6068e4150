/**
 * Llama 1 to 3.x and what is built like it (SmolLM2, TinyLlama). `attention_bias` puts a bias on all four projections of attention.
 * Source: transformers, modeling_llama.py.
 */
import type { Architecture } from './architecture.ts';
import { decoderArchitecture } from './decoder.ts';

export const llama: Architecture = decoderArchitecture('llama', (config) => ({ attentionBias: config.attentionBias, outputBias: config.attentionBias, headNorm: false }));
