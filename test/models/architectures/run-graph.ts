/** Runs an architecture's graphs, plain and cached, over weights in memory or on disk, for tests: the logits of every token. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Format, ModelGraph } from '../../../models/architectures/architecture.ts';
import { ARCHITECTURES } from '../../../models/architectures/index.ts';
import type { ArchitectureName, ModelConfig } from '../../../models/config.ts';
import { type Session, type Tensor, openSession } from '../../../models/runtime/session.ts';
import { materialize } from '../../../models/weights/materialize.ts';
import type { TensorInfo, Weights } from '../../../models/weights/weights.ts';
import { type TinyModel, tinyModel } from '../../support/tiny-model.ts';

export const FLOAT32: Format = { matrices: 'float32', compute: 'float32' };

/** A tiny model with heads of 16, the least that GroupQueryAttention turns, and norms near 1, so that attention attends and a wrong rotation or mask is seen in the logits. */
export function livelyModel(architecture: ArchitectureName, over: Partial<ModelConfig> = {}, seed = 1): TinyModel {
  const model = tinyModel(architecture, { headDim: 16, ...over }, seed);
  for (const [name, { values }] of model.tensors) if (name.includes('norm')) for (let i = 0; i < values.length; i++) values[i]! += 1;
  return model;
}

/**
 * The model with every matrix moved onto levels that blocks of `bits` hold without loss: a power of two times whole numbers that reach
 * both ends of the range (8 bits: -127 to 127; 4 bits: 16 levels around a zero that differs from block to block). What a quantised graph
 * then computes otherwise than a float one, it does to the activations.
 */
export function onLevels({ config, tensors }: TinyModel, bits: 4 | 8): TinyModel {
  const block = 32;
  const step = bits === 8 ? 2 ** -9 : 2 ** -5;
  const moved = [...tensors].map(([name, { shape, values }]) => {
    if (shape.length !== 2) return [name, { shape, values }] as const;
    if (shape[1]! % block !== 0) throw new Error(`${name}: rows of ${shape[1]} are no whole blocks.`);
    const made = values.map((value, i) => {
      const zero = bits === 8 ? 127 : 4 + (Math.floor(i / block) % 8);
      const [least, most] = [-zero, bits === 8 ? 127 : 15 - zero];
      const level = i % block === 0 ? least : i % block === 1 ? most : Math.min(most, Math.max(least, Math.round(value / step)));
      return level * step;
    });
    return [name, { shape, values: made }] as const;
  });
  return { config, tensors: new Map(moved) };
}

/** The tensors of a tiny model as a checkpoint holds them. */
export function weightsOf({ tensors }: TinyModel): Weights {
  const bytes = (name: string): Uint8Array => {
    const { values } = tensors.get(name)!;
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  };
  const infos = [...tensors].map(([name, { shape, values }]): TensorInfo => ({ name, shape, type: 'F32', byteLength: values.byteLength, file: 'memory' }));
  return {
    source: 'memory',
    tensors: new Map(infos.map((info) => [info.name, info])),
    read: async (name) => bytes(name).slice(),
    readRows: async (name, first, rows) => {
      const row = 4 * tensors.get(name)!.shape[1]!;
      return bytes(name).slice(first * row, (first + rows) * row);
    },
    close: async () => {},
  };
}

/** The same graph, its products with weights in blocks computed in float32 (accuracy_level 1), where it has activations rounded to 8 bits. */
export function withoutRounding({ graph, weights }: ModelGraph): ModelGraph {
  const nodes = graph.nodes.map((node) => (node.op === 'MatMulNBits' ? { ...node, attributes: { ...node.attributes, accuracy_level: 1 } } : node));
  return { graph: { ...graph, nodes }, weights };
}

