/**
 * Our side of `npm run bench:train`, in a process of its own so that its memory can be told. It is told what PyTorch's side is told
 * (test/oracle/train_step.py) and answers as that does. The compiled program, as it is installed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Batch, LossBuilder } from '../../trainer/autodiff/loss.ts';
import type { TrainOrder } from '../train.ts';

const built = async <T>(path: string): Promise<T> => (await import(new URL(`../../dist/${path}`, import.meta.url).href)) as T;
const { openTrainable } = await built<typeof import('../../trainer/autodiff/trainable.ts')>('trainer/autodiff/trainable.js');
const { createAdamW } = await built<typeof import('../../trainer/optim/adamw.ts')>('trainer/optim/adamw.js');
const { logprobsOf, weightedSum } = await built<typeof import('../../trainer/algorithms/terms.ts')>('trainer/algorithms/terms.js');
const { openSafetensors } = await built<typeof import('../../models/weights/safetensors.ts')>('models/weights/safetensors.js');

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async <T>(): Promise<T | null> => {
  const { value, done } = await lines.next();
  return done ? null : (JSON.parse(value as string) as T);
};
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

/** The resident set's high-water mark: ru_maxrss would count what the process was before it became node. */
function peakBytes(): number | null {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  } catch {
    return null;
  }
}

/** What cross_entropy does, and no figure beside it. */
const crossEntropy: LossBuilder = (context) => ({ loss: weightedSum(context, context.g.op('Neg', [logprobsOf(context).chosen], {})), outputs: {} });

const order = (await next<TrainOrder>())!;
const { batch, sequence, folder, optimizer: settings } = order;
const weights = await openSafetensors(folder);
const model = await openTrainable({ config: order.config, weights }, crossEntropy, { threads: order.threads, lora: null, recompute: false, seed: 0 });
await weights.close();
const optimizer = createAdamW(settings);
const state = optimizer.init(model.layout, model.moments);

const bytes = readFileSync(join(folder, 'tokens.i32'));
const all = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const rows = batch * sequence;
const batches = Array.from({ length: all.length / (batch * (sequence + 1)) }, (_, nth): Batch => {
  const at = (row: number, shift: number): bigint => BigInt(all[nth * batch * (sequence + 1) + Math.floor(row / sequence) * (sequence + 1) + (row % sequence) + shift]!);
  return {
    tokens: BigInt64Array.from({ length: rows }, (_, row) => at(row, 0)),
    batch,
    sequence,
    rows: BigInt64Array.from({ length: rows }, (_, row) => BigInt(row)),
    inputs: { targets: BigInt64Array.from({ length: rows }, (_, row) => at(row, 1)), weights: new Float32Array(rows).fill(1 / rows) },
  };
});
say({ ready: true, version: process.version, parameters: [...model.layout.slots.values()].reduce((sum, { length }) => sum + length, 0) });

let taken = 0;
for (let command = await next<{ steps?: number }>(); command?.steps !== undefined; command = await next<{ steps?: number }>()) {
  const losses: number[] = [];
  const start = performance.now();
  for (let step = 0; step < command.steps; step++) {
    model.zeroGradients();
    const { loss } = await model.accumulate(batches[taken++ % batches.length]!);
    const { applied } = await optimizer.update(model.parameters, model.gradients, state, model.layout, settings.lr);
    if (!applied) throw new Error('A gradient was not finite.');
    losses.push(loss);
  }
  say({ seconds: (performance.now() - start) / 1000, losses });
}
say({ peakBytes: peakBytes() });
await model.close();
