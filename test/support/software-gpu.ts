/**
 * WebGPU without a GPU: SwiftShader, a Vulkan driver in software, which Debian's chromium package carries together with a loader. The
 * loader is found through LD_LIBRARY_PATH, which is read when a process starts, so what needs it runs in a child.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = '/usr/lib/chromium';
const DRIVER = join(FOLDER, 'vk_swiftshader_icd.json');

/** The environment of a child that sees SwiftShader and no other driver; or why there is none. */
export function softwareGpu(): { readonly env: NodeJS.ProcessEnv } | { readonly skipped: string } {
  if (!existsSync(DRIVER) || !existsSync(join(FOLDER, 'libvulkan.so.1'))) return { skipped: `no SwiftShader on this machine (${DRIVER}, Debian's chromium package)` };
  return { env: { ...process.env, VK_ICD_FILENAMES: DRIVER, VK_DRIVER_FILES: DRIVER, LD_LIBRARY_PATH: FOLDER } };
}

/** The environment of a child that sees no Vulkan driver at all. */
export function noGpu(): NodeJS.ProcessEnv {
  return { ...process.env, VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' };
}

/** Runs a TypeScript file with `input` as JSON on its standard input, and yields the JSON of its last line. */
export function runChild<T>(script: string, input: unknown, env: NodeJS.ProcessEnv, deadlineMs = 280_000): Promise<T> {
  const child = spawn(process.execPath, ['--import', 'tsx', script], { env, stdio: ['pipe', 'pipe', 'pipe'], timeout: deadlineMs });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin.end(JSON.stringify(input));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const line = out.trim().split('\n').at(-1) ?? '';
      if (code === 0 && line.startsWith('{')) resolve(JSON.parse(line) as T);
      else reject(new Error(`${script} ended with ${signal ?? code}: ${out.slice(-1500)}${err.slice(-1500)}`));
    });
  });
}
