/** The scheduler over an engine whose logits tell of every mix-up (test/support/fake-engine.ts). */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Delta, Generated, Start } from '../../../models/runtime/language-model.ts';
import { GREEDY } from '../../../models/runtime/language-model.ts';
import { Sampler } from '../../../models/runtime/sampler.ts';
import { type Job, Scheduler } from '../../../models/runtime/scheduler.ts';
import { createChatTemplate } from '../../../models/tokenizer/chat-template.ts';
import { type Tokenizer, createTokenizer } from '../../../models/tokenizer/tokenizer.ts';
import { type Call, FAKE_END, FAKE_VOCABULARY, FakeEngine, type FakeEngineOptions, alone } from '../../support/fake-engine.ts';
import { numbersFrom } from '../../support/tiny-model.ts';
import { specOf } from '../tokenizer/byte-spec.ts';

type TokenJob = Job & { readonly prompt: { readonly tokens: readonly number[] } };

let tokenizer: Tokenizer;
const sampler = new Sampler(FAKE_VOCABULARY);
const TEMPLATE = "{% for message in messages %}{% if message['role'] == 'tool' %}{{ raise_exception('No tools here.') }}{% endif %}{{ '<s>' + message['content'] }}{% endfor %}";
beforeAll(async () => {
  tokenizer = await createTokenizer({ ...specOf({ added: ['<s>', '</s>'].map((content) => ({ content, special: true })) }), bosToken: 256, eosToken: FAKE_END });
});

const next = numbersFrom(5);
const ids = (length: number): number[] => Array.from({ length }, () => Math.floor((next() + 1) * 128));
const job = (tokens: readonly number[], over: Partial<Job> = {}): TokenJob => ({ prompt: { tokens }, maxTokens: 8, stop: [], ignoreEos: true, sampling: GREEDY, logprobs: null, owner: 'a', ...over }) as TokenJob;

/** All that a sink was told. */
interface Told {
  readonly started: Start[];
  readonly deltas: Delta[];
  readonly done: Generated[];
  readonly failed: unknown[];
}

class Bench {
  readonly engine: FakeEngine;
  readonly scheduler: Scheduler;
  readonly told: Told[] = [];
  /** In the order of their starts. */
  readonly order: number[] = [];
  onDelta: (id: number) => void = () => undefined;

  constructor(options: FakeEngineOptions, template: string | null = null) {
    this.engine = new FakeEngine(options);
    this.scheduler = new Scheduler({ engine: this.engine, tokenizer, template: template === null ? null : createChatTemplate(template, { bosToken: '<s>', eosToken: '</s>' }), eosTokens: [FAKE_END] });
  }

  add(one: Job): number {
    const told: Told = { started: [], deltas: [], done: [], failed: [] };
    const id = this.told.push(told) - 1;
    this.scheduler.add(id, one, {
      started: (start) => {
        expect(told.deltas).toEqual([]);
        told.started.push(start);
        this.order.push(id);
      },
      delta: (delta) => {
        told.deltas.push(delta);
        this.onDelta(id);
      },
      done: (done) => told.done.push(done),
      failed: (error) => told.failed.push(error),
    });
    return id;
  }

  async stepUntil(over: () => boolean): Promise<void> {
    for (let steps = 0; !over(); steps++) {
      if (steps > 20_000) throw new Error('It does not come to an end.');
      await this.scheduler.step();
    }
  }

  async drain(): Promise<void> {
    await this.stepUntil(() => this.scheduler.idle);
  }

  async run(...jobs: readonly Job[]): Promise<Told[]> {
    const first = this.told.length;
    for (const one of jobs) this.add(one);
    await this.drain();
    return this.told.slice(first);
  }

