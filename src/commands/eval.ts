/** `winnow eval`: exact match, F1 and searches of a policy on a set of questions, with their intervals, against any search engine. */
import { trainHelp } from '../../trainer/config.ts';
import { type Evaluation, evaluate, evaluationRolloutOptions } from '../../trainer/evaluate.ts';
import { rolloutOptionsOf } from '../../trainer/options.ts';
import { withPolicy } from '../../trainer/rollout/policy.ts';
import { createRollouts } from '../../trainer/rollout/rollout.ts';
import { saveRollouts } from '../../trainer/rollout/storage.ts';
import { formatEstimate } from '../../trainer/statistics.ts';
import { REAL_WORLD } from '../compose.ts';
import { createProgress } from '../progress.ts';
import { evaluationSets } from './training/evaluation-sets.ts';
import { questionsOf } from './training/questions.ts';
import { parseTrainFlags, printConfig, resolveTrain } from './training/settings.ts';
import { openSetupPolicy, withSetup } from './training/setup.ts';

const HELP = `winnow eval: how often a policy answers right, and how much it searches

Usage: winnow eval --model NAME|FOLDER|FILE.gguf [options]

Each question of data.test is asked once under each noise of eval.noise and, unless eval.search-off is false, once without search. Exact
match and F1 are SQuAD's. Intervals are 95 %. Settings are those of \`winnow train\`: flags, WINNOW_TRAIN_…, --config FILE, --preset NAME.

Options of its own:
  --save FILE     keep the trajectories (JSON lines), one file for each evaluation: FILE gets its name in front of the ending
  --json          the figures as one JSON object
  --print-config  show every setting and where it came from, and stop
  -h, --help

Settings:
${trainHelp()}

Examples:
  winnow eval --preset demo
  winnow eval --preset demo --model .winnow/runs/demo-1/checkpoints/step-000024 --set eval.noise=0,0.25,0.5
  winnow eval --model ./policy --set data.test=nq.jsonl --set eval.questions=500 --json
  winnow eval --model ./policy --engine tavily --set search.key=tvly-…           # the real web
`;

export async function evalCommand(args: readonly string[]): Promise<number> {
  const flags = parseTrainFlags('eval', args, { save: { type: 'string' } });
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const resolved = resolveTrain(flags, REAL_WORLD.env);
  if (flags['print-config']) {
    printConfig(resolved, flags.json === true, process.stdout);
    return 0;
  }
  const { config } = resolved;
  return withSetup(config, async (setup, signal) => {
    const { policy, side, search } = setup;
    const questions = await questionsOf(config.data.test, 'test');
    const sets = await evaluationSets({ config, side, run: config.search.run ?? 'eval', questions, prefix: 'test', endsOnly: true });
    return withPolicy(await openSetupPolicy(config, setup), async (model) => {
      const found: Record<string, Evaluation> = {};
      for (const set of sets) {
        const options = evaluationRolloutOptions(rolloutOptionsOf(config, set.run), set, config.eval.greedy);
        const rollouts = createRollouts({ policy: model, tokenizer: policy.tokenizer, protocol: policy.protocol, search, options });
        const progress = createProgress({ stream: process.stderr, clock: REAL_WORLD.clock, total: set.questions.length });
        const { evaluation, trajectories } = await evaluate(rollouts, set.questions, { step: 0, seed: config.seed, signal, onProgress: (done) => progress.update(done, set.name) });
        progress.finish();
        if (signal.aborted) return 1;
        found[set.name] = evaluation;
        if (flags.save !== undefined) await saveRollouts(String(flags.save).replace(/(\.\w+)?$/, `.${set.name}$1`), trajectories, { fingerprint: policy.protocol.fingerprint });
      }
      if (flags.json) process.stdout.write(`${JSON.stringify({ model: policy.path, evaluations: found }, null, 2)}\n`);
      else process.stdout.write(evaluationTable(found));
      return 0;
    });
  });
}

export function evaluationTable(found: Readonly<Record<string, Evaluation>>): string {
  const rows = Object.entries(found).map(([name, { exactMatch, f1, searches, answered, questions }]) => [name, formatEstimate(exactMatch), formatEstimate(f1), formatEstimate(searches, 2), `${(answered * 100).toFixed(1)} %`, String(questions)]);
  const table = [['', 'exact match', 'F1', 'searches per question', 'answered', 'questions'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return `${table.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()).join('\n')}\n`;
}
