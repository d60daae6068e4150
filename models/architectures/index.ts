/** Every architecture this runtime builds, by the name that a checkpoint gives. */
import type { ArchitectureName } from '../config.ts';
import type { Architecture } from './architecture.ts';
import { llama } from './llama.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';

export const ARCHITECTURES: Readonly<Record<ArchitectureName, Architecture>> = { llama, qwen2, qwen3 };
