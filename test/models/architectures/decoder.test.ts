import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Format } from '../../../models/architectures/architecture.ts';
import { ARCHITECTURES } from '../../../models/architectures/index.ts';
import { ARCHITECTURE_NAMES, type ArchitectureName, type ModelConfig } from '../../../models/config.ts';
import { dequantize } from '../../../models/weights/dequantize.ts';
import { type TinyModel, numbersFrom } from '../../support/tiny-model.ts';
import { referenceLogits } from './reference-decoder.ts';
import { CachedGraph, FLOAT32, PlainGraph, livelyModel, onLevels, relativeError, sameBits, weightsOf, withoutRounding } from './run-graph.ts';

const FORMATS = {
  fp32: FLOAT32,
  fp16: { matrices: 'float16', compute: 'float32' },
  int8: { matrices: 'int8', compute: 'float32' },
  int4: { matrices: 'int4', compute: 'float32' },
} satisfies Record<string, Format>;

const MODELS: readonly (readonly [string, ArchitectureName, Partial<ModelConfig>])[] = [
  ['llama', 'llama', {}],
  ['llama, tied', 'llama', { tieEmbeddings: true, heads: 2 }],
  ['llama with biases', 'llama', { attentionBias: true }],
  ['llama whose heads are wider together than the model', 'llama', { headDim: 32 }],
  ['llama with as many keys as queries', 'llama', { kvHeads: 4 }],
  ['llama with linear scaling', 'llama', { ropeScaling: { type: 'linear', factor: 4 } }],
  ['qwen2', 'qwen2', {}],
  ['qwen2, tied', 'qwen2', { tieEmbeddings: true }],
  ['qwen3', 'qwen3', {}],
  ['qwen3 with biases, tied', 'qwen3', { attentionBias: true, tieEmbeddings: true }],
];

function someTokens(count: number, seed = 1): number[] {
  const next = numbersFrom(seed);
  return Array.from({ length: count }, () => Math.floor((next() + 1) * 129));
}

describe.each(MODELS)('%s', (_, architecture, over) => {
  const model = livelyModel(architecture, over);
  const { config } = model;
  const text = someTokens(24);
  let plain: PlainGraph;
  let cached: CachedGraph;
  let expected: Float32Array;
  beforeAll(async () => {
    plain = await PlainGraph.open(config, weightsOf(model));
    cached = await CachedGraph.open(config, weightsOf(model));
    expected = await plain.logits([text]);
  });
  afterAll(async () => {
    await plain.close();
    await cached.close();
  });

  it('gives, without a cache, what its formulas give', () => {
    const factor = config.ropeScaling?.type === 'linear' ? config.ropeScaling.factor : 1;
    const angle = (position: number, i: number): number => position / factor / config.ropeTheta ** ((2 * i) / config.headDim);
    expect(relativeError(expected, referenceLogits(model, text, { angle, scale: 1 }))).toBeLessThan(5e-6);
  });

  it('gives the same with a cache: read whole, in pieces, and token by token', async () => {
    for (const pieces of [[24], [7, 9, 2, 6], [2], []]) expect(relativeError(await cached.read(text, pieces), expected), `pieces of ${pieces}`).toBeLessThan(5e-6);
  });

  it('asks a checkpoint for the tensors that its graphs are made of, and for no more', () => {
    const needed = ARCHITECTURES[architecture].tensors(config);
    for (const { graph, weights } of [ARCHITECTURES[architecture].plain(config, 16), ...Object.values(FORMATS).map((format) => ARCHITECTURES[architecture].cached(config, format, 16))]) {
      const used = new Set([...weights.values()].flatMap(({ parts }) => parts));
      expect([...used].sort()).toEqual([...needed.keys()].sort());
      expect(graph.initializers.filter(({ bytes }) => bytes === null).map(({ value }) => value.name).sort()).toEqual([...weights.keys()].sort());
    }
  });
});

