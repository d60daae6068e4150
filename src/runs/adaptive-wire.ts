/** Where an adaptive curriculum stands, on the wire: all of it, so that a trainer that goes back to a checkpoint takes its curriculum back with it. */
import { BadRequestError } from '../errors.ts';
import { type JsonObject, isObject } from '../json.ts';
import { ADAPTIVE_DECISIONS, type AdaptiveState, BASELINES, type WindowedMean } from './adaptive.ts';
import { FINITE, PROBABILITY, WEIGHT, numberAt } from './number-rules.ts';

export function adaptiveBody({ version, noise, searched, unsearched, baseline, baselineFrom, fresh, waited, value, decision }: AdaptiveState) {
  return { version, noise, searched, unsearched, baseline, baseline_from: baselineFrom, fresh, waited, value, decision };
}

/** Of the body above; BadRequestError, naming the field, for anything else. A noise outside the curriculum's bounds comes within them at the next rewards. */
export function parseAdaptive(value: unknown, field: string): AdaptiveState {
  const fields = objectAt(value, field);
  const { version, noise, baseline, baseline_from: from, fresh, waited, decision } = fields;
  if (version !== 1) throw new BadRequestError('invalid_field', `${field}.version`, '1');
  return {
    version,
    noise: numberAt(noise, `${field}.noise`, PROBABILITY),
    searched: meanAt(fields['searched'], `${field}.searched`),
    unsearched: meanAt(fields['unsearched'], `${field}.unsearched`),
    baseline: numberAt(baseline, `${field}.baseline`, FINITE),
    baselineFrom: oneOf(from, `${field}.baseline_from`, BASELINES),
    fresh: numberAt(fresh, `${field}.fresh`, WEIGHT),
    waited: numberAt(waited, `${field}.waited`, WEIGHT),
    value: fields['value'] === null ? null : numberAt(fields['value'], `${field}.value`, FINITE),
    decision: oneOf(decision, `${field}.decision`, ADAPTIVE_DECISIONS),
  };
}

function objectAt(value: unknown, field: string): JsonObject {
  if (!isObject(value)) throw new BadRequestError('invalid_field', field, "an object, as a run's `adaptive` is");
  return value;
}

function meanAt(value: unknown, field: string): WindowedMean {
  const { count, mean } = objectAt(value, field);
  return { count: numberAt(count, `${field}.count`, WEIGHT), mean: numberAt(mean, `${field}.mean`, FINITE) };
}

function oneOf<T extends string>(value: unknown, field: string, choices: readonly T[]): T {
  if (!choices.includes(value as T)) throw new BadRequestError('invalid_field', field, `one of ${choices.join(', ')}`);
  return value as T;
}
