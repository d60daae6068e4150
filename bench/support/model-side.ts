/**
 * Our side of `npm run bench:models`, in a process of its own so that its memory can be told: reads one JSON order from standard input
 * (the same that llama.cpp's side reads, and the precision), writes one JSON reply to standard output.
 */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Order, SideReply } from '../models.ts';
import { GREEDY, type LanguageModel, type Precision } from '../../models/runtime/language-model.ts';

const order = JSON.parse(readFileSync(0, 'utf8')) as Order & { readonly precision: Precision };
// The compiled program, as it is served.
const { startLocalModel } = (await import(new URL('../../dist/models/runtime/local-model.js', import.meta.url).href)) as typeof import('../../models/runtime/local-model.ts');

const began = performance.now();
const model: LanguageModel = await startLocalModel({
  path: order.model,
  device: 'cpu',
  precision: order.precision,
  threads: order.threads,
  contextLength: order.contextSize,
  slots: order.streams,
  temporaryFolder: tmpdir(),
  maxQueue: 10_000,
});
const loadSeconds = (performance.now() - began) / 1000;

const rounds = [];
for (let round = 0; round < order.rounds; round++) {
  const start = performance.now();
  let prefilled = start;
  const waiting = [...order.prompts];
  let tokens = 0;
  let tokensBefore = 0;
  const stream = async (): Promise<void> => {
    for (let prompt = waiting.shift(); prompt; prompt = waiting.shift()) {
      let first = true;
      const generated = await model.generate({
        prompt: { tokens: prompt },
        maxTokens: order.newTokens,
        stop: [],
        ignoreEos: true,
        sampling: GREEDY,
        logprobs: null,
        owner: 'bench',
        onDelta: () => {
          tokens += 1;
          if (first) [prefilled, tokensBefore] = [performance.now(), tokens];
          first = false;
        },
      });
      if (generated.tokens.length !== order.newTokens) throw new Error(`${generated.tokens.length} tokens came.`);
    }
  };
  await Promise.all(Array.from({ length: order.streams }, stream));
  rounds.push({ seconds: (performance.now() - start) / 1000, prefillSeconds: (prefilled - start) / 1000, tokens, tokensBefore });
  // llama.cpp's side begins each round with empty sequences; so does ours: another prompt in every slot.
  await Promise.all(Array.from({ length: order.streams }, (_, i) => model.generate({ prompt: { tokens: [i + 20, i + 21] }, maxTokens: 1, stop: [], ignoreEos: true, sampling: GREEDY, logprobs: null, owner: 'bench' })));
}
const reply: SideReply = { rounds, peakBytes: process.resourceUsage().maxRSS * 1024, loadSeconds };
process.stdout.write(`${JSON.stringify(reply)}\n`);
await model.close();
