/** One text from a model in a worker thread, as a child process whose environment names the driver: order and result are JSON. */
import { tmpdir } from 'node:os';
import { GREEDY } from '../../models/runtime/language-model.ts';
import type { Device, Precision } from '../../models/runtime/language-model.ts';
import { startLocalModel } from '../../models/runtime/local-model.ts';

export interface GenerateOrder {
  readonly path: string;
  readonly device: Device;
  readonly precision: Precision;
  readonly text: string;
  readonly maxTokens: number;
}
export interface GenerateReply {
  readonly text: string;
  readonly logprobs: readonly number[];
}

let input = '';
for await (const chunk of process.stdin) input += String(chunk);
const { path, device, precision, text, maxTokens } = JSON.parse(input) as GenerateOrder;
const model = await startLocalModel({ path, device, precision, threads: 2, contextLength: 128, slots: 1, temporaryFolder: tmpdir(), maxQueue: 1 });
const generated = await model.generate({ prompt: { text }, maxTokens, stop: [], ignoreEos: false, sampling: GREEDY, logprobs: 0, owner: 'test' });
await model.close();
const reply: GenerateReply = { text: generated.text, logprobs: generated.logprobs!.map(({ logprob }) => logprob) };
console.log(JSON.stringify(reply));
