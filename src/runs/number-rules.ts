/** What a number of a run may be, and the error that says so in the same words. */
import { BadRequestError } from '../errors.ts';

export interface NumberRule {
  readonly words: string;
  readonly holds: (value: number) => boolean;
}

export const FINITE: NumberRule = { words: 'a finite number', holds: () => true };
export const PROBABILITY: NumberRule = { words: 'a probability from 0 to 1', holds: (n) => n >= 0 && n <= 1 };
/** Of trajectories whose older ones are forgotten by fractions. */
export const WEIGHT: NumberRule = { words: 'a number, 0 or more', holds: (n) => n >= 0 };
export const COUNT: NumberRule = { words: 'an integer, 1 or more', holds: (n) => Number.isSafeInteger(n) && n >= 1 };
export const STEP: NumberRule = { words: 'an integer, 0 or more', holds: (n) => Number.isSafeInteger(n) && n >= 0 };

/** A number that is one already, and finite. Throws BadRequestError, naming the field. */
export function numberAt(value: unknown, field: string, rule: NumberRule): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || !rule.holds(value)) throw new BadRequestError('invalid_field', field, rule.words);
  return value;
}
