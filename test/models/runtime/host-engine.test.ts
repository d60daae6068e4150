/**
 * What a slot computes does not depend on its company, to the last bit: neither on who decodes beside it, nor on the pieces its prompt is
 * read in, nor on whether its beginning was read in another slot. On models of random weights, whose texts turn on every bit.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArchitectureName } from '../../../models/config.ts';
import { openModel } from '../../../models/open.ts';
import type { Engine } from '../../../models/runtime/engine.ts';
import { type Generated, GREEDY, type Precision } from '../../../models/runtime/language-model.ts';
import { openEngine } from '../../../models/runtime/load.ts';
import { type Job, Scheduler } from '../../../models/runtime/scheduler.ts';
import { type Tokenizer, createTokenizer } from '../../../models/tokenizer/tokenizer.ts';
import { numbersFrom, tinyModel, writeTinyFolder } from '../../support/tiny-model.ts';
import { specOf } from '../tokenizer/byte-spec.ts';

const CAPACITY = 256;
const VOCABULARY = 258;
const MODELS: readonly (readonly [ArchitectureName, Precision])[] = [['llama', 'fp32'], ['qwen2', 'fp16'], ['qwen3', 'int8'], ['llama', 'int4']];

let root: string;
let tokenizer: Tokenizer;
const engines = new Map<string, Engine>();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'winnow-host-engine-'));
  tokenizer = await createTokenizer(specOf({ added: ['<s>', '</s>'].map((content) => ({ content, special: true })) }));
});
afterAll(async () => {
  for (const engine of engines.values()) await engine.close();
  await rm(root, { recursive: true });
});

/** Widths beyond a block of int8 sums; heads of 16, so that attention's blocks are as small as they can be. */
const SIZES = { hiddenSize: 128, intermediateSize: 192, heads: 8, kvHeads: 2, headDim: 16, contextLength: CAPACITY };

async function engineOf(architecture: ArchitectureName, precision: Precision, slots: number): Promise<Engine> {
  const key = `${architecture} ${precision} ${slots}`;
  const known = engines.get(key);
  if (known) return known;
  const folder = join(root, architecture);
  // Where the table is also the last matrix, it is multiplied by another kernel than a matrix of its own; small Qwens are published so.
  await writeTinyFolder(folder, tinyModel(architecture, { ...SIZES, tieEmbeddings: architecture !== 'llama' }));
  const files = await openModel(folder);
  try {
    const engine = await openEngine(files, { device: 'cpu', precision, threads: precision === 'int8' ? 2 : 1, slots, temporaryFolder: root }, CAPACITY);
    engines.set(key, engine);
    return engine;
  } finally {
    await files.weights.close();
  }
}

const next = numbersFrom(11);
const below = (end: number): number => Math.floor(((next() + 1) / 2) * end);
const ids = (length: number): number[] => Array.from({ length }, () => below(256));

/** The logits after `tokens`, read into a slot in pieces of `size`, with no rest of one. */
async function read(engine: Engine, slot: number, tokens: readonly number[], size = 30, from = 0): Promise<Float32Array> {
  let logits: Float32Array | null = null;
  for (let at = from; at < tokens.length; ) {
    let count = Math.min(size, tokens.length - at);
    if (tokens.length - at - count === 1) count += 1;
    logits = await engine.prefill(slot, tokens.slice(at, at + count), at, true);
    at += count;
  }
  return logits!.slice();
}

/** The same bits; much faster than a deep comparison of arrays. */
function expectSame(found: Float32Array, wanted: Float32Array, what: string): void {
  if (found.length !== wanted.length) expect.fail(`${what}: ${found.length} logits, not ${wanted.length}`);
  const at = found.findIndex((logit, i) => logit !== wanted[i]);
  if (at >= 0) expect.fail(`${what}: logit ${at} is ${found[at]}, not ${wanted[at]}`);
}

const row = (logits: Float32Array, index: number): Float32Array => logits.slice(index * VOCABULARY, (index + 1) * VOCABULARY);

