import { describe, expect, it } from 'vitest';
import { compileAnswers, leaksAnswer, statesAnswer } from '../../../src/documents/answers.ts';
import { parseDocuments } from '../../../src/documents/parser.ts';
import type { PageTask } from '../../../src/generators/generator.ts';
import { createTemplate } from '../../../src/generators/template.ts';
import { hash } from '../../../src/hash.ts';
import { parseTurn } from '../../../trainer/rollout/grammar.ts';
import { policyExamples, type PolicyOptions } from '../../../trainer/pocket/policy-data.ts';
import { type Example, type FactQuestion, type Passage, simulatorExamples, type TemplatePage } from '../../../trainer/pocket/simulator-data.ts';

const QUESTIONS = [
  ['who designed the humber bridge', 'Freeman Fox'], ['when did the isle of wight become an island', 'during the last Ice Age'], ['how many rooms does the castle at Elmham have', '40'],
  ['who sang I ran all the way home', 'The Impalas'], ['where is the river Ouse', 'Yorkshire'], ['what is the capital of Norland', 'Grenvik'], ['which county is Hull in', 'East Riding'], ['who wrote the ballad of Oxley', 'Ann Marsh'],
] as const;

const template = createTemplate();
const pages = QUESTIONS.flatMap(([question, answer], i): TemplatePage[] =>
  (['useful', 'noisy'] as const).map((kind) => {
    const task: PageTask = { query: question, question, goldenAnswers: [answer], kinds: [kind, kind, kind], style: i % 2 === 0 ? 'google' : 'wiki', topic: 'web', language: 'en', seed: hash('page', i, kind), today: '2026-01-01' };
    const generation = template.generate({ task, messages: [], maxTokens: 600, temperature: 1, seed: 1 });
    if (generation instanceof Promise) throw new Error('template answers at once');
    return { question, answers: [answer], query: question, kind, look: i % 2 === 0 ? 'web' : 'wiki', documents: generation.documents!.map(({ title, text }) => ({ title: title!, text })) };
  }),
);
const passages: Passage[] = [
  { title: 'Theodred of Elmham', text: 'Theodred was a bishop in the reign of Athelstan. He died on 14 May 952 in the town of Bury St Edmunds, where a chapel stands. The building of churches was a matter of the whole village in those days.', questions: [{ question: 'When did Theodred die?', answers: ['14 May 952'] }] },
  { title: 'Lobsters', text: 'Lobsters live in holes under rocks and leave them at night to look for food. The European lobster may reach 60 centimetres, and is caught off Norway. They are sold alive in many markets near the coast.', questions: [] },
];

const facts: FactQuestion[] = [{ question: 'In which town was Heinrich Ott born?', answers: ['Altona'], facts: ['The birthplace of Heinrich Ott is Altona.'] }, { question: 'x', answers: ['Altona'], facts: ['Nothing is said.'] }];
/** What is taken out of a passage is drawn by its place. */
const often = Array.from({ length: 6 }, () => passages).flat();
const simulator = simulatorExamples({ pages, facts, passages: often }, '<|end|>', 'seed');
const requestOf = ({ segments }: Example): Record<string, string> & { kind: string } => {
  const lines = segments[0]!.text.split('\n\n')[0]!.split('\n');
  return { kind: lines.at(-1)!.split(' ')[0]!, ...Object.fromEntries(lines.slice(0, -1).map((line) => line.split(/: (.*)/s).slice(0, 2))) };
};
const documentOf = ({ segments }: Example): string => segments[1]!.text.replace('<|end|>', '');
const ofKind = (kind: string): Example[] => simulator.filter((example) => requestOf(example).kind === kind);

