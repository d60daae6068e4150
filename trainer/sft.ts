/**
 * Supervised tuning, read from top to bottom: texts in segments, of which some are learnt and some only read; next-token likelihood of
 * the learnt ones; AdamW. A run that was stopped goes on where it was, bit for bit.
 */
import { readFile } from 'node:fs/promises';
import type { ModelFiles } from '../models/files.ts';
import type { Tokenizer } from '../models/tokenizer/tokenizer.ts';
import { ConfigError } from '../src/errors.ts';
import { nll } from './algorithms/nll.ts';
import type { LoraOptions } from './autodiff/lora.ts';
import { type TrainableModel, openTrainable } from './autodiff/trainable.ts';
import { DivergedError } from './errors.ts';
import { type Sequence, microBatches } from './micro-batches.ts';
import { type AdamWOptions, type AdamWState, createAdamW } from './optim/adamw.ts';
import type { Schedule } from './optim/schedule.ts';
import { shuffledIndex } from './shuffle.ts';

/** A piece of an example. `loss` weighs its tokens: 0 is read only, 1 is the usual. Pieces are tokenised apart, as a rollout would. */
export interface Segment {
  readonly text: string;
  readonly loss: number;
}

export interface Example {
  readonly tokens: readonly number[];
  /** Places that are learnt, none 0, and what each weighs. */
  readonly scored: readonly number[];
  readonly weights: readonly number[];
}

export interface SftOptions {
  readonly steps: number;
  /** Examples of one step. */
  readonly batch: number;
  /** Padded tokens of one forward and backward pass. */
  readonly microBatchTokens: number;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly optimizer: AdamWOptions;
  readonly lora: LoraOptions | null;
  readonly recompute: boolean;
  readonly threads: number;
  readonly seed: number;
  /** Steps between two looks at the validation set; the last step has one anyway. */
  readonly evalEvery: number;
  /** Steps between two checkpoints; the last step has one anyway. */
  readonly saveEvery: number;
}

export interface SftStep {
  /** Steps done, from 1. */
  readonly step: number;
  /** Mean negative log-likelihood of a learnt token, natural logarithm. */
  readonly loss: number;
  /** Share of learnt tokens that were the most probable. */
  readonly accuracy: number;
  readonly validation: { readonly loss: number; readonly accuracy: number } | null;
  readonly gradNorm: number;
  readonly learningRate: number;
  /** Tokens read, padding left out, and milliseconds they took. */
  readonly tokens: number;
  readonly milliseconds: number;
}

/** What a run resumes from and a checkpoint holds. */
export interface SftState {
  readonly step: number;
  readonly parameters: Float32Array;
  readonly optimizer: AdamWState;
}

export interface SftSurroundings {
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
  readonly onStep: (step: SftStep) => void | Promise<void>;
  /** A state is valid until this settles. */
  readonly onSave: (state: SftState, model: TrainableModel) => Promise<void>;
  /** Ends the run after the step under way, with a checkpoint. */
  readonly signal: AbortSignal;
}

/** Returns the steps done: fewer than asked for where the signal ended it. */
export async function sft(files: Pick<ModelFiles, 'config' | 'weights'>, train: readonly Example[], validation: readonly Example[], options: SftOptions, from: SftState | null, { clock, onStep, onSave, signal }: SftSurroundings): Promise<number> {
  const { batch, seed, steps } = options;
  const model = await openTrainable(files, nll, { threads: options.threads, lora: options.lora, recompute: options.recompute, seed });
  try {
    const optimizer = createAdamW(options.optimizer);
    const state = optimizer.init(model.layout, model.moments, from?.optimizer);
    if (from) model.parameters.set(from.parameters);
    const indexAt = shuffledIndex(train.length, seed);
    let step = from?.step ?? 0;
    while (step < steps && !signal.aborted) {
      const started = clock();
      const chosen = Array.from({ length: batch }, (_, i) => train[indexAt(step * batch + i)]!);
      const rate = options.learningRate * options.schedule(step);
      model.zeroGradients();
      const { loss, accuracy } = await passes(chosen, options.microBatchTokens, (one) => model.accumulate(one));
      if (!Number.isFinite(loss)) throw new DivergedError(step + 1, `the loss is ${loss}`);
      const { gradNorm, applied } = await optimizer.update(model.parameters, model.gradients, state, model.layout, rate);
      if (!applied) throw new DivergedError(step + 1, `the gradient's norm is ${gradNorm}`);
      step++;
      const milliseconds = clock() - started;
      const last = step === steps || signal.aborted;
      const looked = validation.length > 0 && (last || step % options.evalEvery === 0) ? await passes(validation, options.microBatchTokens, (one) => model.evaluate(one)) : null;
      await onStep({ step, loss, accuracy, validation: looked, gradNorm, learningRate: rate, tokens: chosen.reduce((sum, { tokens }) => sum + tokens.length, 0), milliseconds });
      if (last || step % options.saveEvery === 0) await onSave({ step, parameters: model.parameters, optimizer: state }, model);
    }
    return step;
  } finally {
    await model.close();
  }
}

