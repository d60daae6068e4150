/**
 * Steps of reinforcement learning with the settings of the demo, by the compiled program: what of a step its parts take. Searches run
 * beside decoding, many at once, so their own sum is larger than the rollout that they are part of.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readMetrics } from '../../trainer/metrics/jsonl.ts';
import { median } from '../../trainer/statistics.ts';

export interface RlStep {
  readonly steps: number;
  /** Medians over steps, in seconds; `searches` is the sum over the step's searches. */
  readonly rollout: number;
  readonly searches: number;
  readonly reward: number;
  readonly update: number;
  /** Of the sum of rollout, reward and update. */
  readonly share: { readonly rollout: number; readonly reward: number; readonly update: number };
  /** Of the policy, trained, in a second of such a step. */
  readonly tokensPerSecond: number;
}

export interface RlOrder {
  readonly steps: number;
  readonly threads: number;
  /** Null: the demo's own, which rarely searches before it has learnt to. */
  readonly model: string | null;
}

/** The first step opens sessions and is left out, unless it is the only one. */
export async function rlStep({ steps, threads, model }: RlOrder): Promise<RlStep> {
  const output = await mkdtemp(join(tmpdir(), 'winnow-bench-rl-'));
  try {
    const settings = ['--preset', 'demo', '--steps', String(steps), '--threads', String(threads), '--eval-every', '0', '--set', 'eval.questions=1', ...(model === null ? [] : ['--model', model])];
    await promisify(execFile)(process.execPath, ['dist/src/cli.js', 'train', ...settings, '--output', output, '--name', 'bench']);
    const lines = (await readMetrics(join(output, 'bench', 'metrics.jsonl'))).filter(({ scalars }) => scalars['time/rollout'] !== undefined);
    const counted = lines.length > 1 ? lines.slice(1) : lines;
    const of = (name: string): number => median(counted.map(({ scalars }) => scalars[name]!));
    const [rollout, reward, update] = [of('time/rollout'), of('time/reward'), of('time/update')];
    const whole = rollout + reward + update;
    const rounded = (value: number): number => Number(value.toPrecision(3));
    return {
      steps: counted.length,
      rollout: rounded(rollout),
      searches: rounded(of('time/search')),
      reward: rounded(reward),
      update: rounded(update),
      share: { rollout: rounded(rollout / whole), reward: rounded(reward / whole), update: rounded(update / whole) },
      tokensPerSecond: rounded(of('update/trained_tokens') / whole),
    };
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}
