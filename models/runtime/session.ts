/**
 * ONNX Runtime, as much of it as this project uses. The only file that imports onnxruntime-node, on first use: its library is 40 MB.
 * A session blocks its thread while it runs, so it belongs in a worker.
 */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { DeviceError } from '../errors.ts';
import type { DataType } from '../graph/ops.ts';
import { IN_PLACE_OUTPUT } from '../graph/onnx.ts';
import type { Device } from './language-model.ts';

export type Tensor = OrtTensor;
export type TensorData = Float32Array | Uint16Array | BigInt64Array | Int32Array | Uint8Array;

export interface SessionOptions {
  readonly device: Device;
  /** Threads of one operator. */
  readonly threads: number;
  /** Outputs that stay in the device's memory, to be fed back. */
  readonly onDevice?: readonly string[];
  /** Folds constants and picks layouts while loading. Off for weights that are held in fewer bits than they are computed in. */
  readonly foldConstants?: boolean;
  /** Writes ONNX Runtime's own trace (JSON) under this prefix. */
  readonly profile?: string;
}

let loading: Promise<typeof import('onnxruntime-node')> | null = null;

async function library(): Promise<typeof import('onnxruntime-node')> {
  loading ??= import('onnxruntime-node').catch((cause: unknown) => {
    throw new DeviceError('cpu', `onnxruntime-node does not load on ${process.platform} ${process.arch}: ${(cause as Error).message}`, 'Install the dependencies again on this machine (npm ci).', { cause });
  });
  const ort = await loading;
  // 'default' where a bundler or a CommonJS loader wraps it.
  return (ort as { default?: typeof ort }).default ?? ort;
}

/** Execution providers in this build of ONNX Runtime. */
export async function backends(): Promise<readonly string[]> {
  return (await library()).listSupportedBackends().map(({ name }) => name);
}

export class Session {
  readonly #ort: typeof import('onnxruntime-node');
  readonly #session: InferenceSession;

  constructor(ort: typeof import('onnxruntime-node'), session: InferenceSession) {
    this.#ort = ort;
    this.#session = session;
  }

  /** A tensor over memory of the caller's, not copied. Half floats are their bits. */
  tensor(type: DataType, data: TensorData, shape: readonly number[]): Tensor {
    return new this.#ort.Tensor(type as 'float32', data as Float32Array, shape);
  }

  /** Returns the named outputs in new memory. */
  async run(feeds: Readonly<Record<string, Tensor>>, outputs: readonly string[]): Promise<Readonly<Record<string, Tensor>>> {
    return this.#session.run(feeds, [...outputs]);
  }

  /**
   * Writes every output of the graph into the memory given for it, which may be an input's.
   *
   * onnxruntime-node 1.30 does compute in place, and then copies each output once more into what it returns (js/node, tensor_helper.cc):
   * with a cache among them, two thirds of a step. So the graph's first output is a sequence, which the binding declines to return once
   * all is computed and written. That refusal is the success of this method; tests hold it to the version that package.json pins.
   */
  async runInPlace(feeds: Readonly<Record<string, Tensor>>, into: Readonly<Record<string, Tensor>>): Promise<void> {
    try {
      await this.#session.run(feeds, { [IN_PLACE_OUTPUT]: null, ...into });
    } catch (thrown) {
      if (thrown instanceof Error && thrown.message.includes('Non tensor type')) return;
      throw thrown;
    }
    throw new DeviceError('cpu', 'This onnxruntime-node returns sequences, so its outputs would be copied.', 'Install the version that package.json names.');
  }

  /** Ends a trace that `profile` began. */
  endProfile(): void {
    this.#session.endProfiling();
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

const REMEDIES: Readonly<Record<Device, string>> = {
  cpu: 'See winnow doctor.',
  webgpu: 'A Vulkan, Metal or Direct3D 12 driver is needed; winnow doctor tells what is there. --device cpu runs everywhere.',
  cuda: 'It is an optional install: npm run install:cuda (Linux x64, CUDA 12 and cuDNN 9). --device webgpu uses the same GPU without it.',
};

/** Opens `model.onnx`, whose weights lie beside it. Throws DeviceError where the device is not to be had. */
export async function openSession(path: string, { device, threads, onDevice = [], foldConstants = true, profile }: SessionOptions): Promise<Session> {
  const ort = await library();
  if (!ort.listSupportedBackends().some(({ name }) => name === device)) {
    throw new DeviceError(device, `This build of ONNX Runtime has no ${device}.`, REMEDIES[device]);
  }
  try {
    const session = await ort.InferenceSession.create(path, {
      executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      ...(onDevice.length > 0 ? { preferredOutputLocation: Object.fromEntries(onDevice.map((name) => [name, 'gpu-buffer' as const])) } : {}),
      ...(foldConstants ? {} : { extra: { optimization: { disable_specified_optimizers: 'ConstantFolding' } } }),
      ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
    });
    return new Session(ort, session);
  } catch (cause) {
    throw new DeviceError(device, `ONNX Runtime cannot load the model on ${device}: ${(cause as Error).message.split('\n')[0]}`, REMEDIES[device], { cause });
  }
}
