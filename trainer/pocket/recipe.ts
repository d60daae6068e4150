/**
 * How the two models that ship with the project are made (models/pocket-simulator, models/pocket-policy): layers and vocabulary of
 * SmolLM2-135M-Instruct, examples, `winnow sft`, and one GGUF file in blocks of four bits. `npm run make:pocket` runs it (bench/pocket.ts).
 *
 * Layers. Both copy for a living: the simulator an answer out of its prompt, the policy one out of documents. Copying heads stand in layers
 * 15 to 18 and 23 and 24 of the thirty, fed by heads of layer 1 that look one token back (attention on repeated random tokens; docs/log.md).
 * Cuts that keep the text's likelihood highest, untuned, lose them all.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFiles } from '../../models/files.ts';
import { openModel } from '../../models/open.ts';
import { createTokenizer } from '../../models/tokenizer/tokenizer.ts';
import { writeModel } from '../../models/write-model.ts';
import { ADAMW_DEFAULTS } from '../optim/adamw.ts';
import { createSchedule } from '../optim/schedule.ts';
import { tagsOf } from '../rollout/grammar.ts';
import type { World } from '../rollout/http.ts';
import { readExamples } from '../sft.ts';
import type { BlockType } from './blocks.ts';
import { cutModel } from './cut.ts';
import { exportGguf } from './export-gguf.ts';
import { policyExamples } from './policy-data.ts';
import { type RoundedOptions, type RoundedStep, tuneRounded } from './rounded.ts';
import { type Example, simulatorExamples } from './simulator-data.ts';
import { type Sources, readSources } from './sources.ts';
import { templatePages } from './template-pages.ts';
import { countTokens, cutVocabulary } from './vocabulary.ts';

export const POCKET_NAMES = ['pocket-simulator', 'pocket-policy'] as const;
export type PocketName = (typeof POCKET_NAMES)[number];

interface Plan {
  readonly layers: readonly number[];
  /** Entries. */
  readonly vocabulary: number;
  /** Added to the vocabulary, one token each. */
  readonly tags: readonly string[];
  readonly contextLength: number;
  /** Learnt, at most: the first of them, in their mixed order. */
  readonly examples: number;
  /** Held out beside. */
  readonly validation: number;
  /** Flags of `winnow sft`. */
  readonly tuning: Readonly<Record<string, string>>;
  /** Afterwards, with the weights as the file rounds them. */
  readonly rounding: Pick<RoundedOptions, 'steps' | 'batch' | 'learningRate'>;
  readonly typeOf: (tensor: string) => BlockType;
  readonly description: string;
}

/** Both files together take less than 40 MB. */
const typesWith = (embedding: BlockType) => (tensor: string): BlockType => (tensor === 'model.embed_tokens.weight' ? embedding : 'Q4_0');

export const PLANS: Readonly<Record<PocketName, Plan>> = {
  'pocket-simulator': {
    layers: [0, 1, 6, 15, 16, 17, 18, 23, 24, 29],
    vocabulary: 10_240,
    tags: [],
    contextLength: 2048,
    examples: 24_000,
    validation: 300,
    tuning: { steps: '600', batch: '16', lr: '6e-4', 'max-length': '160', schedule: 'cosine', 'weight-decay': '0.01' },
    rounding: { steps: 80, batch: 16, learningRate: 1e-4 },
    typeOf: typesWith('Q8_0'),
    description: 'Writes the documents of search pages for Winnow, useful or noisy. Cut from SmolLM2-135M-Instruct and tuned.',
  },
  'pocket-policy': {
    layers: [0, 1, 15, 16, 17],
    vocabulary: 6144,
    tags: tagsOf('tags'),
    contextLength: 2048,
    examples: 12_000,
    validation: 200,
    tuning: { epochs: '1', batch: '16', lr: '8e-4', 'max-length': '400', schedule: 'cosine', 'weight-decay': '0.01' },
    rounding: { steps: 200, batch: 16, learningRate: 2e-4 },
    typeOf: typesWith('Q4_1'),
    description: 'Can search and read, and rarely does: where training by reward begins in Winnow. Cut from SmolLM2-135M-Instruct and tuned.',
  },
};

