/** Chat messages and Responses input items, read alike and tolerantly: what is no text is no part of the query. */
import { BadRequestError } from '../../errors.ts';
import type { SearchQuery } from '../../types.ts';
import { type Fields, countryOf, isUnset, objectOrEmpty, optionalChoice } from '../fields.ts';

export interface Message {
  readonly role: string;
  readonly text: string;
}

/** A string as it is; anything else as ''. */
export function stringOrEmpty(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Text of a string or of a list of parts (`text`, `input_text`, `output_text`). */
function textOf(content: unknown): string {
  if (!Array.isArray(content)) return stringOrEmpty(content);
  return content
    .map((part: unknown) => (typeof part === 'string' ? part : stringOrEmpty(objectOrEmpty(part).text)))
    .filter(Boolean)
    .join('\n');
}

/** A list of messages; refused, naming the field, when there is none or when no text is in it. */
export function readMessages(fields: Fields, name: string): readonly Message[] {
  const value = fields[name];
  const expected = 'a non-empty list of messages';
  if (isUnset(value)) throw new BadRequestError('missing_field', name, expected);
  if (!Array.isArray(value)) throw new BadRequestError('invalid_field', name, expected);
  const messages = value.map((item: unknown): Message => {
    if (typeof item === 'string') return { role: 'user', text: item };
    const message = objectOrEmpty(item);
    return { role: stringOrEmpty(message.role), text: textOf(message.content) };
  });
  if (!messages.some((message) => message.text.trim())) throw new BadRequestError('missing_field', name, `${expected} with some text`);
  return messages;
}

/** What is asked: the last thing the user said, or else the last thing that anybody said. */
export function lastUserText(messages: readonly Message[]): string {
  const spoken = messages.filter((message) => message.text.trim());
  return (spoken.findLast((message) => message.role === 'user') ?? spoken.at(-1))?.text.trim() ?? '';
}

export function allText(messages: readonly Message[]): string {
  return messages.map((message) => message.text).join('\n');
}

export const CONTEXT_SIZES = ['low', 'medium', 'high'] as const;
export type ContextSize = (typeof CONTEXT_SIZES)[number];

/** Results searched, sources cited and sentences taken from each; OpenAI says only that more context costs more. */
export const DEPTH: Readonly<Record<ContextSize, { readonly count: number; readonly sources: number; readonly sentences: number }>> = {
  low: { count: 3, sources: 2, sentences: 1 },
  medium: { count: 5, sources: 3, sentences: 2 },
  high: { count: 10, sources: 5, sentences: 3 },
};

export function contextSize(options: Fields): ContextSize {
  return optionalChoice(options, 'search_context_size', CONTEXT_SIZES, 'ignore') ?? 'medium';
}

/** Flat in Responses, under `approximate` in Chat (spec: dialects, pitfall 29); either is read in both. */
export function locationOf(value: unknown): Pick<SearchQuery, 'country'> {
  const location = objectOrEmpty(value);
  return { country: countryOf(stringOrEmpty(objectOrEmpty(location.approximate).country) || stringOrEmpty(location.country)) };
}
