/**
 * A chat as the text that the model was trained on, by the Jinja template that comes with it (transformers, chat_templating). The only
 * file that imports the Jinja interpreter.
 */
import { Template } from '@huggingface/jinja';
import { ModelRequestError, UnsupportedModelError } from '../errors.ts';
import type { ModelFiles } from '../files.ts';
import type { ChatMessage } from '../runtime/language-model.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface ChatTemplateOptions {
  /** Tokens as text, for templates that write them; null for a model without. */
  readonly bosToken: string | null;
  readonly eosToken: string | null;
  /** What templates that ask for the date are told (Llama 3.2), in UTC. Null leaves them to their own, and is the default. */
  readonly date?: Date | null;
  /** Where the template was read, for messages. */
  readonly file?: string;
}

export interface RenderOptions {
  /** End with the beginning of the assistant's turn. */
  readonly addGenerationPrompt: boolean;
  /** Functions that the model may call, as JSON Schema (OpenAI's `tools`). */
  readonly tools?: readonly unknown[];
}

export interface ChatTemplate {
  /** Throws ModelRequestError (field `messages`) where the template refuses the chat, UnsupportedModelError where it cannot be run. */
  render(messages: readonly ChatMessage[], options: RenderOptions): string;
}

/** Thrown inside a template that refuses: `raise_exception('Conversation roles must alternate')`. */
class Refusal extends Error {}

/** Throws UnsupportedModelError for a template that the interpreter cannot read. */
export function createChatTemplate(source: string, { bosToken, eosToken, date = null, file = 'chat template' }: ChatTemplateOptions): ChatTemplate {
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof Refusal) throw new ModelRequestError('messages', "a chat that the model's template accepts", `the template says: ${error.message.replace(/\.$/, '')}`);
      throw new UnsupportedModelError(file, 'chat_template', 'a template that can be run', (error as Error).message.replace(/\.$/, ''), { cause: error });
    }
  };
  const template = attempt(() => new Template(OVERRIDES + source));
  const given = {
    bos_token: bosToken ?? '',
    eos_token: eosToken ?? '',
    given_raise_exception: (message: unknown): never => {
      throw new Refusal(String(message));
    },
    given_strftime_now: date === null ? undefined : (format: unknown): string => strftime(date, String(format)),
  };
  return {
    render: (messages, { addGenerationPrompt, tools = [] }) =>
      attempt(() => template.render({ ...given, messages, add_generation_prompt: addGenerationPrompt, ...(tools.length > 0 ? { tools } : {}) })),
  };
}

/** The template that comes with a model; null for a model without. */
export function chatTemplateOf({ chatTemplate, tokenizer: { bosToken, eosToken }, weights }: Pick<ModelFiles, 'chatTemplate' | 'tokenizer' | 'weights'>, tokenizer: Tokenizer): ChatTemplate | null {
  if (chatTemplate === null) return null;
  const spelled = (token: number | null): string | null => (token === null ? null : tokenizer.decode([token], { special: true }));
  return createChatTemplate(chatTemplate, { bosToken: spelled(bosToken), eosToken: spelled(eosToken), file: weights.source });
}

/**
 * The package has these two functions of its own, which cannot be passed in: one throws an error like any other, one reads the clock.
 * The line break after a block is not part of the text.
 */
const OVERRIDES = '{% set raise_exception = given_raise_exception %}\n{% set strftime_now = given_strftime_now %}\n';

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Python's, in English, for what templates ask; other directives stay as they are. */
function strftime(date: Date, format: string): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const month = MONTHS[date.getUTCMonth()]!;
  const day = DAYS[date.getUTCDay()]!;
  const directives: Readonly<Record<string, string>> = {
    Y: String(date.getUTCFullYear()),
    m: two(date.getUTCMonth() + 1),
    d: two(date.getUTCDate()),
    B: month,
    b: month.slice(0, 3),
    A: day,
    a: day.slice(0, 3),
    H: two(date.getUTCHours()),
    M: two(date.getUTCMinutes()),
    S: two(date.getUTCSeconds()),
    '%': '%',
  };
  return format.replace(/%(.)/g, (whole, directive: string) => directives[directive] ?? whole);
}
