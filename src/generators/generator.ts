/**
 * The contract of a generator: anything that turns a prompt into the text of a page. The task travels beside the prompt so that
 * `template`, which has no model, writes from the same facts. A generator never verifies and never retries on content: that is the
 * simulator's work. It throws GeneratorError when its model fails.
 */
import type { DocumentKind, Style } from '../types.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** The facts of one page to write. */
export interface PageTask {
  /** The agent's words without operators. Untrusted: quoted as data, never followed. */
  readonly query: string;
  readonly question: string | null;
  /** Empty when not known. Never part of a prompt for a noisy page. */
  readonly goldenAnswers: readonly string[];
  /** One per document wanted, 1 to 20. */
  readonly kinds: readonly DocumentKind[];
  readonly style: Style;
  readonly topic: 'web' | 'news';
  readonly language: string;
  /** 32 hex digits; same task, same seed, same page. Differs between tries. */
  readonly seed: string;
  /** The world's date, `YYYY-MM-DD`: no page is younger. */
  readonly today: string;
}

export interface GenerationRequest {
  readonly task: PageTask;
  readonly messages: readonly ChatMessage[];
  /** Begins the model's words, so that it keeps to the form. A generator that cannot begin them leaves it out; one that does returns it too. */
  readonly prefill?: string;
  /** The text may end before the first of these: nothing of use comes after. */
  readonly stop?: readonly string[];
  /** Upper bound on new tokens. */
  readonly maxTokens: number;
  readonly temperature: number;
  /** Non-negative 31-bit integer for samplers that take one. */
  readonly seed: number;
  /** The run that asked first, for generators that serve runs in turn. No page depends on it. */
  readonly owner?: string;
  readonly signal?: AbortSignal;
}

/** One document of a page. */
export interface WrittenDocument {
  readonly title: string | null;
  readonly site: string | null;
  /** `YYYY-MM-DD`. */
  readonly date: string | null;
  readonly text: string;
}

export interface Generation {
  /** What a model wrote, for the parser to read. */
  readonly text: string;
  /** From a generator that writes documents rather than prose; they are taken as they are, and the text is for the reader's eyes. */
  readonly documents?: readonly WrittenDocument[];
  /** The model's name as the upstream gave it; null for `template`. */
  readonly model: string | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  /** True when the text stopped at `maxTokens`. */
  readonly truncated: boolean;
}

export interface Generator {
  /** As config and labels name it. */
  readonly name: string;
  /** Tells its pages from those that it writes when set up otherwise (another model); part of a page's id. Its name, without it. */
  readonly identity?: string;
  /** May answer at once; `template` does, and so costs no turn of the event loop. */
  generate(request: GenerationRequest): Promise<Generation> | Generation;
  close?(): Promise<void>;
}
