/**
 * A model that can be trained: its parameters in one array, a graph that adds a batch's gradients to another array in place, and a graph
 * that only looks. Both run on the CPU in the calling thread's process, which they block while they run.
 */
import { ARCHITECTURES } from '../../models/architectures/index.ts';
import type { ModelConfig } from '../../models/config.ts';
import { ModelFileError, ModelRequestError } from '../../models/errors.ts';
import type { ModelFiles } from '../../models/files.ts';
import { GraphBuilder, pruned } from '../../models/graph/builder.ts';
import { encodeOnnx } from '../../models/graph/onnx.ts';
import type { Value } from '../../models/graph/ops.ts';
import { type Session, type Tensor, type TensorData, openSession } from '../../models/runtime/session.ts';
import { dequantize } from '../../models/weights/dequantize.ts';
import { transposed } from '../../models/weights/materialize.ts';
import type { Weights } from '../../models/weights/weights.ts';
import { type Moments, type ParameterLayout, arraysFor, layOut, viewOf } from '../parameters.ts';
import { gradients } from './gradients.ts';
import { attentionPiece, gatedPiece, pickedPiece, repeatedPiece } from './layer-pieces.ts';
import { type LoraOptions, fillKaiming, isTarget } from './lora.ts';
import type { Batch, LossBuilder, RowInput } from './loss.ts';
import { addPiece, markCheap } from './pieces.ts';
import type { NamedTensor } from './weights.ts';

export interface RunResult {
  readonly loss: number;
  /** The loss's outputs, [rows] or one number. */
  readonly outputs: Record<string, Float32Array>;
}

export interface TrainableModel {
  readonly layout: ParameterLayout;
  /** Read by every run: what is written here is what is trained. */
  readonly parameters: Float32Array;
  readonly gradients: Float32Array;
  /** Zeros: room for an optimiser's two moments, in one memory with the parameters and their gradients. */
  readonly moments: Moments;
  /** Adds this micro-batch's gradient to `gradients`. */
  accumulate(batch: Batch): Promise<RunResult>;
  /** Forward only; with other `parameters` of the same layout where they are given (a reference policy). */
  evaluate(batch: Batch, parameters?: Float32Array): Promise<RunResult>;
  zeroGradients(): void;
  /** The checkpoint's tensors by Hugging Face's names and [out, in] shapes, adapters merged; of the loss's own parameters none. Copies. */
  tensors(): Map<string, NamedTensor>;
  close(): Promise<void>;
}

export interface TrainableOptions {
  /** Threads of one operator. */
  readonly threads: number;
  /** Null trains every weight. */
  readonly lora: LoraOptions | null;
  /** Computes each layer's activations again in the backward pass: less memory, a third more time. Otherwise all are kept, also what costs little to make again. */
  readonly recompute: boolean;
  /** Of the adapters' beginnings. */
  readonly seed: number;
  /** For ONNX Runtime's own trace of `accumulate`, written when the model is closed. */
  readonly profile?: string;
}

/** Longer sequences are refused; the tables of rotations have so many rows at most. */
const MOST_POSITIONS = 16_384;
const EMBEDDING = 'model.embed_tokens.weight';
const LOSS = 'loss';

interface Tensors {
  /** Of the checkpoint, as the graph has them. */
  readonly shapes: ReadonlyMap<string, { readonly shape: readonly number[]; readonly transpose: boolean }>;
  /** Adapters and the loss's own. */
  readonly added: ReadonlyMap<string, readonly number[]>;
}

interface TrainingGraph extends Tensors {
  readonly g: GraphBuilder;
  readonly loss: Value;
  readonly outputs: Readonly<Record<string, Value>>;
  readonly parameters: ReadonlyMap<string, Value>;
  /** Embedded tokens [batch, sequence, hiddenSize], from which on gradients are computed in the graph; their sum over equal tokens is not. */
  readonly embedded: Value;
  readonly rowInputs: ReadonlySet<RowInput>;
}