export interface Making {
  /** SmolLM2-135M-Instruct. */
  readonly teacher: string;
  /** Question sets and passages (sources.ts). */
  readonly data: string;
  /** Of a winnow server whose generator is `template`. */
  readonly base: string;
  /** Takes `cut/`, `train.jsonl` and `validation.jsonl`. */
  readonly folder: string;
  readonly seed: string;
}

export interface Prepared {
  readonly examples: number;
  /** Of the small model. */
  readonly vocabulary: number;
}

/** Everything before tuning. Same sources, same bytes. */
export async function preparePocket(name: PocketName, { teacher, data, base, folder, seed }: Making, world: World, signal?: AbortSignal): Promise<Prepared> {
  const { layers, vocabulary: size, tags, contextLength, examples: most, validation } = PLANS[name];
  const whole = await openModel(teacher);
  try {
    const { eosToken, vocabulary: tokens } = whole.tokenizer;
    if (eosToken === null) throw new RangeError(`${teacher} has no end token.`);
    const all = await examplesOf(name, await readSources(data), tokens[eosToken]!, { base, seed }, world, signal);
    const examples = all.slice(validation, validation + most);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'train.jsonl'), lines(examples));
    await writeFile(join(folder, 'validation.jsonl'), lines(all.slice(0, validation)));
    const counts = await countTokens(whole.tokenizer, examples.map(({ segments }) => segments.map(({ text }) => text).join('')));
    const vocabulary = await cutVocabulary(whole.tokenizer, counts, { size, keep: [], add: tags });
    await cutModel(whole, { layers, vocabulary, contextLength }, join(folder, 'cut'));
    return { examples: examples.length, vocabulary: vocabulary.spec.vocabulary.length };
  } finally {
    await whole.weights.close();
  }
}

async function examplesOf(name: PocketName, { open, bundled, passages }: Sources, end: string, pages: { readonly base: string; readonly seed: string }, world: World, signal: AbortSignal | undefined): Promise<Example[]> {
  const written = await templatePages([...open, ...bundled], pages, world, signal);
  const sources = { pages: written, facts: bundled, passages };
  if (name === 'pocket-simulator') return simulatorExamples(sources, end, pages.seed);
  // What it answers at once is guessed from open questions: the demo's own must not be known to it before it searches.
  const unknown = new Set(bundled.map(({ question }) => question));
  return policyExamples(sources, { end, seed: pages.seed, searchShare: 0.15, twiceShare: 0.4, directPerReading: 0.5, documents: 0.3, guessed: ({ question }) => !unknown.has(question) });
}

const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

export interface RoundingWork {
  /** Of `preparePocket`. */
  readonly folder: string;
  /** The tuned model. */
  readonly tuned: ModelFiles;
  readonly threads: number;
  /** Default: the plan's. */
  readonly steps?: number;
  readonly onStep: (step: RoundedStep) => void;
}

/** The last steps: leaves `folder`/rounded. */
export async function roundPocket(name: PocketName, { folder, tuned, threads, steps = PLANS[name].rounding.steps, onStep }: RoundingWork): Promise<void> {
  const { typeOf, rounding, tuning } = PLANS[name];
  const tokenizer = await createTokenizer(tuned.tokenizer);
  const { examples } = await readExamples(join(folder, 'train.jsonl'), tokenizer, { maxLength: Number(tuning['max-length']), eosToken: null });
  tokenizer.free();
  const schedule = createSchedule('linear', { totalSteps: steps, warmup: Math.ceil(steps / 10) });
  const options = { ...rounding, steps, schedule, rounds: (tensor: string) => typeOf(tensor) === 'Q4_0', microBatchTokens: 2048, optimizer: { ...ADAMW_DEFAULTS, beta2: 0.98 }, threads, scaleEvery: 20 };
  const tensors = await tuneRounded(tuned, examples, options, onStep);
  await writeModel(join(folder, 'rounded'), { config: tuned.config, tensors, tokenizerSource: tuned });
}

/** The file that ships, out of a tuned model. */
export async function finishPocket(name: PocketName, tuned: ModelFiles): Promise<Uint8Array> {
  const { typeOf, description } = PLANS[name];
  return exportGguf(tuned, { name, licence: 'apache-2.0', description, typeOf });
}
