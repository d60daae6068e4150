/**
 * What the rows of question sets have in common, whatever their columns are called (spec: rl-frameworks A.1, B.4, C.5): the server reads
 * them to ground queries, the trainer to ask them.
 */
import { type JsonObject, objectOrEmpty } from './json.ts';

export const QUESTION_FIELDS = ['question', 'problem', 'query'] as const;
export const ANSWER_FIELDS = ['golden_answers', 'answers', 'answer', 'ground_truth', 'possible_answers'] as const;
export const NESTED_FIELDS = ['extra_info', 'reward_model'] as const;

export type Row = JsonObject;

export const rowOf: (value: unknown) => Row = objectOrEmpty;

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** A prompt longer than this, without a "Question:" in it, is an instruction. */
const MAX_BARE_PROMPT = 500;

/** The question at the end of a prompt, which is a text or a list of chat messages: "... Question: who built it?" */
export function questionInPrompt(prompt: unknown): string | null {
  const messages = Array.isArray(prompt) ? prompt.map(rowOf).filter((message) => message.role === 'user') : [];
  const text = textOf(Array.isArray(prompt) ? messages.at(-1)?.content : prompt);
  if (text === null) return null;
  const marked = /^[\s\S]*\bquestion\s*:\s*(\S[\s\S]*)$/i.exec(text)?.[1];
  return marked?.trim() ?? (text.length <= MAX_BARE_PROMPT ? text : null);
}

/** `search` is veRL's tool name by habit; any tool may carry the question (spec: B.4, tools_kwargs). */
export function toolRows(extra: Row): Row[] {
  return Object.values(rowOf(extra.tools_kwargs)).map((tool) => rowOf(rowOf(tool).create_kwargs));
}

/** A string, a number, a list, a list written as JSON, `{target}`, or TriviaQA's `{value, aliases}`. */
export function answersOf(value: unknown): string[] {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(answersOf);
  if (typeof value === 'object' && value !== null) {
    const { target, value: main, aliases, text } = value as Row;
    return [target, main, aliases, text].flatMap(answersOf);
  }
  const text = textOf(value);
  if (text === null) return [];
  if (text.startsWith('[') && text.endsWith(']')) {
    try {
      return answersOf(JSON.parse(text));
    } catch {
      // Not a list after all: an answer may begin with a bracket.
    }
  }
  return [text];
}