  /** The text and ids of a job as the reference has them. */
  expectAlone(id: number, one: TokenJob): void {
    const told = this.told[id]!;
    const reference = alone(one, tokenizer, sampler, this.engine);
    expect(told.failed).toEqual([]);
    expect(told.done).toHaveLength(1);
    const [done] = told.done;
    const { text, tokens, finishReason, stoppedBy } = done!;
    expect({ text, tokens, finishReason, stoppedBy, logprobs: done!.logprobs?.map(({ logprob }) => logprob) ?? null }).toEqual(reference);
    expect(told.started).toEqual([{ promptTokens: one.prompt.tokens, cachedTokens: done!.cachedTokens }]);
    expect(done!.promptTokens).toEqual(one.prompt.tokens);
    expect(told.deltas.map((delta) => delta.text).join('')).toBe(text);
    expect(told.deltas.flatMap((delta) => delta.tokens)).toEqual(tokens);
    if (one.logprobs === null) {
      expect(told.deltas.every(({ logprobs }) => logprobs === null)).toBe(true);
    } else {
      expect(told.deltas.flatMap(({ logprobs }) => logprobs)).toEqual(done!.logprobs);
      for (const { alternatives } of done!.logprobs!) expect(alternatives).toHaveLength(one.logprobs);
    }
  }
}

describe('in company', () => {
  const CAPACITY = 300;
  const PREFIXES = [ids(40), ids(150), ids(280), []];
  const sampling = fc.record({
    temperature: fc.constantFrom(0, 0.7, 1.5),
    topP: fc.constantFrom(1, 0.9),
    topK: fc.constantFrom(0, 20),
    minP: fc.constantFrom(0, 0.05),
    repetitionPenalty: fc.constantFrom(1, 1.3),
    seed: fc.nat(),
  });
  const anyJob = fc.record({
    prefix: fc.constantFrom(...PREFIXES),
    rest: fc.array(fc.nat(255), { minLength: 1, maxLength: 19 }),
    maxTokens: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(1000)),
    stop: fc.subarray(['a', 'ab', 'abc', 'h g', 'éé', 'd'], { maxLength: 2 }),
    ignoreEos: fc.boolean(),
    sampling,
    logprobs: fc.constantFrom(null, null, 0, 3),
    owner: fc.constantFrom('a', 'b', 'c'),
  }).map(({ prefix, rest, ...one }): TokenJob => ({ prompt: { tokens: [...prefix, ...rest] }, ...one }));
  const event = fc.oneof(
    { weight: 3, arbitrary: anyJob.map((one) => ({ add: one }) as const) },
    // Of the jobs so far, by place from the last; while a call of the engine is under way, or between steps.
    { weight: 2, arbitrary: fc.record({ cancel: fc.nat(3), during: fc.boolean() }) },
    { weight: 4, arbitrary: fc.record({ steps: fc.integer({ min: 1, max: 12 }) }) },
  );

  it('a job yields what it yields alone, whoever comes, goes and shares its beginning', async () => {
    const workload = fc.record({ slots: fc.constantFrom(1, 2, 3, 16), minPrefill: fc.constantFrom(1, 2), events: fc.array(event, { minLength: 5, maxLength: 40, size: 'max' }) });
    const seen = { done: 0, cancelled: 0, shared: 0, full: 0, stopped: 0, copied: 0 };
    await fc.assert(
      fc.asyncProperty(workload, async ({ slots, minPrefill, events }) => {
        const atNextCall: (() => void)[] = [];
        const bench = new Bench({
          slots,
          capacity: CAPACITY,
          minPrefill,
          during: async () => {
            await Promise.resolve();
            for (const act of atNextCall.splice(0)) act();
          },
        });
        const jobs: TokenJob[] = [];
        const cancelled = new Map<number, Told>();
        const cancel = (id: number): void => {
          const told = bench.told[id]!;
          bench.scheduler.cancel(id);
          // What it had been told by then is all that it is ever told.
          if (told.done.length === 0 && !cancelled.has(id)) cancelled.set(id, structuredClone(told));
        };
        for (const one of events) {
          if ('add' in one) {
            jobs.push(one.add);
            bench.add(one.add);
          } else if ('steps' in one) {
            for (let i = 0; i < one.steps; i++) await bench.scheduler.step();
          } else {
            const id = jobs.length - 1 - one.cancel;
            if (id >= 0 && one.during) atNextCall.push(() => cancel(id));
            else if (id >= 0) cancel(id);
          }
        }
        await bench.drain();
        jobs.forEach((one, id) => {
          const told = bench.told[id]!;
          if (cancelled.has(id)) {
            expect(told).toEqual(cancelled.get(id));
            const { tokens } = alone(one, tokenizer, sampler, bench.engine);
            const given = told.deltas.flatMap((delta) => delta.tokens);
            expect(given).toEqual(tokens.slice(0, given.length));
            seen.cancelled += 1;
          } else {
            bench.expectAlone(id, one);
            const [done] = told.done;
            seen.done += 1;
            seen.shared += Math.sign(done!.cachedTokens);
            seen.full += done!.promptTokens.length + done!.tokens.length === CAPACITY ? 1 : 0;
            seen.stopped += done!.stoppedBy === null ? 0 : 1;
          }
        });
        seen.copied += bench.engine.calls.filter(({ type }) => type === 'copy').length;
        const load = bench.scheduler.load();
        expect(load).toMatchObject({ running: 0, waiting: 0 });
        expect(load.cachedTokens).toBe(bench.told.reduce((sum, { started }) => sum + (started[0]?.cachedTokens ?? 0), 0));
      }),
      { numRuns: 80 },
    );
    // That the workloads are what they are meant to be.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(10);
  });

  it('reads a long prompt in large pieces with nobody decoding, in small ones else, and never less than may be', async () => {
    const bench = new Bench({ slots: 2, capacity: 1500, minPrefill: 2 });
    const long = ids(1025);
    await bench.run(job(long));
    const sizes = (calls: readonly Call[]): number[] => calls.flatMap((call) => (call.type === 'prefill' ? [call.tokens.length] : []));
    expect(sizes(bench.engine.calls)).toEqual([512, 511, 2]);
    bench.expectAlone(0, job(long));

    const before = bench.engine.calls.length;
    bench.add(job(ids(10), { maxTokens: 40 }));
    await bench.scheduler.step();
    const longer = ids(257);
    bench.add(job(longer));
    await bench.drain();
    expect(sizes(bench.engine.calls.slice(before))).toEqual([10, 128, 127, 2]);
    // A step of the other's between every two pieces.
    const after = bench.engine.calls.slice(before).map(({ type }) => type);
    expect(after.slice(0, 9)).toEqual(['prefill', 'decode', 'prefill', 'decode', 'prefill', 'decode', 'prefill', 'decode', 'decode']);
    bench.expectAlone(2, job(longer));
  });
});

