/**
 * `npm run bench:train`: whole training steps (forward, backward, clip, AdamW) of a Llama of 15 million weights in float32, by this trainer
 * and by eager PyTorch (test/oracle/train_step.py), on as many threads, from the same weights, on the same tokens. Each side is a process
 * of its own, and they take turns, round by round. Peak memory is the whole process's, runtime included. The last line is JSON; ratios are
 * ours over PyTorch's, of medians.
 *
 *   npm run bench:train -- [--threads 2] [--rounds 7] [--steps 3] [--batch 8] [--sequence 256] [--adamw fused|foreach|default]
 *     [--rl-steps 6] [--rl-model FOLDER] [--quick]
 *
 * PyTorch's AdamW is the fused one unless told otherwise, its fastest on a CPU. Then whole steps of reinforcement learning with the demo's
 * settings, split into their parts. `--quick` is one round of one step of each, for correctness.
 * npx tsx test/oracle/setup.ts installs PyTorch.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ARCHITECTURES } from '../models/architectures/index.ts';
import type { ModelConfig } from '../models/config.ts';
import { uniform } from '../models/runtime/random.ts';
import type { AdamWOptions } from '../trainer/optim/adamw.ts';
import { median } from '../trainer/statistics.ts';
import { PYTHON, lacking } from '../test/oracle/support.ts';
import { rlStep } from './support/rl-step.ts';
import { type SafeTensor, writeSafetensors } from '../test/support/safetensors-writer.ts';

export interface TrainOrder {
  /** Has model.safetensors, and tokens.i32, int32 [batches, batch, sequence + 1]. */
  readonly folder: string;
  readonly config: ModelConfig;
  readonly threads: number;
  readonly batch: number;
  readonly sequence: number;
  readonly optimizer: AdamWOptions & { readonly lr: number; /** PyTorch's implementation. */ readonly kind: string };
}

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '7' },
    steps: { type: 'string', default: '3' },
    batch: { type: 'string', default: '8' },
    sequence: { type: 'string', default: '256' },
    adamw: { type: 'string', default: 'fused' },
    'rl-steps': { type: 'string', default: '6' },
    'rl-model': { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const [threads, batch, sequence] = [values.threads, values.batch, values.sequence].map(Number) as [number, number, number];
const [rounds, steps] = values.quick ? [1, 1] : [Number(values.rounds), Number(values.steps)];
if (!['foreach', 'fused', 'default'].includes(values.adamw)) throw new Error(`--adamw ${values.adamw} is none of foreach, fused, default.`);

/** Output matrix and embedding apart. */
const config: ModelConfig = {
  architecture: 'llama', hiddenSize: 320, intermediateSize: 864, layers: 8, heads: 5, kvHeads: 5, headDim: 64, vocabSize: 8192, contextLength: 1024,
  rmsNormEps: 1e-5, ropeTheta: 10_000, ropeScaling: null, ropeFactors: null, tieEmbeddings: false, attentionBias: false, eosTokens: [], bosToken: null,
};
const BATCHES = 4;
/** The first loss is of equal weights and tokens; those after it are of weights that both have moved. */
const MOST_DIFFERENCE = 1e-4;

/** Of such sizes that the loss depends on every one of them. */
function writeInputs(folder: string): void {
  const tensors: Record<string, SafeTensor> = {};
  let seed = 1;
  for (const [name, shape] of ARCHITECTURES[config.architecture].tensors(config)) {
    const most = shape.length === 1 ? 0.2 : name.includes('embed') ? 1 : Math.sqrt(3 / shape[1]!);
    const size = shape.reduce((product, one) => product * one, 1);
    const offset = shape.length === 1 ? 1 : 0;
    const numbers = Float32Array.from({ length: size }, (_, i) => offset + most * (2 * uniform(seed, i) - 1));
    tensors[name] = { dtype: 'F32', shape, bytes: new Uint8Array(numbers.buffer) };
    seed++;
  }
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(tensors));
  writeFileSync(join(folder, 'tokens.i32'), new Uint8Array(Int32Array.from({ length: BATCHES * batch * (sequence + 1) }, (_, i) => Math.floor(uniform(0, i) * config.vocabSize)).buffer));
}

