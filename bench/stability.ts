/**
 * `npm run report:stability -- [--seeds 1,2,3,4,5] [--steps 200] [--model pocket-policy] [--output .cache/stability] [--set PATH=X …]`
 *
 * Does the recipe hold out? Long trainings of the pocket policy with the default algorithm, rewards and pages, small steps for two cores, one
 * run a seed: exact match on validation questions every 50 steps at noise 0 and 0.5, and the alarms of the sentinel signals that rose. A run
 * has collapsed where it ended otherwise than at its last step, where its exact match at noise 0 ended below COLLAPSED of its best, or where
 * it has given up searching. Runs are kept under `output` and taken up again where they were stopped. Ends with one JSON line; exits 1 where a
 * run has collapsed.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type MetricsLine, readMetrics } from '../trainer/metrics/jsonl.ts';
import { SIGNALS } from '../trainer/monitor.ts';
import { mean } from '../trainer/statistics.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3,4,5' },
    steps: { type: 'string', default: '200' },
    model: { type: 'string', default: 'pocket-policy' },
    output: { type: 'string', default: '.cache/stability' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const steps = Number(values.steps);
const COLLAPSED = 0.7;
/** Searches for a question. */
const GIVEN_UP = 0.05;
const TAIL = 20;

/** What the sizes of model and machine ask for; all else has its default. */
const SETTINGS = [
  'rollout.questions=4', 'rollout.group-size=4', 'rollout.max-turns=3', 'rollout.turn-tokens=64', 'rollout.observation-tokens=160', 'rollout.trajectory-tokens=768', 'rollout.documents=1', 'rollout.prompt=short',
  'rollout.slots=64', 'optimiser.lr=0.00003', 'optimiser.warm-up=0.05', 'eval.every=50', 'eval.questions=100', 'eval.noise=0,0.5', 'eval.search-off=false', 'checkpoint.every=20', 'checkpoint.keep=1',
];

/** The exit code. */
function train(name: string, seed: string): Promise<number | null> {
  const begun = existsSync(join(values.output, name, 'checkpoints'));
  const settings = ['--model', values.model, '--steps', values.steps, ...[...SETTINGS, ...values.set, `seed=${seed}`].flatMap((one) => ['--set', one])];
  const child = spawn(process.execPath, ['dist/src/cli.js', 'train', '--output', values.output, '--name', name, ...(begun ? ['--resume'] : []), ...settings], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.once('exit', () => child.kill());
  return new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
}

const rounded = (value: number): number => Number(value.toPrecision(3));

function summary(seed: string, code: number | null, lines: readonly MetricsLine[]) {
  const of = (name: string): number[] => lines.flatMap(({ scalars }) => scalars[name] ?? []);
  const evaluated = (noise: string): number[] => of(`eval/validation-noise-${noise}/exact_match`);
  const [clean, noisy] = [evaluated('0'), evaluated('0.5')];
  const searches = rounded(mean(of('text/searches').slice(-TAIL)));
  const alarms = Object.fromEntries(SIGNALS.map((signal) => [signal, of(`alarm/${signal}`).filter((value, i, all) => value === 1 && all[i - 1] !== 1).length] as const).filter(([, count]) => count > 0));
  const collapsed = code !== 0 || lines.length < steps || !(clean.at(-1)! >= COLLAPSED * Math.max(...clean)) || searches < GIVEN_UP;
  return {
    seed, steps: lines.length, collapsed, exactMatch: clean, exactMatchNoisy: noisy, searches,
    entropy: [mean(of('policy/entropy').slice(0, TAIL)), mean(of('policy/entropy').slice(-TAIL))].map(rounded),
    worstRolloutTrain: rounded(Math.max(...of('rollout_train/worst'))),
    greatestGradientNorm: rounded(Math.max(...of('update/gradient_norm'))),
    secondsOfAStep: rounded(mean(of('time/rollout').map((value, i) => value + of('time/update')[i]!))),
    alarms,
  };
}

const runs = [];
for (const seed of values.seeds.split(',')) {
  const name = `seed-${seed}`;
  const code = await train(name, seed);
  const one = summary(seed, code, await readMetrics(join(values.output, name, 'metrics.jsonl')));
  runs.push(one);
  console.log(`seed ${seed}: ${one.collapsed ? 'COLLAPSED' : 'well'} after ${one.steps} steps, exact match ${one.exactMatch.join(' ')} (noise 0.5: ${one.exactMatchNoisy.join(' ')}), ${one.searches} searches; alarms ${JSON.stringify(one.alarms)}`);
}
console.log(JSON.stringify({ report: 'stability', model: values.model, steps, set: values.set, collapsed: runs.filter(({ collapsed }) => collapsed).length, runs }));
if (runs.some(({ collapsed }) => collapsed)) process.exitCode = 1;
