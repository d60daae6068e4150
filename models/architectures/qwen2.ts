/** Qwen2 and Qwen2.5: biases on query, key and value, and none on the output, whatever the configuration says. Source: transformers, modeling_qwen2.py. */
import type { Architecture } from './architecture.ts';
import { decoderArchitecture } from './decoder.ts';

export const qwen2: Architecture = decoderArchitecture('qwen2', () => ({ attentionBias: true, outputBias: false, headNorm: false }));
