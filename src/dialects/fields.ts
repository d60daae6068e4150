/**
 * Reading untrusted values. Clients send numbers and booleans as strings ("10", "True"), lists as arrays, comma strings or repeated
 * keys, and null or [] for "not set" (spec: dialects, pitfalls 3, 4, 6). Each reader coerces what can be coerced, and refuses the
 * rest with a BadRequestError that names the field and what was expected.
 */
import { BadRequestError } from '../errors.ts';
import { type JsonObject, isObject } from '../json.ts';

export { isObject, objectOrEmpty } from '../json.ts';
export type Fields = JsonObject;

/** Absent, null and '' all mean "not set". */
export function isUnset(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === '';
}

/** A repeated key arrives as an array; a single value is wanted. */
function single(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

/** As a lower-case word; undefined for an object, whose `toString` may be anything a client sent. */
function wordOf(value: unknown): string | undefined {
  return typeof value === 'object' ? undefined : String(value).trim().toLowerCase();
}

/** An optional string; numbers and booleans are written out, anything else is refused. */
export function optionalString(fields: Fields, name: string): string | undefined {
  const value = single(fields[name]);
  if (isUnset(value)) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new BadRequestError('invalid_field', name, 'a string');
}

/** The query text: required, and not only white space. */
export function requiredString(fields: Fields, name: string): string {
  const value = optionalString(fields, name);
  if (value === undefined || value.trim() === '') throw new BadRequestError('missing_field', name, 'a non-empty string');
  return value;
}

export interface IntegerBounds {
  readonly min: number;
  readonly max: number;
  /** `clamp` brings a value outside the bounds to the nearest one; `refuse` is for vendors that answer with an error. */
  readonly outside: 'clamp' | 'refuse';
}

/** An optional integer; "10", 10 and 10.0 are all 10. */
export function optionalInteger(fields: Fields, name: string, bounds: IntegerBounds): number | undefined {
  const value = single(fields[name]);
  if (isUnset(value)) return undefined;
  const expected = `an integer from ${bounds.min} to ${bounds.max}`;
  const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value.trim()) : Number.NaN;
  if (!Number.isFinite(number) || (!Number.isInteger(number) && bounds.outside === 'refuse')) {
    throw new BadRequestError('invalid_field', name, expected);
  }
  const whole = Math.trunc(number);
  if (whole >= bounds.min && whole <= bounds.max) return whole;
  if (bounds.outside === 'refuse') throw new BadRequestError('invalid_field', name, expected);
  return Math.min(bounds.max, Math.max(bounds.min, whole));
}

/** An optional number in [min, max], refused outside. */
export function optionalNumber(fields: Fields, name: string, min: number, max: number): number | undefined {
  const value = single(fields[name]);
  if (isUnset(value)) return undefined;
  const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value.trim()) : Number.NaN;
  if (!Number.isFinite(number) || number < min || number > max) {
    throw new BadRequestError('invalid_field', name, `a number from ${min} to ${max}`);
  }
  return number;
}

/** true, "true", "True", "1", 1, "yes" and "on"; likewise for false. */
export function optionalBoolean(fields: Fields, name: string): boolean | undefined {
  const value = single(fields[name]);
  if (isUnset(value)) return undefined;
  if (typeof value === 'boolean') return value;
  const word = wordOf(value);
  if (word === 'true' || word === '1' || word === 'yes' || word === 'on') return true;
  if (word === 'false' || word === '0' || word === 'no' || word === 'off') return false;
  throw new BadRequestError('invalid_field', name, 'true or false');
}

/** A list of strings as an array, a comma string or repeated keys; empty when not set. Blank items vanish. */
export function stringList(fields: Fields, name: string): string[] {
  const value = fields[name];
  if (isUnset(value)) return [];
  const items = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [value];
  const list: string[] = [];
  for (const item of items) {
    if (isUnset(item)) continue;
    if (typeof item !== 'string' && typeof item !== 'number') throw new BadRequestError('invalid_field', name, 'a list of strings');
    const text = String(item).trim();
    if (text) list.push(text);
  }
  return list;
}

/** One of a closed list, compared without case. `otherwise` decides what an unknown word does: most vendors shrug it off. */
export function optionalChoice<T extends string>(fields: Fields, name: string, choices: readonly T[], otherwise: 'ignore' | 'refuse'): T | undefined {
  const value = single(fields[name]);
  if (isUnset(value)) return undefined;
  const word = wordOf(value);
  const found = choices.find((choice) => choice.toLowerCase() === word);
  if (found === undefined && otherwise === 'refuse') throw new BadRequestError('invalid_field', name, `one of ${choices.join(', ')}`);
  return found;
}

/** A JSON object, or undefined when not set; anything else is refused. */
export function optionalObject(fields: Fields, name: string): Fields | undefined {
  const value = fields[name];
  if (isUnset(value)) return undefined;
  if (!isObject(value)) throw new BadRequestError('invalid_field', name, 'an object');
  return value;
}

/** Two-letter language of `en`, `en-US`, `lang_en`, `EN`; `fallback` for `auto`, `all` and what is no language at all. */
export function languageOf(value: string | undefined, fallback = 'en'): string {
  const match = /^(?:lang_)?([a-z]{2})(?:[-_][a-z]+)?$/i.exec(value?.trim() ?? '');
  return match?.[1]?.toLowerCase() ?? fallback;
}

/** Two-letter country of `us`, `US`, `countryUS`, `en-US`; `fallback` for `ALL` and what is no country code. */
export function countryOf(value: string | undefined, fallback = 'us'): string {
  const text = value?.trim() ?? '';
  const match = /^(?:country)?([a-z]{2})$/i.exec(text) ?? /^[a-z]{2}[-_]([a-z]{2})$/i.exec(text);
  return match?.[1]?.toLowerCase() ?? fallback;
}
