import { describe, expect, it } from 'vitest';
import { compileAnswers, containsAnswer, leaksAnswer } from '../../src/documents/answers.ts';
import { GeneratorError, OutputError } from '../../src/errors.ts';
import type { Generation, Generator } from '../../src/generators/generator.ts';
import { createTemplate } from '../../src/generators/template.ts';
import { hash } from '../../src/hash.ts';
import { type PageOrder, Simulator, type SimulatorOptions, type WrittenPage } from '../../src/simulator/simulator.ts';
import type { DocumentKind, Result } from '../../src/types.ts';
import { type Scripted, generation, pageText, scripted } from '../search/harness.ts';

const ANSWER = 'Freeman Fox & Partners';
const answers = compileAnswers([ANSWER]);
const of = (kind: DocumentKind, count = 5): DocumentKind[] => new Array<DocumentKind>(count).fill(kind);

const order = (rest: Partial<PageOrder> = {}): PageOrder => ({
  pageId: hash('a page'), terms: 'humber bridge designer', question: 'Who designed the Humber Bridge?', goldenAnswers: [ANSWER], kinds: of('useful'), style: 'google', promptStyle: 'winnow',
  topic: 'web', language: 'en', today: '2026-01-01', dates: null, includeDomains: [], excludeDomains: [], firstRank: 1, ...rest,
});

type Event = Parameters<NonNullable<SimulatorOptions['onGeneration']>>[0];
function simulator(rest: Partial<SimulatorOptions> = {}) {
  const template = createTemplate();
  const events: Event[] = [];
  const one = new Simulator({ template, maxTries: 3, temperature: 0.8, onGeneration: (event) => void events.push(event), ...rest });
  return { template, events, write: (generator: Generator, changed: Partial<PageOrder> = {}): Promise<WrittenPage> => one.write(order(changed), generator) };
}

/** Document `i` from 1; what is left out is not written. */
const docs = (texts: Readonly<Record<number, string>>): string => Object.entries(texts).map(([i, text]) => `Doc ${i}:\nTitle: Title ${i}\nSite: Site ${i}\nDate: 2024-03-1${i}\nText: ${text}`).join('\n\n');
const told = (i: number): string => `Plate ${i} on the north tower says that the work is by ${ANSWER}, in letters of bronze.`;
const quiet = (i: number): string => `Ferry number ${i} crossed the estuary in all weathers, and carried sheep on market days.`;
const five = (text: (i: number) => string): Record<number, string> => Object.fromEntries([1, 2, 3, 4, 5].map((i) => [i, text(i)]));
/** Each call gets the next text; the last for ever. */
const inTurn = (...texts: string[]): Scripted => scripted((_, call) => texts[Math.min(call, texts.length) - 1]!);

const textsOf = (page: WrittenPage): string[] => page.results.map((result) => result.text);
function holdsItsLabel({ results, origin }: WrittenPage): void {
  expect(results).toHaveLength(origin.kinds.length);
  const everything = (result: Result): string => [result.title, result.url, result.displayUrl, result.site, result.snippet, result.text, result.date].join(' | ');
  for (const [i, kind] of origin.kinds.entries()) if (kind === 'noisy') expect(leaksAnswer(everything(results[i]!), answers), everything(results[i]!)).toBe(false);
  if (origin.kinds.includes('useful')) expect(results.some((result, i) => origin.kinds[i] === 'useful' && containsAnswer(result.text, answers))).toBe(true);
}