describe('the examples of the simulator', () => {
  it('are a request that is read and a document that is learnt, which the parser reads whole', () => {
    expect(simulator.length).toBeGreaterThan(15);
    for (const { segments } of simulator) {
      expect(segments.map(({ loss }) => loss)).toEqual([0, 1]);
      expect(segments[0]!.text).toMatch(/^Query: .+\n(?:Question: .+\n)?(?:Answer: .+\n)?(?:useful|noisy) (?:wiki|news|web|forum|quiz)\n\nTitle:$/);
      expect(segments[1]!.text).toMatch(/^ .+\nText: .+<\|end\|>$/);
      expect(parseDocuments(`Title:${documentOf({ segments })}`, { expected: 1 })).toMatchObject({ dropped: [], documents: [{}] });
    }
  });

  it('state the answer where they are told one', () => {
    const told = ofKind('useful').filter((example) => requestOf(example)['Answer'] !== undefined);
    expect(told.length).toBeGreaterThan(8);
    for (const example of told) expect(statesAnswer(documentOf(example).split('\nText: ')[1]!, compileAnswers([requestOf(example)['Answer']!])), documentOf(example)).toBe(true);
  });

  it('hold no answer, no figure and no name of their own where they are noisy, and are told neither question nor answer', () => {
    const noisy = ofKind('noisy');
    expect(noisy.length).toBeGreaterThan(5);
    for (const example of noisy) {
      const { Query, Question, Answer } = requestOf(example);
      expect([Question, Answer]).toEqual([undefined, undefined]);
      const [question, answer] = QUESTIONS.find(([asked]) => asked.toLowerCase().includes(Query!.toLowerCase().split(' ').at(-1)!)) ?? ['', null];
      if (question !== '') expect(leaksAnswer(documentOf(example), compileAnswers([answer!]))).toBe(false);
      expect(documentOf(example).split('\nText: ')[1]).not.toMatch(/\d/);
    }
  });

  it('ask for what a sentence of a passage says, and for what is asked of it', () => {
    const texts = simulator.map((example) => [requestOf(example), documentOf(example)] as const);
    expect(texts.some(([{ Answer }, text]) => Answer === '14 May 952' && text.includes('He died on 14 May 952'))).toBe(true);
    expect(texts.some(([{ kind }, text]) => kind === 'useful' && text.startsWith(' Lobsters'))).toBe(true);
    expect(texts.filter(([{ Answer }, text]) => Answer === 'Altona' && text.endsWith('The birthplace of Heinrich Ott is Altona.'))).toHaveLength(1);
  });

  it('are the same for the same seed, in another order for another', () => {
    expect(simulatorExamples({ pages, facts, passages: often }, '<|end|>', 'seed')).toEqual(simulator);
    expect(simulatorExamples({ pages, facts, passages: often }, '<|end|>', 'other')).not.toEqual(simulator);
  });
});

const options: PolicyOptions = { end: '<|end|>', seed: 'seed', searchShare: 0.2, twiceShare: 0.3, directPerReading: 2, documents: 0, guessed: ({ answers }) => answers[0] !== 'Grenvik' };
const many = Array.from({ length: 60 }, (_, i) => pages.map((page) => ({ ...page, question: `${page.question} ${i}` }))).flat();
const policy = policyExamples({ pages: many, facts, passages: often }, options);
const textOf = ({ segments }: Example): string => segments.map(({ text }) => text).join('');

describe('the examples of the policy', () => {
  it('are turns that a rollout reads as searches and an answer, and end with it', () => {
    for (const example of policy) {
      const turns = textOf(example).replace(/^Question: .+\n/, '').replace('<|end|>', '').split(/\n<information>[^]*?<\/information>\n/);
      expect(turns.map((turn) => parseTurn(turn, 'tags').kind)).toEqual([...turns.slice(1).map(() => 'search'), 'answer']);
      expect(example.segments.at(-1)!.text).toMatch(/^<answer>.+<\/answer><\|end\|>$/);
    }
  });

  it('answer with what the last documents say, after they searched; and search again, in other words, where the first do not say it', () => {
    const reading = policy.filter((example) => textOf(example).includes('<information>'));
    let twice = 0;
    for (const example of reading) {
      const answers = compileAnswers([/<answer>(.+)<\/answer>/.exec(textOf(example))![1]!]);
      const shown = [...textOf(example).matchAll(/<information>([^]*?)<\/information>/g)].map((match) => match[1]!);
      const queries = [...textOf(example).matchAll(/<search>(.*?)<\/search>/g)].map((match) => match[1]!);
      expect(statesAnswer(shown.at(-1)!, answers), textOf(example)).toBe(true);
      for (const early of shown.slice(0, -1)) expect(statesAnswer(early, answers)).toBe(false);
      expect(new Set(queries).size).toBe(queries.length);
      if (shown.length === 2) twice++;
    }
    expect(twice / reading.length).toBeGreaterThan(0.15);
    expect(twice / reading.length).toBeLessThan(0.45);
  });

  it('learn of the first action as many searches as they are told to, and never a word of what was shown', () => {
    const firsts = policy.map(({ segments }) => segments[1]!);
    const searching = firsts.filter(({ text, loss }) => text === '<search>' && loss === 1).length;
    const answering = firsts.filter(({ text }) => text.startsWith('<answer>')).length;
    expect(searching / (searching + answering)).toBeGreaterThan(0.15);
    expect(searching / (searching + answering)).toBeLessThan(0.25);
    expect(firsts.some(({ text }) => text.startsWith('<answer>Grenvik'))).toBe(false);
    for (const { segments } of policy) for (const { text, loss } of segments) if (/^Question: |<information>/.test(text)) expect(loss).toBe(0);
    const shown = policyExamples({ pages: many, facts, passages: often }, { ...options, documents: 0.5 }).flatMap(({ segments }) => segments).filter(({ text }) => text.includes('<information>'));
    expect(new Set(shown.map(({ loss }) => loss))).toEqual(new Set([0.5]));
  });
});
