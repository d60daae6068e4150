import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { keysCommand } from '../../src/commands/keys.ts';
import { serveCommand } from '../../src/commands/serve.ts';
import { storeCommand } from '../../src/commands/store.ts';
import { OPTIONS } from '../../src/config.ts';
import { ConfigError } from '../../src/errors.ts';
import { completion } from '../generators/fake-upstream.ts';
import { deferred, pageText } from '../search/harness.ts';

/** Starting node with a TypeScript loader takes a second or more on a busy machine. */
const PATIENCE = 60_000;
const CLI = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'src', 'cli.ts');
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

const folder = mkdtempSync(join(tmpdir(), 'winnow-cli-'));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let folders = 0;
function emptyFolder(): string {
  const path = join(folder, String(++folders));
  mkdirSync(path);
  return path;
}

interface Started {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}
function start(args: readonly string[], { cwd = emptyFolder(), env = {} }: { cwd?: string; env?: Record<string, string> } = {}): Started {
  const child = spawn(process.execPath, ['--import', LOADER, CLI, ...args], { cwd, env: { PATH: process.env.PATH ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return { child, out: () => out, err: () => err, ended: new Promise((resolve) => child.once('close', (code) => resolve(code))) };
}
async function run(args: readonly string[], options: Parameters<typeof start>[1] = {}): Promise<{ code: number | null; out: string; err: string }> {
  const started = start(args, options);
  const code = await started.ended;
  return { code, out: started.out(), err: started.err() };
}
/** Resolves once `holds` does; a child that ends first has failed. */
async function until(started: Started, holds: () => boolean): Promise<void> {
  let ended = false;
  void started.ended.then(() => (ended = true));
  while (!holds()) {
    if (ended) throw new Error(`it ended:\n${started.out()}\n${started.err()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const originOf = (started: Started): string => /listens on (http:\S+)/.exec(started.out())?.[1] ?? '';

describe('winnow', { timeout: PATIENCE }, () => {
  it('without a command, or asked for help, tells its commands', async () => {
    const all = await Promise.all([run([]), run(['--help']), run(['help'])]);
    for (const { code, out, err } of all) {
      expect([code, err]).toEqual([0, '']);
      for (const command of ['serve', 'pull', 'doctor', 'keys', 'store']) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
  });

  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(dirname(CLI), '..', 'package.json'), 'utf8')) as { version: string };
    for (const { code, out, err } of await Promise.all([run(['--version']), run(['-V'])])) expect([code, out, err]).toEqual([0, `${version}\n`, '']);
  });

  it('refuses what it does not know with exit code 2 and one line that names it', async () => {
    const [command, flag, value, word] = await Promise.all([run(['sevre']), run(['serve', '--prot', '1']), run(['serve', '--port', 'x']), run(['serve', 'now'])]);
    for (const { code, out, err } of [command, flag, value, word]) {
      expect([code, out]).toEqual([2, '']);
      expect(err.trim().split('\n')).toHaveLength(1);
      expect(err).toMatch(/^winnow: /);
    }
    expect(command.err).toContain("'sevre'");
    expect(flag.err).toMatch(/--prot.*Did you mean 'port'/);
    expect(value.err).toContain('--port: expected an integer from 0 to 65535, got "x"');
    expect(word.err).toContain("'now'");
  });
});

describe('winnow serve', { timeout: PATIENCE }, () => {
  it('tells every option in its help, with its default', async () => {
    const { code, out } = await run(['serve', '--help']);
    expect(code).toBe(0);
    for (const name of Object.keys(OPTIONS)) expect(out).toMatch(new RegExp(`^  --${name}( |$)`, 'm'));
    expect(out).toContain('[sqlite:.winnow/winnow.db]');
  });

  it('shows its configuration as JSON, with where each value came from and no secret', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'winnow.yaml'), 'noise: linear:0:0.5\nseed: 1\n');
    const { code, out } = await run(['serve', '--print-config', '--json', '--port', '9', '--no-records', '--upstream', 'http://a.test/v1', '--upstream', 'http://b.test/v1'], {
      cwd,
      env: { WINNOW_SEED: '2', WINNOW_UPSTREAM_KEY: 'very-secret' },
    });
    expect(code).toBe(0);
    const rows = JSON.parse(out) as { option: string; value: unknown; from: string }[];
    const found = Object.fromEntries(rows.map(({ option, value, from }) => [option, [value, from]]));
    expect(found).toMatchObject({
      port: [9, '--port'], records: [false, '--records'], upstream: [['http://a.test/v1', 'http://b.test/v1'], '--upstream'], seed: [2, 'WINNOW_SEED'], noise: ['linear:0:0.5', 'winnow.yaml'],
      host: ['127.0.0.1', 'default'], 'upstream-key': ['…', 'WINNOW_UPSTREAM_KEY'],
    });
    expect(found.generator![0]).toBe('remote');
    expect(out).not.toContain('secret');
    expect(existsSync(join(cwd, '.winnow'))).toBe(false);
  });

  it('shows it as a table too', async () => {
    const { out } = await run(['serve', '--print-config', '--seed', '5']);
    expect(out).toMatch(/^seed\s+5\s+--seed$/m);
    expect(out.trim().split('\n')).toHaveLength(Object.keys(OPTIONS).length);
  });

  it('does not bind an address that others reach without keys, and says what to do', async () => {
    const [open, keyed] = await Promise.all([run(['serve', '--host', '0.0.0.0', '--port', '0', '--store', 'memory']), run(['serve', '--host', '0.0.0.0', '--port', 'x', '--auth', 'keys'])]);
    expect(open.code).toBe(2);
    expect(open.err).toMatch(/0\.0\.0\.0.*--auth keys.*--api-keys/);
    expect(keyed.err).toContain('--port');
  });

  it.each([
    [['--noise', 'steep'], '--noise'],
    [['--listen', 'bing=9001'], 'tavily'],
    [['--listen', 'tavily'], 'DIALECT=PORT'],
    [['--listen', 'tavily=70000'], 'DIALECT=PORT'],
    [['--dataset', 'absent.jsonl'], 'absent.jsonl'],
    [['--store', 'redis://x'], 'memory'],
    [['--config', 'absent.yaml'], 'absent.yaml'],
    [['--host', '192.0.2.1', '--api-keys', 'k'], '192.0.2.1'],
    [['--generator', 'local'], '--model'],
    [['--model', 'nobody-knows-this'], 'winnow pull --list'],
    [['--model', 'smollm2-13m'], 'smollm2-135m'],
    [['--model', 'absent.gguf'], 'absent.gguf'],
    [['--model', 'smollm2-135m', '--upstream', 'http://127.0.0.1:1/v1'], '--generator local'],
  ])('says in one line what is wrong with %j, and leaves nothing running', async (args, told) => {
    const thrown: unknown = await serveCommand(['--port', '0', '--store', 'memory', ...args]).catch((cause: unknown) => cause);
    expect(thrown).toBeInstanceOf(ConfigError);
    expect((thrown as ConfigError).message).toContain(told);
    expect((thrown as ConfigError).message).not.toContain('\n');
  });

  it('ends with exit code 1 and one line when the model is at fault', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'broken.gguf'), 'GGUF\u0003 and then no model at all');
    const { code, out, err } = await run(['serve', '--port', '0', '--store', 'memory', '--device', 'cpu', '--model', 'broken.gguf'], { cwd });
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^winnow: loading broken\.gguf \(cpu, int8\) …\nwinnow: broken\.gguf: .*expected .*\n$/);
  });

  it('says so when its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, err } = await run(['serve', '--port', String(port), '--store', 'memory']);
    taken.close();
    expect(code).toBe(2);
    expect(err).toContain(`Cannot listen on 127.0.0.1:${port}: the port is in use.`);
  });

  it('answers on its port and on those of dialects, keeps its pages in a folder of its own, and ends on SIGTERM', async () => {
    const cwd = emptyFolder();
    const server = start(['serve', '--port', '0', '--listen', 'tavily=0'], { cwd });
    await until(server, () => server.out().includes('API reference'));
    const origin = originOf(server);
    const own = /(http:\S+)\s+\(own port\)/.exec(server.out())![1]!;
    expect(own).not.toBe(origin);
    for (const url of [`${origin}/tavily/search`, `${own}/search`]) {
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"humber bridge"}' });
      expect(response.status).toBe(200);
      expect(((await response.json()) as { results: unknown[] }).results).toHaveLength(5);
    }
    expect(await (await fetch(`${origin}/readyz`)).text()).toBe('ready');
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(existsSync(join(cwd, '.winnow', 'winnow.db'))).toBe(true);

    const { code, out } = await run(['store', 'stats', '--json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ pages: 1, runs: 1, keys: 0, records: expect.any(Number) });
  });

  // Shorter than the 25 s after which the server cuts what is under way: the client's pooled connection must not hold it.
  it('answers on SIGTERM what is under way, takes no more, and ends', { timeout: 24_000 }, async () => {
    const gate = deferred();
    const reached = deferred();
    const upstream = createServer((incoming, outgoing) => {
      incoming.resume().once('end', () => {
        reached.resolve();
        void gate.promise.then(() => {
          const { body } = completion(pageText({ kinds: ['useful', 'useful', 'useful', 'useful', 'useful'], goldenAnswers: [] } as never));
          outgoing.setHeader('content-type', 'application/json');
          outgoing.end(JSON.stringify(body));
        });
      });
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    try {
      const address = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
      const server = start(['serve', '--port', '0', '--store', 'memory', '--upstream', address, '--upstream-model', 'm']);
      await until(server, () => server.out().includes('API reference'));
      const origin = originOf(server);
      const pending = fetch(`${origin}/tavily/search`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"humber bridge"}' });
      await reached.promise;
      server.child.kill('SIGTERM');
      await until(server, () => server.err().includes('under way'));
      await expect(fetch(`${origin}/healthz`, { headers: { connection: 'close' } })).rejects.toThrow();
      gate.resolve();
      const response = await pending;
      expect([response.status, response.headers.get('x-winnow-generator')]).toEqual([200, 'remote']);
      expect(((await response.json()) as { results: unknown[] }).results).toHaveLength(5);
      expect(await server.ended).toBe(0);
    } finally {
      upstream.close();
      upstream.closeAllConnections();
    }
  });

  it('ends at once on a second signal', async () => {
    const upstream = createServer(() => {});
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    try {
      const reached = new Promise<void>((resolve) => upstream.once('request', () => resolve()));
      const server = start(['serve', '--port', '0', '--store', 'memory', '--upstream', `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`, '--upstream-model', 'm']);
      await until(server, () => server.out().includes('API reference'));
      const pending = fetch(`${originOf(server)}/v1/search`, { method: 'POST', body: '{"query":"x"}' }).catch(() => null);
      await reached;
      server.child.kill('SIGTERM');
      await until(server, () => server.err().includes('under way'));
      server.child.kill('SIGINT');
      expect(await server.ended).toBe(1);
      expect(await pending).toBeNull();
    } finally {
      upstream.close();
      upstream.closeAllConnections();
    }
  });
});

describe('winnow keys', { timeout: PATIENCE }, () => {
  it('makes, lists and revokes keys that a server on the same store knows', async () => {
    const cwd = emptyFolder();
    const store = ['--store', 'sqlite:winnow.db'];
    const first = await run(['keys', 'create', '--run', 'exp1', '--prefix', 'tvly-', '--rate', '50', '--label', 'laptop', ...store], { cwd });
    expect([first.code, first.err]).toEqual([0, '']);
    const key = first.out.trim();
    expect(key).toMatch(/^tvly-wk_[\w-]{43}$/);
    const second = JSON.parse((await run(['keys', 'create', '--budget', '5', '--json', ...store], { cwd })).out) as { key: string; id: string; budget: number; run: null };
    expect(second).toMatchObject({ key: expect.stringMatching(/^wk_/), budget: 5, run: null });

    const listed = await run(['keys', 'list', ...store], { cwd });
    expect(listed.out).toMatch(/^[0-9a-f]{12} {2}run exp1 {2}rate 50 {2}budget \(none\) {2}laptop$/m);
    expect(listed.out).not.toContain(key.slice(8));
    const records = JSON.parse((await run(['keys', 'list', '--json', ...store], { cwd })).out) as { id: string; run: string | null }[];
    expect(records).toHaveLength(2);

    const server = start(['serve', '--port', '0', '--auth', 'keys', ...store], { cwd });
    await until(server, () => server.out().includes('API reference'));
    const ask = (authorization: string) => fetch(`${originOf(server)}/tavily/search`, { method: 'POST', headers: { 'content-type': 'application/json', authorization }, body: '{"query":"x"}' });
    const response = await ask(`Bearer ${key}`);
    expect([response.status, response.headers.get('x-winnow-run')]).toEqual([200, 'exp1']);
    expect((await ask('Bearer wk_other')).status).toBe(401);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);

    const revoked = await run(['keys', 'revoke', second.id, ...store], { cwd });
    expect([revoked.code, revoked.out]).toEqual([0, `revoked ${second.id}\n`]);
    expect(JSON.parse((await run(['keys', 'list', '--json', ...store], { cwd })).out)).toHaveLength(1);
  });

  it('ends with exit code 1 and one line when the key is not there', async () => {
    const { code, out, err } = await run(['keys', 'revoke', 'ffffffffffff']);
    expect([code, out, err]).toEqual([1, '', 'winnow: Not found: key ffffffffffff.\n']);
  });

  it.each([
    [keysCommand, ['create', '--store', 'memory'], 'sqlite'],
    [keysCommand, ['create', '--run', 'a b'], '--run'],
    [keysCommand, ['create', '--rate', 'fast'], '--rate'],
    [keysCommand, ['create', '--budget', '0'], '--budget'],
    [keysCommand, ['revoke'], 'id'],
    [keysCommand, ['rename'], "'keys rename'"],
    [storeCommand, ['stats', '--store', 'memory'], 'sqlite'],
    [storeCommand, ['prune'], '--older-than'],
    [storeCommand, ['export', 'recordz'], 'recordz'],
    [storeCommand, ['export'], 'export'],
    [storeCommand, ['burn'], "'store burn'"],
  ] as const)('says in one line what is wrong: %o %j', async (command, args, told) => {
    const store = args.includes('--store' as never) ? [] : ['--store', `sqlite:${join(emptyFolder(), 'a.db')}`];
    const thrown: unknown = await command([...args, ...store]).catch((cause: unknown) => cause);
    expect(thrown).toBeInstanceOf(ConfigError);
    expect((thrown as ConfigError).message).toContain(told);
  });

  it('tells what it does when it is not told what to do', async () => {
    const [keys, store] = await Promise.all([run(['keys']), run(['store', '--help'])]);
    expect(keys).toMatchObject({ code: 0, out: expect.stringContaining('winnow keys create') });
    expect(store).toMatchObject({ code: 0, out: expect.stringContaining('winnow store export') });
  });
});

describe('winnow store', { timeout: PATIENCE }, () => {
  it('exports what was served as lines, and prunes it', async () => {
    const cwd = emptyFolder();
    const server = start(['serve', '--port', '0'], { cwd });
    await until(server, () => server.out().includes('API reference'));
    for (const query of ['a', 'b', 'c']) await fetch(`${originOf(server)}/v1/search`, { method: 'POST', body: JSON.stringify({ query }) });
    server.child.kill('SIGTERM');
    await server.ended;
    const exported = await run(['store', 'export', 'records', '--out', 'records.jsonl'], { cwd });
    expect(exported).toMatchObject({ code: 0, out: '', err: 'winnow: wrote 3 records to records.jsonl\n' });
    const lines = readFileSync(join(cwd, 'records.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(3);
    const pruned = await run(['store', 'prune', 'records', '--keep', '0', '--json'], { cwd });
    expect((JSON.parse(pruned.out) as { records: number }).records).toBeGreaterThan(0);
    expect(JSON.parse((await run(['store', 'stats', '--json'], { cwd })).out)).toMatchObject({ pages: 3, records: 0 });
  });
});
