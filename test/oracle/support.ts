/**
 * The Python that the oracles run, and how. It is WINNOW_ORACLE_PYTHON, else the environment that setup.ts makes in .cache/oracle, else
 * python3; tests skip, with the reason printed, where it lacks what they import.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
export const ENVIRONMENT = join(ROOT, '.cache/oracle');
export const ENVIRONMENT_PYTHON = join(ENVIRONMENT, 'bin/python');

export const PYTHON = process.env['WINNOW_ORACLE_PYTHON'] || (existsSync(ENVIRONMENT_PYTHON) ? ENVIRONMENT_PYTHON : 'python3');

/** The missing modules on standard output; found without importing them, which takes seconds. */
const PROBE = 'import importlib.util, sys; print(", ".join(m for m in sys.argv[1:] if importlib.util.find_spec(m) is None))';

/** Why `python` cannot be used, or null. */
export function lacking(python: string, modules: readonly string[]): string | null {
  const { status, stdout, stderr, error } = spawnSync(python, ['-c', PROBE, ...modules], { encoding: 'utf8' });
  if (status !== 0) return `${python} does not run: ${error?.message ?? (stderr.trim().split('\n').at(-1) || `it ends with ${status}`)}`;
  return stdout.trim() === '' ? null : `${python} has no ${stdout.trim()}; npx tsx test/oracle/setup.ts installs it, and WINNOW_ORACLE_PYTHON names another Python`;
}

/** True, and the reason is printed, where a test that needs these modules (and files) is to be skipped. */
export function absent(test: string, modules: readonly string[], files: readonly string[] = []): boolean {
  const file = files.find((one) => !existsSync(one));
  const reason = lacking(PYTHON, modules) ?? (file === undefined ? null : `there is no ${file}`);
  if (reason !== null) console.warn(`SKIP ${basename(test)}: ${reason}`);
  return reason !== null;
}

/** Runs a script of this folder. Input and result are JSON; what else the script has to say goes to standard error. */
export function runOracle<T>(script: string, input: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    // A model's name must not become a download.
    const child = spawn(PYTHON, [join(import.meta.dirname, script)], { env: { ...process.env, HF_HUB_OFFLINE: '1', TRANSFORMERS_VERBOSITY: 'error', HF_HUB_DISABLE_PROGRESS_BARS: '1' } });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(Buffer.concat(out).toString()) as T);
      else reject(new Error(`${script} ended with ${code}:\n${Buffer.concat(err).toString().slice(-4000)}`));
    });
    // Where the script ends before it has read all, `close` tells.
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(input));
  });
}

/** Lines of a table, columns aligned. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toExponential(1) : cell)));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()).join('\n');
}