describe('the shared beginning', () => {
  const beginning = ids(50);

  it('is read once, and at least as much is left as must be prefilled', async () => {
    for (const minPrefill of [1, 2]) {
      const bench = new Bench({ slots: 4, capacity: 200, minPrefill });
      const jobs = [[...beginning, 1, 2, 3], [...beginning, 4, 5], [...beginning, 1, 2, 3], beginning].map((tokens) => job(tokens, { maxTokens: 20 }));
      await bench.run(...jobs);
      jobs.forEach((one, id) => bench.expectAlone(id, one));
      expect(bench.told.map(({ started }) => started[0]!.cachedTokens)).toEqual([0, 50, 53 - minPrefill, 50 - minPrefill]);
      expect(bench.scheduler.load()).toEqual({ running: 0, waiting: 0, promptTokens: 53 + 52 + 53 + 50, cachedTokens: 153 - 2 * minPrefill, completionTokens: 80 });
    }
  });

  it('is found in the slot itself without a copy, and what differs is read anew', async () => {
    const bench = new Bench({ slots: 1, capacity: 200 });
    const jobs = [[...beginning, ...ids(60)], [...beginning, 7, ...ids(30)], ids(40)].map((tokens) => job(tokens));
    await bench.run(...jobs);
    jobs.forEach((one, id) => bench.expectAlone(id, one));
    expect(bench.told.map(({ started }) => started[0]!.cachedTokens)).toEqual([0, 50, 0]);
    expect(bench.engine.calls.some(({ type }) => type === 'copy')).toBe(false);
  });

  it('of each kind of prompt stays somewhere while there is room, however the kinds take turns', async () => {
    const kinds = [beginning, ids(60)];
    const ofKind = (kind: number, rest: number, over: Partial<Job> = {}): TokenJob => job([...kinds[kind]!, ...ids(rest)], over);
    const cached = (told: readonly Told[]): number[] => told.map(({ started }) => started[0]!.cachedTokens);
    const bench = new Bench({ slots: 4, capacity: 200 });
    for (const expected of [[0, 0], [50, 60], [50, 60]]) for (const kind of [0, 1]) expect(cached(await bench.run(ofKind(kind, 20)))).toEqual([expected[kind]]);
    // Found where it was, and the others left alone.
    expect(bench.engine.calls.some(({ type }) => type === 'copy')).toBe(false);
    // Neither by many of one kind at once, nor by prompts of no kind, is the other given up.
    expect(cached(await bench.run(ofKind(0, 20), ofKind(0, 30), ofKind(0, 40)))).toEqual([50, 50, 50]);
    for (let i = 0; i < 5; i++) expect(cached(await bench.run(job(ids(90))))).toEqual([0]);
    expect(cached(await bench.run(ofKind(1, 5), ofKind(0, 5)))).toEqual([60, 50]);
  });

  it('is kept where it was last of use, when one of several has to go', async () => {
    const bench = new Bench({ slots: 2, capacity: 200 });
    const kinds = [beginning, ids(50), ids(50)];
    const cached: number[] = [];
    for (const kind of [0, 0, 1, 1, 0, 2, 2, 0, 2, 1]) cached.push((await bench.run(job([...kinds[kind]!, ...ids(9)])))[0]!.started[0]!.cachedTokens);
    expect(cached).toEqual([0, 50, 0, 50, 50, 0, 50, 50, 50, 0]);
  });

  it('that nobody shares keeps no slot: those that run lie side by side', async () => {
    const bench = new Bench({ slots: 6, capacity: 200 });
    await bench.run(...Array.from({ length: 6 }, () => job(ids(30))));
    const before = bench.engine.calls.length;
    bench.add(job(ids(30), { maxTokens: 100 }));
    for (let i = 0; i < 8; i++) {
      const id = bench.add(job(ids(30), { maxTokens: 3 }));
      await bench.stepUntil(() => bench.told[id]!.done.length > 0);
    }
    await bench.drain();
    expect(new Set(bench.engine.calls.slice(before).flatMap((call) => (call.type === 'prefill' ? [call.slot] : [])))).toEqual(new Set([0, 1]));
  });

  it('ends where a text begins: what was generated is read again as part of the next prompt', async () => {
    const bench = new Bench({ slots: 2, capacity: 200 });
    const first = job(beginning, { maxTokens: 30 });
    const [told] = await bench.run(first);
    const next = job([...beginning, ...told!.done[0]!.tokens, ...ids(5)]);
    bench.add(job(beginning, { maxTokens: 30 }));
    await bench.scheduler.step();
    bench.add(next);
    await bench.drain();
    bench.expectAlone(2, next);
    expect(bench.told[2]!.started[0]!.cachedTokens).toBe(50);
  });

  it('of a prompt that was given up half-way is as long as what had been read', async () => {
    const bench = new Bench({ slots: 3, capacity: 400 });
    const prompt = ids(380);
    bench.add(job(ids(5), { maxTokens: 30 }));
    await bench.scheduler.step();
    const given = bench.add(job(prompt));
    await bench.scheduler.step();
    bench.scheduler.cancel(given);
    const again = bench.add(job(prompt));
    await bench.drain();
    bench.expectAlone(again, job(prompt));
    expect(bench.told[again]!.started[0]!.cachedTokens).toBe(128);
  });
});

