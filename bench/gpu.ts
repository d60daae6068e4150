/**
 * `npm run bench:gpu`: prefill, and decode at 1, 16 and 64 streams, through WebGPU on this machine's GPU, with random weights in the shape
 * of Qwen2.5-0.5B. Needs no network and no model: the checkout, its node_modules, a Vulkan loader and the GPU's driver. The last line is
 * JSON; without a GPU it says why it was skipped, and the exit code is 0 all the same.
 *
 *   npm run bench:gpu -- [--precision fp16,int8,int4] [--streams 1,16,64] [--seconds 12] [--layers 24] [--device webgpu] [--software]
 *
 * `--layers` takes fewer for a look, `--device` another backend, `--software` an adapter that the CPU plays (minutes a step).
 */
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import type { ModelConfig } from '../models/config.ts';
import { availableThreads, tryDevice } from '../models/runtime/devices.ts';
import { measureSpeed } from '../models/runtime/engine-speed.ts';
import { DEVICES, PRECISIONS, type Precision } from '../models/runtime/language-model.ts';
import { openEngine } from '../models/runtime/load.ts';
import { randomWeights } from '../models/runtime/random-weights.ts';
import { runtimeFacts } from '../models/runtime/session.ts';

const { values } = parseArgs({
  options: {
    precision: { type: 'string' },
    streams: { type: 'string', default: '1,16,64' },
    seconds: { type: 'string', default: '12' },
    layers: { type: 'string', default: '24' },
    device: { type: 'string', default: 'webgpu' },
    software: { type: 'boolean', default: false },
  },
});
function known<T extends string>(word: string, words: readonly T[]): T {
  const found = words.find((one) => one === word);
  if (found === undefined) throw new Error(`'${word}' is none of ${words.join(', ')}.`);
  return found;
}
const device = known(values.device, DEVICES);
const streams = values.streams.split(',').map(Number);
const threads = availableThreads();

/** Qwen2.5-0.5B's configuration, but for the layers if fewer were asked for. */
const config: ModelConfig = {
  architecture: 'qwen2', hiddenSize: 896, intermediateSize: 4864, layers: Number(values.layers), heads: 14, kvHeads: 2, headDim: 64, vocabSize: 151_936, contextLength: 32_768,
  rmsNormEps: 1e-6, ropeTheta: 1_000_000, ropeScaling: null, ropeFactors: null, tieEmbeddings: true, attentionBias: true, eosTokens: [151_645], bosToken: null,
};
const PROMPT_TOKENS = 256;
const CAPACITY = 1024;

const round = (value: number): number => Number(value.toPrecision(4));

async function measure(precision: Precision) {
  const began = performance.now();
  const engine = await openEngine({ config, weights: randomWeights(config) }, { device, precision, threads, slots: Math.max(...streams), temporaryFolder: tmpdir() }, CAPACITY);
  const loadSeconds = (performance.now() - began) / 1000;
  try {
    const speed = await measureSpeed(engine, { streams, clock: () => performance.now(), seconds: Number(values.seconds), promptTokens: PROMPT_TOKENS, onProgress: (what) => console.log(`${precision}: ${what}`) });
    const row = {
      loadSeconds: round(loadSeconds),
      prefillTokensPerSecond: round(speed.prefill),
      decodeTokensPerSecond: Object.fromEntries(speed.decode.map((one) => [one.streams, round(one.tokensPerSecond)])),
      residentMegabytes: Math.round(process.memoryUsage().rss / 1e6),
    };
    console.log(`${precision.padEnd(5)} loaded in ${row.loadSeconds} s, prefill ${row.prefillTokensPerSecond} tokens/s, decode ${speed.decode.map((one) => `${one.streams}: ${round(one.tokensPerSecond)}`).join('  ')} tokens/s`);
    return row;
  } finally {
    await engine.close();
  }
}

const about = { bench: 'gpu', model: `random weights, Qwen2.5-0.5B's shape, ${config.layers} layers`, device, promptTokens: PROMPT_TOKENS, capacity: CAPACITY };
const facts = await tryDevice(device, { threads });
const skipped = !facts.usable ? `${facts.why} ${facts.remedy}` : facts.software && !values.software ? `${facts.adapter} is a GPU in software; --software runs on it all the same.` : null;
if (skipped !== null) {
  console.log(JSON.stringify({ ...about, skipped }));
} else {
  const precisions = values.precision === undefined ? ([facts.halfFloats ? 'fp16' : 'fp32', 'int8', 'int4'] as const) : values.precision.split(',').map((word) => known(word, PRECISIONS));
  console.log(`${device}${facts.adapter === null ? '' : `, ${facts.adapter}`}: matrix product ${round(facts.gigaflops ?? 0)} GFLOP/s`);
  const rows: Record<string, Awaited<ReturnType<typeof measure>>> = {};
  for (const precision of precisions) rows[precision] = await measure(precision);
  console.log(JSON.stringify({ ...about, adapter: facts.adapter, gigaflops: facts.gigaflops, node: process.version, onnxruntime: (await runtimeFacts()).version, rows }));
}