async function open(graph: ModelGraph, weights: Weights): Promise<Session> {
  const folder = await mkdtemp(join(tmpdir(), 'winnow-graph-'));
  try {
    const model = await materialize(graph, weights, { folder, inPlace: false });
    return await openSession(model.path, { device: 'cpu', threads: 2 });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const int64 = (session: Session, values: readonly number[], shape: readonly number[] = [values.length]): Tensor => session.tensor('int64', BigInt64Array.from(values, BigInt), shape);
const counting = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export class PlainGraph {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  static async open(config: ModelConfig, weights: Weights, positions = config.contextLength): Promise<PlainGraph> {
    return new PlainGraph(await open(ARCHITECTURES[config.architecture].plain(config, positions), weights));
  }

  /** Logits [rows, vocabSize] of texts that are equally long; of every token, or of `rows` among them. */
  async logits(texts: readonly (readonly number[])[], rows = counting(texts.length * texts[0]!.length)): Promise<Float32Array> {
    const session = this.#session;
    const length = texts[0]!.length;
    const feeds = { tokens: int64(session, texts.flat(), [texts.length, length]), positions: int64(session, counting(length)), rows: int64(session, rows) };
    return (await session.run(feeds, ['logits']))['logits']!.data as Float32Array;
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

/** One new token or more for each row of a batch. More than one needs a batch of one. */
export interface Step {
  readonly tokens: readonly (readonly number[])[];
  /** Tokens that each row's cache holds before the step. */
  readonly held: readonly number[];
}

/** The cached graph with a cache of its own, which a step returns anew: nothing here depends on writing in place. */
export class CachedGraph {
  readonly #session: Session;
  readonly #config: ModelConfig;
  readonly #capacity: number;
  #cache: Record<string, Tensor> = {};

  constructor(session: Session, config: ModelConfig, capacity: number) {
    this.#session = session;
    this.#config = config;
    this.#capacity = capacity;
  }

  static async open(config: ModelConfig, weights: Weights, format: Format = FLOAT32, capacity = config.contextLength, alter = (graph: ModelGraph): ModelGraph => graph): Promise<CachedGraph> {
    return new CachedGraph(await open(alter(ARCHITECTURES[config.architecture].cached(config, format, capacity)), weights), config, capacity);
  }

  /** Empties the cache, and gives it room for so many texts. */
  clear(batch = 1): void {
    const { layers, kvHeads, headDim } = this.#config;
    const shape = [batch, kvHeads, this.#capacity, headDim];
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    // Not a number where nothing was written: reading past what a text holds shows.
    const empty = (): Tensor => this.#session.tensor('float32', new Float32Array(size).fill(NaN), shape);
    this.#cache = Object.fromEntries(counting(layers).flatMap((layer) => [[`past_key.${layer}`, empty()], [`past_value.${layer}`, empty()]]));
  }

  /** Reads one text into each row of a batch, each alone, and leaves them in the cache together. */
  async fill(texts: readonly (readonly number[])[]): Promise<void> {
    const { kvHeads, headDim } = this.#config;
    const shape = [texts.length, kvHeads, this.#capacity, headDim];
    const perText = kvHeads * this.#capacity * headDim;
    const all = new Map<string, Float32Array>();
    for (const [row, text] of texts.entries()) {
      this.clear();
      await this.step({ tokens: [text], held: [0] }, []);
      for (const [name, tensor] of Object.entries(this.#cache)) {
        if (row === 0) all.set(name, new Float32Array(texts.length * perText));
        all.get(name)!.set(tensor.data as Float32Array, row * perText);
      }
    }
    this.#cache = Object.fromEntries([...all].map(([name, values]) => [name, this.#session.tensor('float32', values, shape)]));
  }

  /** Logits [tokens, vocabSize] of every token of the step, or of `rows` among them. */
  async step({ tokens, held }: Step, rows = counting(tokens.flat().length)): Promise<Float32Array> {
    const session = this.#session;
    const totals = tokens.map((row, i) => held[i]! + row.length);
    const results = await session.run(
      {
        ...this.#cache,
        tokens: int64(session, tokens.flat()),
        split: int64(session, [tokens.length, tokens[0]!.length, -1]),
        lengths: session.tensor('int32', Int32Array.from(totals, (total) => total - 1), [tokens.length]),
        longest: session.tensor('int32', Int32Array.of(Math.max(...totals)), []),
        rows: int64(session, rows),
      },
      ['logits', ...Object.keys(this.#cache).map((name) => name.slice('past_'.length))],
    );
    for (const name of Object.keys(this.#cache)) this.#cache[name] = results[name.slice('past_'.length)]!;
    return results['logits']!.data as Float32Array;
  }

  /** The logits of every token of one text, read in pieces of the given sizes, then in pieces of one. */
  async read(text: readonly number[], pieces: readonly number[]): Promise<Float32Array> {
    this.clear();
    const { vocabSize } = this.#config;
    const logits = new Float32Array(text.length * vocabSize);
    for (let held = 0, i = 0; held < text.length; i++) {
      const piece = text.slice(held, held + (pieces[i] ?? 1));
      logits.set(await this.step({ tokens: [piece], held: [held] }), held * vocabSize);
      held += piece.length;
    }
    return logits;
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

/** Whether two lists hold the same bits, all of them of finite numbers. */
export function sameBits(found: Float32Array, expected: Float32Array): boolean {
  const bytes = (values: Float32Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return expected.every(Number.isFinite) && bytes(found).equals(bytes(expected));
}

/** The largest difference, in parts of the largest number of `expected`. */
export function relativeError(found: Float32Array | Float64Array, expected: Float32Array | Float64Array): number {
  if (found.length !== expected.length) throw new Error(`${found.length} numbers beside ${expected.length}`);
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    // Not Math.max alone: a NaN must not be lost.
    const one = Math.abs(found[i]! - expected[i]!);
    if (!(one <= difference)) difference = one;
    largest = Math.max(largest, Math.abs(expected[i]!));
    if (Number.isNaN(difference)) return NaN;
  }
  return difference / largest;
}
