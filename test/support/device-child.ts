/**
 * What an engine on WebGPU yields beside the CPU's, as JSON: run as a child by test/models/runtime/device-engine.test.ts, where a Vulkan
 * driver is to be found. Only facts are collected here; the test judges them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARCHITECTURE_NAMES, type ArchitectureName } from '../../models/config.ts';
import { type Piece, pieceOf } from '../../models/runtime/attention-check.ts';
import type { Engine } from '../../models/runtime/engine.ts';
import { type Device, GREEDY, type Generated, type Precision } from '../../models/runtime/language-model.ts';
import { type LoadedModel, loadModel } from '../../models/runtime/load.ts';
import type { Job } from '../../models/runtime/scheduler.ts';
import { runJobs } from './run-jobs.ts';
import { tinyModel, writeTinyFolder } from './tiny-model.ts';

const CAPACITY = 96;
const SLOTS = 5;

export interface DeviceFacts {
  readonly texts: readonly { readonly model: string; readonly cpu: readonly (readonly number[])[]; readonly webgpu: readonly (readonly number[])[]; readonly cached: readonly number[] }[];
  /** Largest difference of a logit from the CPU's, over a prompt's end and three decoded tokens. */
  readonly differences: readonly { readonly model: string; readonly precision: Precision; readonly largest: number }[];
  /** In which the adapter reads prompts. */
  readonly piece: Piece;
  /** Of a row decoded alone, and with others in every other slot: logits that differ. */
  readonly company: number;
  /** A prompt in one piece, and in three with steps of others between: logits that differ. */
  readonly pieces: number;
  /** After a copy of a slot's first tokens: logits that differ from those of a slot that read them itself. */
  readonly copied: number;
  /** After a token before the end of what a slot held was written anew: logits that differ from those of a slot that never held more. */
  readonly rewritten: number;
  /** A neighbour whose slot was passed over by all of that: logits of its next token that differ. */
  readonly disturbed: number;
  readonly cancelled: { readonly first: readonly number[]; readonly alone: readonly number[]; readonly load: number };
  /** Megabytes of this process, after so many steps. */
  readonly memory: readonly { readonly steps: number; readonly megabytes: number }[];
  readonly refusals: Readonly<Record<string, { readonly name: string; readonly message: string } | null>>;
}

const folder = await mkdtemp(join(tmpdir(), 'winnow-device-'));

/** Sizes that every precision and WebGPU take. */
async function tiny(architecture: ArchitectureName, over: object = {}): Promise<string> {
  const path = join(folder, `${architecture}-${Object.values(over).join('-')}`);
  await writeTinyFolder(path, tinyModel(architecture, { headDim: 16, hiddenSize: 64, layers: 2, ...over }));
  return path;
}

const load = (path: string, device: Device, precision: Precision = 'fp32'): Promise<LoadedModel> =>
  loadModel({ path, device, precision, threads: 2, contextLength: CAPACITY, slots: SLOTS, temporaryFolder: folder });

const prompt = (seed: number, length: number): number[] => Array.from({ length }, (_, i) => (seed * 31 + i * 7) % 256);

function job(tokens: readonly number[], maxTokens: number): Job {
  return { prompt: { tokens }, maxTokens, stop: [], ignoreEos: true, sampling: GREEDY, logprobs: null, owner: 'test' };
}

const different = (a: Float32Array, b: Float32Array): number => a.reduce((count, value, i) => count + (value === b[i] ? 0 : 1), 0);
const largest = (a: Float32Array, b: Float32Array): number => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

/** A prompt's last logits and those of three more tokens, in the second slot. */
async function logitsOf(engine: Engine): Promise<Float32Array> {
  const tokens = prompt(3, 9);
  const all = [...(await engine.prefill(1, tokens, 0, true))!];
  for (let i = 0; i < 3; i++) all.push(...(await engine.decode([{ slot: 1, token: 40 + i, position: tokens.length + i }], [0, tokens.length + i])));
  return Float32Array.from(all);
}

