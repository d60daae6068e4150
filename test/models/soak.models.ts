/** Bar 5 of the models: thousands of requests of every kind, each answered as it is alone, and nothing lost on the way (bench/soak.ts). */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Soak } from '../../bench/soak.ts';
import { fetchModel } from '../support/llama-server/fetch-model.ts';

const DEADLINE_MS = 600_000;
/** Growth from the first fifth of the requests to the last, in MB: what the collector leaves lying, and no more for more requests. */
const MOST_RSS = 32;
const MOST_HEAP = 2;

function soak(...args: readonly string[]): Promise<Soak> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bench/soak.ts', ...args], { cwd: join(import.meta.dirname, '../..'), stdio: ['ignore', 'pipe', 'inherit'], timeout: DEADLINE_MS });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code !== 0) return reject(new Error(`The soak ended with ${signal ?? code}: ${out.slice(-1000)}`));
      console.log(out.trim());
      resolve(JSON.parse(out.trim().split('\n').at(-1)!) as Soak);
    });
  });
}

function expectSound(found: Soak, slots: number): void {
  expect(found).toMatchObject({ wrong: 0, failed: 0, slotsLeft: slots, load: { running: 0, waiting: 0 } });
  expect(found.answered + found.cancelled).toBe(found.requests);
  // That it was what it is meant to be.
  expect(found.cancelled).toBeGreaterThan(found.requests / 10);
  expect(found.cachedTokens).toBeGreaterThan(found.requests);
}

describe('a soak', () => {
  it('of 10,000 requests to a small model loses no slot, grows no memory and changes no answer', { timeout: DEADLINE_MS }, async () => {
    const found = await soak('--requests', '10000', '--distinct', '600');
    expectSound(found, 16);
    expect(found.busy).toBeGreaterThan(100);
    expect(found.rssMb.at(-1)! - found.rssMb[0]!).toBeLessThan(MOST_RSS);
    expect(found.heapMb.at(-1)! - found.heapMb[0]!).toBeLessThan(MOST_HEAP);
  });

  it.each([['fp32', 3], ['fp16', 1], ['int4', 2]] as const)('of 500 in %s with %i slots changes no answer', { timeout: DEADLINE_MS }, async (precision, slots) => {
    expectSound(await soak('--requests', '500', '--distinct', '100', '--precision', precision, '--slots', `${slots}`), slots);
  });

  it.for(['int8', 'int4'])('of 60 requests to SmolLM2-135M in %s changes no answer', { timeout: DEADLINE_MS }, async (precision, { skip }) => {
    const model = await fetchModel();
    if ('skipped' in model) return skip(model.skipped);
    expectSound(await soak('--model', model.path, '--requests', '60', '--distinct', '20', '--precision', precision, '--slots', '8'), 8);
  });
});
