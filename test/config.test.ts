import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OPTIONS, type OptionName, describeConfig, helpOptions, parseFlags, resolveConfig, variableOf } from '../src/config.ts';
import { ConfigError } from '../src/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'winnow-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function fileOf(text: string, extension = 'yaml'): string {
  const path = join(folder, `${++files}.${extension}`);
  writeFileSync(path, text);
  return path;
}

const resolve = (flags: Record<string, unknown> = {}, env: Record<string, string> = {}, file: string | null = null) => resolveConfig(flags, env, file);

function refusal(work: () => unknown): ConfigError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown;
    throw thrown;
  }
  throw new Error('was not refused');
}

const NAMES = Object.keys(OPTIONS) as OptionName[];
type AnyRow = { kind: string; default: unknown; help: string; min?: number; max?: number; choices?: readonly string[]; secret?: boolean };
const rowOf = (name: OptionName): AnyRow => OPTIONS[name];
/** Two legal values of an option that differ from its default and from each other, as a flag spells them. */
function twoValues(name: OptionName): [string, string] {
  const row = rowOf(name);
  if (name === 'world-date') return ['2020-02-29', '2021-03-04'];
  if (name === 'upstream') return ['http://a.test/v1', 'http://b.test/v1'];
  if (name === 'generator') return ['template', 'template'];
  if (row.kind === 'boolean') return row.default ? ['false', 'false'] : ['true', 'true'];
  if (row.kind === 'integer' || row.kind === 'number') return [String(row.min), String(row.max)];
  if (row.choices) return [row.choices.at(-1)!, row.choices[0]!];
  return ['one', 'two'];
}
const asList = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

describe('precedence', () => {
  it.each(NAMES)('takes --%s from its flag, else its variable, else the file, else its default', (name) => {
    const [value, other] = twoValues(name);
    const file = fileOf(`${name}: ${JSON.stringify(other)}\n`);
    const variable = variableOf(name);
    const read = (flags: Record<string, unknown>, env: Record<string, string>, path: string | null) => {
      const { config, origins } = resolve(flags, env, path);
      return [asList(config[name]), origins[name]];
    };
    expect(read({ [name]: value }, { [variable]: other }, file)).toEqual([value, 'flag']);
    expect(read({}, { [variable]: value }, file)).toEqual([value, 'environment']);
    expect(read({}, {}, file)).toEqual([other, 'file']);
    expect(read({}, {}, null)).toEqual([asList(rowOf(name).default), 'default']);
  });

  it('reads the file that --config names, else the one WINNOW_CONFIG names, else the default one', () => {
    const [byFlag, byVariable, byDefault] = [fileOf('port: 1'), fileOf('port: 2'), fileOf('{"port": 3}', 'json')];
    expect(resolve({ config: byFlag }, { WINNOW_CONFIG: byVariable }, byDefault).config.port).toBe(1);
    expect(resolve({}, { WINNOW_CONFIG: byVariable }, byDefault)).toMatchObject({ config: { port: 2 }, file: byVariable });
    expect(resolve({}, {}, byDefault).config.port).toBe(3);
    expect(resolve({}, {}, null).file).toBeNull();
  });

  it('asks the upstream that is named, unless the generator is named too', () => {
    expect(resolve({ upstream: ['http://a.test/v1'] }).config.generator).toBe('remote');
    expect(resolve({ upstream: ['http://a.test/v1'], generator: 'template' }).config.generator).toBe('template');
    expect(refusal(() => resolve({ generator: 'remote' }))).toMatchObject({ option: 'upstream' });
  });

  it('writes pages with the model that is named, unless the generator is named too; of a model and an upstream it takes neither unasked', () => {
    expect(resolve({ model: 'smollm2-135m' }).config.generator).toBe('local');
    expect(resolve({}, { WINNOW_MODEL: 'smollm2-135m' }).config.generator).toBe('local');
    expect(resolve({ model: 'smollm2-135m', generator: 'template' }).config.generator).toBe('template');
    const both = { model: 'smollm2-135m', upstream: ['http://a.test/v1'] };
    expect(refusal(() => resolve(both))).toMatchObject({ option: 'generator', message: expect.stringMatching(/--generator local or --generator remote/) });
    for (const generator of ['local', 'remote'] as const) expect(resolve({ ...both, generator }).config.generator).toBe(generator);
  });

  it('requires keys once keys are named, unless told to stay open', () => {
    expect(resolve({ 'api-keys': ['a'] }).config.auth).toBe('keys');
    expect(resolve({ 'api-keys': ['a'], auth: 'open' }).config.auth).toBe('open');
  });
});