describe('turns', () => {
  it('an owner of a thousand requests delays the first of another by one turn at most', async () => {
    const bench = new Bench({ slots: 2, capacity: 64 });
    for (let i = 0; i < 1000; i++) bench.add(job(ids(4), { owner: 'many', maxTokens: 3 }));
    for (let i = 0; i < 11; i++) await bench.scheduler.step();
    for (const owner of ['one', 'two']) {
      const before = bench.order.length;
      const id = bench.add(job(ids(4), { owner }));
      await bench.stepUntil(() => bench.told[id]!.started.length > 0);
      expect(bench.order.slice(before).length).toBeLessThanOrEqual(2);
    }
  });

  it('go round the owners, and within an owner in the order of arrival', async () => {
    const bench = new Bench({ slots: 1, capacity: 64 });
    const owners = ['a', 'a', 'a', 'b', 'b', 'c', 'a', 'c'];
    await bench.run(...owners.map((owner) => job(ids(4), { owner, maxTokens: 1 })));
    expect(bench.order).toEqual([0, 3, 5, 1, 4, 7, 2, 6]);
  });

  it('are kept when a queue is cancelled out of order, and cost no search of it', async () => {
    const bench = new Bench({ slots: 1, capacity: 64 });
    const count = 50_000;
    const quiet = { done: () => undefined, failed: () => undefined };
    const one = job([1, 2, 3], { maxTokens: 1 });
    for (let id = 0; id < count; id++) bench.scheduler.add(id, id % 2 === 0 ? one : { ...one, owner: `b${id % 20}` }, quiet);
    const start = process.cpuUsage();
    for (let id = count - 1; id >= 10; id--) bench.scheduler.cancel(id);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(1000);
    expect(bench.scheduler.load().waiting).toBe(10);
    await bench.drain();
    expect(bench.engine.calls.filter(({ type }) => type === 'prefill')).toHaveLength(10);
  });
});

