/**
 * Do labels hold? `npx tsx bench/verification.ts [--questions 1000] [--real 100] [--real-tries 2]`
 *
 * A server in this process writes pages (support/labels.ts), first from an upstream that lies (test/support/lying-upstream.ts), then from
 * a real model of 135M parameters behind an upstream (test/support/llama-server).
 *
 * Exits 1 when a label is untrue. Ends with one JSON line.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startLlamaServer } from '../test/support/llama-server/start.ts';
import { startLyingUpstream } from '../test/support/lying-upstream.ts';
import { type Draft, type Item, QUESTIONS, type Total, itemsOf, measure, oneLine } from './support/labels.ts';

const CONCURRENCY = 32;
/** Of the real model: sequences in one batch. More would each be slower on two cores. */
const SEQUENCES = 4;

const { values } = parseArgs({
  options: { questions: { type: 'string', default: '1000' }, real: { type: 'string', default: '100' }, 'real-tries': { type: 'string', default: '2' }, seed: { type: 'string', default: '1' } },
});

/** The query that a prompt in Winnow's own style is about. */
function queryOf(prompt: string): string | null {
  const quoted = /^Query: (".*")$/m.exec(prompt)?.[1];
  return quoted === undefined ? null : (JSON.parse(quoted) as string);
}

/** A fetch that keeps the first completion of each question as the upstream sent it. */
function listening(drafts: Map<string, Draft>, total: Total): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith('/chat/completions') || !response.ok) return response;
    const text = await response.clone().text();
    try {
      const body = JSON.parse(text) as { choices: { message: { content: string }; finish_reason: string }[]; usage: { completion_tokens: number } };
      const choice = body.choices[0];
      if (choice === undefined) return response;
      const { messages } = JSON.parse(String(init?.body)) as { messages: { content: string }[] };
      const query = queryOf(messages.map(({ content }) => content).join('\n\n'));
      if (query === null) throw new Error('a prompt names no query: bench/verification.ts and src/simulator/prompts.ts disagree');
      total.completions++;
      total.tokens += body.usage.completion_tokens;
      if (!drafts.has(query)) drafts.set(query, { text: choice.message.content, truncated: choice.finish_reason === 'length', tokens: body.usage.completion_tokens });
    } catch (thrown) {
      if (!(thrown instanceof SyntaxError)) throw thrown;
    }
    return response;
  };
}

function measured(name: string, upstream: string, items: readonly Item[], concurrency: number, options: Readonly<Record<string, string>>) {
  const drafts = new Map<string, Draft>();
  const total: Total = { completions: 0, tokens: 0 };
  return measure({ name, items, concurrency, options: { ...options, upstream }, drafts, total, fetch: listening(drafts, total) });
}

type Outcome = Awaited<ReturnType<typeof measure>> | { readonly skipped: string };

async function lying(items: readonly Item[]): Promise<Outcome> {
  if (items.length === 0) return { skipped: '--questions 0' };
  const byQuery = new Map(items.map((item) => [oneLine(item.question), item.answers]));
  const upstream = await startLyingUpstream({
    seed: Number(values.seed),
    answersFor: (prompt) => byQuery.get(queryOf(prompt) ?? '') ?? [],
    slowMs: 4_000,
  });
  try {
    const outcome = await measured('lying upstream', upstream.baseUrl, items, CONCURRENCY, { 'upstream-timeout': '2000' });
    console.log(`  upstream ${upstream.requests} requests, ${upstream.distinctPrompts()} prompts: ${JSON.stringify(upstream.deeds)}`);
    return outcome;
  } finally {
    await upstream.stop();
  }
}

async function real(items: readonly Item[]): Promise<Outcome> {
  if (items.length === 0) return { skipped: '--real 0' };
  const llama = await startLlamaServer({ sequences: SEQUENCES });
  if ('skipped' in llama) return llama;
  try {
    const options = { 'upstream-timeout': '600000', 'upstream-retries': '0', 'upstream-concurrency': String(SEQUENCES), 'soft-deadline': '3600000', 'max-tries': values['real-tries'] };
    return await measured('SmolLM2-135M-Instruct', llama.baseUrl, items, SEQUENCES, options);
  } finally {
    await llama.stop();
  }
}

const outcome: Record<string, Outcome> = {};
if (existsSync(QUESTIONS)) {
  outcome.lying = await lying(itemsOf(Number(values.questions)));
  outcome.real = await real(itemsOf(Number(values.real)));
} else {
  const skipped = `${QUESTIONS} is absent`;
  outcome.lying = outcome.real = { skipped };
}
for (const [name, one] of Object.entries(outcome)) if ('skipped' in one) console.log(`\n${name}: skipped, ${one.skipped}`);

const untrue = Object.values(outcome).some((one) => !('skipped' in one) && one.useful_lacking + one.noisy_leaking + one.mislabelled > 0);
console.log(JSON.stringify({ bench: 'verification', labels_hold: !untrue, ...outcome }));
process.exitCode = untrue ? 1 : 0;
