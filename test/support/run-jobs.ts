import type { Generated } from '../../models/runtime/language-model.ts';
import type { Job, Scheduler } from '../../models/runtime/scheduler.ts';

/** Runs jobs to their end, all at once; rejects with what any of them failed with. */
export async function runJobs(scheduler: Scheduler, jobs: readonly Job[]): Promise<Generated[]> {
  const results = jobs.map((job, id) => new Promise<Generated>((done, failed) => scheduler.add(id, job, { done, failed })));
  const all = Promise.all(results);
  // Handled below, once nothing is under way.
  all.catch(() => undefined);
  while (!scheduler.idle) await scheduler.step();
  return all;
}