describe('a text that holds its label', () => {
  it.each(['useful', 'noisy'] as const)('is served as the model wrote it (%s)', async (kind) => {
    const { write } = simulator();
    const model = inTurn(docs(five(kind === 'useful' ? told : quiet)));
    const page = await write(model, { kinds: of(kind) });
    expect(textsOf(page)).toEqual([1, 2, 3, 4, 5].map(kind === 'useful' ? told : quiet));
    expect(page.origin).toEqual({ kind, kinds: of(kind), verdict: 'pass', tries: 1, reason: null, generator: 'scripted', model: 'scripted-1', question: 'Who designed the Humber Bridge?', goldenAnswers: [ANSWER] });
    expect(model.calls).toHaveLength(1);
    holdsItsLabel(page);
  });

  it('needs the answer in one of its useful documents only', async () => {
    const page = await simulator().write(inTurn(docs({ ...five(quiet), 4: told(4) })));
    expect(page.origin).toMatchObject({ verdict: 'pass', tries: 1 });
    holdsItsLabel(page);
  });

  it('is unchecked where no answer is known', async () => {
    const { origin } = await simulator().write(inTurn(docs(five(quiet))), { goldenAnswers: [], question: null });
    expect(origin).toMatchObject({ verdict: 'unchecked', tries: 1, reason: null });
  });

  it('may hold more documents than wanted; the first are taken', async () => {
    const page = await simulator().write(inTurn(docs(five(told))), { kinds: of('useful', 2) });
    expect(textsOf(page)).toEqual([told(1), told(2)]);
  });

  it('is presented with the ranks, dates and sites that the order wants', async () => {
    const { results } = await simulator().write(inTurn(docs(five(told))), { firstRank: 11, includeDomains: ['example.org'], dates: { from: '2025-01-01', to: '2025-12-31' }, language: 'de' });
    expect(results.map((result) => result.rank)).toEqual([11, 12, 13, 14, 15]);
    for (const result of results) {
      expect(result.url).toMatch(/^https:\/\/([\w-]+\.)*example\.org\//);
      expect(result.date! >= '2025-01-01' && result.date! <= '2025-12-31').toBe(true);
      expect(result.language).toBe('de');
      expect(result.score).toBeGreaterThan(0);
      expect(result.snippet).not.toBe('');
    }
    expect(new Set(results.map((result) => result.url)).size).toBe(5);
  });
});

describe('a text that does not', () => {
  it.each([
    ['a noisy page that leaks', 'noisy', docs({ ...five(quiet), 3: told(3) }), docs(five(quiet)), /^leak: \w+ of document 3$/],
    ['a useful page without the answer', 'useful', docs(five(quiet)), docs(five(told)), /^missing: text of document 1$/],
    ['too few documents', 'useful', docs({ 1: told(1), 2: told(2) }), docs(five(told)), /2 of 5|short/],
    ['no document', 'noisy', 'I am sorry, I cannot help with that.', docs(five(quiet)), /./],
    ['nothing at all', 'noisy', '', docs(five(quiet)), /./],
  ] as const)('is written again: %s', async (_, kind, bad, good, reason) => {
    const model = inTurn(bad, good);
    const page = await simulator().write(model, { kinds: of(kind) });
    expect(page.origin).toMatchObject({ verdict: 'pass', tries: 2, generator: 'scripted', model: 'scripted-1' });
    expect(page.origin.reason).toMatch(reason);
    expect(model.calls).toHaveLength(2);
    holdsItsLabel(page);
  });

  it('is asked for with another seed each time, which is the same on any machine', async () => {
    const seedsOf = async () => {
      const model = inTurn('nothing');
      await simulator().write(model);
      return model.calls.map((call) => [call.seed, call.task.seed]);
    };
    const seeds = await seedsOf();
    expect(new Set(seeds.map(String)).size).toBe(3);
    for (const [seed] of seeds) expect(Number.isInteger(seed) && (seed as number) >= 0 && (seed as number) < 2 ** 31).toBe(true);
    expect(await seedsOf()).toEqual(seeds);
  });

  it('loses one document to template after the last try, and keeps the other four', async () => {
    const model = inTurn(docs({ ...five(quiet), 3: told(3) }));
    const page = await simulator().write(model, { kinds: of('noisy') });
    expect(model.calls).toHaveLength(3);
    expect(page.origin).toMatchObject({ verdict: 'repaired', tries: 3, generator: 'scripted', model: 'scripted-1', reason: expect.stringContaining('of document 3') });
    const texts = textsOf(page);
    for (const i of [0, 1, 3, 4]) expect(texts[i]).toBe(quiet(i + 1));
    expect(texts[2]).not.toBe(told(3));
    holdsItsLabel(page);
  });

  it('loses one document of a useful page that lacks its answer', async () => {
    const page = await simulator().write(inTurn(docs(five(quiet))));
    expect(page.origin).toMatchObject({ verdict: 'repaired', tries: 3 });
    expect(textsOf(page).filter((text, i) => text === quiet(i + 1))).toHaveLength(4);
    holdsItsLabel(page);
  });

  it('is filled up by template where documents are missing', async () => {
    const page = await simulator().write(inTurn(docs({ 1: told(1), 2: told(2), 3: told(3) })));
    expect(page.origin.verdict).toBe('repaired');
    expect(textsOf(page).slice(0, 3)).toEqual([told(1), told(2), told(3)]);
    expect(textsOf(page)).toHaveLength(5);
    holdsItsLabel(page);
  });

  it('keeps its good documents where one is missing and another leaks', async () => {
    const page = await simulator().write(inTurn(docs({ 1: quiet(1), 2: told(2), 3: quiet(3), 4: quiet(4) })), { kinds: of('noisy') });
    expect(page.origin.verdict).toBe('repaired');
    holdsItsLabel(page);
    expect(textsOf(page).filter((text) => text.startsWith('Ferry'))).toHaveLength(3);
  });

  it('gives way to the try that needed the least repair', async () => {
    const model = inTurn(docs({ ...five(quiet), 1: told(1), 2: told(2), 3: told(3) }), docs({ ...five((i) => `${quiet(i)} Again.`), 5: told(5) }), docs({ ...five(quiet), 1: told(1), 2: told(2) }));
    const page = await simulator().write(model, { kinds: of('noisy') });
    expect(textsOf(page).slice(0, 4)).toEqual([1, 2, 3, 4].map((i) => `${quiet(i)} Again.`));
    holdsItsLabel(page);
  });

  it.each(['useful', 'noisy'] as const)('that is no page at all, however often, becomes one by template (%s)', async (kind) => {
    const { write, events } = simulator();
    const page = await write(inTurn('As a language model I cannot.'), { kinds: of(kind) });
    expect(page.origin).toMatchObject({ verdict: 'repaired', tries: 3, generator: 'scripted', kind });
    expect(events.map((event) => event.generator)).toEqual(['scripted', 'scripted', 'scripted', 'template']);
    holdsItsLabel(page);
  });

  it('is tried as often as allowed', async () => {
    for (const maxTries of [1, 2, 7]) {
      const model = inTurn('no');
      const { origin } = await simulator({ maxTries }).write(model);
      expect([model.calls.length, origin.tries]).toEqual([maxTries, maxTries]);
    }
  });

  it('is repaired the same way each time', async () => {
    const bad = docs({ ...five(quiet), 3: told(3) });
    const pages = [await simulator().write(inTurn(bad), { kinds: of('noisy') }), await simulator().write(inTurn(bad), { kinds: of('noisy') })];
    expect(pages[0]).toEqual(pages[1]);
  });
});

describe('a mixed page', () => {
  const kinds: DocumentKind[] = ['noisy', 'useful', 'noisy', 'noisy', 'useful'];

  it('is asked for kind by kind, so that no noisy prompt carries the answer, and put together in its order', async () => {
    const model = scripted(({ task }) => docs(Object.fromEntries(task.kinds.map((kind, i) => [i + 1, kind === 'useful' ? told(i + 1) : quiet(i + 1)]))));
    const page = await simulator().write(model, { kinds });
    expect(model.calls.map((call) => call.task.kinds)).toEqual([of('useful', 2), of('noisy', 3)]);
    for (const call of model.calls) {
      const prompt = call.messages.map((message) => message.content).join('\n');
      expect(leaksAnswer(prompt, answers)).toBe(call.task.kinds[0] === 'useful');
    }
    expect(textsOf(page)).toEqual([quiet(1), told(1), quiet(2), quiet(3), told(2)]);
    expect(page.origin).toMatchObject({ kind: 'mixed', kinds, verdict: 'pass' });
    holdsItsLabel(page);
  });

  it('is repaired where either kind fails', async () => {
    const model = scripted(({ task }) => docs(five(task.kinds[0] === 'useful' ? quiet : told)));
    const page = await simulator().write(model, { kinds });
    expect(page.origin).toMatchObject({ kind: 'mixed', verdict: 'repaired', tries: 3 });
    holdsItsLabel(page);
  });

  it('draws different seeds for its two prompts', async () => {
    const model = inTurn(docs(five(quiet)));
    await simulator({ maxTries: 1 }).write(model, { kinds });
    expect(new Set(model.calls.map((call) => call.seed)).size).toBe(2);
  });
});

describe('a page whose documents are asked for apart', () => {
  const kinds: DocumentKind[] = ['useful', 'noisy', 'useful'];
  /** Counts the calls for each kind. */
  const byKind = (text: (kind: DocumentKind, call: number) => string): Scripted => {
    const calls = { useful: 0, noisy: 0 };
    return scripted(({ task }) => text(task.kinds[0]!, ++calls[task.kinds[0]!]));
  };

  it.each([['by its prompt style', {}, { promptStyle: 'winnow-small' }], ['by option', { parallelDocuments: true }, {}]] as const)('is one generation for each, of its own kind and seed, and put together in its order (%s)', async (_, options, changed) => {
    const { write, events } = simulator(options);
    const model = byKind((kind, call) => `Title: Notes ${call}\nText: ${kind === 'useful' ? told(call) : quiet(call)}`);
    const page = await write(model, { ...changed, kinds });
    expect(model.calls.map((call) => call.task.kinds)).toEqual([['useful'], ['noisy'], ['useful']]);
    expect(new Set(model.calls.map((call) => call.seed)).size).toBe(3);
    expect(textsOf(page)).toEqual([told(1), quiet(1), told(2)]);
    expect(page.origin).toMatchObject({ verdict: 'pass', tries: 1, reason: null, model: 'scripted-1' });
    expect(events).toHaveLength(3);
    for (const call of model.calls) expect(leaksAnswer(call.messages.at(-1)!.content, answers)).toBe(call.task.kinds[0] === 'useful');
  });

  it('is asked for all at once', async () => {
    let running = 0;
    let most = 0;
    const model = scripted(async ({ task }) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return `Text: ${quiet(Number.parseInt(task.seed.slice(0, 6), 16))}`;
    });
    await simulator({ maxTries: 1 }).write(model, { promptStyle: 'winnow-small', kinds: of('noisy') });
    expect(most).toBe(5);
  });

  it('is asked again for those documents only that failed, and each as often as allowed', async () => {
    const model = byKind((kind, call) => (kind === 'noisy' && call < 3 ? `Text: ${told(call + 5)}` : `Text: ${kind === 'useful' ? told(call) : quiet(call)}`));
    const page = await simulator().write(model, { promptStyle: 'winnow-small', kinds });
    expect(model.calls.map((call) => call.task.kinds[0])).toEqual(['useful', 'noisy', 'useful', 'noisy', 'noisy']);
    expect(new Set(model.calls.map((call) => call.seed)).size).toBe(5);
    expect(textsOf(page)).toEqual([told(1), quiet(3), told(2)]);
    expect(page.origin).toMatchObject({ verdict: 'pass', tries: 3, reason: expect.stringContaining('of document 2') });
  });

  it('is asked again for one document where a useful page lacks its answer', async () => {
    const model = byKind((_, call) => `Text: ${call === 4 ? told(4) : quiet(call)}`);
    const page = await simulator().write(model, { promptStyle: 'winnow-small', kinds: of('useful', 3) });
    expect(textsOf(page)).toEqual([told(4), quiet(2), quiet(3)]);
    expect(page.origin).toMatchObject({ verdict: 'pass', tries: 2 });
  });

  it('does not take the same text twice', async () => {
    const model = byKind((_, call) => `Text: ${quiet(call <= 2 ? 1 : call)}`);
    const page = await simulator().write(model, { promptStyle: 'winnow-small', kinds: of('noisy', 2) });
    expect(textsOf(page)).toEqual([quiet(1), quiet(3)]);
    expect(page.origin).toMatchObject({ verdict: 'pass', tries: 2, reason: expect.stringContaining('duplicate') });
  });

  it('is repaired by template where a document never comes', async () => {
    const model = byKind((kind, call) => (kind === 'noisy' ? 'I cannot help with that.' : `Text: ${told(call)}`));
    const page = await simulator().write(model, { promptStyle: 'winnow-small', kinds });
    expect(page.origin).toMatchObject({ verdict: 'repaired', tries: 3 });
    expect([textsOf(page)[0], textsOf(page)[2]]).toEqual([told(1), told(2)]);
    holdsItsLabel(page);
  });

  it('fails with any of its documents, and the others are cancelled', async () => {
    const cancelled: unknown[] = [];
    const failing = scripted(({ task, signal }) => {
      if (task.kinds[0] === 'noisy') return Promise.reject(new GeneratorError('scripted', 'down'));
      return new Promise((_, reject) => signal!.addEventListener('abort', () => reject(cancelled[cancelled.push(signal!.reason) - 1])));
    });
    await expect(simulator().write(failing, { promptStyle: 'winnow-small', kinds })).rejects.toThrow(/down/);
    expect(cancelled).toHaveLength(2);
  });

  it('is written as a whole by template all the same', async () => {
    const { template, write, events } = simulator({ parallelDocuments: true });
    await write(template, { promptStyle: 'winnow-small' });
    expect(events).toHaveLength(1);
  });
});