describe('a job that cannot be run fails alone', () => {
  const good = job(ids(12), { maxTokens: 20 });
  const CAPACITY = 64;
  const cases: readonly (readonly [string, Job, string])[] = [
    ['a prompt that fills the context', job(ids(CAPACITY)), 'prompt: expected at most 63 tokens, so that one can follow; it has 64.'],
    ['a prompt of no token', job([]), 'tokens: expected at least one token; there is none.'],
    ['an id beyond the vocabulary', job([1, FAKE_VOCABULARY]), `tokens: expected ids from 0 to 257, the rows of the model's embedding; one is 258.`],
    ['a negative id', job([1, -1]), `tokens: expected ids from 0 to 257, the rows of the model's embedding; one is -1.`],
    ['half an id', job([0.5]), `tokens: expected ids from 0 to 257, the rows of the model's embedding; one is 0.5.`],
    ['a chat that the template refuses', { ...good, prompt: { messages: [{ role: 'tool', content: 'x' }] } }, "messages: expected a chat that the model's template accepts; the template says: No tools here."],
    ['no token to be written', job([1], { maxTokens: 0 }), 'maxTokens: expected a whole number from 1; it is 0.'],
    ['fewer than none', job([1], { maxTokens: -1 }), 'maxTokens: expected a whole number from 1; it is -1.'],
    ['a bound that is no number', job([1], { maxTokens: Number.NaN }), 'maxTokens: expected a whole number from 1; it is NaN.'],
    ['too many alternatives', job([1], { logprobs: 21 }), 'logprobs: expected a whole number from 0 to 20, or null; it is 21.'],
    ...([
      ['temperature', -0.1, 'a number from 0'],
      ['temperature', Number.NaN, 'a number from 0'],
      ['topP', 0, 'a number above 0, up to 1'],
      ['topK', -1, 'a whole number from 0'],
      ['minP', 1.1, 'a number from 0 to 1'],
      ['repetitionPenalty', 0, 'a number above 0'],
      ['seed', 0.5, 'a whole number'],
    ] as const).map(([field, value, expected]) => [`${field} ${value}`, job([1], { sampling: { ...GREEDY, [field]: value } }), `sampling.${field}: expected ${expected}; it is ${value}.`] as const),
  ];

  it.each(cases)('%s', async (_, bad, message) => {
    const bench = new Bench({ slots: 2, capacity: CAPACITY }, TEMPLATE);
    bench.add(good);
    await bench.scheduler.step();
    const id = bench.add(bad);
    bench.add(good);
    await bench.drain();
    for (const other of [0, 2]) bench.expectAlone(other, good);
    const { started, deltas, done, failed } = bench.told[id]!;
    expect([started, deltas, done]).toEqual([[], [], []]);
    expect(failed).toEqual([expect.objectContaining({ name: 'ModelRequestError', message })]);
  });

  it('a chat where there is no template', async () => {
    const bench = new Bench({ slots: 1, capacity: CAPACITY });
    const [chat, plain] = await bench.run({ ...good, prompt: { messages: [{ role: 'user', content: 'x' }] } }, good);
    expect(chat!.failed).toEqual([expect.objectContaining({ name: 'ModelRequestError', field: 'messages' })]);
    expect(plain!.done).toHaveLength(1);
  });

  it('and a queue of them does not keep the others from decoding', async () => {
    const bench = new Bench({ slots: 2, capacity: CAPACITY });
    bench.add(good);
    await bench.scheduler.step();
    for (let i = 0; i < 10; i++) bench.add(job([]));
    const tokens = bench.told[0]!.deltas.length;
    await bench.scheduler.step();
    expect(bench.told[0]!.deltas.length).toBe(tokens + 1);
    expect(bench.told.flatMap(({ failed }) => failed)).toHaveLength(1);
  });
});

