/**
 * What this machine can run a model on. A device is tried in a child process with a deadline, since a driver may crash or hang; for WebGPU
 * on Vulkan, the loader's own messages name the adapter that was chosen (VK_LOADER_DEBUG, LoaderDebugging.md of KhronosGroup/Vulkan-Loader),
 * which ONNX Runtime keeps to itself.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Probed } from './device-probe.ts';
import { DEVICES, type Device } from './language-model.ts';

/** What a user may ask for. */
export const DEVICE_CHOICES = [...DEVICES, 'auto'] as const;
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];

export interface DeviceFacts {
  readonly device: Device;
  readonly usable: boolean;
  /** The adapter's name; null where nobody tells it (the CPU, Metal, Direct3D). */
  readonly adapter: string | null;
  /** A GPU that the CPU plays: right, and slower than the CPU itself. */
  readonly software: boolean;
  /** Whether it computes in half floats (`--precision fp16` on WebGPU needs that). */
  readonly halfFloats: boolean;
  /** 10⁹ operations a second of a float32 matrix product; null where it was not measured. */
  readonly gigaflops: number | null;
  /** Why it is not usable, and what can be done about it; empty when it is. */
  readonly why: string;
  readonly remedy: string;
}

export interface TryOptions {
  readonly threads: number;
  /** Of the child. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Default: 30 s. */
  readonly deadlineMs?: number;
}
export type TryDevice = (device: Device, options: TryOptions) => Promise<DeviceFacts>;

const DEADLINE_MS = 30_000;
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|\blvp\b|softpipe|basic render|software/i;
/** `Using "NAME" with driver: "LIBRARY"`, as the loader says of the device that is created. */
const ADAPTER = /Using "([^"]+)" with driver: "([^"]*)"/g;

/** Threads for the CPU's operators: all that this process may use. */
export function availableThreads(): number {
  return availableParallelism();
}

function probeArguments(): string[] {
  if (!import.meta.url.endsWith('.ts')) return [fileURLToPath(new URL('./device-probe.js', import.meta.url))];
  // From source: a child does not inherit the loader of TypeScript that its parent runs under.
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href, fileURLToPath(new URL('./device-probe.ts', import.meta.url))];
}

/** Opens a session on the device in a child process, and computes something. Never rejects for what the device does. */
export const tryDevice: TryDevice = async (device, { threads, env = process.env, deadlineMs = DEADLINE_MS }) => {
  const child = spawn(process.execPath, [...probeArguments(), device, String(threads)], {
    env: { ...env, VK_LOADER_DEBUG: 'driver' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = await new Promise<{ code: number | null; signal: NodeJS.Signals | null; cause: string }>((resolve) => {
    child.once('error', (cause) => resolve({ code: null, signal: null, cause: cause.message }));
    child.once('close', (code, signal) => resolve({ code, signal, cause: '' }));
  });
  const [, name, library] = [...err.matchAll(ADAPTER)].at(-1) ?? [];
  const adapter = device === 'webgpu' ? (name ?? null) : null;
  const about = { device, adapter, software: adapter !== null && SOFTWARE.test(`${adapter} ${library}`) };
  const failed = (why: string, remedy: string): DeviceFacts => ({ ...about, usable: false, halfFloats: false, gigaflops: null, why, remedy });
  const line = out.trim().split('\n').at(-1) ?? '';
  if (ended.code !== 0 || !line.startsWith('{')) {
    const how = ended.cause !== '' ? `could not be tried: ${ended.cause}` : ended.signal === 'SIGKILL' ? `gave no answer within ${deadlineMs / 1000} s` : `ended the process that tried it (${ended.signal ?? `exit code ${ended.code}`})`;
    return failed(`${device} ${how}.`, device === 'cpu' ? 'Install the dependencies again on this machine (npm ci).' : 'Update its driver; --device cpu runs everywhere.');
  }
  const probed = JSON.parse(line) as Probed;
  if (!probed.ok) return failed(probed.message.slice(0, probed.message.length - probed.remedy.length).trim(), probed.remedy);
  return { ...about, usable: true, halfFloats: probed.halfFloats, gigaflops: probed.gigaflops, why: '', remedy: '' };
};

/** Of what was tried: whether WebGPU is a real adapter that computes faster than the CPU. */
export function prefersWebgpu(webgpu: DeviceFacts, cpu: DeviceFacts): boolean {
  return webgpu.usable && !webgpu.software && (webgpu.gigaflops ?? 0) > (cpu.gigaflops ?? 0);
}

/**
 * The device to run on: what was asked for, unchecked; for `auto`, WebGPU where it is to be preferred, else the CPU. CUDA is never chosen,
 * only asked for.
 */
export async function resolveDevice(choice: DeviceChoice, options: TryOptions, attempt: TryDevice = tryDevice): Promise<Device> {
  if (choice !== 'auto') return choice;
  const webgpu = await attempt('webgpu', options);
  // The CPU is timed for comparison only.
  if (!webgpu.usable || webgpu.software) return 'cpu';
  return prefersWebgpu(webgpu, await attempt('cpu', options)) ? 'webgpu' : 'cpu';
}