describe('what a generator is told beside the prompt', () => {
  it('is how the words begin, where they may end, and whose page it is', async () => {
    const model = inTurn(docs(five(told)));
    await simulator().write(model, { owner: 'exp1' });
    expect(model.calls[0]).toMatchObject({ prefill: 'Doc 1:\nTitle:', stop: ['\nDoc 6:', '\nQuery:'], owner: 'exp1' });
  });
});

describe('a generator that fails', () => {
  it('fails the page: whoever asked decides what to serve', async () => {
    const failing = scripted(() => Promise.reject(new GeneratorError('scripted', 'down')));
    await expect(simulator().write(failing)).rejects.toBeInstanceOf(GeneratorError);
    expect(failing.calls).toHaveLength(1);
  });

  it('fails it too after a try that was no good', async () => {
    const failing = scripted((_, call) => (call === 1 ? 'no page' : Promise.reject(new GeneratorError('scripted', 'down'))));
    await expect(simulator().write(failing)).rejects.toBeInstanceOf(GeneratorError);
  });

  it('fails it with either half of a mixed page, and leaves no rejection behind', async () => {
    const failing = scripted(({ task }) => (task.kinds[0] === 'noisy' ? Promise.reject(new GeneratorError('scripted', 'down')) : pageText(task)));
    await expect(simulator().write(failing, { kinds: ['useful', 'noisy'] })).rejects.toBeInstanceOf(GeneratorError);
  });

  it('may fail by answering without text', async () => {
    const silent: Generator = { name: 'silent', generate: () => ({ ...generation(''), text: undefined }) as unknown as Generation };
    await expect(simulator().write(silent)).rejects.toThrow(/answered without text/);
  });

  it('is handed the signal of whoever waits', async () => {
    const signal = AbortSignal.abort();
    const model = scripted(({ task }) => pageText(task));
    const one = new Simulator({ template: createTemplate(), maxTries: 1, temperature: 0.3 });
    await one.write(order(), model, signal);
    expect(model.calls[0]).toMatchObject({ signal, temperature: 0.3 });
  });
});

