/**
 * `npm run bench:models`: SmolLM2-135M from one GGUF, by this runtime and by llama.cpp (node-llama-cpp, prebuilt, in a package of its own
 * under test/support/llama-server), on as many threads, one after the other. Decode at several numbers of streams, prefill, and pages as
 * the simulator asks for them. The last line is JSON; ratios are ours over llama.cpp's, medians of the rounds.
 *
 *   npm run bench:models -- [--threads 2] [--rounds 3] [--sides llama.cpp,int8] [--only pages] [--quick: those two, one round] [--profile]
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Precision } from '../models/runtime/language-model.ts';
import { openModel } from '../models/open.ts';
import { createChatTemplate } from '../models/tokenizer/chat-template.ts';
import { createTokenizer } from '../models/tokenizer/tokenizer.ts';
import { buildMessages } from '../src/simulator/prompts.ts';
import { fetchModel } from '../test/support/llama-server/fetch-model.ts';
import { median } from '../trainer/statistics.ts';
import { profileStep } from './support/model-profile.ts';

export interface Order {
  readonly model: string;
  readonly threads: number;
  readonly contextSize: number;
  /** One list of token ids per request. */
  readonly prompts: readonly (readonly number[])[];
  /** Decoded for each, greedily, whatever they are. */
  readonly newTokens: number;
  /** At once; the rest of the prompts wait. */
  readonly streams: number;
  readonly rounds: number;
}

export interface SideReply {
  /** `prefillSeconds` and `tokensBefore` are of the moment when the last stream got its first token. */
  readonly rounds: readonly { readonly seconds: number; readonly prefillSeconds: number; readonly tokens: number; readonly tokensBefore: number }[];
  readonly peakBytes: number;
  readonly loadSeconds?: number;
}

const { values } = parseArgs({ options: { threads: { type: 'string', default: '2' }, rounds: { type: 'string', default: '3' }, quick: { type: 'boolean', default: false }, profile: { type: 'boolean', default: false }, sides: { type: 'string' }, only: { type: 'string' } } });
const threads = Number(values.threads);
const rounds = values.quick ? 1 : Number(values.rounds);
/** Far more than the slowest of them takes on a loaded machine. */
const DEADLINE_MS = 900_000;

const SIDES = ['llama.cpp', 'int8', 'int4', 'fp32'] as const;
type Side = (typeof SIDES)[number];

function ask(side: Side, order: Order): Promise<SideReply> {
  const script = side === 'llama.cpp' ? 'test/support/llama-server/bench.ts' : 'bench/support/model-side.ts';
  const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['pipe', 'pipe', 'inherit'], timeout: DEADLINE_MS });
  child.stdin.end(JSON.stringify(side === 'llama.cpp' ? order : { ...order, precision: side satisfies Precision }));
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      const line = output.trim().split('\n').at(-1) ?? '';
      if (code === 0 && line.startsWith('{')) resolve(JSON.parse(line) as SideReply);
      else reject(new Error(`${side} ended with ${code}: ${output.slice(-500)}`));
    });
  });
}

const fetched = await fetchModel();
if ('skipped' in fetched) {
  console.log(JSON.stringify({ bench: 'models', skipped: fetched.skipped }));
  process.exit(0);
}
const path = fetched.path;
const withPeer = existsSync('test/support/llama-server/node_modules/node-llama-cpp');
if (!withPeer) console.log('llama.cpp is left out: npm ci --prefix test/support/llama-server installs it.');
const wanted = values.sides?.split(',') ?? (values.quick ? ['llama.cpp', 'int8'] : SIDES);
const sides = SIDES.filter((side) => wanted.includes(side) && (side !== 'llama.cpp' || withPeer));

const files = await openModel(path);
await files.weights.close();
const tokenizer = await createTokenizer(files.tokenizer);
const template = createChatTemplate(files.chatTemplate!, { bosToken: null, eosToken: null });

/** Prompts that share nothing: ids that no text has in this order. */
const unlike = (count: number, length: number): number[][] => Array.from({ length: count }, (_, i) => Array.from({ length }, (_, j) => 1_000 + ((i * 7_919 + j * 104_729) % 40_000)));

