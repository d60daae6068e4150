/**
 * `npm run report:simulator -- [--questions 200] [--model SmolLM2 GGUF by default] [--precision int8] [--max-tries 3] [--prompt-style winnow-small] [--show 3]`
 *
 * How well a language model in this process plays the search engine: pages for questions of NQ through the whole server, judged from
 * outside (support/labels.ts). Parse rate and labels of the model's first drafts, and of the pages that were served after verification;
 * tokens and pages per second, time of a page. Exits 1 when a label that was served is untrue. Ends with one JSON line.
 */
import { existsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import type { Precision } from '../models/runtime/language-model.ts';
import type { Generator } from '../src/generators/generator.ts';
import { createLocal } from '../src/generators/local.ts';
import { fetchModel } from '../test/support/llama-server/fetch-model.ts';
import { COUNT, type Draft, QUESTIONS, type Total, itemsOf, measure, oneLine } from './support/labels.ts';

const { values } = parseArgs({
  options: {
    questions: { type: 'string', default: '200' },
    model: { type: 'string' },
    precision: { type: 'string', default: 'int8' },
    'max-tries': { type: 'string', default: '3' },
    slots: { type: 'string', default: '16' },
    'prompt-style': { type: 'string', default: 'winnow-small' },
    'parallel-documents': { type: 'boolean', default: false },
    show: { type: 'string', default: '3' },
  },
});

const fetched = values.model === undefined ? await fetchModel() : { path: values.model };
const skipped = 'skipped' in fetched ? fetched.skipped : existsSync(QUESTIONS) ? null : `${QUESTIONS} is absent`;
if (skipped !== null || 'skipped' in fetched) {
  console.log(JSON.stringify({ report: 'simulator', skipped }));
  process.exit(0);
}

// The compiled program: its worker is a file of JavaScript.
const { startLocalModel } = (await import(new URL('../dist/models/runtime/local-model.js', import.meta.url).href)) as typeof import('../models/runtime/local-model.ts');
const slots = Number(values.slots);
const model = await startLocalModel({ path: fetched.path, device: 'cpu', precision: values.precision as Precision, threads: availableParallelism(), contextLength: 4096, slots, temporaryFolder: tmpdir(), maxQueue: 20_000 });
const local = createLocal({ model });

const drafts = new Map<string, Draft & { readonly documents: number }>();
const total: Total = { completions: 0, tokens: 0 };
/** Keeps the first draft of each query as the model wrote it; a page whose documents are asked for apart is put together from them. */
const watched: Generator = {
  ...local,
  async generate(request) {
    const generation = await local.generate(request);
    const tokens = generation.completionTokens ?? 0;
    total.completions++;
    total.tokens += tokens;
    const query = oneLine(request.task.query);
    const apart = request.task.kinds.length === 1;
    const before = drafts.get(query);
    if (!before) drafts.set(query, { text: apart ? `Doc 1:\n${generation.text}` : generation.text, truncated: generation.truncated, tokens, documents: apart ? 1 : COUNT });
    else if (before.documents < COUNT) {
      drafts.set(query, { text: `${before.text}\n\nDoc ${before.documents + 1}:\n${generation.text}`, truncated: generation.truncated, tokens: before.tokens + tokens, documents: before.documents + 1 });
    }
    return generation;
  },
};

const items = itemsOf(Number(values.questions));
const outcome = await measure({
  name: `${model.facts.name}, ${model.facts.precision} on ${model.facts.device}, ${slots} slots`,
  items,
  concurrency: slots,
  options: { generator: 'local', 'prompt-style': values['prompt-style'], 'max-tries': values['max-tries'], 'soft-deadline': '3600000', ...(values['parallel-documents'] ? { 'parallel-documents': 'true' } : {}) },
  drafts,
  total,
  parts: { generators: [watched] },
});
for (const [query, { text }] of [...drafts].slice(0, Number(values.show))) console.log(`\n--- first draft for ${JSON.stringify(query)}\n${text}`);
const load = model.load();
console.log(`\n  prompt tokens ${load.promptTokens}, of which ${((100 * load.cachedTokens) / Math.max(1, load.promptTokens)).toFixed(0)} % were in the cache`);
await model.close();
const untrue = outcome.useful_lacking + outcome.noisy_leaking + outcome.mislabelled > 0;
console.log(JSON.stringify({ report: 'simulator', model: model.facts.name, precision: model.facts.precision, labels_hold: !untrue, ...outcome }));
process.exitCode = untrue ? 1 : 0;
