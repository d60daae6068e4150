/** A real model on WebGPU, on SwiftShader: minutes for a few tokens. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { GenerateOrder, GenerateReply } from '../support/generate-child.ts';
import { fetchModel } from '../support/llama-server/fetch-model.ts';
import { noGpu, runChild, softwareGpu } from '../support/software-gpu.ts';

const CHILD = fileURLToPath(new URL('../support/generate-child.ts', import.meta.url));
const DEADLINE_MS = 900_000;

describe('SmolLM2-135M on webgpu', () => {
  it('writes what it writes on the CPU, with the same logprobs', { timeout: DEADLINE_MS }, async ({ skip }) => {
    const gpu = softwareGpu();
    if ('skipped' in gpu) return skip(gpu.skipped);
    const model = await fetchModel();
    if ('skipped' in model) return skip(model.skipped);
    const order = { path: model.path, precision: 'fp32', text: 'The capital of France is', maxTokens: 3 } as const;
    const cpu = await runChild<GenerateReply>(CHILD, { ...order, device: 'cpu' } satisfies GenerateOrder, noGpu(), DEADLINE_MS);
    const webgpu = await runChild<GenerateReply>(CHILD, { ...order, device: 'webgpu' } satisfies GenerateOrder, gpu.env, DEADLINE_MS);
    expect(webgpu.text).toBe(cpu.text);
    expect(webgpu.text).toContain('Paris');
    webgpu.logprobs.forEach((logprob, i) => expect(logprob).toBeCloseTo(cpu.logprobs[i]!, 3));
  });
});
