import { existsSync } from 'node:fs';
import { REAL_WORLD } from '../compose.ts';
import { type Resolved, describeConfig, helpOptions, parseFlags, resolveConfig, shown } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { banner, serve } from '../serve.ts';

const HELP = `winnow serve: simulated search over every supported API

Usage: winnow serve [options]

Every option may also be set in the environment (--max-tries is WINNOW_MAX_TRIES) or in a YAML or JSON file (max-tries: 3). A flag goes
before the environment, the environment before the file.
${helpOptions()}

Other:
  --config FILE
      The file of options. [winnow.yaml or winnow.json here, when there is one]
  --print-config
      Show every option, its value and where it came from, and stop. With --json, as JSON.
  -h, --help

Examples:
  winnow serve
  winnow serve --port 0 --store memory
  winnow serve --model smollm2-135m
  winnow serve --upstream http://127.0.0.1:8000/v1 --upstream-model Qwen2.5-7B-Instruct
  winnow serve --dataset nq.parquet --noise exponential:0:0.5 --total-steps 203
  winnow serve --listen google=9001 --zerosearch
`;

const EXTRA = {
  config: { type: 'string' },
  'print-config': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const DEFAULT_FILES = ['winnow.yaml', 'winnow.json'] as const;

/** The configuration of any command that takes the options of `serve`. */
export function configFrom(flags: Readonly<Record<string, unknown>>): Resolved {
  return resolveConfig(flags, process.env, DEFAULT_FILES.find((file) => existsSync(file)) ?? null);
}

export async function serveCommand(args: readonly string[]): Promise<number> {
  const { values: flags, words } = parseFlags('serve', args, EXTRA);
  if (words[0] !== undefined) throw new ConfigError('serve', `Unexpected '${words[0]}'. See winnow serve --help.`);
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const resolved = configFrom(flags);
  if (flags['print-config']) {
    const rows = describeConfig(resolved);
    if (flags.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    else for (const row of rows) process.stdout.write(`${row.option.padEnd(22)} ${shown(row.value).padEnd(32)} ${row.from}\n`);
    return 0;
  }
  const listening = await serve(resolved.config, REAL_WORLD, { notice: (line) => void process.stderr.write(`winnow: ${line}\n`) });
  process.stdout.write(banner(listening, resolved.config));
  await new Promise<void>((resolve) => {
    const onSignal = (): void => resolve();
    process.once('SIGTERM', onSignal);
    process.once('SIGINT', onSignal);
  });
  process.stderr.write('winnow: finishing what is under way…\n');
  // A second signal does not wait.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
  await listening.stop();
  return 0;
}
