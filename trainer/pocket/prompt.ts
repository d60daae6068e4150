/**
 * The words that a pocket simulator is asked with. The server writes the same (src/simulator/prompts.ts, style `winnow-pocket`; a test
 * holds the two together). Two lines and more, a blank one, and the beginning of the document; the document ends with the end token. What
 * the documents of one page share stands first, so that it is read once for all of them.
 */
export interface PocketRequest {
  readonly kind: 'useful' | 'noisy';
  readonly look: PocketLook;
  readonly query: string;
  /** Null where none is known; left out of a noisy request, which it would tempt to answer. */
  readonly question: string | null;
  /** Likewise. */
  readonly answer: string | null;
}

/** Whose page it is to be. Documents of one page get several, so that they differ. No noisy one is a quiz, which always answers. */
export type PocketLook = 'wiki' | 'news' | 'web' | 'forum' | 'quiz';

export function pocketPrompt({ kind, look, query, question, answer }: PocketRequest): string {
  const lines = [`Query: ${query}`];
  if (kind === 'useful') {
    if (question !== null && question !== query) lines.push(`Question: ${question}`);
    if (answer !== null) lines.push(`Answer: ${answer}`);
  }
  return `${lines.join('\n')}\n${kind} ${look}\n\nTitle:`;
}

/** What is to come after `pocketPrompt`, but for the end token. */
export function pocketDocument(title: string, text: string): string {
  return ` ${title}\nText: ${text}`;
}
