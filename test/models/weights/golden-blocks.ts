/**
 * Bytes of every tensor type from a seed, and the SHA-256 of the float32 bytes that the Python package `gguf` (0.19) makes of them. The
 * oracle test (test/oracle/gguf-dequantize.oracle.ts) holds the hashes against that package.
 */
import type { TensorType } from '../../../models/weights/weights.ts';
import { blockBytes } from '../../support/gguf-writer.ts';
import { numbersFrom } from '../../support/tiny-model.ts';

export const GOLDEN_WEIGHTS = 16_384;

export function goldenBytes(type: TensorType): Uint8Array {
  const next = numbersFrom(20_260);
  return blockBytes(type, GOLDEN_WEIGHTS, () => (next() + 1) * 2 ** 31);
}

export const GOLDEN_HASHES: Readonly<Record<TensorType, string>> = {
  F32: 'e795434a0aa2fad67ba04355418153b335fbcf40f95c3df8d680ea8cd6b77b94',
  F16: '2d6ca9a05e7d8530dfffaa83ad1d47c8e526516359def9a508b78fc0a9d30463',
  BF16: '00f70ce8f0b99a030b3b9a25dea20d1fe2de3bb58dbd982e3273270113aee46a',
  Q8_0: '699fd65b3c522105253e31104e64fb305db873011b6c0e4c99a83a6c4793b031',
  Q4_0: 'e65170ff83589749fa1e10a502c78514cd85aa62eb91c04253b437765b5ac858',
  Q4_1: '7476beeb65704f4e74e988f588a44f611f7c94f0a738e7f8848b2cce5d264055',
  Q4_K: '4425f71f191e9c779794bb5712261fb3ed5f1ecc8bcb6f7dd440378639dfd17f',
  Q6_K: 'f923d9e3176af053e40b30a3c877f6154aad6862eea5f40afce10bc6f3a41c3f',
};
