/**
 * SmolLM2-135M-Instruct from its GGUF file, held in float32, beside transformers with the weights as the package `gguf` dequantises
 * them: logits of five texts, and what twenty prompts are continued with, all of them at once.
 *
 * transformers reads each continuation whole, and names at every place the token it would have written. Where that is the token that
 * stands there, throughout, greedy generation by transformers gives the same text, by induction over its length; and it is plain how
 * close the second was.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../models/open.ts';
import { GREEDY, type Generated, type Prompt } from '../../models/runtime/language-model.ts';
import { loadModel } from '../../models/runtime/load.ts';
import { createTokenizer } from '../../models/tokenizer/tokenizer.ts';
import { CachedGraph, PlainGraph, relativeError } from '../models/architectures/run-graph.ts';
import { SMOLLM2 } from '../support/llama-server/fetch-model.ts';
import { runJobs } from '../support/run-jobs.ts';
import { absent, runOracle, table } from './support.ts';

const ABSENT = absent(import.meta.filename, ['torch', 'transformers', 'gguf', 'numpy'], [SMOLLM2]);
const MOST = 1e-3;
const COUNT = 200;
/** Two tokens whose logits are this close are a tie: float32 sums in another order decide it. */
const TIE = 1e-5;

const PROSE = 'The lighthouse at the end of the breakwater had been dark for eleven years when the new keeper arrived. He brought two trunks, a violin without strings, and a letter from the harbour office which said that the lamp must burn again before the herring came. ';
const TEXTS: Readonly<Record<string, string>> = {
  'a sentence': 'The capital of France is Paris, and the capital of Italy is Rome.',
  'program text': 'def fibonacci(n: int) -> int:\n    """Return the n-th Fibonacci number."""\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a\n\n\nassert [fibonacci(i) for i in range(8)] == [0, 1, 1, 2, 3, 5, 8, 13]\n',
  'other scripts': 'Москва — столица России. 東京は日本の首都です。 القاهرة عاصمة مصر. नई दिल्ली भारत की राजधानी है। 🦜🌍 naïve façade €42.',
  'a conversation': '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n<|im_start|>user\nWhy is the sky blue?<|im_end|>\n<|im_start|>assistant\nBecause air scatters short waves of light more than long ones.<|im_end|>\n',
  'a long text': PROSE.repeat(12),
};

const SIMULATOR = 'You are a search engine. Write five short documents, each on its own line as "Doc i: text", that a web search would return for the query. Use plain statements of fact and do not explain yourself.\nQuery: ';
const PROMPTS: readonly Prompt[] = [
  ...['who wrote the origin of species', 'capital of australia', 'how many moons does mars have', 'inventor of the telephone', 'longest river in africa'].map((query) => ({ messages: [{ role: 'user', content: SIMULATOR + query }] }) as const),
  ...['Hello!', 'Give me three tips for staying healthy.', 'Translate to French: I would like a cup of coffee, please.', 'What is 17 times 23? Think step by step.', 'Write a haiku about autumn rain.'].map((content) => ({ messages: [{ role: 'user', content }] }) as const),
  { messages: [{ role: 'system', content: 'Answer as a pirate would.' }, { role: 'user', content: 'Where is the library?' }], prefill: 'Arr,' },
  ...['The', 'Once upon a time', 'import numpy as np\n\ndef softmax(x):', '1, 1, 2, 3, 5, 8,', 'Die Hauptstadt von Deutschland ist', 'Dear Sir or Madam,\n\n', 'Q: What is the boiling point of water at sea level?\nA:', '{"name": "Ada Lovelace", "born":'].map((text) => ({ text })),
  { text: PROSE.repeat(7) },
];

interface MostProbable {
  readonly tokens: readonly number[];
  readonly best: readonly (readonly [number, number])[];
  readonly second: readonly number[];
}