describe('template', () => {
  it.each(['useful', 'noisy'] as const)('writes a page at the first try, without prompts (%s)', async (kind) => {
    const { template, write, events } = simulator();
    const page = await write(template, { kinds: of(kind, 20) });
    expect(page.origin).toMatchObject({ verdict: 'pass', tries: 1, reason: null, generator: 'template', model: null });
    expect(events).toHaveLength(1);
    holdsItsLabel(page);
  });

  it('that cannot keep a label fails the page: a false label is never served', async () => {
    const lying: Generator = { name: 'template', generate: ({ task }) => generation(docs(Object.fromEntries(task.kinds.map((_, i) => [i + 1, told(i + 1)]))), null) };
    await expect(simulator({ template: lying }).write(lying, { kinds: of('noisy') })).rejects.toBeInstanceOf(OutputError);
    await expect(simulator({ template: lying }).write(inTurn('no'), { kinds: of('noisy') })).rejects.toMatchObject({ code: 'output_unusable', reason: expect.stringContaining('leak') });
  });

  it('that writes too little fails the page', async () => {
    const lazy: Generator = { name: 'template', generate: () => generation('', null) };
    await expect(simulator({ template: lazy }).write(inTurn('no'))).rejects.toThrow(/too few documents/);
  });
});

describe('what is told of each generation', () => {
  it('is who wrote, how many documents came, what was dropped and what it cost', async () => {
    const { write, events } = simulator({ maxTries: 1 });
    await write(inTurn(docs({ 1: told(1), 2: told(2) })));
    expect(events[0]).toEqual({ generator: 'scripted', documents: 2, dropped: expect.any(Number), failures: 3, completionTokens: 1 });
  });
});
