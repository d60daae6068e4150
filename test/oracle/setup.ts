/**
 * `npx tsx test/oracle/setup.ts`: makes the Python environment of the oracles in .cache/oracle, from requirements.txt. Does nothing where
 * WINNOW_ORACLE_PYTHON is set or the environment is complete; says SKIP and the reason where it cannot be made, and never fails.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT, ENVIRONMENT_PYTHON } from './support.ts';

const requirements = join(import.meta.dirname, 'requirements.txt');
/** Written last, so that an environment without it is begun again. */
const stamp = join(ENVIRONMENT, 'requirements.sha256');
const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'pipe'], encoding: 'utf8', maxBuffer: 2 ** 26, timeout: 30 * 60_000 });
}

/** The last line of what a command said, which is where pip names the reason. */
function reasonOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return stderr?.trim().split('\n').findLast((line) => /error/i.test(line)) ?? message.split('\n')[0]!;
}

if (process.env['WINNOW_ORACLE_PYTHON']) console.log(`The oracles use ${process.env['WINNOW_ORACLE_PYTHON']} (WINNOW_ORACLE_PYTHON).`);
else if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) console.log(`The oracles use ${ENVIRONMENT_PYTHON}.`);
else {
  try {
    rmSync(ENVIRONMENT, { recursive: true, force: true });
    run('python3', ['-m', 'venv', ENVIRONMENT]);
    run(ENVIRONMENT_PYTHON, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
    writeFileSync(stamp, wanted);
    console.log(`The oracles use ${ENVIRONMENT_PYTHON}.`);
  } catch (error) {
    rmSync(ENVIRONMENT, { recursive: true, force: true });
    console.log(`SKIP the oracles: their Python environment cannot be made: ${reasonOf(error)}`);
  }
}
