/**
 * A model whose weights pass 2 GiB: protobuf's bound, and more than one shard. 0.6 billion random weights of Qwen3's shape, in BF16 as
 * published, loaded in fp32. Nothing is fetched; 4 GB of disk are needed for a minute.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARCHITECTURES } from '../../models/architectures/index.ts';
import type { ModelConfig } from '../../models/config.ts';
import { numbersFrom, tinyConfigJson, tinyModel, tinyTokenizerJson } from '../support/tiny-model.ts';

const NEEDED = 6e9;
const CONFIG: Partial<ModelConfig> = { hiddenSize: 1024, intermediateSize: 3072, layers: 28, heads: 16, kvHeads: 8, headDim: 128, vocabSize: 151_936, tieEmbeddings: true, contextLength: 4096, ropeTheta: 1_000_000 };
const PER_SHARD = 500e6;

const { bavail, bsize } = await statfs(tmpdir());
const reason = bavail * bsize < NEEDED ? `${tmpdir()} has less than ${NEEDED / 1e9} GB free` : null;
if (reason !== null) console.warn(`large.models.ts is skipped: ${reason}.`);

/** Shards of BF16 as the reference writes them, one tensor in memory at a time. */
async function writeModel(folder: string): Promise<number> {
  const model = tinyModel('qwen3');
  const config = { ...model.config, ...CONFIG } as ModelConfig;
  await writeFile(join(folder, 'config.json'), JSON.stringify(tinyConfigJson({ ...model, config })));
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tinyTokenizerJson));
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({ bos_token: '<s>', eos_token: '</s>' }));
  const next = numbersFrom(1);
  const noise = Uint16Array.from({ length: 1 << 16 }, () => (next() < 0 ? 0x8000 : 0) | (0x3c00 + Math.floor(Math.abs(next()) * 0x90)));
  const shards: { name: string; shape: readonly number[] }[][] = [[]];
  let held = 0;
  let total = 0;
  for (const [name, shape] of ARCHITECTURES.qwen3.tensors(config)) {
    const bytes = 2 * shape.reduce((product, dimension) => product * dimension, 1);
    if (held > 0 && held + bytes > PER_SHARD) {
      shards.push([]);
      held = 0;
    }
    shards.at(-1)!.push({ name, shape });
    held += bytes;
    total += bytes;
  }
  const map: Record<string, string> = {};
  for (const [i, tensors] of shards.entries()) {
    const file = `model-${String(i + 1).padStart(5, '0')}-of-${String(shards.length).padStart(5, '0')}.safetensors`;
    const header: Record<string, unknown> = {};
    let offset = 0;
    for (const { name, shape } of tensors) {
      const bytes = 2 * shape.reduce((product, dimension) => product * dimension, 1);
      header[name] = { dtype: 'BF16', shape, data_offsets: [offset, offset + bytes] };
      map[name] = file;
      offset += bytes;
    }
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    const handle = await open(join(folder, file), 'w');
    try {
      await handle.writeFile(Buffer.concat([length, text]));
      for (const { shape } of tensors) {
        // Norms of one, so that what comes out stays of the order of one.
        const values = shape.length === 1 ? new Uint16Array(shape[0]!).fill(0x3f80) : null;
        for (let left = shape.reduce((product, dimension) => product * dimension, 1); left > 0; left -= noise.length) {
          await handle.writeFile(Buffer.from((values ?? noise).buffer, 0, 2 * Math.min(left, noise.length)));
        }
      }
    } finally {
      await handle.close();
    }
  }
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ metadata: { total_size: total }, weight_map: map }));
  return total;
}

describe.skipIf(reason !== null)('a model past 2 GiB', () => {
  let folder: string;
  let bytes = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'winnow-large-'));
    bytes = await writeModel(folder);
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(['fp32', 'int8'])('runs in %s, and loading never holds two copies of it', async (precision) => {
    // In a process of its own, whose peak of memory is its own.
    const script = fileURLToPath(new URL('../support/run-model.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, folder, precision], { timeout: 280_000, maxBuffer: 1e7 });
    const { tokens, peakBytes, loadSeconds } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { tokens: number[]; peakBytes: number; loadSeconds: number };
    const held = precision === 'fp32' ? 2 * bytes : bytes / 2;
    console.log(`${precision}: ${(held / 1e9).toFixed(2)} GB of weights, peak memory ${(peakBytes / 1e9).toFixed(2)} GB, loaded in ${loadSeconds.toFixed(1)} s`);
    expect(held).toBeGreaterThan(precision === 'fp32' ? 2 ** 31 : 0);
    expect(tokens).toHaveLength(4);
    // One copy, the largest tensor in the making (the embedding, as floats and in what it becomes), and the program itself.
    const embedding = 151_936 * 1024 * 4;
    expect(peakBytes).toBeLessThan(held + 2 * embedding + 400e6);
  }, 300_000);
});
