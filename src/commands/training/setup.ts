/** What a training, an evaluation and rollouts alone have in common: a policy, a search engine, a way to ask it. */
import { tmpdir } from 'node:os';
import { availableThreads } from '../../../models/runtime/devices.ts';
import type { TrainConfig } from '../../../trainer/config.ts';
import { policyOptionsOf, protocolOptionsOf, searchOptionsOf } from '../../../trainer/options.ts';
import { type PolicyModel, openPolicy } from '../../../trainer/rollout/policy.ts';
import { type SearchClient, createSearchClient } from '../../../trainer/rollout/search-client.ts';
import { REAL_WORLD } from '../../compose.ts';
import { type PolicySide, openPolicySide } from './policy-side.ts';
import { type SearchSide, openSearchSide } from './search-side.ts';

export interface Setup {
  readonly policy: PolicySide;
  readonly side: SearchSide;
  readonly search: SearchClient;
  /** Of one operator. */
  readonly threads: number;
  /** Of the policy's while it writes. */
  readonly writingThreads: number;
  close(): Promise<void>;
}

export async function openSetup(config: TrainConfig, notice: (line: string) => void): Promise<Setup> {
  const threads = config.threads === 0 ? availableThreads() : config.threads;
  const policy = await openPolicySide(config.model.path!, protocolOptionsOf(config), REAL_WORLD.env);
  try {
    // A simulation model in this process writes while the policy does: threads beyond the cores wait for one another (rollouts of the demo: 20 s, and 14 s shared).
    const shared = config.search.url === null && config.search.model !== null;
    const writingThreads = shared ? Math.max(1, Math.floor(threads / 2)) : threads;
    const side = await openSearchSide({ search: config.search, seed: config.seed, threads: writingThreads, notice });
    try {
      const search = createSearchClient(searchOptionsOf(config, side.origin), REAL_WORLD);
      return {
        policy,
        side,
        search,
        threads,
        writingThreads,
        async close() {
          await side.close();
          await policy.close();
        },
      };
    } catch (thrown) {
      await side.close();
      throw thrown;
    }
  } catch (thrown) {
    await policy.close();
    throw thrown;
  }
}

/** What evaluations and rollouts alone are made in: the signal stops them, and everything is closed when `use` is done, or failed. */
export async function withSetup<T>(config: TrainConfig, use: (setup: Setup, signal: AbortSignal) => Promise<T>): Promise<T> {
  const say = (line: string): void => void process.stderr.write(`winnow: ${line}\n`);
  const { signal, release } = stopSignal(() => say('stopping…'));
  try {
    const setup = await openSetup(config, say);
    try {
      return await use(setup, signal);
    } finally {
      await setup.close();
    }
  } finally {
    release();
  }
}

/** The policy as its files hold it. */
export function openSetupPolicy(config: TrainConfig, { policy: { files, tokenizer }, writingThreads }: Setup): Promise<PolicyModel> {
  return openPolicy(files, tokenizer, policyOptionsOf(config, { writingThreads, temporaryFolder: tmpdir() }));
}

/** Aborts at the first Ctrl-C or SIGTERM; the second ends the process at once. */
export function stopSignal(onStop: () => void): { readonly signal: AbortSignal; release(): void } {
  const stop = new AbortController();
  const listen = (): void => {
    onStop();
    stop.abort(new Error('stopped'));
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.removeListener(name, listen);
      process.once(name, () => process.exit(1));
    }
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, listen);
  return {
    signal: stop.signal,
    release() {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.removeListener(name, listen);
    },
  };
}
