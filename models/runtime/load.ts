/** From a path to a scheduler that is ready to run: what the worker does first, and what tests and benches do without one. */
import { ARCHITECTURES } from '../architectures/index.ts';
import type { Format } from '../architectures/architecture.ts';
import { DeviceError, ModelRequestError, UnsupportedModelError } from '../errors.ts';
import type { ModelFiles } from '../files.ts';
import { openModel } from '../open.ts';
import { chatTemplateOf } from '../tokenizer/chat-template.ts';
import { type Tokenizer, createTokenizer } from '../tokenizer/tokenizer.ts';
import { BLOCK_SIZE } from '../weights/quantize.ts';
import { materialize } from '../weights/materialize.ts';
import { DeviceEngine, positionsFor } from './device-engine.ts';
import type { Engine } from './engine.ts';
import { HostEngine } from './host-engine.ts';
import type { Device, ModelFacts, Precision } from './language-model.ts';
import { Scheduler } from './scheduler.ts';
import { type Session, openSession } from './session.ts';

export interface LoadOptions {
  /** A folder or a .gguf file. */
  readonly path: string;
  /** As `model` in replies; the file's own name by default. */
  readonly name?: string | undefined;
  readonly device: Device;
  readonly precision: Precision;
  /** Threads of one operator. */
  readonly threads: number;
  /** Tokens of prompt and text together; cut to what the model was made for. */
  readonly contextLength: number;
  /** Requests that are generated at once. */
  readonly slots: number;
  /** Where the converted weights lie while they are loaded. */
  readonly temporaryFolder: string;
  /** For ONNX Runtime's own trace. */
  readonly profile?: string;
}

export interface LoadedModel {
  readonly facts: ModelFacts;
  readonly engine: Engine;
  readonly scheduler: Scheduler;
  close(): Promise<void>;
}

/** How weights are held and computed on a device. */
export function formatOf(device: Device, precision: Precision): Format {
  const matrices = precision === 'fp32' ? 'float32' : precision === 'fp16' ? 'float16' : precision;
  // The CPU has no arithmetic in half floats; a GPU that holds them computes in them. With CUDA the cache is the CPU's (see openEngine).
  return { matrices, compute: device === 'webgpu' && precision === 'fp16' ? 'float16' : 'float32' };
}

/** What of LoadOptions an engine needs. */
export type EngineOptions = Pick<LoadOptions, 'device' | 'precision' | 'threads' | 'slots' | 'temporaryFolder' | 'profile'>;

/** GroupQueryAttention's rotation takes heads of a multiple of it. */
const HEAD_MULTIPLE = 16;

function checkSizes({ config, weights }: Pick<ModelFiles, 'config' | 'weights'>, { matrices }: Format, precision: Precision): void {
  const { hiddenSize, intermediateSize, heads, headDim } = config;
  if (headDim % HEAD_MULTIPLE !== 0) throw new UnsupportedModelError(weights.source, 'head_dim', `a multiple of ${HEAD_MULTIPLE}, which the attention kernel needs`, `it is ${headDim}`);
  const rows = [hiddenSize, intermediateSize, heads * headDim];
  if ((matrices === 'int8' || matrices === 'int4') && rows.some((size) => size % BLOCK_SIZE !== 0)) {
    throw new ModelRequestError('precision', 'fp32 or fp16 for this model', `of its sizes ${rows.join(', ')} not all are multiples of ${BLOCK_SIZE}, which ${precision} needs`);
  }
}

/**
 * An engine for a model, whose weights may be closed afterwards. `capacity`: tokens of a slot. Throws DeviceError, UnsupportedModelError,
 * or ModelRequestError for a precision that does not fit the model.
 *
 * WebGPU keeps the cache on the device. onnxruntime-node has no device tensors for CUDA, so there the cache is the program's own, as on
 * the CPU: the products run on the GPU, attention in 32 bits has no CUDA kernel and runs on the CPU, beside its cache. Right by
 * construction, slower than WebGPU for long contexts, and run on no GPU yet.
 */
