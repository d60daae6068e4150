/** JSON of a shape that nobody vouches for. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value that is no object holds no fields. */
export function objectOrEmpty(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
