/**
 * Thousands of requests to one model, with random cancellations, stops, lengths and seeds, by more clients than its queue takes. Each
 * answer is compared with the one that its request had alone, in a slot that held nothing; memory is looked at in between; at the end
 * every slot must still be there. The last line is JSON (Soak).
 *
 *   npm run bench:soak -- [--model PATH] [--precision int8] [--requests 10000] [--distinct 1000] [--slots 16] [--seed 1]
 *
 * Without a model it is one of random weights, of a million parameters.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openModel } from '../models/open.ts';
import type { Engine } from '../models/runtime/engine.ts';
import { type Generated, GREEDY, type GenerateRequest, type LanguageModel, type Precision } from '../models/runtime/language-model.ts';
import { type LoadOptions, loadModel } from '../models/runtime/load.ts';
import { startLocalModel } from '../models/runtime/local-model.ts';
import { Scheduler } from '../models/runtime/scheduler.ts';
import { createTokenizer } from '../models/tokenizer/tokenizer.ts';
import { runJobs } from '../test/support/run-jobs.ts';
import { numbersFrom, tinyModel, writeTinyFolder } from '../test/support/tiny-model.ts';

export interface Soak {
  readonly bench: 'soak';
  readonly precision: string;
  readonly requests: number;
  readonly distinct: number;
  readonly answered: number;
  readonly cancelled: number;
  /** Refused by the full queue, and sent again. */
  readonly busy: number;
  /** Answers that are not what they are alone. */
  readonly wrong: number;
  readonly failed: number;
  readonly tokens: number;
  readonly cachedTokens: number;
  readonly seconds: number;
  readonly referenceSeconds: number;
  /** Slots that ran at once after all was over. */
  readonly slotsLeft: number;
  readonly load: { readonly running: number; readonly waiting: number };
  /** Of the process, and of its first thread's heap, after each fifth of the requests. */
  readonly rssMb: readonly number[];
  readonly heapMb: readonly number[];
}

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    precision: { type: 'string', default: 'int8' },
    requests: { type: 'string', default: '10000' },
    distinct: { type: 'string', default: '1000' },
    slots: { type: 'string', default: '16' },
    seed: { type: 'string', default: '1' },
  },
});
const REQUESTS = Number(values.requests);
const DISTINCT = Number(values.distinct);
const SLOTS = Number(values.slots);
const CONTEXT = 512;
const PHASES = 5;
const CLIENTS = 80;
const QUEUE = 64;

const next = numbersFrom(Number(values.seed));
const below = (end: number): number => Math.floor(((next() + 1) / 2) * end);
const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
const chance = (probability: number): boolean => (next() + 1) / 2 < probability;

const WORDS = 'the of and a in to is was for on that by with as it he from at his an are be or which this one had not but river stone ship letter 7 été 東京'.split(' ');
const words = (count: number): string => Array.from({ length: count }, () => pick(WORDS)).join(' ');

type Asked = Omit<GenerateRequest, 'signal' | 'onDelta' | 'onStart'>;

/** `long`: words that prompts may have; a word of the tiny model is three or four tokens. `full`: how many of the texts fill the context. */
function requests(long: number, maxTokens: number, full: number): Asked[] {
  const beginnings = ['', words(long / 4), words(long / 2), words(long)];
  return Array.from({ length: DISTINCT }, () => ({
    prompt: { text: `${pick(beginnings)} ${words(1 + below(12))}` },
    maxTokens: chance(full) ? CONTEXT : 1 + below(maxTokens),
    stop: chance(0.3) ? [pick(['e', 'th', 'a ', '\n']), pick(['q', '. ', 'and', 'zz'])] : [],
    ignoreEos: chance(0.5),
    sampling: { ...GREEDY, temperature: pick([0, 0.7, 1, 1.3]), topP: pick([1, 0.95]), topK: pick([0, 40]), minP: pick([0, 0.02]), repetitionPenalty: pick([1, 1, 1.1]), seed: below(2 ** 31) },
    logprobs: chance(0.2) ? 2 : null,
    owner: `owner ${below(5)}`,
  }));
}

/** What is compared: all but where the cache came from. */
const essence = (one: Generated): string => JSON.stringify({ ...one, cachedTokens: 0 });

async function references(asked: readonly Asked[], options: LoadOptions): Promise<string[]> {
  const files = await openModel(options.path);
  const tokenizer = await createTokenizer(files.tokenizer);
  await files.weights.close();
  const { engine, close } = await loadModel({ ...options, slots: 1 });
  const found: string[] = [];
  for (const job of asked) found.push(essence(await alone(job, engine)));
  await close();
  tokenizer.free();
  return found;

  async function alone(job: Asked, engine: Engine): Promise<Generated> {
    // One of its own, so that nothing is taken over from the one before.
    const scheduler = new Scheduler({ engine, tokenizer, template: null, eosTokens: files.config.eosTokens });
    const [answer] = await runJobs(scheduler, [job]);
    return answer!;
  }
}