describe('prompts', () => {
  it('are chats through the template, texts after the first token, and ids as they stand', async () => {
    const bench = new Bench({ slots: 1, capacity: 64 }, TEMPLATE);
    const base = job([]);
    const [chat, text, plain] = await bench.run(
      { ...base, prompt: { messages: [{ role: 'user', content: 'hi' }], prefill: 'ok' } },
      { ...base, prompt: { text: 'hi</s>' } },
      { ...base, prompt: { tokens: [104, 105] } },
    );
    expect([chat, text, plain].map((told) => told!.started[0]!.promptTokens)).toEqual([[256, 104, 105, 111, 107], [256, 104, 105, 257], [104, 105]]);
  });

  it('may fill the context to the last place', async () => {
    const bench = new Bench({ slots: 2, capacity: 64, minPrefill: 2 });
    const jobs = [63, 62, 1, 2].map((length) => job(ids(length), { maxTokens: 1000 }));
    await bench.run(...jobs);
    jobs.forEach((one, id) => bench.expectAlone(id, one));
    expect(bench.told.map(({ done }) => [done[0]!.tokens.length, done[0]!.finishReason])).toEqual([[1, 'length'], [2, 'length'], [63, 'length'], [62, 'length']]);
  });
});

describe('a failure of the engine', () => {
  const jobs = [ids(20), ids(300), ids(300)].map((tokens) => job(tokens, { maxTokens: 20 }));

  it.each(['prefill', 'decode', 'copy'] as const)('in a %s fails those that run, and those that wait are served', async (type) => {
    let armed = false;
    const bench: Bench = new Bench({
      slots: 3,
      capacity: 400,
      during: (call) => {
        if (!armed || call.type !== type) return;
        armed = false;
        throw new Error('out of order');
      },
    });
    jobs.forEach((one) => bench.add(one));
    // Shares the beginning of the second, so that it is copied.
    bench.add(job([...(jobs[1]!.prompt as { tokens: number[] }).tokens.slice(0, 290), 9, 9]));
    for (let i = 0; i < 4; i++) await bench.scheduler.step();
    if (type === 'copy') bench.scheduler.cancel(2);
    armed = true;
    await bench.stepUntil(() => !armed);
    const failed = bench.told.flatMap((told, id) => (told.failed.length > 0 ? [id] : []));
    expect(failed).toEqual({ prefill: [0, 1, 2], decode: [0, 1, 2], copy: [0, 1, 3] }[type]);
    for (const id of failed) expect([bench.told[id]!.failed, bench.told[id]!.done]).toEqual([[new Error('out of order')], []]);
    expect(bench.scheduler.load().running).toBe(0);

    const after = bench.add(jobs[0]!);
    await bench.drain();
    // Nothing is taken over from before.
    bench.expectAlone(after, jobs[0]!);
    expect(bench.told[after]!.started[0]!.cachedTokens).toBe(0);
    if (type !== 'copy') expect(bench.told[3]!.done).toHaveLength(1);
  });

  it('in one row of logits fails one job, whose cache is not used again', async () => {
    let poisoned = -1;
    const bench = new Bench({ slots: 3, capacity: 400, spoil: (logits, slot) => void (slot === poisoned && logits.fill(Number.NaN)) });
    const first = bench.add(job(ids(10), { maxTokens: 20 }));
    const second = bench.add(jobs[0]!);
    for (let i = 0; i < 3; i++) await bench.scheduler.step();
    poisoned = 1;
    await bench.scheduler.step();
    poisoned = -1;
    expect(bench.told[second]!.failed).toEqual([expect.objectContaining({ name: 'SamplingError' })]);
    await bench.drain();
    expect(bench.told[first]!.done).toHaveLength(1);
    const again = bench.add(jobs[0]!);
    await bench.drain();
    bench.expectAlone(again, jobs[0]!);
    expect(bench.told[again]!.started[0]!.cachedTokens).toBe(0);
  });
});