describe.each(MODELS)('%s in %s', (architecture, precision) => {
  const SLOTS = 5;
  const engine = (): Promise<Engine> => engineOf(architecture, precision, SLOTS);

  it('reads a prompt to the same logits in whatever pieces', async () => {
    const one = await engine();
    expect(one.minPrefill).toBe(2);
    const tokens = ids(200);
    for (const length of [2, 32, 33, 65, 97, 130, 161, 200]) {
      const prompt = tokens.slice(0, length);
      const reference = await read(one, 0, prompt);
      for (const size of length < 66 ? [2, 7, 33, 200] : [33, 65, 128, 200]) expectSame(await read(one, 1, prompt, size), reference, `${length} tokens by ${size}`);
    }
  });

  it('extends a text to the same logits in whatever company', async () => {
    const one = await engine();
    const texts = [120, 3, 40, 65, 10].map(ids);
    for (const [slot, text] of texts.entries()) await read(one, slot, text);
    const lengths = texts.map(({ length }) => length);
    const rows = texts.map(({ length }, slot) => ({ slot, token: 7 + slot, position: length }));
    const alone: Float32Array[] = [];
    for (const wanted of rows) alone.push((await one.decode([wanted], lengths)).slice());
    for (let company = 1; company < 2 ** SLOTS; company++) {
      const together = rows.filter(({ slot }) => company & (1 << slot));
      const logits = await one.decode(together, lengths);
      expect(logits).toHaveLength(together.length * VOCABULARY);
      together.forEach(({ slot }, i) => expectSame(row(logits, i), alone[slot]!, `slot ${slot} among ${together.map((other) => other.slot).join()}`));
    }
  });

  it('copies the beginning of a slot, which then has a life of its own', async () => {
    const one = await engine();
    const text = ids(150);
    const other = [...text.slice(0, 70), ...ids(20)];
    const reference = await read(one, 0, other);
    await read(one, 0, text);
    await read(one, 3, ids(200));
    await one.copy(0, 3, 70);
    expectSame(await read(one, 3, other, 200, 70), reference, 'the copy');
    // The source is as it was, and what becomes of it does not reach the copy.
    const longer = [...text, 1, 2];
    const source = await read(one, 0, longer, 200, 150);
    expectSame(source, await read(one, 1, longer), 'the source');
    await read(one, 0, ids(200));
    expectSame(await read(one, 3, [...other, 1, 2], 200, other.length), await read(one, 1, [...other, 1, 2]), 'the copy, later');
  });

  it('writes every job the text that it has alone', async () => {
    const prefixes = [ids(100), ids(33), []];
    const jobs = Array.from({ length: 18 }, (_, i): Job => ({
      prompt: { tokens: [...prefixes[i % 3]!, ...ids(1 + below(60))] },
      maxTokens: i % 8 === 0 ? 1000 : 1 + below(25),
      stop: i % 4 === 0 ? ['a', 'ef'] : [],
      ignoreEos: i % 2 === 0,
      sampling: { ...GREEDY, temperature: (i % 3) / 2, topP: 0.95, repetitionPenalty: i % 5 === 0 ? 1.2 : 1, seed: i },
      logprobs: 3,
      owner: `${i % 4}`,
    }));
    const single = await engineOf(architecture, precision, 1);
    const alone: Generated[] = [];
    // A scheduler of its own for each, so that no cache is taken over.
    for (const job of jobs) alone.push(...(await runAll(single, [job])));
    const together = await runAll(await engine(), jobs);
    expect(together.filter(({ cachedTokens }) => cachedTokens > 0).length).toBeGreaterThan(5);
    expect(together.map((one) => ({ ...one, cachedTokens: 0 }))).toEqual(alone);
  });
});

async function runAll(engine: Engine, jobs: readonly Job[]): Promise<Generated[]> {
  const scheduler = new Scheduler({ engine, tokenizer, template: null, eosTokens: [257] });
  const results: Generated[] = [];
  const failed: unknown[] = [];
  for (const [id, job] of jobs.entries()) {
    scheduler.add(id, job, { done: (done) => (results[id] = done), failed: (error) => failed.push(error) });
    // They come while others are under way, and some others leave.
    if (id % 3 === 0) await scheduler.step();
    if (id % 7 === 0 && jobs.length > 1) {
      scheduler.add(1000 + id, { ...job, ignoreEos: true, maxTokens: 200 }, { done: () => undefined, failed: (error) => failed.push(error) });
      for (let i = 0; i < 4; i++) await scheduler.step();
      scheduler.cancel(1000 + id);
    }
  }
  while (!scheduler.idle) await scheduler.step();
  expect(failed).toEqual([]);
  return results;
}

describe('a slot that takes no part in a step', () => {
  it('keeps what it holds, be it empty or but for one place full', async () => {
    const engine = await engineOf('llama', 'int8', 5);
    const full = ids(CAPACITY - 1);
    const beginning = ids(30);
    await read(engine, 1, full, 200);
    await read(engine, 3, beginning);
    for (const slot of [0, 4]) await read(engine, slot, ids(20));
    const lengths = [20, CAPACITY - 1, 0, 30, 20];
    for (let i = 0; i < 5; i++) {
      await engine.decode([0, 4].map((slot) => ({ slot, token: i, position: lengths[slot]! })), lengths);
      lengths[0]! += 1;
      lengths[4]! += 1;
    }
    const rest = [...beginning, ...ids(10)];
    expectSame(await read(engine, 3, rest, 200, 30), await read(engine, 2, rest), 'slot 3');
    const last = (await engine.decode([{ slot: 1, token: 9, position: CAPACITY - 1 }], lengths)).slice();
    await read(engine, 2, full, 100);
    expectSame(last, await engine.decode([{ slot: 2, token: 9, position: CAPACITY - 1 }], lengths), 'the last place');
  });
});

describe('many slots', () => {
  it('are served in every range of them, over and over', async () => {
    const slots = 24;
    const engine = await engineOf('llama', 'fp32', slots);
    const texts = Array.from({ length: slots }, (_, slot) => ids(2 + slot));
    for (const [slot, text] of texts.entries()) await read(engine, slot, text);
    const lengths = texts.map(({ length }) => length);
    const rowOf = (slot: number) => ({ slot, token: slot, position: lengths[slot]! });
    const alone: Float32Array[] = [];
    for (let slot = 0; slot < slots; slot++) alone.push((await engine.decode([rowOf(slot)], lengths)).slice());
    // 300 ranges: more than the engine keeps tensors for.
    for (let first = 0; first < slots; first++) {
      for (let last = first + 1; last < slots; last++) {
        const logits = await engine.decode([rowOf(first), rowOf(last)], lengths);
        expectSame(row(logits, 0), alone[first]!, `slot ${first} beside ${last}`);
        expectSame(row(logits, 1), alone[last]!, `slot ${last} beside ${first}`);
      }
    }
  });
});
