import { expect, it } from 'vitest';
import { RunError, createRunClient } from '../../../trainer/rollout/run-client.ts';
import { createSearchClient } from '../../../trainer/rollout/search-client.ts';
import { loopback, sendJson } from './loopback.ts';
import { WORLD, winnow } from './server.ts';

const CURRICULUM = { kind: 'linear', start: 0, end: 0.5 };
const RUN = { id: 'r', step: 1, total_steps: 2, noise: 0, served: 0 };

it('a run is made, follows the step, and counts what it served', async () => {
  const base = await winnow();
  const run = createRunClient({ base, run: 'exp-1.a' }, WORLD);
  expect(await run.configure({ curriculum: CURRICULUM, total_steps: 10, seed: 4 })).toEqual({ id: 'exp-1.a', step: 0, totalSteps: 10, noise: 0, served: 0, adaptive: null });
  expect(await run.step(5, null)).toMatchObject({ step: 5, totalSteps: 10, noise: 0.25 });
  expect(await run.step(5, 20)).toMatchObject({ step: 5, totalSteps: 20, noise: 0.125 });
  await createSearchClient({ base }, WORLD).search('a', { run: 'exp-1.a', step: 5, totalSteps: null, grounding: null, trajectory: 't', group: 'g', turn: 0 });
  expect(await run.configure({})).toMatchObject({ served: 1, step: 5 });
});

it('rewards move an adaptive curriculum', async () => {
  const run = createRunClient({ base: await winnow(), run: 'a' }, WORLD);
  await run.configure({ curriculum: { kind: 'adaptive', start: 0, end: 0.5, rate: 0.1, samples: 4, baselineSamples: 2, window: 8 } });
  const raised = await run.rewards([{ reward: 1, searched: true, count: 4 }], 0.5);
  expect(raised.noise).toBe(0.1);
  expect((await run.rewards([{ reward: 0, searched: true }, { reward: 0, searched: true, count: 3 }])).noise).toBe(0);
  expect(await run.configure({ adaptive: raised.adaptive })).toEqual(raised);
  expect(await run.configure({ adaptive: null })).toMatchObject({ noise: 0, adaptive: null });
});

it('what the server does not take is an error with its words', async () => {
  const run = createRunClient({ base: await winnow(), run: 'a' }, WORLD);
  await expect(run.configure({ curriculm: CURRICULUM })).rejects.toThrow(/^PUT \/v1\/runs\/a: .*curriculm/);
  await expect(run.step(-1, null)).rejects.toMatchObject({ name: 'RunError', status: 400 });
});

it('a server that is no winnow is told from one', async () => {
  const server = await loopback((reply) => sendJson(reply, { hello: 'world' }));
  await expect(createRunClient({ base: server.base, run: 'a' }, WORLD).step(1, null)).rejects.toThrow(/the reply is no run/);
  await server.close();
  await expect(createRunClient({ base: server.base, run: 'a', retries: 0 }, WORLD).step(1, null)).rejects.toThrow(new RunError('POST /v1/runs/a/step', null, 'ECONNREFUSED'));
});

it('a step is told again after a broken connection, rewards are not: they would count twice', async () => {
  const server = await loopback((reply, _, number) => (number % 2 === 0 ? void reply.destroy() : sendJson(reply, RUN)));
  const run = createRunClient({ base: server.base, run: 'r', key: 'k' }, WORLD);
  expect(await run.step(1, 2)).toMatchObject({ id: 'r' });
  expect(server.heard.map(({ path, body }) => [path, body])).toEqual([['/v1/runs/r/step', { step: 1, total_steps: 2 }], ['/v1/runs/r/step', { step: 1, total_steps: 2 }]]);
  expect(server.heard[1]!.headers.authorization).toBe('Bearer k');
  await expect(run.rewards([], null)).rejects.toBeInstanceOf(RunError);
  expect(server.heard.slice(2).map(({ path, body }) => [path, body])).toEqual([['/v1/runs/r/rewards', { trajectories: [], baseline: null }]]);
});