describe('values', () => {
  it('reads words for true and false in any case', () => {
    for (const word of ['true', 'TRUE', '1', 'yes', 'on']) expect(resolve({}, { WINNOW_ZEROSEARCH: word }).config.zerosearch).toBe(true);
    for (const word of ['false', 'False', '0', 'no', 'off']) expect(resolve({}, { WINNOW_RECORDS: word }).config.records).toBe(false);
  });

  it('reads lists from repeated flags, commas and YAML lists, without blanks', () => {
    expect(resolve({ listen: ['tavily=1', 'exa=2, brave=3,'] }).config.listen).toEqual(['tavily=1', 'exa=2', 'brave=3']);
    expect(resolve({}, { WINNOW_LISTEN: ' tavily=1 ,exa=2' }).config.listen).toEqual(['tavily=1', 'exa=2']);
    expect(resolve({}, {}, fileOf('listen:\n  - tavily=1\n  - exa=2\n')).config.listen).toEqual(['tavily=1', 'exa=2']);
  });

  it('reads numbers and dates of a file without quotes', () => {
    const { config } = resolve({}, {}, fileOf('port: 9000\ntemperature: 0.5\nworld-date: 2024-02-29\nupstream-model: 7\n'));
    expect(config).toMatchObject({ port: 9000, temperature: 0.5, 'world-date': '2024-02-29', 'upstream-model': '7' });
  });

  it('takes null in a file for no model and no key', () => {
    expect(resolve({}, {}, fileOf('upstream-model: null\nupstream-key: ~\n')).config).toMatchObject({ 'upstream-model': null, 'upstream-key': null });
  });
});

describe('refusals', () => {
  const bounded = NAMES.filter((name) => rowOf(name).min !== undefined);
  it.each(bounded)('names --%s and its bounds for what is no such number', (name) => {
    const row = rowOf(name);
    const wrong = ['ten', '', ' ', 'NaN', 'Infinity', String(row.min! - 1), String(row.max! * 2 + 1), ...(row.kind === 'integer' ? ['1.5'] : [])];
    for (const value of wrong) {
      const error = refusal(() => resolve({ [name]: value }));
      expect(error.option).toBe(name);
      expect(error.message).toBe(`--${name}: expected ${row.kind === 'integer' ? 'an integer' : 'a number'} from ${row.min} to ${row.max}, got ${JSON.stringify(value)}.`);
    }
  });

  const choices = NAMES.filter((name) => rowOf(name).choices);
  it.each(choices)('names --%s and its choices for another word', (name) => {
    const error = refusal(() => resolve({ [name]: 'nonsense' }));
    expect(error).toMatchObject({ option: name, message: `--${name}: expected one of ${rowOf(name).choices!.join(', ')}, got "nonsense".` });
  });

  it('names the variable, or the file and the key, when the value came from there', () => {
    expect(refusal(() => resolve({}, { WINNOW_MAX_TRIES: 'x' })).message).toMatch(/^WINNOW_MAX_TRIES: expected an integer/);
    const file = fileOf('records: perhaps\n');
    expect(refusal(() => resolve({}, {}, file)).message).toBe(`${file}: records: expected true or false, got "perhaps".`);
    expect(refusal(() => resolve({}, {}, fileOf('store: [a]\n'))).message).toContain('store: expected a string, got ["a"]');
  });

  it.each(['2026-13-01', '2026-02-30', '2026-1-1', 'today', '20260101', '2026-01-01T00:00:00Z'])('refuses %s as the day of the world', (value) => {
    expect(refusal(() => resolve({ 'world-date': value }))).toMatchObject({ option: 'world-date', message: expect.stringContaining(JSON.stringify(value)) });
  });

  it.each(['127.0.0.1:8000', 'ftp://a.test', 'not a url', '/v1'])('refuses %s as an upstream before any page is asked of it', (value) => {
    expect(refusal(() => resolve({ upstream: [value] }))).toMatchObject({ option: 'upstream', message: expect.stringContaining(value) });
  });

  it('does not print a key that it refuses', () => {
    const error = refusal(() => resolve({}, {}, fileOf('upstream-key: [abc-very-secret]\n')));
    expect(error.option).toBe('upstream-key');
    expect(error.message).not.toContain('very-secret');
  });

  it('suggests the option that an unknown key of the file may mean', () => {
    expect(refusal(() => resolve({}, {}, fileOf('max_tries: 3\n'))).message).toMatch(/there is no option 'max_tries'\. Did you mean 'max-tries'\?$/);
    expect(refusal(() => resolve({}, {}, fileOf('prot: 3\n'))).message).toContain("Did you mean 'port'?");
    expect(refusal(() => resolve({}, {}, fileOf('zzz: 3\n'))).message).not.toContain('Did you mean');
  });

  it.each([
    ['a: [', 'is neither YAML nor JSON'],
    ['- port', 'must hold a mapping'],
    ['7', 'must hold a mapping'],
  ])('refuses a file that holds %s', (text, message) => {
    expect(refusal(() => resolve({}, {}, fileOf(text)))).toMatchObject({ option: 'config', message: expect.stringContaining(message) });
  });

  it('takes an empty file for no options', () => {
    expect(resolve({}, {}, fileOf('')).config.port).toBe(8080);
  });

  it('says which file it cannot read, and why', () => {
    expect(refusal(() => resolve({ config: join(folder, 'absent.yaml') })).message).toMatch(/absent\.yaml cannot be read: ENOENT/);
  });
});