describe.skipIf(ABSENT)('SmolLM2-135M in float32', () => {
  let folder: string;
  let texts: readonly (readonly number[])[];
  let written: Generated[];
  let theirs: readonly MostProbable[];

  beforeAll(async () => {
    expect(PROMPTS).toHaveLength(20);
    folder = mkdtempSync(join(tmpdir(), 'winnow-smollm2-'));
    const files = await openModel(SMOLLM2);
    await files.weights.close();
    const tokenizer = await createTokenizer(files.tokenizer);
    texts = Object.values(TEXTS).map((text) => [...tokenizer.encode(text)]);
    tokenizer.free();

    const model = await loadModel({ path: SMOLLM2, device: 'cpu', precision: 'fp32', threads: 2, contextLength: 1024, slots: 16, temporaryFolder: folder });
    written = await runJobs(
      model.scheduler,
      PROMPTS.map((prompt, id) => ({ prompt, maxTokens: COUNT, stop: [], ignoreEos: true, sampling: GREEDY, logprobs: 2, owner: `owner ${id % 3}` })),
    );
    await model.close();
    theirs = await runOracle('smollm2.py', { model: SMOLLM2, folder, texts, written: written.map(({ promptTokens, tokens }) => ({ prompt: promptTokens.length, tokens: [...promptTokens, ...tokens] })) });
  }, 1_200_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the logits of transformers to within 1e-3', async () => {
    const files = await openModel(SMOLLM2);
    const { config, weights } = files;
    const expected = texts.map((_, i) => new Float32Array(readFileSync(join(folder, `text-${i}.f32`)).buffer.slice(0)));
    const plain = await PlainGraph.open(config, weights, 1024);
    const whole: number[] = [];
    for (const [i, text] of texts.entries()) whole.push(relativeError(await plain.logits([text]), expected[i]!));
    await plain.close();
    const cached = await CachedGraph.open(config, weights, undefined, 1024);
    const pieces: number[] = [];
    // The last tokens by themselves, as in generation.
    for (const [i, text] of texts.entries()) pieces.push(relativeError(await cached.read(text, [...new Array<number>(Math.floor((text.length - 4) / 128)).fill(128), (text.length - 4) % 128]), expected[i]!));
    await cached.close();
    await weights.close();
    console.log(table(['relative error of logits', 'tokens', 'plain', 'cached'], Object.keys(TEXTS).map((name, i) => [name, String(texts[i]!.length), whole[i]!, pieces[i]!])));
    for (const error of [...whole, ...pieces]) expect(error).toBeLessThanOrEqual(MOST);
  });

  it(`continues twenty prompts with the ${COUNT} tokens of transformers`, () => {
    const rows = written.map(({ tokens, logprobs, promptTokens, cachedTokens }, i) => {
      const { tokens: wanted, best, second } = theirs[i]!;
      expect([tokens.length, wanted.length]).toEqual([COUNT, COUNT]);
      const margins = best.map(([first, next]) => first - next);
      const at = tokens.findIndex((token, step) => token !== wanted[step]);
      if (at >= 0) {
        const [first, next] = best[at]!;
        const ours = logprobs![at]!.alternatives.map(({ token, logprob }) => `${token}: ${logprob}`).join(', ');
        console.log(`prompt ${i}, token ${at}: ours ${tokens[at]}; transformers' logits ${wanted[at]}: ${first}, ${second[at]}: ${next}; our logprobs ${ours}`);
      }
      return { at, tie: at >= 0 && margins[at]! <= TIE && second[at] === tokens[at], row: [String(i), String(promptTokens.length), String(cachedTokens), at < 0 ? 'identical' : `token ${at} differs`, Math.min(...margins)] };
    });
    console.log(table(['prompt', 'tokens', 'of them shared', `${COUNT} tokens`, 'least margin'], rows.map(({ row }) => row)));
    // Several take over a beginning that another prompt has computed.
    expect(written.filter(({ cachedTokens }) => cachedTokens > 0).length).toBeGreaterThan(3);
    for (const { at, tie } of rows) if (!tie) expect(at).toBe(-1);
  });
});
