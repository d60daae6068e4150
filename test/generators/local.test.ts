import { describe, expect, it } from 'vitest';
import { DeviceError, ModelBusyError, ModelRequestError } from '../../models/errors.ts';
import type { GenerateRequest } from '../../models/runtime/language-model.ts';
import { GeneratorError } from '../../src/errors.ts';
import type { GenerationRequest } from '../../src/generators/generator.ts';
import { createLocal } from '../../src/generators/local.ts';
import { buildMessages, prefillOf, stopsFor } from '../../src/simulator/prompts.ts';
import { aRequest, aTask, generatorContract } from '../contracts/generator.contract.ts';
import { type FakeOptions, fakeLanguageModel, rendered, tokensOf } from '../support/fake-language-model.ts';

/** Room for the largest prompt of the contract, and for twenty documents. */
const ROOMY = { contextLength: 8_192 };
const roomy = (options: FakeOptions = {}) => fakeLanguageModel({ ...options, facts: { ...ROOMY, ...options.facts } });

/** What a model that follows its prompt writes after `Doc 1:\nTitle:`. */
function obedient(request: GenerateRequest): string {
  const wanted = Number(/Write (\d+) document/.exec(rendered(request))?.[1] ?? 1);
  const document = (i: number): string => ` Part ${i} of the crossing\nText: Number ${i} of the notes tells of ferries, weather and the ${request.sampling.seed} ropes of the harbour.`;
  return Array.from({ length: wanted }, (_, i) => (i === 0 ? '' : `\n\nDoc ${i + 1}:\nTitle:`) + document(i + 1)).join('');
}
const asked = (rest: Partial<GenerationRequest> = {}): GenerationRequest => aRequest({ prefill: prefillOf('winnow'), stop: stopsFor(3, 'winnow'), ...rest });

generatorContract({
  name: 'local',
  make: () => {
    const generator = createLocal({ model: roomy({ say: obedient }) });
    return { ...generator, generate: (request) => generator.generate({ ...request, prefill: prefillOf('winnow') }) };
  },
  makeSilent: () => createLocal({ model: roomy({ before: () => new Promise(() => {}) }) }),
});

describe('local', () => {
  it('asks the model for the chat with its beginning, its stops, its bounds, and in the name of its run', async () => {
    const model = roomy();
    await createLocal({ model }).generate(asked({ maxTokens: 77, temperature: 0.3, seed: 9, owner: 'exp1' }));
    expect(model.calls).toHaveLength(1);
    expect(model.calls[0]).toMatchObject({
      prompt: { messages: buildMessages(aTask(), 'winnow'), prefill: 'Doc 1:\nTitle:' },
      stop: ['\nDoc 4:', '\nQuery:'],
      maxTokens: 77,
      ignoreEos: false,
      logprobs: null,
      owner: 'exp1',
      sampling: { temperature: 0.3, seed: 9 },
    });
  });

  it('returns the beginning that it put into the mouth of the model, with what the model made of it', async () => {
    const model = roomy({ say: () => ' Notes\nText: Ferries.\nDoc 4: too many' });
    const generation = await createLocal({ model }).generate(asked());
    expect(generation).toEqual({
      text: 'Doc 1:\nTitle: Notes\nText: Ferries.',
      model: 'fake-135m',
      promptTokens: tokensOf(rendered(model.calls[0]!)).length,
      completionTokens: expect.any(Number),
      truncated: false,
    });
  });

  it('says when the text was cut at its bound', async () => {
    expect((await createLocal({ model: roomy() }).generate(asked({ maxTokens: 3 }))).truncated).toBe(true);
  });

  it('gives a model without a chat template the same words as plain text', async () => {
    const model = roomy({ facts: { hasChatTemplate: false } });
    await createLocal({ model }).generate(asked());
    const [system, user] = buildMessages(aTask(), 'winnow');
    expect(model.calls[0]!.prompt).toEqual({ text: `${system!.content}\n\n${user!.content}\n\nDoc 1:\nTitle:` });
  });

  it('has an identity that tells models, devices and precisions apart', () => {
    const identityOf = (facts: FakeOptions['facts']) => createLocal({ model: fakeLanguageModel({ facts }) }).identity;
    expect(new Set([identityOf({}), identityOf({ name: 'other' }), identityOf({ device: 'webgpu' }), identityOf({ precision: 'fp32' })]).size).toBe(4);
    expect(identityOf({})).toBe(identityOf({}));
  });

  it.each([
    ['a full queue', new ModelBusyError(20_000), true, /queue.*20000/],
    ['a prompt that does not fit', new ModelRequestError('prompt', 'at most 511 tokens', 'it has 600'), false, /at most 511 tokens/],
    ['a dead worker', new DeviceError('cpu', 'The worker died.', 'Start it again.'), false, /worker died/],
    ['anything else', new TypeError('x is not a function'), false, /unexpectedly/],
  ])('fails in the open: %s', async (_, cause, retryable, message) => {
    const model = roomy({ before: () => { throw cause; } });
    const thrown: unknown = await Promise.resolve(createLocal({ model }).generate(asked())).catch((each: unknown) => each);
    expect(thrown).toBeInstanceOf(GeneratorError);
    expect(thrown).toMatchObject({ generator: 'local', retryable, cause, message: expect.stringMatching(message) });
  });

  it('leaves the model open when it is closed itself: others ask it too', async () => {
    expect(createLocal({ model: roomy() }).close).toBeUndefined();
  });
});
