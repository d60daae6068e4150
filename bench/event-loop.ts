/**
 * `npm run bench:event-loop -- [--seconds 60] [--pages 24] [--model SmolLM2 GGUF by default] [--precision int8] [--threads 0]`
 *
 * Does a server stay awake while its own processors write pages? One process serves and measures its event loop; this one keeps `--pages`
 * new pages under way all the time, and asks for a page that is stored again and again. Once idle, once under load. Ends with one JSON line;
 * times in milliseconds, those of the loop between two looks a millisecond apart.
 */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { resolveConfig } from '../src/config.ts';
import { fetchModel } from '../test/support/llama-server/fetch-model.ts';
import type { FromSide, LoopDelay, ToSide } from './support/event-loop-side.ts';
import { QUESTIONS, percentile, questionsOf } from './support/labels.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    pages: { type: 'string', default: '24' },
    model: { type: 'string' },
    precision: { type: 'string', default: 'int8' },
    threads: { type: 'string', default: '0' },
    device: { type: 'string', default: 'cpu' },
  },
});
/** Between two requests for the stored page. */
const PAUSE_MS = 25;
const IDLE_SECONDS = 5;
/** Prompts are read and slots filled before anything is measured. */
const WARM_SECONDS = 5;

const fetched = values.model === undefined ? await fetchModel() : { path: values.model };
if ('skipped' in fetched || !existsSync(QUESTIONS)) {
  console.log(JSON.stringify({ bench: 'event-loop', skipped: 'skipped' in fetched ? fetched.skipped : `${QUESTIONS} is absent` }));
  process.exit(0);
}

const { config } = resolveConfig({
  model: fetched.path, precision: values.precision, threads: values.threads, device: values.device,
  port: '0', store: 'memory', 'log-level': 'error', 'soft-deadline': '3600000',
}, {}, null);
const side = fork(fileURLToPath(new URL('support/event-loop-side.ts', import.meta.url)), [JSON.stringify(config)], { execArgv: ['--import', 'tsx'] });
process.once('exit', () => side.kill('SIGKILL'));
const tell = (message: ToSide): void => void side.send(message);
const heard = (): Promise<FromSide> =>
  new Promise((resolve, reject) => {
    side.once('message', (message) => resolve(message as FromSide));
    side.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });

const ready = await heard();
if (!('origin' in ready)) throw new Error('the server said something else first');
const { origin, model } = ready;

const post = async (body: unknown): Promise<Response> => {
  const reply = await fetch(`${origin}/v1/search`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${reply.status}: ${await reply.text()}`);
  return reply;
};
const questions = questionsOf();

let asked = 0;
let pages = 0;
let pageTimes: number[] = [];
let loading = true;
/** Asks for one new page after another, useful and noisy in turn. */
async function lane(): Promise<void> {
  while (loading) {
    const at = asked++;
    const { question, golden_answers: answers } = questions[at % questions.length]!;
    const from = performance.now();
    await (await post({ query: question, count: 5, winnow: { question, golden_answers: answers, kind: at % 2 === 0 ? 'useful' : 'noisy', seed: at } })).arrayBuffer();
    pageTimes.push(performance.now() - from);
    pages++;
  }
}

const STORED = { query: 'a page that is stored', count: 5 };
async function storedTimes(seconds: number): Promise<number[]> {
  const times: number[] = [];
  for (const until = performance.now() + seconds * 1000; performance.now() < until; ) {
    const from = performance.now();
    const reply = await post(STORED);
    await reply.arrayBuffer();
    times.push(performance.now() - from);
    if (reply.headers.get('x-winnow-source') !== 'stored') throw new Error('the page was not stored');
    await sleep(PAUSE_MS);
  }
  return times;
}

/** To a tenth of a millisecond. */
const rounded = (times: readonly number[], p: number): number => Math.round(10 * percentile(times, p)!) / 10;
async function tokens(): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return Number(/^winnow_model_tokens_total\{kind="completion"\} (\d+)$/m.exec(text)![1]);
}

interface Measured {
  readonly loop: LoopDelay;
  readonly stored: { readonly p50: number; readonly p99: number; readonly max: number; readonly requests: number };
}
async function measure(seconds: number): Promise<Measured> {
  tell('begin');
  const times = await storedTimes(seconds);
  const told = heard();
  tell('end');
  const { delay } = (await told) as { delay: LoopDelay };
  return { loop: delay, stored: { p50: rounded(times, 50), p99: rounded(times, 99), max: rounded(times, 100), requests: times.length } };
}
const shown = (name: string, { loop, stored }: Measured): void =>
  console.log(`${name.padEnd(6)} loop p50 ${loop.p50} p99 ${loop.p99} p99.9 ${loop.p999} max ${loop.max} ms   stored page p50 ${stored.p50} p99 ${stored.p99} max ${stored.max} ms (${stored.requests})`);

await (await post(STORED)).arrayBuffer();
const idle = await measure(IDLE_SECONDS);
shown('idle', idle);

const lanes = Array.from({ length: Number(values.pages) }, lane);
await sleep(WARM_SECONDS * 1000);
pageTimes = [];
const before = { pages, tokens: await tokens(), at: performance.now() };
const load = await measure(Number(values.seconds));
const elapsed = (performance.now() - before.at) / 1000;
const made = { pages_per_s: Math.round((100 * (pages - before.pages)) / elapsed) / 100, tokens_per_s: Math.round((10 * ((await tokens()) - before.tokens)) / elapsed) / 10, page_p50_s: rounded(pageTimes, 50) / 1000 };
shown('load', load);
console.log(`${model}, ${values.pages} pages under way: ${made.pages_per_s} pages/s, ${made.tokens_per_s} tokens/s, a page p50 ${made.page_p50_s} s`);

loading = false;
// The pages under way are of no more use.
side.kill('SIGKILL');
await Promise.allSettled(lanes);
const bars = { loop_p99_below_20_ms: load.loop.p99 < 20, stored_p99_below_50_ms: load.stored.p99 < 50 };
console.log(JSON.stringify({ bench: 'event-loop', model, cores: cpus().length, threads: Number(values.threads), in_flight: Number(values.pages), idle, load, ...made, ...bars }));
process.exit(0);