type Pass = TrainableModel['accumulate'];

/** Mean over the weights of all learnt tokens, however they are cut into passes. */
export async function passes(examples: readonly Example[], maxTokens: number, run: Pass): Promise<{ loss: number; accuracy: number }> {
  const total = examples.reduce((sum, { weights }) => sum + weights.reduce((all, weight) => all + weight, 0), 0);
  const sequences = examples.map(({ tokens, scored, weights }): Sequence => ({ tokens, scored, inputs: { weights: weights.map((weight) => weight / total) } }));
  let loss = 0;
  let accuracy = 0;
  for (const { batch } of microBatches(sequences, maxTokens)) {
    const result = await run(batch);
    loss += result.loss;
    const weights = batch.inputs['weights']!;
    result.outputs['correct']!.forEach((one, row) => (accuracy += one * Number(weights[row])));
  }
  return { loss, accuracy };
}

/**
 * Reads `{"segments": [{"text", "loss"}]}`, or `{"prompt", "completion"}`, of which the completion is learnt and ends in the model's end
 * token, a line each. Examples are cut at `maxLength` tokens; those that then have nothing to learn are left out, and counted.
 */
export async function readExamples(path: string, tokenizer: Tokenizer, { maxLength, eosToken }: { readonly maxLength: number; readonly eosToken: number | null }): Promise<{ readonly examples: Example[]; readonly empty: number }> {
  const examples: Example[] = [];
  let empty = 0;
  const lines = (await readFile(path, 'utf8')).split('\n');
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const example = exampleOf(segmentsOf(line, path, i + 1), tokenizer, maxLength, eosToken);
    if (example.scored.length === 0) empty++;
    else examples.push(example);
  }
  if (examples.length === 0) throw new ConfigError('train', `${path}: expected at least one example with a token to learn; there is none in ${lines.length} lines.`);
  return { examples, empty };
}

interface Tuned {
  readonly segments: readonly Segment[];
  /** The end token follows; segments spell theirs where they want one. */
  readonly ends: boolean;
}

function segmentsOf(line: string, path: string, row: number): Tuned {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ConfigError('train', `${path}, line ${row}: expected a JSON object.`);
  }
  const { segments, prompt, completion } = (value ?? {}) as Record<string, unknown>;
  if (typeof prompt === 'string' && typeof completion === 'string') return { segments: [{ text: prompt, loss: 0 }, { text: completion, loss: 1 }], ends: true };
  const sound = Array.isArray(segments) && segments.every((one: Partial<Segment> | null) => typeof one?.text === 'string' && typeof one.loss === 'number' && one.loss >= 0);
  if (!sound) throw new ConfigError('train', `${path}, line ${row}: expected segments, a list of {"text": string, "loss": a number from 0}, or prompt and completion.`);
  return { segments: segments as Segment[], ends: false };
}

function exampleOf({ segments, ends }: Tuned, tokenizer: Tokenizer, maxLength: number, eosToken: number | null): Example {
  const tokens: number[] = [];
  const weights: number[] = [];
  for (const [i, { text, loss }] of segments.entries()) {
    const own = tokenizer.encode(text, { special: true, bos: i === 0 });
    for (const token of own) {
      tokens.push(token);
      weights.push(loss);
    }
  }
  // As the last words are learnt, so is that nothing follows them.
  if (ends && eosToken !== null) {
    tokens.push(eosToken);
    weights.push(segments.at(-1)!.loss);
  }
  const kept = tokens.slice(0, maxLength);
  const scored = kept.map((_, at) => at).filter((at) => at > 0 && weights[at]! > 0);
  return { tokens: kept, scored, weights: scored.map((at) => weights[at]!) };
}