describe('the tensors of a checkpoint', () => {
  const names = (architecture: ArchitectureName, over: Partial<ModelConfig>): string[] => [...ARCHITECTURES[architecture].tensors(livelyModel(architecture, over).config).keys()];
  const biases = (architecture: ArchitectureName, attentionBias: boolean): string[] => names(architecture, { attentionBias, layers: 1 }).filter((name) => name.endsWith('.bias')).map((name) => name.split('.')[4]!);

  it('hold biases where transformers has them: on the output too, but for qwen2', () => {
    for (const architecture of ['llama', 'qwen3'] as const) {
      expect(biases(architecture, false)).toEqual([]);
      expect(biases(architecture, true)).toEqual(['q_proj', 'k_proj', 'v_proj', 'o_proj']);
    }
    for (const said of [true, false]) expect(biases('qwen2', said)).toEqual(['q_proj', 'k_proj', 'v_proj']);
  });

  it('hold norms of heads in qwen3 only, and an output matrix where it is not tied', () => {
    for (const architecture of ARCHITECTURE_NAMES) {
      expect(names(architecture, {}).filter((name) => /[qk]_norm/.test(name))).toHaveLength(architecture === 'qwen3' ? 4 : 0);
      expect(names(architecture, {})).toContain('lm_head.weight');
      expect(names(architecture, { tieEmbeddings: true })).not.toContain('lm_head.weight');
    }
  });
});

describe('the plain graph', () => {
  const model = livelyModel('qwen3');
  let plain: PlainGraph;
  beforeAll(async () => {
    plain = await PlainGraph.open(model.config, weightsOf(model));
  });
  afterAll(() => plain.close());
  const vocabSize = model.config.vocabSize;

  it('gives a text of a batch what it gives it alone, whatever pads the shorter ones on the right', async () => {
    const [long, short] = [someTokens(30, 2), someTokens(11, 3)];
    const alone = await plain.logits([short]);
    for (const padding of [0, 257]) {
      const both = await plain.logits([long, [...short, ...new Array<number>(19).fill(padding)]]);
      expect(relativeError(both.subarray(30 * vocabSize, 41 * vocabSize), alone)).toBeLessThan(2e-6);
      expect(relativeError(both.subarray(0, 30 * vocabSize), await plain.logits([long]))).toBeLessThan(2e-6);
    }
  });

  it('gives the rows that are asked for, in that order', async () => {
    const texts = [someTokens(6, 4), someTokens(6, 5)];
    const all = await plain.logits(texts);
    const rows = [9, 0, 9, 5];
    const picked = await plain.logits(texts, rows);
    expect(picked).toHaveLength(rows.length * vocabSize);
    rows.forEach((row, i) => expect(relativeError(picked.subarray(i * vocabSize, (i + 1) * vocabSize), all.subarray(row * vocabSize, (row + 1) * vocabSize))).toBeLessThan(2e-6));
  });
});

/**
 * What the scheduler builds on: a text's numbers do not depend on its company, to the bit. Checked in sizes like those of SmolLM2-135M
 * too, one layer of it, since the runtime's kernels change with them.
 */
const SIZES = [
  ['a tiny model', { hiddenSize: 64 }, 40, [7, 9, 3, 16, 5]],
  ['a layer as wide as that of SmolLM2', { hiddenSize: 576, heads: 9, kvHeads: 3, headDim: 64, intermediateSize: 768, layers: 1, contextLength: 320, tieEmbeddings: true }, 300, [128, 128, 44]],
] as const;

