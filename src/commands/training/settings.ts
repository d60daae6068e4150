/** Flags, environment and file of the commands that share the schema of `winnow train`. */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { type ResolvedTrain, describeTrainConfig, resolveTrainConfig, trainFlags } from '../../../trainer/config.ts';
import { ConfigError } from '../../errors.ts';
import { shown } from '../../config.ts';
import { isObject } from '../../json.ts';

export type Flags = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
type FlagTypes = Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string; readonly multiple?: boolean }>>;

/** Of every command here. */
const COMMON: FlagTypes = {
  preset: { type: 'string' },
  config: { type: 'string' },
  'print-config': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
};

export function parseTrainFlags(command: string, args: readonly string[], own: FlagTypes = {}): Flags {
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options: { ...trainFlags(), ...COMMON, ...own }, allowPositionals: true, strict: true });
  } catch (cause) {
    const message = (cause as Error).message.split('. ')[0]!;
    throw new ConfigError(/'--?([\w-]+)/.exec(message)?.[1] ?? 'flags', `${message}. See winnow ${command} --help; options without a flag are given by --set path=value.`);
  }
  if (parsed.positionals[0] !== undefined) throw new ConfigError(command, `Unexpected '${parsed.positionals[0]}'. See winnow ${command} --help.`);
  return parsed.values as Flags;
}

export function resolveTrain(flags: Flags, env: Readonly<Record<string, string | undefined>>): ResolvedTrain {
  const path = (flags.config as string | undefined) ?? (env.WINNOW_TRAIN_CONFIG || undefined);
  return resolveTrainConfig({ preset: (flags.preset as string | undefined) ?? null, file: path === undefined ? null : readSettings(path), flags, env });
}

/** YAML, of which JSON is a part. */
function readSettings(path: string): unknown {
  if (!existsSync(path)) throw new ConfigError('config', `--config ${path}: there is no such file.`);
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ConfigError('config', `--config ${path} cannot be read: ${(cause as Error).message}`);
  }
}

export function printConfig(resolved: ResolvedTrain, json: boolean, out: { write(text: string): unknown }): void {
  const rows = describeTrainConfig(resolved);
  if (json) out.write(`${JSON.stringify(rows, null, 2)}\n`);
  else for (const { option, value, from } of rows) out.write(`${option.padEnd(30)} ${(isObject(value) ? JSON.stringify(value) : shown(value)).padEnd(36)} ${from}\n`);
}