describe('cancellation', () => {
  const long = (): TokenJob => job(ids(20), { maxTokens: 40 });

  it('frees the slot before the next step, whatever is under way', async () => {
    for (const type of ['prefill', 'decode', 'copy'] as const) {
      let act = (): void => undefined;
      const bench = new Bench({
        slots: 2,
        capacity: 400,
        during: async (call) => {
          await Promise.resolve();
          if (call.type === type) act();
        },
      });
      const shared = ids(100);
      const [first, second, third] = [job(shared, { maxTokens: 90 }), job([...shared, 5]), long()] as const;
      bench.add(first);
      await bench.scheduler.step();
      const id = bench.add(second);
      if (type === 'decode') await bench.stepUntil(() => bench.told[id]!.deltas.length > 0);
      act = () => {
        act = () => undefined;
        bench.scheduler.cancel(id);
        expect(bench.scheduler.load().running, type).toBe(1);
      };
      await bench.scheduler.step();
      const told = structuredClone(bench.told[id]!);
      expect(told.started, type).toHaveLength(type === 'copy' ? 0 : 1);
      bench.add(third);
      await bench.scheduler.step();
      expect(bench.told[2]!.started, type).toHaveLength(1);
      await bench.drain();
      expect(bench.told[id]).toEqual(told);
      expect([told.done, told.failed]).toEqual([[], []]);
      bench.expectAlone(0, first);
      bench.expectAlone(2, third);
    }
  });

  it('of one that waits takes it out of the queue, and of one that has ended is without effect', async () => {
    const bench = new Bench({ slots: 1, capacity: 64 });
    const jobs = [long(), long(), long()];
    jobs.forEach((one) => bench.add(one));
    await bench.scheduler.step();
    bench.scheduler.cancel(1);
    expect(bench.scheduler.load()).toMatchObject({ running: 1, waiting: 1 });
    await bench.drain();
    for (const id of [0, 1, 2, 99]) bench.scheduler.cancel(id);
    expect(bench.order).toEqual([0, 2]);
    for (const id of [0, 2]) bench.expectAlone(id, jobs[id]!);
    expect(bench.told[1]).toEqual({ started: [], deltas: [], done: [], failed: [] });
    expect(bench.scheduler.idle).toBe(true);
  });

  it('by the one who reads a delta, the last one too, is the end of it', async () => {
    const bench = new Bench({ slots: 2, capacity: 64 });
    const one = long();
    for (const last of [1, 3, 40]) {
      const id = bench.add(one);
      bench.onDelta = (which) => void (which === id && bench.told[id]!.deltas.length === last && bench.scheduler.cancel(id));
      await bench.drain();
      expect(bench.told[id]).toMatchObject({ done: [], failed: [] });
      expect(bench.told[id]!.deltas).toHaveLength(last);
    }
    const after = bench.add(one);
    await bench.drain();
    bench.expectAlone(after, one);
  });
});
