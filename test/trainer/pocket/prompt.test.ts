import { describe, expect, it } from 'vitest';
import { parseDocuments } from '../../../src/documents/parser.ts';
import type { PageTask } from '../../../src/generators/generator.ts';
import { buildMessages, prefillOf, stopsFor } from '../../../src/simulator/prompts.ts';
import { DOCUMENT_KINDS } from '../../../src/types.ts';
import { pocketDocument, type PocketLook, pocketPrompt } from '../../../trainer/pocket/prompt.ts';
import { aTask } from '../../contracts/generator.contract.ts';

/** As the server's generator hands it to a model without a chat template (src/generators/local.ts). */
const served = (task: Partial<PageTask>): string => {
  const messages = buildMessages(aTask(task), 'winnow-pocket');
  return [...messages.map(({ content }) => content), prefillOf('winnow-pocket')].join('\n\n');
};
const lookOf = (prompt: string): PocketLook => /^(?:useful|noisy) (\w+)$/m.exec(prompt)![1] as PocketLook;

const FACTS: readonly Pick<PageTask, 'query' | 'question' | 'goldenAnswers'>[] = [
  { query: 'Humber bridge', question: 'Who built it?', goldenAnswers: ['Freeman Fox', 'others'] },
  { query: 'who built it', question: 'who built it', goldenAnswers: [] },
  { query: 'bridge', question: null, goldenAnswers: ['Freeman Fox'] },
];

describe('the pocket prompt', () => {
  it.each(DOCUMENT_KINDS.flatMap((kind) => FACTS.map((facts) => ({ kind, ...facts }))))('is what the server writes: $kind, $query, $question, $goldenAnswers', ({ kind, query, question, goldenAnswers }) => {
    const prompt = served({ kinds: [kind], query, question, goldenAnswers });
    expect(prompt).toBe(pocketPrompt({ kind, look: lookOf(prompt), query, question, answer: goldenAnswers[0] ?? null }));
  });

  it('is followed by a document that the parser reads, and that no stop cuts', () => {
    const document = pocketDocument('Humber Bridge', 'It was built by Freeman Fox. The bridge opened in 1981.');
    for (const stop of stopsFor(1, 'winnow-pocket')) expect(document).not.toContain(stop);
    expect(parseDocuments(prefillOf('winnow-pocket') + document, { expected: 1 })).toMatchObject({ dropped: [], documents: [{ title: 'Humber Bridge', text: 'It was built by Freeman Fox. The bridge opened in 1981.' }] });
  });
});