const GONE = new Error('The client has gone.');

/** Aborts at a random moment: at once, when the prompt is read, at one of the first tokens, or after some milliseconds. */
function cancellation(): Partial<GenerateRequest> {
  const controller = new AbortController();
  const abort = (): void => controller.abort(GONE);
  let left = 1 + below(10);
  switch (below(4)) {
    case 0:
      queueMicrotask(abort);
      return { signal: controller.signal };
    case 1:
      return { signal: controller.signal, onStart: abort };
    case 2:
      return { signal: controller.signal, onDelta: () => void (--left === 0 && abort()) };
    default:
      setTimeout(abort, below(200));
      return { signal: controller.signal };
  }
}

interface Tally {
  answered: number;
  cancelled: number;
  busy: number;
  wrong: number;
  failed: number;
}

async function client(model: LanguageModel, asked: readonly Asked[], wanted: readonly string[], left: { count: number }, tally: Tally): Promise<void> {
  while (left.count > 0) {
    left.count -= 1;
    const which = below(asked.length);
    const request: GenerateRequest = { ...asked[which]!, ...(chance(0.25) ? cancellation() : {}) };
    try {
      const answer = await model.generate(request);
      tally.answered += 1;
      if (essence(answer) !== wanted[which]) tally.wrong += 1;
    } catch (error) {
      if (error === GONE) tally.cancelled += 1;
      else if ((error as Error).name === 'ModelBusyError') {
        tally.busy += 1;
        left.count += 1;
        await delay(20);
      } else {
        tally.failed += 1;
        console.error(error);
      }
    }
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 60_000) throw new Error('It does not come to rest.');
    await delay(5);
  }
}

/** How many requests run at once when there are as many as slots. */
async function slotsLeft(model: LanguageModel): Promise<number> {
  const controller = new AbortController();
  const running = Array.from({ length: SLOTS }, (_, i) => model.generate({ ...GREEDY_FOR_EVER, prompt: { text: `slot ${i}` }, signal: controller.signal }).catch((error: unknown) => error));
  let most = 0;
  await Promise.race([until(() => (most = Math.max(most, model.load().running)) >= SLOTS).catch(() => undefined), Promise.all(running)]);
  controller.abort(GONE);
  await Promise.all(running);
  return most;
}
const GREEDY_FOR_EVER: Omit<Asked, 'prompt'> = { maxTokens: CONTEXT, stop: [], ignoreEos: true, sampling: GREEDY, logprobs: null, owner: 'last' };

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
async function memory(): Promise<{ rss: number; heap: number }> {
  collect();
  await delay(200);
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss: Math.round(rss / 2 ** 20), heap: Math.round((heapUsed / 2 ** 20) * 10) / 10 };
}

const folder = await mkdtemp(join(tmpdir(), 'winnow-soak-'));
try {
  const real = values.model !== undefined;
  const path = values.model ?? join(folder, 'tiny');
  if (!real) await writeTinyFolder(path, tinyModel('llama', { hiddenSize: 128, intermediateSize: 384, layers: 4, heads: 4, kvHeads: 2, headDim: 32, contextLength: CONTEXT, tieEmbeddings: true }));
  const asked = real ? requests(120, 20, 0) : requests(80, 40, 0.02);
  const options: LoadOptions = { path, device: 'cpu', precision: values.precision as Precision, threads: real ? 2 : 1, contextLength: CONTEXT, slots: SLOTS, temporaryFolder: folder };

  const before = performance.now();
  const wanted = await references(asked, options);
  const referenceSeconds = (performance.now() - before) / 1000;

  const model = await startLocalModel({ ...options, maxQueue: QUEUE });
  const tally: Tally = { answered: 0, cancelled: 0, busy: 0, wrong: 0, failed: 0 };
  const [rssMb, heapMb]: [number[], number[]] = [[], []];
  const start = performance.now();
  for (let phase = 0; phase < PHASES; phase++) {
    const left = { count: Math.round(REQUESTS / PHASES) };
    await Promise.all(Array.from({ length: CLIENTS }, () => client(model, asked, wanted, left, tally)));
    await until(() => model.load().running === 0);
    const { rss, heap } = await memory();
    rssMb.push(rss);
    heapMb.push(heap);
  }
  const seconds = (performance.now() - start) / 1000;
  const { completionTokens: tokens, cachedTokens } = model.load();
  const slots = await slotsLeft(model);
  await until(() => model.load().running === 0);
  if (essence(await model.generate(asked[0]!)) !== wanted[0]) tally.wrong += 1;
  const { running, waiting } = model.load();
  await model.close();
  console.log(JSON.stringify({ bench: 'soak', precision: values.precision, requests: REQUESTS, distinct: DISTINCT, ...tally, tokens, cachedTokens, seconds: Math.round(seconds), referenceSeconds: Math.round(referenceSeconds), slotsLeft: slots, load: { running, waiting }, rssMb, heapMb } satisfies Soak));
} finally {
  await rm(folder, { recursive: true, force: true });
}
