/** From a path to a scheduler that is ready to run: what the worker does first, and what tests and benches do without one. */
import { ARCHITECTURES } from '../architectures/index.ts';
import type { Format } from '../architectures/architecture.ts';
import { ModelRequestError } from '../errors.ts';
import type { ModelFiles } from '../files.ts';
import { openModel } from '../open.ts';
import { createChatTemplate } from '../tokenizer/chat-template.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import { BLOCK_SIZE } from '../weights/quantize.ts';
import { materialize } from '../weights/materialize.ts';
import type { Engine } from './engine.ts';
import { HostEngine } from './host-engine.ts';
import type { Device, ModelFacts, Precision } from './language-model.ts';
import { Scheduler } from './scheduler.ts';
import { openSession } from './session.ts';

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
  // The CPU has no arithmetic in half floats; a GPU that holds them computes in them.
  return { matrices, compute: device !== 'cpu' && precision === 'fp16' ? 'float16' : 'float32' };
}

export async function openEngine(files: ModelFiles, options: LoadOptions, capacity: number): Promise<Engine> {
  const { device, precision, threads, slots } = options;
  const format = formatOf(device, precision);
  const { hiddenSize, intermediateSize } = files.config;
  if ((format.matrices === 'int8' || format.matrices === 'int4') && (hiddenSize % BLOCK_SIZE !== 0 || intermediateSize % BLOCK_SIZE !== 0)) {
    throw new ModelRequestError('precision', `fp32 or fp16 for this model`, `its sizes ${hiddenSize} and ${intermediateSize} are no multiples of ${BLOCK_SIZE}, which ${precision} needs`);
  }
  const graph = ARCHITECTURES[files.config.architecture].cached(files.config, format, capacity);
  const onHost = device === 'cpu';
  const model = await materialize(graph, files.weights, { folder: options.temporaryFolder, inPlace: onHost });
  try {
    const session = await openSession(model.path, {
      device,
      threads,
      foldConstants: format.matrices !== 'float16',
      ...(options.profile === undefined ? {} : { profile: options.profile }),
    });
    // The kernel for a single row of 4-bit weights sums in another order than the one for several (measured, docs/log.md).
    return new HostEngine(session, files.config, { slots, capacity, minRows: precision === 'int4' ? 2 : 1 });
  } finally {
    // The runtime has mapped what it needs; where open files cannot be removed, the folder stays until the system clears it.
    await model.remove();
  }
}

export async function loadModel(options: LoadOptions): Promise<LoadedModel> {
  const files = await openModel(options.path);
  try {
    const { config } = files;
    if (options.slots < 1) throw new ModelRequestError('slots', 'at least 1', `it is ${options.slots}`);
    const capacity = Math.min(options.contextLength, config.contextLength);
    const tokenizer = await createTokenizer(files.tokenizer);
    const spelled = (token: number | null): string | null => (token === null ? null : tokenizer.decode([token], { special: true }));
    const template = files.chatTemplate === null ? null : createChatTemplate(files.chatTemplate, { bosToken: spelled(files.tokenizer.bosToken), eosToken: spelled(files.tokenizer.eosToken) });
    const engine = await openEngine(files, options, capacity);
    const eosTokens = [...new Set([...config.eosTokens, ...(files.tokenizer.eosToken === null ? [] : [files.tokenizer.eosToken])])];
    const scheduler = new Scheduler({ engine, tokenizer, template, eosTokens });
    return {
      facts: {
        name: options.name ?? files.name,
        config,
        device: options.device,
        precision: options.precision,
        contextLength: capacity,
        slots: options.slots,
        hasChatTemplate: template !== null,
      },
      engine,
      scheduler,
      async close() {
        await engine.close();
        tokenizer.free();
      },
    };
  } finally {
    await files.weights.close();
  }
}
