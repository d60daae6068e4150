/**
 * Examples from which the pocket policy learns its trade, in the tags of the demo: to search, to read the documents, to copy the answer
 * out of them, and to search in other words where they do not hold it. What it does first is a matter apart: whether the opening of the
 * first action is learnt decides how often it searches, so that training by reward begins with a policy that can and rarely does.
 */
import { Draw, hash } from '../../src/hash.ts';
import { observationText } from '../rollout/observation.ts';
import { PRESETS } from '../rollout/presets.ts';
import { type Example, type FactQuestion, FORUM, QUIZ, type Segment, type SimulatorSources, type TemplatePage, passageReadings, silentSentences } from './simulator-data.ts';
import { contentWords, holds, keywordQuery, sentencesOf, typed } from './text.ts';

export interface PolicyOptions {
  /** The end token, as written. */
  readonly end: string;
  readonly seed: string;
  /** Of the examples whose first action is learnt: the share that searches. */
  readonly searchShare: number;
  /** Of the examples that search: the share that meets documents without the answer first. */
  readonly twiceShare: number;
  /** Answers at once for each example that reads. */
  readonly directPerReading: number;
  /** Pages whose question may be answered at once. */
  readonly guessed: (page: TemplatePage) => boolean;
  /** What the words of the documents weigh in the loss, where those of the policy weigh 1: learning them mends a model that lost layers. */
  readonly documents: number;
}

/** How many documents a search shows: often one, so that more is read in the same time. */
const SHOWN = [1, 1, 2, 3] as const;
/** Characters of a shown document. */
const LONGEST = 150;
const LONGEST_ANSWER = 40;

/** The form of rollouts with small policies. */
const { prompt, before, after, layout } = PRESETS.short;

function policyPrompt(question: string): string {
  return prompt.replace('{question}', () => question);
}

function information(documents: readonly string[]): string {
  return before + observationText('ok', documents.map((text) => ({ title: '', text })), layout) + after;
}

interface Reading {
  readonly question: string;
  readonly answer: string;
  readonly useful: readonly string[];
  readonly noisy: readonly string[];
}

/** Same seed, same examples, mixed. */
export function policyExamples({ pages, facts, passages }: SimulatorSources, options: PolicyOptions): Example[] {
  const { seed, directPerReading, searchShare, twiceShare, guessed } = options;
  const examples: { key: string; example: Example }[] = [];
  const plain = passageReadings(passages, seed).filter(({ answer }) => answer.length <= LONGEST_ANSWER);
  const readings = [...readingsOf(pages, facts, seed), ...plain.map(({ text, ...one }): Reading => ({ ...one, useful: [text], noisy: [] }))];
  const direct = Math.round(readings.length * directPerReading);
  /** Readings whose first action is learnt, so that they are `searchShare` of all first actions learnt. */
  const opened = (searchShare / (1 - searchShare)) * direct / readings.length;
  readings.forEach((reading, i) => {
    const draw = new Draw(hash(seed, 'reading', i));
    const question = typed(reading.question, draw);
    const twice = reading.noisy.length > 0 && draw.next() < twiceShare;
    examples.push({ key: hash(seed, 'order', 'reading', i), example: trajectory(question, reading, draw.next() < opened, twice, options, draw) });
  });
  const known = [...new Map(pages.filter(guessed).map((page) => [page.question, page.answers[0]!]))];
  for (let i = 0; i < direct; i++) {
    const draw = new Draw(hash(seed, 'direct', i));
    const [question, answer] = draw.pick(known);
    examples.push({ key: hash(seed, 'order', 'direct', i), example: { segments: [{ text: policyPrompt(typed(question, draw)), loss: 0 }, { text: `<answer>${answer}</answer>${options.end}`, loss: 1 }] } });
  }
  return examples.sort((a, b) => (a.key < b.key ? -1 : 1)).map((one) => one.example);
}