describe('flags', () => {
  it('accepts every option, and --no- before the boolean ones', () => {
    const args = NAMES.flatMap((name) => (rowOf(name).kind === 'boolean' ? [`--no-${name}`] : [`--${name}`, twoValues(name)[0]]));
    const { values } = parseFlags('serve', args, {});
    expect(Object.keys(values).sort()).toEqual([...NAMES].sort());
    expect(values.records).toBe(false);
    expect(resolve(values).config.records).toBe(false);
  });

  it('refuses an unknown flag by name, suggests a near one, and says where help is', () => {
    const error = refusal(() => parseFlags('serve', ['--max-trys', '3'], {}));
    expect(error.option).toBe('max-trys');
    expect(error.message).toMatch(/Unknown option '--max-trys'\. Did you mean 'max-tries'\? See winnow serve --help\.$/);
  });

  it('does not suggest the very flag whose value is missing', () => {
    const error = refusal(() => parseFlags('serve', ['--port'], {}));
    expect(error.message).toContain("'--port <value>' argument missing");
    expect(error.message).not.toContain('Did you mean');
  });
});

describe('what is shown', () => {
  it('describes every option with its value and its origin', () => {
    const file = fileOf('noise: linear:0:0.5\n');
    const rows = describeConfig(resolve({ port: '9' }, { WINNOW_SEED: '4' }, file));
    expect(rows.map((row) => row.option)).toEqual(NAMES);
    const found = (name: string) => rows.find((row) => row.option === name);
    expect(found('port')).toEqual({ option: 'port', value: 9, from: '--port' });
    expect(found('seed')).toEqual({ option: 'seed', value: 4, from: 'WINNOW_SEED' });
    expect(found('noise')).toEqual({ option: 'noise', value: 'linear:0:0.5', from: file });
    expect(found('host')).toEqual({ option: 'host', value: '127.0.0.1', from: 'default' });
  });

  it('hides every secret that is set, and says when none is', () => {
    const secrets = NAMES.filter((name) => rowOf(name).secret);
    expect(secrets).toEqual(['api-keys', 'upstream-key']);
    const rows = describeConfig(resolve({ 'api-keys': ['hush-hush'], 'upstream-key': 'hush-hush' }));
    expect(JSON.stringify(rows)).not.toContain('hush');
    for (const name of secrets) expect(rows.find((row) => row.option === name)?.value).toBe('…');
    expect(describeConfig(resolve()).find((row) => row.option === 'upstream-key')?.value).toBeNull();
  });

  it('lists every option in --help with its default and its group', () => {
    const lines = helpOptions().split('\n');
    for (const name of NAMES) {
      const row = rowOf(name);
      const at = lines.findIndex((line) => line === `  --${name}` || line.startsWith(`  --${name} `));
      expect(at, name).toBeGreaterThan(0);
      const empty = row.default === null || (Array.isArray(row.default) && row.default.length === 0);
      expect(lines[at + 1]).toBe(`      ${row.help}${empty ? '' : ` [${String(row.default)}]`}`);
      for (const choice of row.choices ?? []) expect(lines[at]).toContain(choice);
    }
    for (const group of new Set(Object.values(OPTIONS).map((row) => row.group))) expect(lines).toContain(`${group}:`);
  });
});
