#!/usr/bin/env node
/** `winnow …`: one line to each command. Exit codes: 0 done, 1 failed, 2 called wrongly. */
import { ConfigError, WinnowError } from './errors.ts';

const COMMANDS: Readonly<Record<string, { readonly summary: string; readonly run: () => Promise<(args: readonly string[]) => Promise<number>> }>> = {
  serve: { summary: 'serve simulated search over every supported API', run: async () => (await import('./commands/serve.ts')).serveCommand },
  pull: { summary: 'fetch a language model from the hub', run: async () => (await import('./commands/pull.ts')).pullCommand },
  train: { summary: 'teach a language model to search', run: async () => (await import('./commands/train.ts')).trainCommand },
  eval: { summary: 'say how often a policy answers right', run: async () => (await import('./commands/eval.ts')).evalCommand },
  rollout: { summary: 'let a policy search, and keep what it did', run: async () => (await import('./commands/rollout.ts')).rolloutCommand },
  sft: { summary: 'tune a language model on examples', run: async () => (await import('./commands/sft.ts')).sftCommand },
  doctor: { summary: 'say what this machine can run, and how fast', run: async () => (await import('./commands/doctor.ts')).doctorCommand },
  keys: { summary: 'create, list and revoke API keys', run: async () => (await import('./commands/keys.ts')).keysCommand },
  store: { summary: 'count, prune and export what was served', run: async () => (await import('./commands/store.ts')).storeCommand },
};

const HELP = `winnow: a search engine that invents its results

Usage: winnow COMMAND [options]
       winnow --version

Commands:
${Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`).join('\n')}

Examples:
  winnow serve
  winnow pull smollm2-135m && winnow serve --model smollm2-135m
  winnow serve --upstream http://127.0.0.1:8000/v1 --noise exponential:0:0.5
  winnow keys create --run exp1
  winnow train --preset demo

winnow COMMAND --help tells more.
`;

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (name === '--version' || name === '-V') {
    process.stdout.write(`${await (await import('./compose.ts')).packageVersion()}\n`);
    return 0;
  }
  const command = COMMANDS[name];
  if (!command) throw new ConfigError('command', `There is no command '${name}'. Commands: ${Object.keys(COMMANDS).join(', ')}.`);
  return (await command.run())(rest);
}

// Output piped into `head` ends early, and that is no failure.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => process.exit(cause.code === 'EPIPE' ? 0 : 1));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  if (thrown instanceof ConfigError) {
    process.stderr.write(`winnow: ${thrown.message}\n`);
    process.exitCode = 2;
  } else if (thrown instanceof WinnowError) {
    process.stderr.write(`winnow: ${thrown.message}\n`);
    process.exitCode = 1;
  } else {
    process.stderr.write(`winnow: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
    process.exitCode = 1;
  }
}