const loraNames = (tensor: string): readonly [string, string] => [`${tensor}.lora_A`, `${tensor}.lora_B`];

function forwardGraph(config: ModelConfig, positions: number, buildLoss: LossBuilder, { lora, recompute }: TrainableOptions): TrainingGraph {
  const g = new GraphBuilder();
  const shapes = new Map<string, { shape: readonly number[]; transpose: boolean }>();
  const added = new Map<string, readonly number[]>();
  const parameters = new Map<string, Value>();
  /** Parameters that were asked for, in order, with repetitions. */
  const asked: Value[] = [];
  const declare = (name: string, shape: readonly number[]): Value => {
    const value = parameters.get(name) ?? g.input(name, 'float32', shape);
    parameters.set(name, value);
    asked.push(value);
    return value;
  };
  let embedded: Value | null = null;
  const { logits, hidden } = ARCHITECTURES[config.architecture].forward(config, positions, {
    g,
    weight(name, shape, transpose) {
      shapes.set(name, { shape, transpose });
      return declare(name, shape);
    },
    embedded: (rows) => (embedded = g.op('Identity', [rows], {})),
    layer(x, build) {
      const first = asked.length;
      const output = build(x);
      if (recompute) addPiece(g, repeatedPiece(g, x, output, asked.slice(first), build));
      return output;
    },
    attended: (piece) => addPiece(g, attentionPiece(g, piece)),
    gated: (piece) => addPiece(g, gatedPiece(g, piece)),
    picked: (piece) => addPiece(g, pickedPiece(g, piece, () => g.input(PLACES, 'int64', ['batch', 'sequence']))),
    cheap: (value) => recompute && markCheap(g, value),
    projected(name, x, product) {
      if (!lora || !isTarget(lora, name)) return product;
      const [inSize, outSize] = shapes.get(name)!.shape as readonly [number, number];
      const [nameA, nameB] = loraNames(name);
      added.set(nameA, [inSize, lora.rank]).set(nameB, [lora.rank, outSize]);
      const inner = g.op('MatMul', [x, declare(nameA, [inSize, lora.rank])], {});
      return g.op('Add', [product, g.op('FusedMatMul', [inner, declare(nameB, [lora.rank, outSize])], { alpha: lora.alpha / lora.rank })], {});
    },
  });

  const rows = new Map<RowInput, Value>();
  const { loss, outputs } = buildLoss({
    g,
    logits,
    hidden,
    input(name) {
      const value = rows.get(name) ?? g.input(name, name === 'targets' ? 'int64' : 'float32', ['rows']);
      rows.set(name, value);
      return value;
    },
    parameter(name, shape) {
      added.set(name, shape);
      return declare(name, shape);
    },
  });
  return { g, shapes, added, parameters, loss, outputs, embedded: embedded!, rowInputs: new Set(rows.keys()) };
}

/** What is trained: every tensor, or the adapters; and what the loss brings. */
function layoutOf({ shapes, added }: Tensors, lora: LoraOptions | null): ParameterLayout {
  const trained = lora ? [] : [...shapes].map(([name, { shape }]) => [name, shape] as const);
  return layOut([...trained, ...added]);
}

async function readTensor(weights: Weights, name: string, shape: readonly number[], transpose: boolean, out: Float32Array): Promise<void> {
  const info = weights.tensors.get(name);
  if (!info) throw new ModelFileError(weights.source, name, 'this tensor', 'it is not there');
  const expected = transpose ? [...shape].reverse() : shape;
  if (info.shape.length !== expected.length || info.shape.some((size, i) => size !== expected[i])) throw new ModelFileError(info.file, name, `the shape [${expected.join(', ')}], by the configuration`, `it is [${info.shape.join(', ')}]`);
  const bytes = await weights.read(name);
  if (transpose) out.set(transposed(dequantize(info.type, bytes), expected[0]!, expected[1]!));
  else dequantize(info.type, bytes, out);
}