const texts: DeviceFacts['texts'][number][] = [];
const differences: DeviceFacts['differences'][number][] = [];
for (const architecture of ARCHITECTURE_NAMES) {
  const path = await tiny(architecture);
  const [cpu, webgpu] = [await load(path, 'cpu'), await load(path, 'webgpu')];
  differences.push({ model: architecture, precision: 'fp32', largest: largest(await logitsOf(cpu.engine), await logitsOf(webgpu.engine)) });
  // More than there are slots; the last two begin as the third does. One architecture is enough for that.
  const short = [job(prompt(1, 1), 4), job(prompt(4, 33), 4), job(prompt(5, 5), 4)];
  const many = [job(prompt(1, 1), 8), job(prompt(2, 40), 8), job(prompt(4, 33), 8), job(prompt(5, 5), 4), job(prompt(6, 20), 8), job([...prompt(4, 20), 7, 8], 8), job([...prompt(4, 33), 9], 8)];
  const jobs = architecture === 'llama' ? many : short;
  const [theirs, ours] = [await runJobs(cpu.scheduler, jobs), await runJobs(webgpu.scheduler, jobs)];
  texts.push({ model: architecture, cpu: theirs.map(({ tokens }) => tokens), webgpu: ours.map(({ tokens }) => tokens), cached: ours.map(({ cachedTokens }) => cachedTokens) });
  await cpu.close();
  if (architecture !== 'llama') await webgpu.close();
}
const path = await tiny('llama');
for (const precision of ['int8', 'int4'] as const) {
  const [cpu, webgpu] = [await load(path, 'cpu', precision), await load(path, 'webgpu', precision)];
  differences.push({ model: 'llama', precision, largest: largest(await logitsOf(cpu.engine), await logitsOf(webgpu.engine)) });
  await cpu.close();
  await webgpu.close();
}

// One layer is enough for what a step leaves behind, and a software adapter takes its time. In blocks, since those have most kernels.
const model = await load(await tiny('llama', { layers: 1 }), 'webgpu', 'int8');
const { engine } = model;
const long = prompt(7, 50);

/** Slot 2 alone, then with every other slot at work. */
async function company(): Promise<number> {
  await engine.prefill(2, long, 0, false);
  const alone = Float32Array.from(await engine.decode([{ slot: 2, token: 5, position: 50 }], [0, 0, 50, 0, 0]));
  for (const slot of [0, 1, 3, 4]) await engine.prefill(slot, prompt(slot, 10 + slot), 0, false);
  const rows = [10, 11, 50, 13, 14].map((position, slot) => ({ slot, token: 5, position }));
  const all = await engine.decode(rows, [10, 11, 50, 13, 14]);
  return different(alone, all.subarray(2 * engine.vocabSize, 3 * engine.vocabSize));
}

/** Slot 3 in one piece; then in pieces, each followed by a step of slot 4, which passes over slot 3. */
async function pieces(): Promise<number> {
  const whole = Float32Array.from((await engine.prefill(3, long, 0, true))!);
  await engine.prefill(4, prompt(8, 6), 0, false);
  let last: Float32Array | null = null;
  for (const [i, [from, to]] of ([[0, 20], [20, 23], [23, 50]] as const).entries()) {
    last = Float32Array.from((await engine.prefill(3, long.slice(from, to), from, true))!);
    await engine.decode([{ slot: 4, token: 9, position: 6 + i }], [0, 0, 0, to, 6 + i]);
    if (i === 1) await engine.prefill(0, prompt(9, 12), 0, false);
  }
  return different(whole, last!);
}

