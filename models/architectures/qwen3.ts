/** Qwen3: each head's query and key are normed. Source: transformers, modeling_qwen3.py. */
import type { Architecture } from './architecture.ts';
import { decoderArchitecture } from './decoder.ts';

export const qwen3: Architecture = decoderArchitecture('qwen3', (config) => ({ attentionBias: config.attentionBias, outputBias: config.attentionBias, headNorm: true }));
