/** Loads a model, generates four tokens, and says what it took: `run-model.ts PATH PRECISION`. One line of JSON. */
import { tmpdir } from 'node:os';
import { GREEDY, type Precision } from '../../models/runtime/language-model.ts';
import { loadModel } from '../../models/runtime/load.ts';
import { runJobs } from './run-jobs.ts';

const [path, precision] = process.argv.slice(2);
const began = performance.now();
const { scheduler, close } = await loadModel({ path: path!, device: 'cpu', precision: precision as Precision, threads: 2, contextLength: 128, slots: 1, temporaryFolder: tmpdir() });
const loadSeconds = (performance.now() - began) / 1000;
const [generated] = await runJobs(scheduler, [{ prompt: { tokens: [10, 20, 30, 40] }, maxTokens: 4, stop: [], ignoreEos: true, sampling: GREEDY, logprobs: null, owner: 'test' }]);
console.log(JSON.stringify({ tokens: generated!.tokens, loadSeconds, peakBytes: process.resourceUsage().maxRSS * 1024 }));
await close();
