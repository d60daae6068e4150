/**
 * llama.cpp's side of `npm run bench:models`: the same GGUF, the same work, on as many threads. Reads one JSON order from standard input,
 * writes one JSON reply to standard output. By itself in a process, so that its memory can be told.
 */
import { readFileSync } from 'node:fs';
import { type Sequence, type Token, getLlama } from 'node-llama-cpp';
import type { Order } from '../../../bench/models.ts';

const order = JSON.parse(readFileSync(0, 'utf8')) as Order;
const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, maxThreads: order.threads, logLevel: 'error' });
const model = await llama.loadModel({ modelPath: order.model });
const context = await model.createContext({ sequences: order.streams, contextSize: order.contextSize, batchSize: 512, threads: order.threads });
const sequences = Array.from({ length: order.streams }, () => context.getSequence());

async function generate(sequence: Sequence, prompt: readonly number[], onToken: (first: boolean) => void): Promise<void> {
  // What the sequence holds of this prompt already is kept, as its server keeps it; one token must be left to evaluate.
  await sequence.adaptStateToTokens(prompt.slice(0, -1) as Token[], false);
  let made = 0;
  for await (const _ of sequence.evaluate(prompt.slice(sequence.nextTokenIndex) as Token[], { temperature: 0, yieldEogToken: true })) {
    onToken(made === 0);
    made += 1;
    if (made >= order.newTokens) break;
  }
}

const rounds = [];
for (let round = 0; round < order.rounds; round++) {
  for (const sequence of sequences) await sequence.clearHistory();
  const waiting = [...order.prompts];
  const began = performance.now();
  let prefilled = began;
  let tokens = 0;
  let tokensBefore = 0;
  await Promise.all(
    sequences.map(async (sequence) => {
      for (let prompt = waiting.shift(); prompt; prompt = waiting.shift()) {
        await generate(sequence, prompt, (first) => {
          tokens += 1;
          if (first) [prefilled, tokensBefore] = [performance.now(), tokens];
        });
      }
    }),
  );
  const ended = performance.now();
  rounds.push({ seconds: (ended - began) / 1000, prefillSeconds: (prefilled - began) / 1000, tokens, tokensBefore });
}
process.stdout.write(`${JSON.stringify({ rounds, peakBytes: process.resourceUsage().maxRSS * 1024 })}\n`, () => process.exit(0));
