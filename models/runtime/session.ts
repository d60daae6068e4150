/**
 * ONNX Runtime, as much of it as this project uses. The only file that imports onnxruntime-node, on first use: its library is 40 MB.
 * A session blocks its thread while it runs, so it belongs in a worker.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { DeviceError } from '../errors.ts';
import type { DataType } from '../graph/ops.ts';
import { IN_PLACE_OUTPUT } from '../graph/onnx.ts';
import { inside } from './gate.ts';
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
  /** Leaves nodes alone that compute nothing and by which others wait, and transpositions before products: nothing of them is folded, joined or merged. */
  readonly keepsOrder?: boolean;
  /** Lays all memory of a run out as one block from the second run of the same shapes on, beside what the first took. Default true. */
  readonly memoryPattern?: boolean;
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

export interface RuntimeFacts {
  readonly version: string;
  /** Execution providers that are here to be loaded; whether this machine can run them is another question. */
  readonly backends: readonly string[];
}

export async function runtimeFacts(): Promise<RuntimeFacts> {
  const ort = await library();
  const installed = ort.listSupportedBackends().filter(({ name, bundled }) => bundled || isInstalled(name));
  return { version: ort.env.versions.node ?? ort.env.versions.common, backends: installed.map(({ name }) => name) };
}

/** Whether the library of a provider that the package does not carry has been fetched (onnxruntime-node, script/install.js). */
function isInstalled(backend: string): boolean {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const bin = join(root, 'bin');
  return readdirSync(bin).some((abi) => existsSync(join(bin, abi, process.platform, process.arch, `libonnxruntime_providers_${backend}.so`)));
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

  /** The beginning of a device tensor's memory under a shape of its own, not copied; of no use once that tensor is disposed of. */
  view({ type, gpuBuffer }: Tensor, shape: readonly number[]): Tensor {
    return this.#ort.Tensor.fromGpuBuffer(gpuBuffer, { dataType: type as 'float32', dims: shape });
  }

  /** Returns the named outputs in new memory: the device's for those that `onDevice` named. */
  async run(feeds: Readonly<Record<string, Tensor>>, outputs: readonly string[]): Promise<Readonly<Record<string, Tensor>>> {
    return inside(() => this.#session.run(feeds, [...outputs]));
  }

  /**
   * Writes every output of the graph into the memory given for it, which may be an input's. Device tensors too: then the session must
   * have been opened without `onDevice`, which binds outputs anew for each run.
   *
   * onnxruntime-node 1.30 does compute in place, and then copies each output once more into what it returns (js/node, tensor_helper.cc):
   * with a cache among them, two thirds of a step. So the graph's first output is a sequence, which the binding declines to return once
   * all is computed and written. That refusal is the success of this method; tests hold it to the version that package.json pins.
   */
  async runInPlace(feeds: Readonly<Record<string, Tensor>>, into: Readonly<Record<string, Tensor>>): Promise<void> {
    try {
      await inside(() => this.#session.run(feeds, { [IN_PLACE_OUTPUT]: null, ...into }));
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
    await inside(() => this.#session.release());
  }
}

const REMEDIES: Readonly<Record<Device, string>> = {
  cpu: 'See winnow doctor.',
  webgpu: 'It needs a GPU and its driver: Vulkan (libvulkan1 on Debian), Metal or Direct3D 12. --device cpu runs everywhere.',
  cuda: 'It is an optional install: npm run install:cuda (Linux x64; needs CUDA 12 and cuDNN 9). --device webgpu uses the same GPU without it.',
};

/** What ONNX Runtime says, without the lines of source that it says it with. */
export function reasonOf(thrown: unknown): string {
  const [line] = (thrown as Error).message.split('\n');
  return line!.replace(/^.* was false\. /, '').replace(/\.$/, '');
}

/**
 * Opens `model.onnx`, whose weights lie beside it, or a graph that has none from its bytes. Throws DeviceError where the device is not to
 * be had.
 */
export async function openSession(model: string | Uint8Array, { device, threads, onDevice = [], foldConstants = true, keepsOrder = false, memoryPattern = true, profile }: SessionOptions): Promise<Session> {
  const ort = await library();
  const backend = ort.listSupportedBackends().find(({ name }) => name === device);
  if (!backend) throw new DeviceError(device, `This build of ONNX Runtime has no ${device}.`, REMEDIES[device]);
  if (!backend.bundled && !isInstalled(device)) throw new DeviceError(device, `ONNX Runtime's ${device} libraries are not installed.`, REMEDIES[device]);
  const without = [...(foldConstants && !keepsOrder ? [] : ['ConstantFolding']), ...(keepsOrder ? ['ReshapeFusion', 'GemmTransposeFusion', 'MatmulTransposeFusion'] : [])];
  try {
    const options: InferenceSession.SessionOptions = {
      executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      enableMemPattern: memoryPattern,
      ...(onDevice.length > 0 ? { preferredOutputLocation: Object.fromEntries(onDevice.map((name) => [name, 'gpu-buffer' as const])) } : {}),
      ...(without.length === 0 ? {} : { extra: { optimization: { disable_specified_optimizers: without.join(';') } } }),
      ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
    };
    return new Session(ort, await inside(() => ort.InferenceSession.create(model as string, options)));
  } catch (cause) {
    throw new DeviceError(device, `ONNX Runtime cannot load a graph on ${device}: ${reasonOf(cause)}.`, REMEDIES[device], { cause });
  }
}