describe.each(Object.entries(FORMATS))('in %s', (name, format) => {
  describe.each(SIZES)('%s', (_, over, count, sizes) => {
    const model = livelyModel('llama', over, 6);
    const { vocabSize } = model.config;
    const text = someTokens(count, 7);
    const row = (logits: Float32Array, at: number): Float32Array => logits.subarray(at * vocabSize, (at + 1) * vocabSize);
    let cached: CachedGraph;
    beforeAll(async () => {
      cached = await CachedGraph.open(model.config, weightsOf(model), format);
    });
    afterAll(() => cached.close());

    // GroupQueryAttention takes a piece in blocks of 2 × headDim tokens, and a block of one token by another path, whose sums are 1e-6
    // apart: no piece here ends in such a block, and HostEngine makes none.
    it('reads a prompt in pieces to the same bits as whole, and gives the rows that are asked for', async () => {
      const whole = await cached.read(text, [count]);
      for (const pieces of [[count - 2, 2], [2, count - 2], sizes]) expect(sameBits(await cached.read(text, pieces), whole), `pieces of ${pieces}`).toBe(true);
      cached.clear();
      const rows = [count - 1, 4, 4];
      const picked = await cached.step({ tokens: [text], held: [0] }, rows);
      // The product with the output matrix has fewer rows then.
      rows.forEach((at, i) => expect(sameBits(row(picked, i), row(whole, at))).toBe(true));
    });

    // A single row has a kernel of its own with 4-bit weights, and with a tied embedding in half floats; HostEngine adds a row to it.
    const least = name === 'int4' || name === 'fp16' ? 2 : 1;

    it(`extends texts of any lengths together to the same bits as ${least === 1 ? 'alone' : 'beside one other'}`, async () => {
      const texts = [3, 40, 17, 8, 33, 5, 29, 12, 21].map((length, i) => [...text.slice(i), ...text.slice(0, i)].slice(0, length));
      const extend = async (...members: readonly number[]): Promise<Float32Array> => {
        await cached.fill(members.map((i) => texts[i]!.slice(0, -1)));
        return cached.step({ tokens: members.map((i) => [texts[i]!.at(-1)!]), held: members.map((i) => texts[i]!.length - 1) });
      };
      const together = await extend(...texts.keys());
      for (const i of texts.keys()) {
        const few = least === 1 ? await extend(i) : await extend(i, (i + 1) % texts.length);
        expect(sameBits(row(few, 0), row(together, i)), `text ${i}`).toBe(true);
      }
      expect(sameBits(row(await extend(8, 1, 0, 4, 6), 3), row(together, 4))).toBe(true);
    });
  });
});

describe('weights in blocks', () => {
  // Three blocks in a row, so that a byte of 4-bit zero points is half empty.
  const over = { hiddenSize: 96, intermediateSize: 160, headDim: 16, heads: 6, kvHeads: 2 } as const;
  const text = someTokens(24, 8);
  const compare = async (model: TinyModel, format: Format, alter?: typeof withoutRounding): Promise<number> => {
    const plain = await PlainGraph.open(model.config, weightsOf(model));
    const cached = await CachedGraph.open(model.config, weightsOf(model), format, model.config.contextLength, alter);
    const error = relativeError(await cached.read(text, [text.length]), await plain.logits([text]));
    await Promise.all([plain.close(), cached.close()]);
    return error;
  };

  // Rounded to 8 bits, in blocks of 32, activations move by half a step of 1/127 of the largest: 1 to 2 % in the logits of these models,
  // by ten seeds.
  it.each([
    ['int8', 8, 'llama', {}],
    ['int8', 8, 'llama', { tieEmbeddings: true, attentionBias: true }],
    ['int8', 8, 'qwen3', {}],
    ['int4', 4, 'llama', {}],
    ['int4', 4, 'qwen2', { tieEmbeddings: true }],
    ['int4', 4, 'qwen3', { attentionBias: true }],
  ] as const)('give in %s what floats give, but for rounded activations: %i bits, %s %o', async (format, bits, architecture, more) => {
    const model = onLevels(livelyModel(architecture, { ...over, ...more }, 9), bits);
    expect(await compare(model, FORMATS[format], withoutRounding)).toBeLessThan(5e-6);
    const error = await compare(model, FORMATS[format]);
    expect(error).toBeLessThan(0.05);
  });

  it('lose what 4 bits cannot hold of weights that lie between the levels', async () => {
    expect(await compare(livelyModel('llama', over, 9), FORMATS.int4)).toBeGreaterThan(0.1);
  });

  it('stay as they are when they lie on the levels', async () => {
    const weights = weightsOf(onLevels(livelyModel('llama', over, 9), 4));
    const values = dequantize('F32', await weights.read('model.layers.0.self_attn.q_proj.weight'));
    expect(new Set(values.map((value) => value * 32 - Math.round(value * 32)))).toEqual(new Set([0]));
    expect(new Set(values.subarray(0, 32)).size).toBeGreaterThan(8);
  });
});
