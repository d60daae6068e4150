/**
 * What the local model is to continue, read from a body. Strict where the search chat is tolerant: what a model cannot read is refused
 * aloud, for it would answer something else than was asked.
 *
 * Sources: platform.openai.com/docs/api-reference/chat/create and completions/create; vLLM, entrypoints/chat_utils.py (text parts are
 * joined with line breaks) and entrypoints/openai/chat_completion/protocol.py (`continue_final_message`).
 */
import type { ChatMessage, ModelFacts, Prompt } from '../../../models/runtime/language-model.ts';
import { type Fields, isObject, isUnset, optionalBoolean } from '../../dialects/fields.ts';
import { BadRequestError } from '../../errors.ts';

/** OpenAI's roles, as chat templates know them: a developer is what a system was before. */
const ROLES: ReadonlyMap<unknown, ChatMessage['role']> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['tool', 'tool'],
]);

function contentOf(content: unknown, name: string): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw new BadRequestError(isUnset(content) ? 'missing_field' : 'invalid_field', name, 'a string or a list of text parts');
  return content
    .map((part: unknown, i) => {
      if (typeof part === 'string') return part;
      if (isObject(part) && part.type === 'text' && typeof part.text === 'string') return part.text;
      throw new BadRequestError('invalid_field', `${name}[${i}]`, 'a part of type text: the local model reads nothing else');
    })
    .join('\n');
}

function messageOf(item: unknown, name: string): ChatMessage {
  if (!isObject(item)) throw new BadRequestError('invalid_field', name, 'an object with role and content');
  const role = ROLES.get(item.role);
  if (role === undefined) throw new BadRequestError(isUnset(item.role) ? 'missing_field' : 'invalid_field', `${name}.role`, `one of ${[...ROLES.keys()].join(', ')}`);
  for (const unread of ['tool_calls', 'function_call', 'audio']) {
    const value = item[unread];
    if (isUnset(value) || (Array.isArray(value) && value.length === 0)) continue;
    throw new BadRequestError('invalid_field', `${name}.${unread}`, 'nothing', { message: `'${name}.${unread}' is not supported by the local model: leave it out.` });
  }
  return { role, content: contentOf(item.content, `${name}.content`) };
}

/** A chat. With `continue_final_message` its last message, the assistant's, is continued; else a new one is begun. */
export function readChatPrompt(fields: Fields, model: ModelFacts): Prompt {
  const { messages } = fields;
  const expected = 'a non-empty list of messages';
  if (isUnset(messages) || (Array.isArray(messages) && messages.length === 0)) throw new BadRequestError('missing_field', 'messages', expected);
  if (!Array.isArray(messages)) throw new BadRequestError('invalid_field', 'messages', expected);
  if (!model.hasChatTemplate) {
    throw new BadRequestError('invalid_field', 'messages', 'nothing', { message: `The local model '${model.name}' has no chat template: send a prompt to /v1/completions.` });
  }
  const read = messages.map((item: unknown, i) => messageOf(item, `messages[${i}]`));
  const begins = optionalBoolean(fields, 'add_generation_prompt');
  if (!(optionalBoolean(fields, 'continue_final_message') ?? false)) {
    if (begins === false) throw new BadRequestError('invalid_field', 'add_generation_prompt', 'true, or continue_final_message: the model answers, or goes on with what the assistant said');
    return { messages: read };
  }
  if (begins === true) throw new BadRequestError('invalid_field', 'add_generation_prompt', 'false with continue_final_message');
  const last = read.at(-1)!;
  if (last.role !== 'assistant') throw new BadRequestError('invalid_field', 'continue_final_message', 'a last message of role assistant, which is continued');
  return { messages: read.slice(0, -1), prefill: last.content };
}

const PROMPT = 'a non-empty string, a list of token ids, or a list of either';

function tokensOf(list: readonly unknown[], name: string, vocabSize: number): readonly number[] {
  for (const [i, id] of list.entries()) {
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) >= vocabSize) throw new BadRequestError('invalid_field', `${name}[${i}]`, `a token id from 0 to ${vocabSize - 1}`);
  }
  return list as readonly number[];
}

/** One prompt, or several: a string, a list of strings, a list of token ids, a list of such lists. */
export function readTextPrompts(fields: Fields, model: ModelFacts): readonly Prompt[] {
  const { prompt } = fields;
  if (isUnset(prompt) || (Array.isArray(prompt) && prompt.length === 0)) throw new BadRequestError('missing_field', 'prompt', PROMPT);
  if (typeof prompt === 'string') return [{ text: prompt }];
  if (!Array.isArray(prompt)) throw new BadRequestError('invalid_field', 'prompt', PROMPT);
  const { vocabSize } = model.config;
  if (typeof prompt[0] === 'number') return [{ tokens: tokensOf(prompt, 'prompt', vocabSize) }];
  return prompt.map((item: unknown, i): Prompt => {
    const name = `prompt[${i}]`;
    if (typeof item === 'string' && item !== '') return { text: item };
    if (Array.isArray(item) && item.length > 0) return { tokens: tokensOf(item, name, vocabSize) };
    throw new BadRequestError('invalid_field', name, 'a non-empty string or a non-empty list of token ids');
  });
}
