/** The engine on WebGPU against the one on the CPU, in a child process that sees SwiftShader (test/support/software-gpu.ts). */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DeviceFacts } from '../../support/device-child.ts';
import { runChild, softwareGpu } from '../../support/software-gpu.ts';

const gpu = softwareGpu();
if ('skipped' in gpu) console.warn(`device-engine.test.ts is skipped: ${gpu.skipped}.`);

describe.skipIf('skipped' in gpu)('an engine on webgpu', () => {
  let facts: DeviceFacts;
  beforeAll(async () => {
    if ('skipped' in gpu) return;
    facts = await runChild<DeviceFacts>(fileURLToPath(new URL('../../support/device-child.ts', import.meta.url)), {}, gpu.env);
  }, 300_000);

  it('writes what the CPU writes, token for token, with more requests than slots and beginnings in common', () => {
    expect(facts.texts.map(({ model }) => model)).toEqual(['llama', 'qwen2', 'qwen3']);
    for (const { model, cpu, webgpu } of facts.texts) expect([model, webgpu]).toEqual([model, cpu]);
    expect(facts.texts[0]!.cached).toEqual([0, 0, 0, 0, 0, 20, 33]);
  });

  it('computes the logits of the CPU: in fp32 to rounding; in blocks to what 8-bit activations lose', () => {
    const largest = (precision: string): number[] => facts.differences.filter((one) => one.precision === precision).map((one) => one.largest);
    expect(largest('fp32')).toHaveLength(3);
    for (const difference of largest('fp32')) expect(difference).toBeLessThan(2e-6);
    for (const precision of ['int8', 'int4']) {
      expect(largest(precision)).toHaveLength(1);
      expect(largest(precision)[0]).toBeLessThan(0.02);
    }
  });

  it('finds that SwiftShader gets the attention of long pieces wrong, and reads prompts in short ones', () => {
    expect(facts.piece).toEqual({ least: 4, most: 28 });
  });

  it('gives a row the same bits alone and in a full batch', () => {
    expect(facts.company).toBe(0);
  });

  it('reads a prompt in pieces, with steps of others between, to the same bits', () => {
    expect(facts.pieces).toBe(0);
  });

  it("copies a slot's beginning, from which another goes on to the same bits", () => {
    expect(facts.copied).toBe(0);
  });

  it('reads on from a token that was written anew, not from what was there before', () => {
    expect(facts.rewritten).toBe(0);
  });

  it('leaves what idle slots hold as it is', () => {
    expect(facts.disturbed).toBe(0);
  });

  it('frees the slot of a cancelled request for one that writes what it writes alone', () => {
    expect(facts.cancelled.first).toHaveLength(10);
    expect(facts.cancelled.first).toEqual(facts.cancelled.alone);
    expect(facts.cancelled.load).toBe(0);
  });

  it('holds no more memory after 300 steps than after 100', () => {
    const [before, after] = facts.memory;
    expect([before!.steps, after!.steps]).toEqual([100, 300]);
    expect(after!.megabytes - before!.megabytes).toBeLessThan(12);
  });

  it('says of an adapter without half floats what to ask for instead', () => {
    expect(facts.refusals.halfFloats).toEqual({ name: 'DeviceError', message: "This machine's webgpu adapter computes in 32 bits only (it has no shader-f16). Use --precision int8, int4 or fp32." });
  });

  it('says of CUDA that is not installed how to install it', () => {
    expect(facts.refusals.cuda).toEqual({ name: 'DeviceError', message: expect.stringContaining('npm run install:cuda') });
  });
});