/** Slot 1 takes 30 of slot 3's tokens and reads the rest itself. Slot 0, which holds 12, is passed over meanwhile. */
async function copying(): Promise<{ copied: number; disturbed: number }> {
  const lengths = [12, 0, 0, 50, 0];
  await engine.prefill(0, prompt(9, 12), 0, false);
  const neighbour = Float32Array.from(await engine.decode([{ slot: 0, token: 3, position: 12 }], lengths));
  const rest = [...long.slice(30, 40), 77];
  await engine.prefill(2, [...long.slice(0, 30), ...rest], 0, false);
  const own = Float32Array.from(await engine.decode([{ slot: 2, token: 1, position: 41 }], lengths));
  await engine.prefill(4, prompt(10, 35), 0, false);
  await engine.copy(3, 1, 30);
  await engine.prefill(1, rest, 30, false);
  const taken = Float32Array.from(await engine.decode([{ slot: 1, token: 1, position: 41 }], lengths));
  const again = await engine.decode([{ slot: 0, token: 3, position: 12 }], lengths);
  return { copied: different(own, taken), disturbed: different(neighbour, again) };
}

/** Twenty tokens, one more, and the rest: slot 2 after it held 30, slot 1 at once. */
async function rewriting(): Promise<number> {
  const written: Float32Array[] = [];
  for (const [slot, held] of [[2, 30], [1, 20]] as const) {
    await engine.prefill(slot, long.slice(0, held), 0, false);
    await engine.decode([{ slot, token: 99, position: 20 }], [0, 20, 20, 0, 0]);
    written.push(Float32Array.from((await engine.prefill(slot, long.slice(21, 40), 21, true))!));
  }
  return different(written[0]!, written[1]!);
}

/** One of several is cancelled after a few steps; the one that takes its slot writes what it writes alone. */
async function cancelling(): Promise<DeviceFacts['cancelled']> {
  const { scheduler } = model;
  const [alone] = await runJobs(model.scheduler, [job(prompt(11, 30), 10)]);
  const done = new Map<number, readonly number[]>();
  const sink = (id: number) => ({ done: ({ tokens }: Generated) => void done.set(id, tokens), failed: () => undefined });
  for (const id of [0, 1, 2, 3, 4]) scheduler.add(id, job(prompt(12 + id, 15), 20), sink(id));
  for (let i = 0; i < 8; i++) await scheduler.step();
  scheduler.cancel(1);
  scheduler.add(9, job(prompt(11, 30), 10), sink(9));
  while (!scheduler.idle) await scheduler.step();
  return { first: done.get(9) ?? [], alone: alone!.tokens, load: scheduler.load().running };
}

async function memory(): Promise<DeviceFacts['memory']> {
  const measured: { steps: number; megabytes: number }[] = [];
  const measure = (steps: number): void => {
    global.gc?.();
    measured.push({ steps, megabytes: process.memoryUsage().rss / 1e6 });
  };
  for (let step = 1; step <= 300; step++) {
    const position = 20 + (step % 60);
    await engine.decode([0, 1, 2].map((slot) => ({ slot, token: step % 256, position })), [position, position, position, 0, 0]);
    if (step % 50 === 25) {
      await engine.prefill(step % 5, prompt(step, 20), 0, false);
      await engine.copy(0, 4, 10);
    }
    if (step === 100 || step === 300) measure(step);
  }
  return measured;
}

async function refusal(loading: () => Promise<LoadedModel>): Promise<{ name: string; message: string } | null> {
  try {
    await (await loading()).close();
    return null;
  } catch (thrown) {
    const { name, message } = thrown as Error;
    return { name, message };
  }
}

const facts: DeviceFacts = {
  texts,
  differences,
  piece: await pieceOf('webgpu', tinyModel('llama', { headDim: 16 }).config, 'float32'),
  company: await company(),
  pieces: await pieces(),
  ...(await copying()),
  rewritten: await rewriting(),
  cancelled: await cancelling(),
  memory: await memory(),
  refusals: {
    halfFloats: await refusal(() => load(path, 'webgpu', 'fp16')),
    cuda: await refusal(() => load(path, 'cuda')),
  },
};
await model.close();
await rm(folder, { recursive: true, force: true });
console.log(JSON.stringify(facts));
