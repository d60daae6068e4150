/** Curricula: the training step becomes the probability that a page is noisy (ZeroSearch's `gt_threshold`). */
import { BadRequestError } from '../errors.ts';
import { type JsonObject, isObject } from '../json.ts';
import { ADAPTIVE_DEFAULTS, type AdaptiveCurriculum } from './adaptive.ts';
import { COUNT, type NumberRule, PROBABILITY, STEP, numberAt } from './number-rules.ts';

export type { AdaptiveCurriculum, AdaptiveState } from './adaptive.ts';

export const CURRICULUM_KINDS = ['constant', 'linear', 'exponential', 'steps', 'adaptive'] as const;
export type CurriculumKind = (typeof CURRICULUM_KINDS)[number];

export type Curriculum =
  | { readonly kind: 'constant'; readonly noise: number }
  | { readonly kind: 'linear'; readonly start: number; readonly end: number }
  | { readonly kind: 'exponential'; readonly start: number; readonly end: number; readonly base: number }
  /** Each noise holds from its step on; the first step is 0. */
  | { readonly kind: 'steps'; readonly at: readonly (readonly [step: number, noise: number])[] }
  | AdaptiveCurriculum;

/** ZeroSearch's, where it is a getattr fallback and no config key (spec: rl-frameworks C.1). */
export const DEFAULT_BASE = 4;

/** (base^f − 1) / (base − 1), by expm1 so that bases near 1 lose no digits; base 1 is its limit, the straight line. */
function exponentialShare(fraction: number, base: number): number {
  if (base === 1) return fraction;
  const log = Math.log(base);
  return Math.expm1(fraction * log) / Math.expm1(log);
}

/**
 * The noise probability at a step, in [0, 1]. ZeroSearch's rule is p = start + (base^(i/m) − 1) / (base − 1) · (end − start) for step
 * i of m, and p stays at `end` from m on; a run of no steps (m ≤ 0) is at its end. The adaptive curriculum knows no steps: `adaptive` is
 * the noise of its state, and without one it is at its start.
 */
