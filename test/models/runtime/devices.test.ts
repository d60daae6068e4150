import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { DeviceError } from '../../../models/errors.ts';
import { pieceOf } from '../../../models/runtime/attention-check.ts';
import { type DeviceFacts, type TryDevice, availableThreads, resolveDevice, tryDevice } from '../../../models/runtime/devices.ts';
import type { Device } from '../../../models/runtime/language-model.ts';
import { openSession, runtimeFacts } from '../../../models/runtime/session.ts';
import { noGpu, softwareGpu } from '../../support/software-gpu.ts';
import { tinyModel } from '../../support/tiny-model.ts';

const gpu = softwareGpu();
if ('skipped' in gpu) console.warn(`devices.test.ts skips what needs a Vulkan driver: ${gpu.skipped}.`);
const threads = 2;

describe('trying a device', () => {
  it('times the CPU', async () => {
    const cpu = await tryDevice('cpu', { threads });
    expect(cpu).toMatchObject({ device: 'cpu', usable: true, adapter: null, software: false, halfFloats: false, why: '', remedy: '' });
    expect(cpu.gigaflops).toBeGreaterThan(0.1);
  });

  it.skipIf('skipped' in gpu)('names an adapter that is software', async () => {
    if ('skipped' in gpu) return;
    const webgpu = await tryDevice('webgpu', { threads, env: gpu.env });
    expect(webgpu).toMatchObject({ device: 'webgpu', usable: true, adapter: expect.stringContaining('SwiftShader'), software: true, halfFloats: false, why: '' });
    expect(webgpu.gigaflops).toBeGreaterThan(0);
  });

  it.skipIf(process.platform !== 'linux')('says what is missing where there is no Vulkan driver', async () => {
    const webgpu = await tryDevice('webgpu', { threads, env: noGpu() });
    expect(webgpu).toMatchObject({ usable: false, adapter: null, software: false, gigaflops: null, why: expect.stringContaining('No supported adapters'), remedy: expect.stringContaining('Vulkan') });
  });

  it('outlives a process that ends by itself, and one that does not answer', async () => {
    const ended = await tryDevice('webgpu', { threads, env: { ...process.env, NODE_OPTIONS: '--no-such-option' } });
    expect([ended.usable, ended.why]).toEqual([false, 'webgpu ended the process that tried it (exit code 9).']);
    const silent = await tryDevice('webgpu', { threads, deadlineMs: 5 });
    expect([silent.usable, silent.why]).toEqual([false, 'webgpu gave no answer within 0.005 s.']);
    expect(silent.remedy).toContain('--device cpu');
  });
});

const facts = (device: Device, over: Partial<DeviceFacts> = {}): DeviceFacts => ({ device, usable: true, adapter: null, software: false, halfFloats: false, gigaflops: 100, why: '', remedy: '', ...over });
function attempts(webgpu: Partial<DeviceFacts>): { readonly tried: Device[]; readonly attempt: TryDevice } {
  const tried: Device[] = [];
  return {
    tried,
    attempt: async (device) => {
      tried.push(device);
      return device === 'webgpu' ? facts('webgpu', webgpu) : facts(device);
    },
  };
}

describe('resolving a device', () => {
  it('takes what was asked for without trying it', async () => {
    const { tried, attempt } = attempts({});
    for (const device of ['cpu', 'webgpu', 'cuda'] as const) expect(await resolveDevice(device, { threads }, attempt)).toBe(device);
    expect(tried).toEqual([]);
  });

  it('takes webgpu for auto where a real adapter is faster than the CPU', async () => {
    expect(await resolveDevice('auto', { threads }, attempts({ gigaflops: 101 }).attempt)).toBe('webgpu');
    expect(await resolveDevice('auto', { threads }, attempts({ gigaflops: 99 }).attempt)).toBe('cpu');
  });

  it('takes the CPU for auto where there is no adapter or one in software, and does not time it for that', async () => {
    for (const webgpu of [{ usable: false, gigaflops: null }, { software: true, gigaflops: 900 }]) {
      const { tried, attempt } = attempts(webgpu);
      expect(await resolveDevice('auto', { threads }, attempt)).toBe('cpu');
      expect(tried).toEqual(['webgpu']);
    }
  });

  it('gives an operator all the threads that the process may use', () => {
    expect(availableThreads()).toBe(availableParallelism());
  });
});

describe('the pieces in which a prompt is read', () => {
  it('are as long as one likes where attention is right for many tokens at once', async () => {
    expect(await pieceOf('cpu', tinyModel('llama', { headDim: 16 }).config, 'float32')).toEqual({ least: 32, most: Number.POSITIVE_INFINITY });
  });
});

describe('the runtime', () => {
  it('names its version and the backends that are here', async () => {
    const { version, backends } = await runtimeFacts();
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(backends).toContain('cpu');
  });

  it('says of CUDA that is not installed how to install it', async ({ skip }) => {
    if ((await runtimeFacts()).backends.includes('cuda')) skip('CUDA is installed here');
    const opening = openSession(new Uint8Array(), { device: 'cuda', threads });
    await expect(opening).rejects.toBeInstanceOf(DeviceError);
    await expect(opening).rejects.toMatchObject({ device: 'cuda', remedy: expect.stringContaining('npm run install:cuda') });
  });
});