interface Side {
  readonly version: string;
  readonly parameters: number;
  take(count: number): Promise<{ readonly seconds: number; readonly losses: readonly number[] }>;
  /** Peak bytes; null where the system does not tell. */
  end(): Promise<number | null>;
}

async function startSide(name: string, command: string, args: readonly string[], order: TrainOrder): Promise<Side> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, OMP_NUM_THREADS: String(threads) } });
  process.once('exit', () => child.kill('SIGKILL'));
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`${name} ended with ${code}.`)));
  });
  ended.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async <T>(message: unknown): Promise<T> => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    const { value } = await Promise.race([lines.next(), ended]);
    return JSON.parse(value as string) as T;
  };
  const ready = await ask<{ version: string; parameters: number }>(order);
  return {
    ...ready,
    take: (count) => ask({ steps: count }),
    async end() {
      const { peakBytes } = await ask<{ peakBytes: number | null }>({ end: true });
      child.stdin.end();
      return peakBytes;
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'winnow-bench-train-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
writeInputs(folder);
const order: TrainOrder = { folder, config, threads, batch, sequence, optimizer: { lr: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, maxGradNorm: 1, kind: values.adamw } };

const why = lacking(PYTHON, ['torch', 'safetensors', 'numpy']);
if (why !== null) console.log(`PyTorch is left out: ${why}`);
const sides: Record<string, Side> = { winnow: await startSide('winnow', process.execPath, ['--import', 'tsx', 'bench/support/train-side.ts'], order) };
if (why === null) sides['torch'] = await startSide('torch', PYTHON, ['test/oracle/train_step.py'], order);
const names = Object.keys(sides);

const tokens = batch * sequence;
const losses: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
const rates: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
// The first step opens sessions and makes caches. It is not counted, and its loss is compared.
for (const name of names) losses[name]!.push(...(await sides[name]!.take(1)).losses);
for (let round = 0; round < rounds; round++) {
  for (const name of round % 2 === 0 ? names : names.toReversed()) {
    const { seconds, losses: some } = await sides[name]!.take(steps);
    rates[name]!.push((steps * tokens) / seconds);
    losses[name]!.push(...some);
  }
}
const rows: Record<string, { version: string; tokensPerSecond: number; peakMB: number | null }> = {};
for (const name of names) {
  const peak = await sides[name]!.end();
  rows[name] = { version: sides[name]!.version, tokensPerSecond: Number(median(rates[name]!).toPrecision(4)), peakMB: peak === null ? null : Math.round(peak / 1e6) };
  console.log(`${name.padEnd(7)} ${rows[name].version.padEnd(12)} ${String(rows[name].tokensPerSecond).padStart(7)} tokens/s  peak ${rows[name].peakMB} MB  loss ${losses[name]![0]!.toFixed(5)} → ${losses[name]!.at(-1)!.toFixed(5)}`);
}

const { winnow, torch } = rows;
const rl = await rlStep({ steps: values.quick ? 1 : Number(values['rl-steps']), threads, model: values['rl-model'] ?? null });
console.log(`a step of the demo: rollout ${rl.rollout} s (its searches ${rl.searches} s, many at once), reward ${rl.reward} s, update ${rl.update} s`);
const difference = torch && Math.abs(losses['winnow']![0]! / losses['torch']![0]! - 1);
const drift = torch && Math.max(...losses['winnow']!.map((loss, i) => Math.abs(loss / losses['torch']![i]! - 1)));
console.log(
  JSON.stringify({
    bench: 'train',
    model: `llama, ${config.layers} layers, width ${config.hiddenSize}, vocabulary ${config.vocabSize}, output matrix apart`,
    parameters: sides['winnow']!.parameters, threads, batch, sequence, rounds, steps, adamw: values.adamw, ...rows,
    ratio: torch ? Number((winnow!.tokensPerSecond / torch.tokensPerSecond).toFixed(2)) : null,
    memoryRatio: torch?.peakMB && winnow!.peakMB ? Number((winnow!.peakMB / torch.peakMB).toFixed(2)) : null,
    lossDifference: difference ?? null,
    lossDrift: drift ?? null,
    rlStep: rl,
  }),
);
if (difference !== undefined && !(difference <= MOST_DIFFERENCE)) {
  console.error(`The losses of equal weights and tokens differ by ${difference}, more than ${MOST_DIFFERENCE}.`);
  process.exitCode = 1;
}
