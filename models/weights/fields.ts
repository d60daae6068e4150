/** Values of a configuration, each checked when it is read, so that a complaint names the file, the key and what was expected. */
import { ModelFileError, UnsupportedModelError } from '../errors.ts';
import { type JsonObject, describe, isObject } from './json.ts';

/** Null and a missing key are the same: published configurations use both. */
export class Fields {
  readonly file: string;
  readonly #values: JsonObject;
  /** Put before a key in messages: `rope_scaling.`. */
  readonly #prefix: string;

  constructor(file: string, values: JsonObject, prefix = '') {
    this.file = file;
    this.#values = values;
    this.#prefix = prefix;
  }

  /** A whole number that fits comes as a number, whatever GGUF's width for it; a missing value is null. */
  value(key: string): unknown {
    const value = Object.hasOwn(this.#values, key) ? this.#values[key] : null;
    return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : (value ?? null);
  }

  has(key: string): boolean {
    return this.value(key) !== null;
  }

  fault(key: string, expected: string, found?: string): ModelFileError {
    return new ModelFileError(this.file, this.#prefix + key, expected, found ?? this.#found(key));
  }

  unsupported(key: string, expected: string, found?: string): UnsupportedModelError {
    return new UnsupportedModelError(this.file, this.#prefix + key, expected, found ?? this.#found(key));
  }

  #found(key: string): string {
    return this.has(key) ? `it is ${describe(this.value(key))}` : 'it is missing';
  }

  /** A whole number from 1 to 2^31 - 1. With a fallback, the key may be missing. */
  count(key: string, fallback?: number): number {
    const value = this.value(key) ?? fallback;
    if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > 0x7fff_ffff) throw this.fault(key, 'a whole number from 1 to 2^31 - 1');
    return value as number;
  }

  /** A finite number above 0. With a fallback, the key may be missing. */
  positive(key: string, fallback?: number): number {
    const value = this.value(key) ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) throw this.fault(key, 'a number above 0');
    return value;
  }

  /** True, false, or missing, which is false. */
  flag(key: string): boolean {
    const value = this.value(key) ?? false;
    if (typeof value !== 'boolean') throw this.fault(key, 'true or false');
    return value;
  }

  text(key: string): string {
    const value = this.value(key);
    if (typeof value !== 'string') throw this.fault(key, 'a text');
    return value;
  }

  /** Token ids; a single one may stand without its list, and none is an empty list. */
  tokens(key: string): readonly number[] {
    const value = this.value(key);
    const list: readonly unknown[] = value === null ? [] : Array.isArray(value) ? value : [value];
    if (!list.every((one) => Number.isSafeInteger(one) && (one as number) >= 0)) throw this.fault(key, 'a token id, or a list of them');
    return list as readonly number[];
  }

  /** The first of `tokens`, or null. */
  token(key: string): number | null {
    return this.tokens(key)[0] ?? null;
  }

  /** An object under a key, as fields of their own; null where there is none. */
  fields(key: string): Fields | null {
    const value = this.value(key);
    if (value === null) return null;
    if (!isObject(value)) throw this.fault(key, 'an object');
    return new Fields(this.file, value, `${this.#prefix}${key}.`);
  }
}