/** A session and the order and shapes of what it yields. */
interface Program {
  readonly session: Session;
  readonly rowInputs: ReadonlySet<RowInput>;
  /** By the names they have in the graph. */
  readonly loss: Value;
  readonly outputs: ReadonlyMap<string, Value>;
}

class Trainable implements TrainableModel {
  readonly layout: ParameterLayout;
  readonly parameters: Float32Array;
  readonly gradients: Float32Array;
  readonly moments: Moments;
  readonly #config: ModelConfig;
  readonly #positions: number;
  readonly #loss: LossBuilder;
  readonly #options: TrainableOptions;
  readonly #tensors: Tensors;
  /** Weights that are not trained, in the graph's shapes. */
  readonly #frozen: ReadonlyMap<string, Float32Array>;
  #accumulating: Promise<Program> | null = null;
  #evaluating: Promise<Program> | null = null;
  /** Gradient of the embedded tokens, kept from batch to batch. */
  #embedded = new Float32Array(0);

  constructor(config: ModelConfig, positions: number, loss: LossBuilder, options: TrainableOptions, tensors: Tensors, layout: ParameterLayout, [parameters, gradients, m, v]: readonly [Float32Array, Float32Array, Float32Array, Float32Array], frozen: ReadonlyMap<string, Float32Array>) {
    this.#config = config;
    this.#positions = positions;
    this.#loss = loss;
    this.#options = options;
    this.#tensors = tensors;
    this.layout = layout;
    this.parameters = parameters;
    this.gradients = gradients;
    this.moments = { m, v };
    this.#frozen = frozen;
  }

