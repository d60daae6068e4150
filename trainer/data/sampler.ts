/**
 * Which question comes when: another order in each epoch, a function of seed and epoch alone. What a sampler has to remember is one
 * number, so a run that was stopped goes on with the same questions.
 */
import { ConfigError } from '../../src/errors.ts';
import { shuffledIndex } from '../shuffle.ts';
import type { Question } from './question.ts';

export interface SamplerOptions {
  readonly seed: number;
  /** False: every epoch in the order given. */
  readonly shuffle: boolean;
  /** Questions of a batch. */
  readonly batch: number;
  /** True: an epoch ends with its last full batch, and what is left is not asked in it. False: a batch runs on into the next epoch. */
  readonly dropLast: boolean;
  /** Null: without end. */
  readonly epochs: number | null;
}

/** JSON as it is. */
export interface SamplerState {
  /** Questions passed so far, over all epochs. */
  readonly taken: number;
}

export const NEW_SAMPLER: SamplerState = { taken: 0 };

export interface Sampled {
  readonly questions: readonly Question[];
  readonly state: SamplerState;
  /** Of the first of them, from 0. */
  readonly epoch: number;
}

export interface Sampler {
  /** Asked in one epoch. */
  readonly perEpoch: number;
  /**
   * The next `count` questions (a batch), none twice and none of `except`, which are passed over. Fewer where the set has no more, or
   * the last epoch ends; null after it.
   */
  next(state: SamplerState, count?: number, except?: ReadonlySet<string>): Sampled | null;
}

export function createSampler(all: readonly Question[], { seed, shuffle, batch, dropLast, epochs }: SamplerOptions): Sampler {
  const perEpoch = dropLast ? all.length - (all.length % batch) : all.length;
  if (perEpoch === 0) throw new ConfigError('data', `A set of ${all.length} questions has no full batch of ${batch}.`);
  const end = epochs === null ? Number.POSITIVE_INFINITY : epochs * perEpoch;
  const indexAt = shuffle ? shuffledIndex(all.length, seed, perEpoch) : (place: number): number => place % perEpoch;
  return {
    perEpoch,
    next({ taken: from }, count = batch, except = new Set()) {
      if (from >= end) return null;
      const chosen = new Map<string, Question>();
      let taken = from;
      // Two epochs' worth of places meet whatever can be chosen.
      for (const last = Math.min(end, from + 2 * perEpoch); taken < last && chosen.size < Math.min(count, perEpoch); taken++) {
        const question = all[indexAt(taken)]!;
        if (!except.has(question.id) && !chosen.has(question.id)) chosen.set(question.id, question);
      }
      return { questions: [...chosen.values()], state: { taken }, epoch: Math.floor(from / perEpoch) };
    },
  };
}