export async function openEngine(files: Pick<ModelFiles, 'config' | 'weights'>, options: EngineOptions, capacity: number): Promise<Engine> {
  const { device, precision, slots } = options;
  checkSizes(files, formatOf(device, precision), precision);
  try {
    return await opened(files, options, capacity);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    // What JavaScript says where it has no memory for so long an array.
    throw new DeviceError(device, `There is no memory for ${slots} slots of ${capacity} tokens.`, 'Choose a smaller --context, or fewer --slots.', { cause: thrown });
  }
}

async function opened(files: Pick<ModelFiles, 'config' | 'weights'>, options: EngineOptions, capacity: number): Promise<Engine> {
  const { device, precision, threads, slots } = options;
  const format = formatOf(device, precision);
  const onDevice = device === 'webgpu';
  const graph = ARCHITECTURES[files.config.architecture].cached(files.config, format, onDevice ? positionsFor(capacity) : capacity);
  const model = await materialize(graph, files.weights, { folder: options.temporaryFolder, inPlace: true });
  let session: Session;
  try {
    session = await openSession(model.path, {
      device,
      threads,
      // Else every matrix would be held in the wider type.
      foldConstants: format.matrices !== 'float16' || format.compute === 'float16',
      ...(options.profile === undefined ? {} : { profile: options.profile }),
    });
  } finally {
    // The runtime has mapped what it needs; where open files cannot be removed, the folder stays until the system clears it.
    await model.remove();
  }
  try {
    if (onDevice) return await DeviceEngine.open(session, files.config, { device, slots, capacity, type: format.compute });
    // The kernel for a single row of 4-bit weights sums in another order than the one for several (measured, docs/log.md); so does that for
    // half floats where the embedding is the last matrix too, and so do CUDA's.
    const minRows = device === 'cpu' && (precision === 'fp32' || precision === 'int8') ? 1 : 2;
    return new HostEngine(session, files.config, { slots, capacity, minRows });
  } catch (thrown) {
    await session.close();
    throw thrown;
  }
}

function checkOptions(options: LoadOptions): void {
  for (const [field, least] of [['threads', 1], ['contextLength', 2], ['slots', 1]] as const) {
    const value = options[field];
    if (!Number.isInteger(value) || value < least) throw new ModelRequestError(field, `a whole number from ${least}`, `it is ${value}`);
  }
}

/** Throws ModelFileError, UnsupportedModelError, DeviceError, or ModelRequestError for an option that does not fit the model. */
export async function loadModel(options: LoadOptions): Promise<LoadedModel> {
  checkOptions(options);
  const files = await openModel(options.path);
  try {
    const tokenizer = await createTokenizer(files.tokenizer);
    try {
      return await assembled(files, tokenizer, options);
    } catch (thrown) {
      tokenizer.free();
      throw thrown;
    }
  } finally {
    await files.weights.close();
  }
}

async function assembled(files: ModelFiles, tokenizer: Tokenizer, options: LoadOptions): Promise<LoadedModel> {
  const { config } = files;
  const contextLength = Math.min(options.contextLength, config.contextLength);
  const { eosToken } = files.tokenizer;
  const template = chatTemplateOf(files, tokenizer);
  const engine = await openEngine(files, options, contextLength);
  const eosTokens = [...new Set([...config.eosTokens, ...(eosToken === null ? [] : [eosToken])])];
  return {
    facts: {
      name: options.name ?? files.name,
      config,
      device: options.device,
      precision: options.precision,
      contextLength,
      slots: options.slots,
      hasChatTemplate: template !== null,
    },
    engine,
    scheduler: new Scheduler({ engine, tokenizer, template, eosTokens }),
    async close() {
      await engine.close();
      tokenizer.free();
    },
  };
}
