import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Question } from '../../../trainer/data/question.ts';
import { NEW_SAMPLER, type Sampler, type SamplerState, createSampler } from '../../../trainer/data/sampler.ts';

const setOf = (count: number): Question[] => Array.from({ length: count }, (_, i) => ({ id: `id-${i}`, question: `question ${i}?`, goldenAnswers: ['a'], dataSource: 'test', metadata: {} }));
const usual = { seed: 1, shuffle: true, batch: 4, dropLast: false, epochs: null };
const idsOf = (questions: readonly Question[]): string[] => questions.map(({ id }) => id);

function batches(sampler: Sampler, most: number, from: SamplerState = NEW_SAMPLER): string[][] {
  const all: string[][] = [];
  let state = from;
  while (all.length < most) {
    const next = sampler.next(state);
    if (!next) break;
    all.push(idsOf(next.questions));
    ({ state } = next);
  }
  return all;
}

describe('an epoch', () => {
  it('asks every question once, in an order of its own', () => {
    const sampler = createSampler(setOf(12), usual);
    const [first, second] = [batches(sampler, 6).slice(0, 3).flat(), batches(sampler, 6).slice(3).flat()];
    expect([...first].sort()).toEqual(idsOf(setOf(12)).sort());
    expect([...second].sort()).toEqual(idsOf(setOf(12)).sort());
    expect(second).not.toEqual(first);
    expect(first).not.toEqual(idsOf(setOf(12)));
  });

  it('has the order of its seed', () => {
    const of = (seed: number) => batches(createSampler(setOf(50), { ...usual, seed }), 3);
    expect(of(1)).toEqual(of(1));
    expect(of(2)).not.toEqual(of(1));
  });

  it('has the order of the set where nothing is shuffled', () => {
    expect(batches(createSampler(setOf(6), { ...usual, shuffle: false, batch: 3 }), 4)).toEqual([['id-0', 'id-1', 'id-2'], ['id-3', 'id-4', 'id-5'], ['id-0', 'id-1', 'id-2'], ['id-3', 'id-4', 'id-5']]);
  });

  it('is told of', () => {
    const sampler = createSampler(setOf(8), usual);
    expect([0, 4, 8, 15, 16].map((taken) => sampler.next({ taken })!.epoch)).toEqual([0, 0, 1, 1, 2]);
  });
});

describe('the last batch', () => {
  it('runs on into the next epoch, with no question twice in it', () => {
    const sampler = createSampler(setOf(10), { ...usual, shuffle: false });
    expect(batches(sampler, 4)).toEqual([['id-0', 'id-1', 'id-2', 'id-3'], ['id-4', 'id-5', 'id-6', 'id-7'], ['id-8', 'id-9', 'id-0', 'id-1'], ['id-2', 'id-3', 'id-4', 'id-5']]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 25 }), fc.integer(), (count, batch, seed) => {
        for (const ids of batches(createSampler(setOf(count), { ...usual, seed, batch }), 8)) {
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids.length).toBe(Math.min(batch, count));
        }
      }),
    );
  });

  it('is dropped where that is asked: other questions in each epoch', () => {
    const sampler = createSampler(setOf(10), { ...usual, dropLast: true });
    expect(sampler.perEpoch).toBe(8);
    const all = batches(sampler, 40);
    for (let epoch = 0; epoch < 20; epoch++) expect(new Set(all.slice(2 * epoch, 2 * epoch + 2).flat()).size).toBe(8);
    expect(new Set(all.flat()).size).toBe(10);
  });

  it('ends the last epoch, short if need be', () => {
    expect(batches(createSampler(setOf(10), { ...usual, epochs: 1 }), 99).map(({ length }) => length)).toEqual([4, 4, 2]);
    expect(batches(createSampler(setOf(10), { ...usual, epochs: 3, dropLast: true }), 99).map(({ length }) => length)).toEqual([4, 4, 4, 4, 4, 4]);
    expect(createSampler(setOf(10), { ...usual, epochs: 1 }).next({ taken: 10 })).toBeNull();
  });

  it('must exist', () => {
    expect(() => createSampler(setOf(3), { ...usual, dropLast: true })).toThrow(/3 questions has no full batch of 4/);
    expect(() => createSampler([], usual)).toThrow(/0 questions/);
  });
});

describe('state', () => {
  it('is JSON, and goes on with the same questions, bit for bit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 30 }), fc.integer({ min: 1, max: 9 }), fc.boolean(), fc.nat(12), fc.integer(), (count, batch, drop, stop, seed) => {
        const options = { ...usual, seed, batch, dropLast: drop && batch <= count };
        const whole = batches(createSampler(setOf(count), options), 20);
        let state = NEW_SAMPLER;
        const before: string[][] = [];
        const first = createSampler(setOf(count), options);
        for (let i = 0; i < stop; i++) {
          const next = first.next(state)!;
          before.push(idsOf(next.questions));
          ({ state } = next);
        }
        const after = batches(createSampler(setOf(count), options), 20 - stop, JSON.parse(JSON.stringify(state)) as SamplerState);
        expect([...before, ...after]).toEqual(whole);
      }),
    );
  });

  it('counts what was passed over too', () => {
    const sampler = createSampler(setOf(6), { ...usual, shuffle: false });
    const next = sampler.next(NEW_SAMPLER, 3, new Set(['id-0', 'id-2']))!;
    expect([idsOf(next.questions), next.state]).toEqual([['id-1', 'id-3', 'id-4'], { taken: 5 }]);
    expect(idsOf(sampler.next(NEW_SAMPLER, 6, new Set(['id-0']))!.questions)).toEqual(['id-1', 'id-2', 'id-3', 'id-4', 'id-5']);
    expect(sampler.next(NEW_SAMPLER, 2, new Set(idsOf(setOf(6))))!.questions).toEqual([]);
  });
});