function trajectory(question: string, { answer, useful, noisy }: Reading, opened: boolean, twice: boolean, { end, documents: weight }: PolicyOptions, draw: Draw): Example {
  const first = draw.next() < 0.5 ? question.replace(/\?$/, '') : keywordQuery(question, 3 + draw.below(4), draw);
  const read = (documents: readonly string[]): Segment => ({ text: information(documents), loss: weight });
  const segments: Segment[] = [{ text: policyPrompt(question), loss: 0 }, { text: '<search>', loss: opened ? 1 : 0 }, { text: `${first}</search>`, loss: 1 }];
  // A page of the server is useful or noisy as a whole; now and then one of its documents says less than the rest.
  if (twice) segments.push(read(noisy.slice(0, draw.pick(SHOWN))), { text: `<search>${reworded(question, first, draw)}</search>`, loss: 1 });
  const shown = useful.slice(0, draw.pick(SHOWN));
  if (draw.next() < 0.2 && noisy.length > 0 && shown.length > 1) shown[draw.below(shown.length)] = noisy.at(-1)!;
  segments.push(read(shown), { text: `<answer>${answer}</answer>${end}`, loss: 1 });
  return { segments };
}

const LEADS = ['about', 'facts about', 'more on', 'details:', 'who what where:'] as const;

/**
 * Another wording: the server would answer the same one with the same page. It differs from its first word on, since a small model that has
 * begun as before goes on as before.
 */
function reworded(question: string, first: string, draw: Draw): string {
  const words = contentWords(question).map((word) => word.toLowerCase());
  const whole = question.replace(/\?$/, '');
  const others = [whole, words.join(' '), words.slice(-5).join(' ')].filter((text) => text !== first && text.trim() !== '');
  return `${draw.pick(LEADS)} ${draw.pick(others.length > 0 ? others : [first])}`;
}

/**
 * Questions with documents that state the answer, cut to the sentence that does and little more, some as a forum or a quiz says it or as
 * the facts do; and with documents that do not.
 */
function readingsOf(pages: readonly TemplatePage[], facts: readonly FactQuestion[], seed: string): Reading[] {
  const known = new Map(facts.map((one) => [one.question, one.facts]));
  const noisy = new Map(pages.filter(({ kind }) => kind === 'noisy').map((page) => [page.question, page]));
  return pages.flatMap((page, i): Reading[] => {
    const draw = new Draw(hash(seed, 'documents', i));
    const answer = page.answers[0]!;
    if (page.kind !== 'useful' || answer.length > LONGEST_ANSWER) return [];
    const useful = page.documents.flatMap(({ text }) => {
      const sentences = sentencesOf(text);
      const claim = sentences.findIndex((sentence) => holds(sentence, answer));
      if (claim === -1 || sentences[claim]!.length > LONGEST) return [];
      const rest = sentences[claim + 1] ?? '';
      const way = draw.next();
      if (way < 0.12) return [`${draw.pick(FORUM)} ${sentences[claim]!}`];
      if (way < 0.24) return [`${page.question.replace(/\?$/, '')}? ${draw.pick(QUIZ)} ${answer}.`];
      return [sentences[claim]!.length + rest.length < LONGEST ? `${sentences[claim]!} ${rest}`.trim() : sentences[claim]!];
    });
    const claims = known.get(page.question);
    if (claims !== undefined && holds(claims.at(-1)!, answer) && useful.length > 0) useful[draw.below(useful.length)] = draw.next() < 0.5 ? claims.join(' ') : claims.at(-1)!;
    if (useful.length === 0) return [];
    // As the pocket simulator writes them: a false claim could not be told from a true one.
    const silent = (noisy.get(page.question)?.documents ?? []).flatMap(({ text }) => silentSentences(text, page.question, page.answers).filter((sentence) => sentence.length <= LONGEST).slice(0, 1));
    return [{ question: page.question, answer, useful, noisy: silent }];
  });
}