export function noiseAt(curriculum: Curriculum, step: number, totalSteps: number, adaptive?: number): number {
  if (curriculum.kind === 'constant') return clamp(curriculum.noise, 0, 1);
  if (curriculum.kind === 'adaptive') return clamp(adaptive ?? curriculum.start, curriculum.start, curriculum.end);
  if (curriculum.kind === 'steps') {
    let noise = curriculum.at[0]?.[1] ?? 0;
    for (const [from, value] of curriculum.at) if (step >= from) noise = value;
    return clamp(noise, 0, 1);
  }
  const { start, end } = curriculum;
  if (totalSteps <= 0 || step >= totalSteps) return clamp(end, 0, 1);
  const fraction = Math.max(0, step) / totalSteps;
  const share = curriculum.kind === 'linear' ? fraction : exponentialShare(fraction, curriculum.base);
  return clamp(start + share * (end - start), 0, 1);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

const FORMS =
  'a probability from 0 to 1, an object with kind one of ' +
  `${CURRICULUM_KINDS.join(', ')}, or constant:0.3, linear:0:0.5, exponential:0:0.5:4, steps:0=0,100=0.25 or adaptive:0:0.5`;

const BASE: NumberRule = { words: 'a number above 0, at most 1e6', holds: (n) => n > 0 && n <= 1e6 };
const RATE: NumberRule = { words: 'a number above 0, at most 1', holds: (n) => n > 0 && n <= 1 };
const REWARD: NumberRule = { words: 'a number', holds: () => true };

/** The fields of each kind in the order of the short form. `steps` has a shape of its own. */
const FIELDS: Readonly<Record<Exclude<CurriculumKind, 'steps'>, readonly (readonly [name: string, rule: NumberRule, otherwise?: number])[]>> = {
  constant: [['noise', PROBABILITY]],
  linear: [['start', PROBABILITY], ['end', PROBABILITY]],
  exponential: [['start', PROBABILITY], ['end', PROBABILITY], ['base', BASE, DEFAULT_BASE]],
  adaptive: [
    ['start', PROBABILITY],
    ['end', PROBABILITY],
    ['rate', RATE, ADAPTIVE_DEFAULTS.rate],
    ['margin', REWARD, ADAPTIVE_DEFAULTS.margin],
    ['floor', REWARD, ADAPTIVE_DEFAULTS.floor],
    ['samples', COUNT, ADAPTIVE_DEFAULTS.samples],
    ['baselineSamples', COUNT, ADAPTIVE_DEFAULTS.baselineSamples],
    ['window', COUNT, ADAPTIVE_DEFAULTS.window],
  ],
};

function numberOf(value: unknown, field: string, rule: NumberRule, otherwise?: number): number {
  if (value === undefined || value === null || value === '') {
    if (otherwise !== undefined) return otherwise;
    throw new BadRequestError('missing_field', field, rule.words);
  }
  return numberAt(typeof value === 'string' ? Number(value.trim() || Number.NaN) : value, field, rule);
}

/** `['0=0', '100=0.25']` or `[[0, 0], [100, 0.25]]`. */
function stepsOf(value: unknown, field: string): Curriculum {
  const expected = 'a list of [step, noise] with rising steps, the first at step 0';
  if (!Array.isArray(value) || value.length === 0) throw new BadRequestError('missing_field', field, expected);
  let last = -1;
  const at = value.map((item: unknown, i): readonly [number, number] => {
    const pair: unknown = typeof item === 'string' ? item.split('=') : item;
    if (!Array.isArray(pair) || pair.length !== 2) throw new BadRequestError('invalid_field', `${field}[${i}]`, '[step, noise], or step=noise');
    const step = numberOf(pair[0], `${field}[${i}][0]`, STEP);
    if (i === 0 ? step !== 0 : step <= last) throw new BadRequestError('invalid_field', `${field}[${i}][0]`, expected);
    last = step;
    return [step, numberOf(pair[1], `${field}[${i}][1]`, PROBABILITY)];
  });
  return { kind: 'steps', at };
}

/** The short form as an object: `linear:0:0.5` is {kind, start, end}. */
function spelledOut(text: string, field: string): JsonObject {
  const [kind = '', ...values] = text.split(':').map((part) => part.trim());
  if (kind === 'steps') return { kind, at: values.join(':').split(',').filter(Boolean) };
  const names = isPlainKind(kind) ? FIELDS[kind].map(([name]) => name) : null;
  if (!names || values.length > names.length) throw new BadRequestError('invalid_field', field, FORMS);
  return Object.fromEntries([['kind', kind], ...values.map((value, i) => [names[i], value])]);
}

function isPlainKind(kind: unknown): kind is Exclude<CurriculumKind, 'steps'> {
  return typeof kind === 'string' && Object.hasOwn(FIELDS, kind);
}

/**
 * A curriculum from JSON, from the short form of a flag, or from a bare probability. Unknown fields are refused: a misspelt `end` would
 * otherwise train for days under a default.
 */
export function parseCurriculum(value: unknown, field: string): Curriculum {
  if (typeof value === 'number') return { kind: 'constant', noise: numberOf(value, field, PROBABILITY) };
  if (typeof value === 'string') {
    const text = value.trim();
    if (text.startsWith('{')) return parseCurriculum(jsonOf(text, field), field);
    if (text !== '' && Number.isFinite(Number(text))) return parseCurriculum(Number(text), field);
    return parseCurriculum(spelledOut(text, field), field);
  }
  if (!isObject(value)) throw new BadRequestError('invalid_field', field, FORMS);
  const { kind } = value;
  if (kind !== 'steps' && !isPlainKind(kind)) throw new BadRequestError('invalid_field', `${field}.kind`, `one of ${CURRICULUM_KINDS.join(', ')}`);
  const known = kind === 'steps' ? ['at'] : FIELDS[kind].map(([name]) => name);
  for (const name of Object.keys(value)) {
    if (name !== 'kind' && !known.includes(name)) throw new BadRequestError('invalid_field', `${field}.${name}`, `only kind, ${known.join(', ')}`);
  }
  if (kind === 'steps') return stepsOf(value.at, `${field}.at`);
  const numbers: Record<string, number> = {};
  for (const [name, rule, otherwise] of FIELDS[kind]) numbers[name] = numberOf(value[name], `${field}.${name}`, rule, otherwise);
  const curriculum = { kind, ...numbers } as Curriculum;
  if (curriculum.kind === 'adaptive') checkAdaptive(curriculum, field);
  return curriculum;
}

function checkAdaptive({ start, end, margin, floor, samples, window }: AdaptiveCurriculum, field: string): void {
  if (end < start) throw new BadRequestError('invalid_field', `${field}.end`, 'a probability from start to 1');
  if (floor > margin) throw new BadRequestError('invalid_field', `${field}.floor`, 'a number, at most margin');
  if (window < samples) throw new BadRequestError('invalid_field', `${field}.window`, 'an integer, at least samples');
}

function jsonOf(text: string, field: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadRequestError('invalid_field', field, FORMS, { cause: error });
  }
}

/** The short form; `parseCurriculum` reads it back to an equal curriculum. Fields at their defaults are left out at the end. */
export function formatCurriculum(curriculum: Curriculum): string {
  if (curriculum.kind === 'steps') return `steps:${curriculum.at.map(([step, noise]) => `${step}=${noise}`).join(',')}`;
  const values = FIELDS[curriculum.kind].map(([name, , otherwise]) => ({ value: (curriculum as unknown as Record<string, number>)[name], otherwise }));
  while (values.length > 0 && values.at(-1)?.value === values.at(-1)?.otherwise) values.pop();
  return [curriculum.kind, ...values.map(({ value }) => String(value))].join(':');
}
