import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceFacts } from '../../models/runtime/devices.ts';
import type { Device } from '../../models/runtime/language-model.ts';
import { type DoctorSurroundings, doctorCommand } from '../../src/commands/doctor.ts';
import { ConfigError } from '../../src/errors.ts';
import { tinyModel, writeTinyFolder } from '../support/tiny-model.ts';

const root = mkdtempSync(join(tmpdir(), 'winnow-doctor-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const models = join(root, 'models');
const tiny = tinyModel('llama', { hiddenSize: 64, headDim: 16 });
beforeAll(() => writeTinyFolder(join(models, 'smollm2-135m'), tiny));

const usable = { usable: true, adapter: null, software: false, halfFloats: false, gigaflops: 60, why: '', remedy: '' };
const CPU: DeviceFacts = { device: 'cpu', ...usable };
const GPU: DeviceFacts = { device: 'webgpu', ...usable, adapter: 'Large GPU 9000', gigaflops: 6000, halfFloats: true };
const SOFTWARE: DeviceFacts = { ...GPU, adapter: 'SwiftShader Device (Subzero)', software: true, halfFloats: false, gigaflops: 0.2 };
const absent = (device: Device): DeviceFacts => ({ device, ...usable, usable: false, gigaflops: null, why: `There is no ${device}.`, remedy: `Fetch ${device}.` });

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly tried: readonly Device[];
}
async function run(args: readonly string[], { devices = [], terminal = false, ...more }: Partial<DoctorSurroundings> & { devices?: readonly DeviceFacts[]; terminal?: boolean } = {}): Promise<Ran> {
  let [out, err] = ['', ''];
  const tried: Device[] = [];
  // Half a second a look, so that every measurement is over after its two steps.
  let now = 0;
  const code = await doctorCommand(args, {
    env: { HF_HOME: join(root, 'nothing'), WINNOW_MODELS: models },
    clock: () => (now += 500),
    out: { write: (text) => void (out += text), isTTY: terminal },
    progress: { write: (text) => void (err += text), isTTY: terminal },
    temporaryFolder: root,
    attempt: async (device) => {
      tried.push(device);
      return devices.find((one) => one.device === device) ?? (device === 'cpu' ? CPU : absent(device));
    },
    seconds: 3,
    standIn: tiny.config,
    ...more,
  });
  return { code, out, err, tried };
}

describe('winnow doctor', () => {
  it('says what the machine has, tries every device, and times the model that is here', async () => {
    const { code, out, err, tried } = await run([]);
    expect(code).toBe(0);
    expect(tried).toEqual(['cpu', 'webgpu', 'cuda']);
    expect(out).toContain(`node         ${process.version}\n`);
    expect(out).toMatch(/^onnxruntime {2}1\.\d+\.\d+ with cpu/m);
    expect(out).toMatch(/^cpu {10}usable, matrix product 60\.0 GFLOP\/s$/m);
    expect(out).toContain('cuda         not usable\n             There is no cuda.\n             Fetch cuda.\n');
    expect(out).toMatch(/^auto {9}cpu$/m);
    expect(out).toContain(`temporary    ${root}, `);
    expect(out).toContain(`hub cache    ${join(root, 'nothing', 'hub')}\n`);
    expect(out).toContain(`models       smollm2-135m, 269 MB, ${join(models, 'smollm2-135m')}\n`);
    expect(out).toContain(`model        ${join(models, 'smollm2-135m')}, int8, cpu, `);
    // A prompt of 64 in half a second; one row and eight, likewise.
    expect(out).toMatch(/^prefill {6}128 tokens\/s$/m);
    expect(out).toMatch(/^decode {7}2\.00 tokens\/s with 1 stream$/m);
    expect(out).toMatch(/^decode {7}16\.0 tokens\/s with 8 streams$/m);
    expect(err).toBe('winnow: looking at this machine, about 15 seconds…\n');
  });

  it('with --json prints the same as one object', async () => {
    const { code, out } = await run(['--json']);
    const report = JSON.parse(out);
    expect(code).toBe(0);
    expect(report).toMatchObject({ node: process.version, auto: 'cpu', devices: [{ device: 'cpu', usable: true }, { device: 'webgpu', usable: false, remedy: 'Fetch webgpu.' }, { device: 'cuda' }] });
    expect(report.models).toEqual([{ name: 'smollm2-135m', path: join(models, 'smollm2-135m'), bytes: 269_060_552, parameters: 134_515_008 }]);
    expect(report.timed).toMatchObject({ device: 'cpu', precision: 'int8', speed: { prefill: 128, decode: [{ streams: 1, tokensPerSecond: 2 }, { streams: 8, tokensPerSecond: 16 }] }, why: null });
  });

  it('times random weights where no model is here, and says so', async () => {
    const { code, out } = await run([], { env: { HF_HOME: join(root, 'nothing') } });
    expect(code).toBe(0);
    expect(out).toContain('models       none of the catalogue is here; winnow pull smollm2-135m fetches a small one\n');
    expect(out).toContain('model        random weights (a small Llama, as no model is here), int8, cpu, ');
    expect(out).toMatch(/^decode .* with 8 streams$/m);
  });

  it('takes a model by its path, and a precision', async () => {
    const path = join(root, 'mine');
    await writeTinyFolder(path, tiny);
    const { code, out } = await run(['--model', path, '--precision', 'fp32', '--device', 'cpu']);
    expect(code).toBe(0);
    expect(out).toContain(`model        ${path}, fp32, cpu, `);
  });

  it('chooses a GPU that is faster than the CPU, and none that the CPU plays', async () => {
    expect(JSON.parse((await run(['--json', '--device', 'cpu'], { devices: [GPU] })).out).auto).toBe('webgpu');
    expect(JSON.parse((await run(['--json', '--device', 'cpu'], { devices: [{ ...GPU, gigaflops: 30 }] })).out).auto).toBe('cpu');
    const { code, out } = await run([], { devices: [SOFTWARE] });
    expect(code).toBe(0);
    expect(out).toContain('webgpu       in software, slower than the CPU, SwiftShader Device (Subzero), matrix product 0.20 GFLOP/s, no half floats: int8, int4 or fp32\n');
    expect(out).toMatch(/^auto {9}cpu$/m);
  });

  it('fails when what was asked for does not run, and tells why and what to do', async () => {
    const device = await run(['--device', 'cuda']);
    expect(device.code).toBe(1);
    expect(device.out).toContain('not timed    There is no cuda. Fetch cuda.\n');
    const software = await run(['--device', 'webgpu'], { devices: [SOFTWARE] });
    expect([software.code, software.out]).toEqual([1, expect.stringContaining('not timed    SwiftShader Device (Subzero) is a GPU in software; the CPU itself is faster.\n')]);
    const odd = join(root, 'odd');
    await writeTinyFolder(odd, tinyModel('llama', { hiddenSize: 48, headDim: 16 }));
    const precision = await run(['--model', odd]);
    expect([precision.code, precision.out]).toEqual([1, expect.stringMatching(/^not timed {4}precision: expected fp32 or fp16 for this model/m)]);
  });

  it('fails when the CPU does not run', async () => {
    const { code, out } = await run([], { devices: [absent('cpu')] });
    expect(code).toBe(1);
    expect(out).toContain('not timed    There is no cpu. Fetch cpu.\n');
  });

  it('says of a model that is not here how to fetch it', async () => {
    const { code, out, err } = await run(['--model', 'qwen3-0.6b']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('winnow: qwen3-0.6b is not on this machine');
    expect(err).toContain('winnow pull qwen3-0.6b');
  });

  it('is called wrongly with a model, device, precision or option that is none', async () => {
    await expect(run(['--model', 'smolm2-135m'])).rejects.toThrow(/Did you mean smollm2-135m/);
    for (const args of [['--device', 'gpu'], ['--precision', 'int2'], ['--port', '1'], ['now']]) await expect(run(args)).rejects.toBeInstanceOf(ConfigError);
  });

  it('shows on a terminal what it is at, in a line that is gone at the end, and colours unless NO_COLOR is set', async () => {
    const { out, err } = await run([], { terminal: true });
    expect(err).toMatch(/\rtrying webgpu…\u001b\[K/);
    expect(err).toMatch(/\rtiming decode, 8 streams…\u001b\[K/);
    expect(err.endsWith('\r\u001b[K')).toBe(true);
    expect(out).toContain('\u001b[32musable\u001b[0m');
    const plain = await run([], { terminal: true, env: { WINNOW_MODELS: models, HF_HOME: join(root, 'nothing'), NO_COLOR: '1' } });
    expect(plain.out).not.toContain('\u001b');
  });

  it('helps', async () => {
    const { code, out, tried } = await run(['--help']);
    expect([code, tried]).toEqual([0, []]);
    expect(out).toMatch(/^winnow doctor: [^\n]+\n\nUsage: winnow doctor \[options\]\n/);
    expect(out).toContain('Examples:\n  winnow doctor\n');
  });
});
