import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';

let gates: typeof import('../../../models/runtime/gate.ts');
beforeEach(async () => {
  // A gate is the thread's for good, so each test has a thread's module of its own.
  vi.resetModules();
  gates = await import('../../../models/runtime/gate.ts');
});

describe('a gate', () => {
  it.each(['with none', 'while it is open'])('lets work through, what it yields and what it throws: %s', async (which) => {
    if (which !== 'with none') gates.useGate(gates.newGate());
    expect(await gates.inside(async () => 3)).toBe(3);
    const fault = new Error('No.');
    await expect(gates.inside(() => Promise.reject(fault))).rejects.toBe(fault);
    expect(await gates.inside(async () => 4)).toBe(4);
  });

  it('that is shut lets nothing through any more, and whoever shut it does not wait for an empty room', async () => {
    const gate = gates.newGate();
    gates.useGate(gate);
    await gates.inside(async () => 3);
    const start = performance.now();
    gates.shut(gate);
    expect(performance.now() - start).toBeLessThan(1000);
    const work = vi.fn(async () => 4);
    expect(await Promise.race([gates.inside(work), delay(20, 'nothing')])).toBe('nothing');
    expect(work).not.toHaveBeenCalled();
    gates.shut(gate);
  });
});
