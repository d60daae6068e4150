import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CATALOG } from '../../models/catalog.ts';
import { type PullSurroundings, pullCommand } from '../../src/commands/pull.ts';
import { ConfigError } from '../../src/errors.ts';
import { type FakeHub, fakeModel, startFakeHub } from '../support/fake-hub.ts';

const SHARD = 'model-00001-of-00002.safetensors';
const TOKEN = 'hf_verysecrettoken0123';
const root = mkdtempSync(join(tmpdir(), 'winnow-pull-command-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let hub: FakeHub;
let home: string;
let homes = 0;
const model = fakeModel();
beforeEach(async () => {
  hub = await startFakeHub({ 'HuggingFaceTB/SmolLM2-135M-Instruct': { ...model, refs: { v1: 'b'.repeat(40) } }, 'meta-llama/Llama-3.2-1B-Instruct': { ...fakeModel('d'.repeat(40)), gatedFor: TOKEN } });
  home = join(root, String(++homes));
});
afterEach(() => hub.close());

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
async function run(args: readonly string[], { env = {}, ...more }: Partial<PullSurroundings> = {}): Promise<Ran> {
  let [out, err] = ['', ''];
  const code = await pullCommand(args, {
    env: { HF_HOME: home, HF_ENDPOINT: hub.url, ...env },
    fetch,
    clock: () => 0,
    out: { write: (text) => void (out += text) },
    progress: { write: (text) => void (err += text) },
    onStop: () => () => {},
    download: { retryDelayMs: 1 },
    ...more,
  });
  return { code, out, err };
}
const folder = (commit = model.commit): string => join(home, 'hub', 'models--HuggingFaceTB--SmolLM2-135M-Instruct', 'snapshots', commit);

describe('winnow pull', () => {
  it('fetches a model by its name: the folder on standard output, licence and progress on standard error', async () => {
    const { code, out, err } = await run(['smollm2-135m']);
    expect([code, out]).toEqual([0, `${folder()}\n`]);
    expect(readFileSync(join(folder(), SHARD)).equals(model.files[SHARD]!)).toBe(true);
    expect(err).toContain('smollm2-135m is HuggingFaceTB/SmolLM2-135M-Instruct, about 269 MB; licence: Apache-2.0');
    expect(err).toMatch(/100 %  2\.20 MB of 2\.20 MB/);
    expect(err).toContain('2.20 MB in 10 files, 2.20 MB of them fetched now');
  });

  it('says of a model that is here that it is', async () => {
    await run(['smollm2-135m']);
    const { code, out, err } = await run(['smollm2-135m']);
    expect([code, out]).toEqual([0, `${folder()}\n`]);
    expect(err).toContain('all of them here already');
    expect(err).not.toContain('%');
  });

  it('takes a hub id and a revision', async () => {
    const { code, out } = await run(['HuggingFaceTB/SmolLM2-135M-Instruct', '--revision', 'v1']);
    expect([code, out]).toEqual([0, `${folder('b'.repeat(40))}\n`]);
  });

  it('with --json prints name, folder, bytes and files', async () => {
    const { out } = await run(['smollm2-135m', '--json']);
    expect(JSON.parse(out)).toEqual({ name: 'smollm2-135m', folder: folder(), bytes: 2_200_242, files: expect.arrayContaining(['config.json', SHARD]) });
  });

  it('with --dry-run lists files and bytes and fetches none', async () => {
    const { code, out } = await run(['smollm2-135m', '--dry-run']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^HuggingFaceTB/SmolLM2-135M-Instruct at ${model.commit}\n`));
    expect(out).toMatch(/^model-00001-of-00002\.safetensors +1\.50 MB$/m);
    expect(out).toContain(`2.20 MB in all, 2.20 MB to fetch, into ${folder()}\n`);
    expect([hub.fetched(), existsSync(home)]).toEqual([[], false]);
    const plan = JSON.parse((await run(['smollm2-135m', '--dry-run', '--json'])).out) as { missing: number; files: unknown[] };
    expect(plan).toMatchObject({ name: 'smollm2-135m', repo: 'HuggingFaceTB/SmolLM2-135M-Instruct', commit: model.commit, bytes: 2_200_242, missing: 2_200_242 });
    expect(plan.files).toContainEqual({ path: SHARD, bytes: 1_500_000, here: false, partial: 0 });
  });

  it('with --list prints the catalogue, and what of it is here', async () => {
    await run(['smollm2-135m']);
    hub.requests.length = 0;
    const { code, out } = await run(['--list']);
    const rows = out.trimEnd().split('\n');
    expect([code, rows.length, hub.requests.length]).toEqual([0, CATALOG.length + 1, 0]);
    expect(rows[0]).toMatch(/^NAME +WEIGHTS +SIZE +FOR +LICENCE +HERE$/);
    expect(rows[1]).toMatch(new RegExp(`^smollm2-135m +135 M +269 MB +simulator, policy +Apache-2.0 +${folder()}$`));
    expect(rows.find((row) => row.startsWith('llama3.2-1b'))).toMatch(/1\.2 B +2\.47 GB .*\(gated\) +-$/);
    const listed = JSON.parse((await run(['--list', '--json'])).out) as { name: string; path: string | null }[];
    expect(listed.filter(({ path }) => path !== null)).toEqual([expect.objectContaining({ name: 'smollm2-135m', path: folder(), promptStyle: 'winnow' })]);
  });

  it.each([[[]], [['--help']], [['-h']]])('called with %j tells how to call it', async (args) => {
    const { code, out } = await run(args);
    expect([code, out.split('\n')[0]]).toEqual([0, 'winnow pull: fetch a language model from the hub']);
    expect(out).toContain('\nExamples:\n');
  });

  it.each([
    [['smollm-135m'], 'Did you mean smollm2-135m?'],
    [['smollm2-135m', 'qwen3-0.6b'], 'one name'],
    [['--list', 'smollm2-135m'], 'takes no name'],
    [['smollm2-135m', '--port', '1'], 'has no --port'],
    [['smollm2-135m', '--dry-rum'], '--dry-rum'],
  ])('called with %j is called wrongly', async (args, message) => {
    const thrown = await run(args).then(() => null, (cause: unknown) => cause);
    expect(thrown).toBeInstanceOf(ConfigError);
    expect((thrown as ConfigError).message).toContain(message);
    expect(hub.requests).toEqual([]);
  });

  it('fails in one line with exit code 1, and says no token', async () => {
    const { code, out, err } = await run(['llama3.2-1b'], { env: { HF_TOKEN: 'hf_another0secret' } });
    expect([code, out]).toEqual([1, '']);
    expect(err.trimEnd().split('\n').at(-1)).toMatch(/^winnow: meta-llama\/Llama-3\.2-1B-Instruct is gated: .*Accept it at http:\/\/127\.0\.0\.1/);
    expect(err).not.toContain('another0secret');
    expect(existsSync(home)).toBe(false);
  });

  it('fetches a gated model with a token', async () => {
    expect((await run(['llama3.2-1b'], { env: { HF_TOKEN: TOKEN } })).code).toBe(0);
  });

  it('fails with exit code 1 where there is no network, naming the host', async () => {
    await hub.close();
    const { code, err } = await run(['smollm2-135m']);
    expect(code).toBe(1);
    expect(err).toContain(`winnow: ${new URL(hub.url).host} cannot be reached (ECONNREFUSED).`);
  });

  it('goes by way of the proxy that the environment names', async () => {
    const { code, err } = await run(['smollm2-135m'], { env: { HTTP_PROXY: 'http://127.0.0.1:9' } });
    expect([code, hub.requests]).toEqual([1, []]);
    expect(err).toContain('cannot be reached (ECONNREFUSED).');
    expect((await run(['smollm2-135m'], { env: { HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' } })).code).toBe(0);
    await expect(run(['smollm2-135m'], { env: { HTTP_PROXY: 'nonsense' } })).rejects.toThrow(ConfigError);
  });

  it('that is stopped ends with exit code 1, keeps what came, and listens no longer', async () => {
    hub.stops.set(SHARD, [500_000]);
    let listening = 0;
    const onStop = (stop: () => void): (() => void) => {
      listening += 1;
      const timer = setInterval(() => void (hub.sent.has(SHARD) && stop()), 10);
      return () => {
        clearInterval(timer);
        listening -= 1;
      };
    };
    const { code, err } = await run(['smollm2-135m'], { onStop });
    expect([code, listening]).toEqual([1, 0]);
    expect(err).toContain('winnow: Stopped. What has arrived is kept');
    expect((await run(['smollm2-135m'])).code).toBe(0);
  });

  it('ends on Ctrl-C as a process does, leaving a file to go on from', { timeout: 60_000 }, async () => {
    hub.stops.set(SHARD, [500_000]);
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const command = new URL('../../src/commands/pull.ts', import.meta.url).href;
    const script = `import { pullCommand } from ${JSON.stringify(command)}; process.exitCode = await pullCommand(['smollm2-135m']);`;
    const child = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', script], { env: { PATH: process.env.PATH ?? '', HF_HOME: home, HF_ENDPOINT: hub.url }, stdio: ['ignore', 'ignore', 'pipe'] });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
    const partial = (): string | undefined => (existsSync(home) ? (readdirSync(home, { recursive: true }) as string[]).find((path) => path.endsWith('.incomplete')) : undefined);
    while (!(hub.sent.has(SHARD) && partial() !== undefined) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    expect([await ended, err]).toEqual([1, expect.stringContaining('Stopped. What has arrived is kept')]);
    expect(partial()).toBeDefined();
  });
});