  async accumulate(batch: Batch): Promise<RunResult> {
    this.#accumulating ??= this.#open(true);
    const program = await this.#accumulating;
    const { session } = program;
    const { feeds, into, result } = this.#bind(program, batch, this.parameters);
    feeds[PLACES] = session.tensor('int64', placesOf(batch), [batch.batch, batch.sequence]);
    for (const { name, shape } of this.layout.slots.values()) {
      const tensor = session.tensor('float32', viewOf(this.layout, this.gradients, name), shape);
      feeds[gradientInput(name)] = tensor;
      into[program.outputs.get(gradientInput(name))!.name] = tensor;
    }
    const table = this.layout.slots.has(EMBEDDING);
    const { hiddenSize } = this.#config;
    if (table) {
      const size = batch.tokens.length * hiddenSize;
      if (this.#embedded.length < size) this.#embedded = new Float32Array(size);
      into[program.outputs.get(EMBEDDED)!.name] = session.tensor('float32', this.#embedded.subarray(0, size), [batch.batch, batch.sequence, hiddenSize]);
    }
    await session.runInPlace(feeds, into);
    if (table) addRows(viewOf(this.layout, this.gradients, EMBEDDING), batch.tokens, this.#embedded, hiddenSize);
    return result();
  }

  async evaluate(batch: Batch, parameters: Float32Array = this.parameters): Promise<RunResult> {
    if (parameters.length !== this.layout.length) throw new Error(`${parameters.length} parameters were given for a layout of ${this.layout.length}.`);
    this.#evaluating ??= this.#open(false);
    const program = await this.#evaluating;
    const { feeds, into, result } = this.#bind(program, batch, parameters);
    await program.session.runInPlace(feeds, into);
    return result();
  }

  zeroGradients(): void {
    this.gradients.fill(0);
  }

  tensors(): Map<string, NamedTensor> {
    const found = new Map<string, NamedTensor>();
    for (const [name, { shape, transpose }] of this.#tensors.shapes) {
      const values = this.#merged(name, shape);
      found.set(name, transpose ? { shape: [...shape].reverse(), values: transposed(values, shape[0]!, shape[1]!) } : { shape, values });
    }
    return found;
  }

  async close(): Promise<void> {
    const programs = await Promise.allSettled([this.#accumulating, this.#evaluating]);
    if (this.#options.profile !== undefined && programs[0].status === 'fulfilled') programs[0].value?.session.endProfile();
    for (const one of programs) if (one.status === 'fulfilled') await one.value?.session.close();
  }

  /** A copy, in the graph's shape. */
  #merged(name: string, shape: readonly number[]): Float32Array {
    const { lora } = this.#options;
    const values = (this.#frozen.get(name) ?? viewOf(this.layout, this.parameters, name)).slice();
    if (!lora || !isTarget(lora, name)) return values;
    const [a, b] = loraNames(name).map((one) => viewOf(this.layout, this.parameters, one)) as [Float32Array, Float32Array];
    const [rows, columns] = shape as readonly [number, number];
    const scale = lora.alpha / lora.rank;
    for (let row = 0; row < rows; row++) {
      for (let r = 0; r < lora.rank; r++) {
        const factor = scale * a[row * lora.rank + r]!;
        for (let column = 0; column < columns; column++) values[row * columns + column]! += factor * b[r * columns + column]!;
      }
    }
    return values;
  }

  async #open(backward: boolean): Promise<Program> {
    const { threads, profile } = this.#options;
    const { g, loss, outputs, parameters, embedded, rowInputs } = forwardGraph(this.#config, this.#positions, this.#loss, this.#options);
    if (loss.shape.length !== 0 || loss.type !== 'float32') throw new Error(`A loss is one float32, not ${loss.type} [${loss.shape.join(', ')}].`);
    const named = new Map<string, Value>([[LOSS, loss], ...Object.entries(outputs)]);
    if (backward) {
      const names = [...this.layout.slots.keys()];
      const into = names.map((name) => g.input(gradientInput(name), 'float32', this.layout.slots.get(name)!.shape));
      const wrt = names.map((name) => parameters.get(name)!);
      const withTable = this.layout.slots.has(EMBEDDING);
      const made = gradients(g, loss, withTable ? [...wrt, embedded] : wrt, { into, after: [loss, ...Object.values(outputs)] });
      names.forEach((name, i) => named.set(gradientInput(name), made[i]!));
      if (withTable) named.set(EMBEDDED, made.at(-1)!);
    }
    // One value may go by two names; the runtime writes it once for each.
    const seen = new Set(g.build().inputs.map((input) => input.name));
    for (const [name, value] of named) {
      const own = seen.has(value.name) ? g.op('Identity', [value], {}) : value;
      seen.add(own.name);
      named.set(name, own);
      g.output(own);
    }
    const session = await openSession(encodeOnnx(pruned(g.build()), { inPlace: true }), { device: 'cpu', threads, keepsOrder: true, memoryPattern: false, ...(backward && profile !== undefined ? { profile } : {}) });
    return { session, rowInputs, loss: named.get(LOSS)!, outputs: named };
  }

  #bind({ session, rowInputs, outputs }: Program, batch: Batch, parameters: Float32Array): { feeds: Record<string, Tensor>; into: Record<string, Tensor>; result: () => RunResult } {
    const { tokens, sequence, rows } = batch;
    if (tokens.length !== batch.batch * sequence) throw new Error(`${tokens.length} tokens are not ${batch.batch} × ${sequence}.`);
    if (sequence > this.#positions) throw new ModelRequestError('sequence', `at most ${this.#positions} tokens`, `there are ${sequence}`);
    const feeds: Record<string, Tensor> = {
      tokens: session.tensor('int64', tokens, [batch.batch, sequence]),
      positions: session.tensor('int64', BigInt64Array.from({ length: sequence }, (_, i) => BigInt(i)), [sequence]),
      rows: session.tensor('int64', rows, [rows.length]),
    };
    for (const name of rowInputs) {
      const values = batch.inputs[name];
      if (!values) throw new Error(`The loss needs '${name}', which the batch lacks.`);
      const type = name === 'targets' ? 'int64' : 'float32';
      if (values.length !== rows.length || values instanceof BigInt64Array !== (type === 'int64')) throw new Error(`'${name}' is to be ${rows.length} numbers of type ${type}.`);
      feeds[name] = session.tensor(type, values as TensorData, [rows.length]);
    }
    for (const { name, shape } of this.layout.slots.values()) feeds[name] = session.tensor('float32', viewOf(this.layout, parameters, name), shape);
    for (const [name, values] of this.#frozen) feeds[name] = session.tensor('float32', values, this.#tensors.shapes.get(name)!.shape);

    const into: Record<string, Tensor> = {};
    const memory = new Map<string, Float32Array>();
    for (const [name, { name: inGraph, shape }] of outputs) {
      if (name.startsWith(GRADIENT) || name === EMBEDDED) continue;
      if (shape.length > 1 || (shape.length === 1 && shape[0] !== 'rows' && shape[0] !== rows.length)) throw new Error(`The loss's output '${name}' has the shape [${shape.join(', ')}], where [rows] or [] was expected.`);
      const values = new Float32Array(shape.length === 0 ? 1 : rows.length);
      memory.set(name, values);
      into[inGraph] = session.tensor('float32', values, shape.length === 0 ? [] : [rows.length]);
    }
    return {
      feeds,
      into,
      result: () => {
        const { [LOSS]: loss, ...rest } = Object.fromEntries(memory);
        return { loss: loss![0]!, outputs: rest };
      },
    };
  }
}

const GRADIENT = 'grad ';
/** Among the inputs of the graph: where in `rows` each position stands. */
const PLACES = 'places';
/** Among the outputs of the graph: the gradient of the embedded tokens. */
const EMBEDDED = 'embedded';
const gradientInput = (name: string): string => `${GRADIENT}${name}`;

/** For each position, which row it is; the number of rows where it is none. */
function placesOf({ tokens, rows }: Batch): BigInt64Array {
  const none = BigInt(rows.length);
  const places = new BigInt64Array(tokens.length).fill(none);
  rows.forEach((position, row) => {
    if (places[Number(position)] !== none) throw new Error(`Position ${position} is scored twice in one batch.`);
    places[Number(position)] = BigInt(row);
  });
  return places;
}

/** table[token] += the token's row. In the order of the tokens, so that sums are the same on every run. */
function addRows(table: Float32Array, tokens: BigInt64Array, rows: Float32Array, width: number): void {
  for (let at = 0; at < tokens.length; at++) {
    const to = Number(tokens[at]) * width;
    const from = at * width;
    for (let i = 0; i < width; i++) table[to + i]! += rows[from + i]!;
  }
}

/**
 * Reads the weights, which may be closed afterwards. Parameters that the loss brings begin at 0. Sessions open on first use. Throws
 * ModelFileError, or GraphError for a loss that does not fit.
 */
export async function openTrainable({ config, weights }: Pick<ModelFiles, 'config' | 'weights'>, loss: LossBuilder, options: TrainableOptions): Promise<TrainableModel> {
  const positions = Math.min(config.contextLength, MOST_POSITIONS);
  const { lora, seed } = options;
  const { shapes, added } = forwardGraph(config, positions, loss, options);
  const layout = layoutOf({ shapes, added }, lora);
  const arrays = arraysFor(layout, 4) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const [parameters] = arrays;
  const frozen = new Map<string, Float32Array>();
  for (const [name, { shape, transpose }] of shapes) {
    let values: Float32Array;
    if (lora) frozen.set(name, (values = new Float32Array(shape.reduce((product, size) => product * size, 1))));
    else values = viewOf(layout, parameters, name);
    await readTensor(weights, name, shape, transpose, values);
  }
  for (const { name, shape, offset } of layout.slots.values()) {
    if (lora && name.endsWith('.lora_A')) fillKaiming(viewOf(layout, parameters, name), shape[0]!, seed, offset);
  }
  return new Trainable(config, positions, loss, options, { shapes, added }, layout, arrays, frozen);
}