const QUESTIONS = [
  'who built the humber bridge', 'when did the berlin wall fall', 'capital of burkina faso', 'who wrote the old man and the sea', 'how tall is mount kenya', 'inventor of the telephone', 'largest lake in africa',
  'who painted the night watch', 'year of the first moon landing', 'author of middlemarch', 'currency of vietnam', 'who discovered penicillin', 'longest river in france', 'founder of the red cross',
  'who composed the planets', 'deepest ocean trench',
] as const;
/** As the simulator asks: one page of five documents each, useful and noisy in turn. */
const pagePrompts = QUESTIONS.map((query, i) => {
  const kind = i % 2 === 0 ? 'useful' : 'noisy';
  const task = { query, question: query, goldenAnswers: ['an answer'], kinds: Array.from({ length: 5 }, () => kind), style: 'google', topic: 'web', language: 'en', seed: '0'.repeat(32), today: '2026-01-01' } as const;
  return [...tokenizer.encode(template.render(buildMessages(task, 'winnow'), { addGenerationPrompt: true }), { bos: false })];
});

const common = { model: path, threads, rounds };
const streamCounts = values.quick ? [1, 16] : [1, 8, 16, 32];
const works: readonly { readonly name: string; readonly order: Order; readonly rate: (round: SideReply['rounds'][number]) => number; readonly unit: string }[] = [
  ...streamCounts.map((streams) => ({
    name: `decode ${streams}`,
    order: { ...common, contextSize: 512, prompts: unlike(streams, 8), newTokens: 128, streams },
    rate: ({ tokens, tokensBefore, seconds, prefillSeconds }: SideReply['rounds'][number]) => (tokens - tokensBefore) / (seconds - prefillSeconds),
    unit: 'tokens/s',
  })),
  { name: 'prefill', order: { ...common, contextSize: 1024, prompts: unlike(1, 768), newTokens: 1, streams: 1 }, rate: ({ prefillSeconds }) => 768 / prefillSeconds, unit: 'tokens/s' },
  { name: 'pages', order: { ...common, contextSize: 1536, prompts: pagePrompts, newTokens: 400, streams: 16 }, rate: ({ seconds }) => QUESTIONS.length / seconds, unit: 'pages/s' },
];

console.log(`${threads} threads, ${rounds} rounds; a page's prompt has ${Math.min(...pagePrompts.map(({ length }) => length))} to ${Math.max(...pagePrompts.map(({ length }) => length))} tokens, its text 400.`);
const results: Record<string, Record<string, { rate: number; ratio: number | null; peakMB: number }>> = {};
for (const { name, order, rate, unit } of works) {
  if (values.only !== undefined && values.only !== name) continue;
  const row: Record<string, { rate: number; ratio: number | null; peakMB: number }> = {};
  for (const side of sides) {
    const reply = await ask(side, order);
    const figure = median(reply.rounds.map(rate));
    const peer = row['llama.cpp']?.rate;
    row[side] = { rate: Number(figure.toPrecision(4)), ratio: side === 'llama.cpp' || peer === undefined ? null : Number((figure / peer).toFixed(2)), peakMB: Math.round(reply.peakBytes / 1e6) };
    console.log(`${name.padEnd(17)} ${side.padEnd(10)} ${figure.toPrecision(4).padStart(7)} ${unit.padEnd(9)} ${row[side].ratio === null ? '' : `${row[side].ratio} ×`.padEnd(8)} peak ${row[side].peakMB} MB`);
  }
  results[name] = row;
}
const profile = values.profile || (!values.quick && values.only === undefined) ? await profileStep({ path, precision: 'int8', threads, streams: 16, context: 300 }) : null;
if (profile) for (const { operator, ms, share } of profile) console.log(`  ${operator.padEnd(34)} ${ms.toFixed(2).padStart(7)} ms  ${(share * 100).toFixed(1).padStart(5)} %`);
console.log(JSON.stringify({ bench: 'models', threads, rounds, results, profile }));
