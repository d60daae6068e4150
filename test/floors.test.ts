/**
 * The shape of the source, held by reading it (docs/architecture.md, "Floors"). Each rule is one sentence; a breach is printed as
 * `file → file`. An exception stands beside its rule with its reason, and one that is no longer needed fails too.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');
const MODELS = join(SRC, '..', 'models');
const TRAINER = join(SRC, '..', 'trainer');

interface Import {
  /** Both below src/, as written in git: `search/service.ts`; others begin with `../models/` or `../trainer/`. A package keeps its name. */
  readonly from: string;
  readonly to: string;
  /** `import type`: gone at run time. A list of `type` names is not: the module is still loaded. */
  readonly typeOnly: boolean;
  /** Inside a function, on first use. */
  readonly late: boolean;
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(SRC, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}
const FILES = filesUnder(SRC);
const MODEL_FILES = filesUnder(MODELS);
const TRAINER_FILES = filesUnder(TRAINER);
const SOURCES = new Map([...FILES, ...MODEL_FILES, ...TRAINER_FILES].map((file) => [file, readFileSync(join(SRC, file), 'utf8')]));

/** Without comments, so that a rule is about code; strings stay. Good enough for this source, which puts no `//` into a string but in URLs. */
function codeOf(file: string): string {
  return SOURCES.get(file)!.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1');
}

function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean, late: boolean): void => {
    const to = specifier.startsWith('.') ? join(dirname(file), specifier).replaceAll('\\', '/').replace(/^\.\.\/src\//, '') : specifier;
    found.push({ from: file, to, typeOnly, late });
  };
  const code = codeOf(file);
  for (const [, type, specifier] of code.matchAll(/^(?:import|export)\s+(type\s)?(?:[\w*\s{},$]+?\sfrom\s+)?'([^']+)'/gm)) add(specifier!, type !== undefined, false);
  for (const [, type, specifier] of code.matchAll(/(typeof\s+)?\bimport\(\s*'([^']+)'\s*\)/g)) add(specifier!, type !== undefined, true);
  for (const [, specifier] of code.matchAll(/\brequire(?:\.resolve)?\(\s*'([^']+)'/g)) add(specifier!, false, true);
  return found;
}
const IMPORTS = FILES.flatMap(importsOf);
/** Rules of the language hold on every floor. */
const ALL = [...FILES, ...MODEL_FILES, ...TRAINER_FILES];
const MODEL_IMPORTS = MODEL_FILES.flatMap(importsOf);
const TRAINER_IMPORTS = TRAINER_FILES.flatMap(importsOf);
const OURS = IMPORTS.filter(({ to }) => FILES.includes(to));

const spelled = (list: readonly Import[]): string[] => [...new Set(list.map(({ from, to }) => `${from} → ${to}`))].sort();

/** From the ground up. The first that a path begins with is its floor. */
const FLOORS: readonly (readonly [floor: number, paths: readonly string[]])[] = [
  [1, ['types.ts', 'errors.ts', 'hash.ts', 'json.ts', 'labels.ts', 'config.ts', 'json-rows.ts', 'parquet.ts', 'progress.ts', 'question-row.ts', 'telemetry/']],
  [2, ['documents/', 'generators/', 'simulator/', 'store/']],
  [3, ['runs/', 'search/']],
  [4, ['dialects/', 'http/']],
  [5, ['app.ts', 'compose.ts', 'local-model.ts']],
  [6, ['serve.ts', 'commands/', 'cli.ts']],
];
const floorOf = (file: string): number => FLOORS.find(([, paths]) => paths.some((path) => file.startsWith(path)))?.[0] ?? Number.NaN;

/** The trainer's own floors. What is named first goes before: a trajectory and a question are words, though they lie among rollouts and data. */
const TRAINER_FLOORS: readonly (readonly [floor: number, paths: readonly string[]])[] = [
  [1, ['config.ts', 'config-options.ts', 'presets.ts', 'errors.ts', 'parameters.ts', 'shuffle.ts', 'rollout/trajectory.ts', 'data/question.ts']],
  [2, ['autodiff/', 'optim/', 'metrics.ts', 'metrics/', 'statistics.ts', 'monitor.ts', 'text-health.ts', 'display.ts', 'curve.ts', 'run-folder.ts', 'run-lock.ts']],
  [3, ['algorithms/', 'rewards/', 'data/', 'micro-batches.ts']],
  [4, ['rollout/', 'update.ts', 'checkpoint.ts', 'checkpoint/']],
  [5, ['train.ts', 'sft.ts', 'evaluate.ts', 'options.ts', 'pocket/']],
];
const trainerFloorOf = (file: string): number => TRAINER_FLOORS.find(([, paths]) => paths.some((path) => file.startsWith(`../trainer/${path}`)))?.[0] ?? Number.NaN;

/** Of two neighbours on one floor, the first stands on the second. */
const STANDS_ON: readonly (readonly [above: string, below: string, sentence: string])[] = [
  ['simulator/', 'generators/', 'the simulator asks generators, and no generator knows of it'],
  ['simulator/', 'documents/', 'the simulator presents documents, and no document knows of it'],
  ['generators/', 'documents/', 'template writes with the words of documents, and no document knows who wrote it'],
  ['search/', 'runs/', 'a search asks the run it belongs to, and no run knows of searches'],
  ['http/', 'dialects/', 'HTTP hands requests to dialects, and no dialect knows of HTTP'],
  ['compose.ts', 'app.ts', 'compose makes the app, and the app knows no process'],
  ['compose.ts', 'local-model.ts', 'compose has a model opened, and the model serves whoever asks'],
  ['serve.ts', 'compose.ts', 'serving begins with composing'],
  ['commands/', 'serve.ts', 'commands serve, and serving knows no command line'],
  ['cli.ts', 'commands/', 'the command line names commands, and no command names it'],
];

describe('floors', () => {
  it('every file stands on a floor', () => {
    expect(FILES.filter((file) => Number.isNaN(floorOf(file)))).toEqual([]);
  });

  it('every import of ours names a file that is there', () => {
    expect(spelled([...IMPORTS, ...MODEL_IMPORTS, ...TRAINER_IMPORTS].filter(({ to }) => to.endsWith('.ts') && !SOURCES.has(to)))).toEqual([]);
  });

  it('every file of the trainer stands on a floor, and imports from its own and from those below', () => {
    expect(TRAINER_FILES.filter((file) => Number.isNaN(trainerFloorOf(file)))).toEqual([]);
    expect(spelled(TRAINER_IMPORTS.filter(({ from, to }) => to.startsWith('../trainer/') && trainerFloorOf(from) < trainerFloorOf(to)))).toEqual([]);
  });

  it('the trainer reaches the server over HTTP alone: of its source it imports errors, hashes, the progress line, and how rows of question sets are read', () => {
    const shared = ['errors.ts', 'hash.ts', 'json-rows.ts', 'parquet.ts', 'progress.ts', 'question-row.ts'];
    expect(spelled(TRAINER_IMPORTS.filter(({ to }) => to.endsWith('.ts') && !to.startsWith('../') && !shared.includes(to)))).toEqual([]);
  });

  it('the server knows nothing of the trainer: commands alone call it', () => {
    expect(spelled(IMPORTS.filter(({ from, to }) => to.startsWith('../trainer/') && !from.startsWith('commands/')))).toEqual([]);
  });

  it('models stand on the ground: they import nothing of the server', () => {
    expect(spelled(MODEL_IMPORTS.filter(({ to }) => to.endsWith('.ts') && !to.startsWith('../models/')))).toEqual([]);
  });

  it('models are named by generators, commands and local-model: elsewhere they are types, but for the lists of names that config reads', () => {
    const values = IMPORTS.filter(({ from, to, typeOnly }) => to.startsWith('../models/') && !typeOnly && !/^(?:local-model\.ts|generators\/|commands\/)/.test(from));
    expect(spelled(values)).toEqual(['config.ts → ../models/runtime/language-model.ts']);
  });

  it('the runtime of models is loaded late, so that a server without a model loads nothing of it', () => {
    const early = IMPORTS.filter(({ from, to, typeOnly, late }) => to.startsWith('../models/') && to !== '../models/errors.ts' && !typeOnly && !late && !from.startsWith('commands/'));
    expect(spelled(early)).toEqual(['config.ts → ../models/runtime/language-model.ts']);
    expect(MODEL_IMPORTS.filter(({ from }) => from === '../models/runtime/language-model.ts').filter(({ typeOnly }) => !typeOnly)).toEqual([]);
  });

  it('a file imports values from its own floor and from floors below', () => {
    const breaches = OURS.filter(({ from, to, typeOnly }) => !typeOnly && floorOf(from) < floorOf(to));
    expect(spelled(breaches)).toEqual([]);
  });

  it('so it does with types', () => {
    const breaches = OURS.filter(({ from, to, typeOnly }) => typeOnly && floorOf(from) < floorOf(to));
    expect(spelled(breaches)).toEqual([]);
  });

  it.each(STANDS_ON)('%s stands on %s: %s', (above, below) => {
    expect(spelled(OURS.filter(({ from, to }) => from.startsWith(below) && to.startsWith(above)))).toEqual([]);
  });

  it('a store knows nothing of what it keeps, and neither simulator, generators nor documents know of a store', () => {
    const apart = OURS.filter(({ from, to }) => from.startsWith('store/') !== to.startsWith('store/') && floorOf(from) === 2 && floorOf(to) === 2);
    expect(spelled(apart)).toEqual([]);
  });

  it('no files import each other in a circle at run time', () => {
    const next = new Map([...SOURCES.keys()].map((file) => [file, [...OURS, ...MODEL_IMPORTS, ...TRAINER_IMPORTS].filter(({ from, to, typeOnly }) => from === file && SOURCES.has(to) && !typeOnly).map(({ to }) => to)]));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) return void circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file)) return;
      for (const to of next.get(file)!) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of SOURCES.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });
});

describe('adapters', () => {
  /** What dialects share: no wire format of its own is among them. */
  const SHARED_BY_DIALECTS = ['dialect.ts', 'fields.ts', 'dates.ts', 'made-up.ts', 'markup.ts', 'context-fields.ts', 'google-like.ts', 'session-cookie.ts'].map((file) => `dialects/${file}`);
  /** Folders of parts: of the dialect of that name, and lent to the dialects that answer RL trainers. */
  const LENT = ['dialects/retriever/request.ts', 'dialects/retriever/documents.ts'];
  const ownFolder = (file: string): string => file.replace(/\.ts$/, '').split('/').slice(0, 2).join('/');

  it('a dialect imports what dialects share and its own parts, never another dialect', () => {
    const breaches = OURS.filter(({ from, to }) => from.startsWith('dialects/') && to.startsWith('dialects/') && from !== 'dialects/index.ts')
      .filter(({ to }) => !SHARED_BY_DIALECTS.includes(to) && !LENT.includes(to))
      .filter(({ from, to }) => ownFolder(from) !== ownFolder(to));
    expect(spelled(breaches)).toEqual([]);
  });

  it('what dialects share imports no dialect', () => {
    const breaches = OURS.filter(({ from, to }) => [...SHARED_BY_DIALECTS, ...LENT].includes(from) && to.startsWith('dialects/') && !SHARED_BY_DIALECTS.includes(to));
    expect(spelled(breaches)).toEqual([]);
  });

  it('a dialect is pure: it imports errors, types, hash, JSON, text tools and token counts, and nothing that keeps or sends', () => {
    const allowed = ['errors.ts', 'labels.ts', 'types.ts', 'hash.ts', 'json.ts', 'documents/answer.ts', 'documents/answers.ts', 'simulator/zerosearch-layout.ts', 'telemetry/tokens.ts', '@msgpack/msgpack'];
    const breaches = IMPORTS.filter(({ from, to }) => from.startsWith('dialects/') && !to.startsWith('dialects/') && !allowed.includes(to));
    expect(spelled(breaches)).toEqual([]);
  });

  it('a generator imports the contract and never another generator', () => {
    const breaches = OURS.filter(({ from, to }) => from.startsWith('generators/') && to.startsWith('generators/') && to !== 'generators/generator.ts');
    expect(spelled(breaches)).toEqual([]);
  });

  it('a store imports the contract, what stores share and its own parts, never another store', () => {
    const breaches = OURS.filter(({ from, to }) => from.startsWith('store/') && to.startsWith('store/') && from !== 'store/index.ts')
      .filter(({ from, to }) => !['store/store.ts', 'store/shared.ts'].includes(to) && !(from === 'store/sqlite.ts' && to === 'store/sqlite-sql.ts'));
    expect(spelled(breaches)).toEqual([]);
  });

  it('compose alone knows every adapter: dialects, generators and stores are named elsewhere by their contracts', () => {
    const adapters = FILES.filter((file) => /^(?:generators|store)\//.test(file) && !/\/(?:generator|store|index|shared|commands)\.ts$/.test(file));
    const breaches = OURS.filter(({ from, to, typeOnly }) => !typeOnly && adapters.includes(to) && from !== 'compose.ts' && dirname(from) !== dirname(to));
    expect(spelled(breaches)).toEqual([]);
  });
});

describe('libraries', () => {
  /** Who may name a package. A heavy one is named in one file, and one that a plain server may do without is loaded late. */
  const NAMED_IN: Readonly<Record<string, { readonly files: readonly string[]; readonly late?: true }>> = {
    libsql: { files: ['store/sqlite.ts'], late: true },
    tiktoken: { files: ['telemetry/tokens.ts', '../models/tokenizer/tokenizer.ts'], late: true },
    'onnxruntime-node': { files: ['../models/runtime/session.ts'], late: true },
    '@huggingface/hub': { files: ['../models/weights/download.ts'], late: true },
    '@huggingface/gguf': { files: ['../models/weights/gguf.ts'] },
    '@huggingface/jinja': { files: ['../models/tokenizer/chat-template.ts'] },
    hyparquet: { files: ['parquet.ts'], late: true },
    'hyparquet-compressors': { files: ['parquet.ts'], late: true },
    undici: { files: ['commands/proxied-fetch.ts'], late: true },
    'swagger-ui-dist': { files: ['compose.ts'], late: true },
    minisearch: { files: ['runs/grounding.ts'] },
    cockatiel: { files: ['generators/remote.ts'] },
    pino: { files: ['telemetry/log.ts'] },
    'prom-client': { files: ['telemetry/metrics.ts'] },
    // One reads it, the other writes it.
    '@msgpack/msgpack': { files: ['dialects/retriever/retrieve.ts', 'http/request.ts'] },
    'lru-cache': { files: ['runs/grounding.ts', 'search/service.ts'] },
    yaml: { files: ['config.ts', 'commands/training/settings.ts'] },
    hono: { files: ['app.ts', 'http/completions.ts', 'http/docs.ts', 'http/management.ts', 'http/run-dialect.ts'] },
    '@hono/node-server': { files: ['serve.ts'] },
  };
  const packageOf = (specifier: string): string => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  const outside = [...IMPORTS, ...MODEL_IMPORTS, ...TRAINER_IMPORTS].filter(({ to }) => !to.endsWith('.ts') && !to.startsWith('node:'));

  it.each(Object.entries(NAMED_IN))('%s is named where it is used and nowhere else', (name, { files, late }) => {
    const found = outside.filter(({ to }) => packageOf(to) === name);
    expect([...new Set(found.map(({ from }) => from))].sort()).toEqual([...files].sort());
    if (late) expect(spelled(found.filter((one) => !one.late && !one.typeOnly))).toEqual([]);
  });

  it('no other package is imported, and every one that is stands in package.json', () => {
    const { dependencies } = JSON.parse(readFileSync(join(SRC, '..', 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
    expect([...new Set(outside.map(({ to }) => packageOf(to)))].sort()).toEqual(Object.keys(NAMED_IN).sort());
    expect(Object.keys(dependencies).sort()).toEqual(Object.keys(NAMED_IN).sort());
  });

  it('built-in modules carry their prefix', () => {
    expect(spelled(outside.filter(({ to }) => /^(?:fs|path|os|url|util|crypto|http|net|stream|events|module|timers|child_process|readline)(?:\/|$)/.test(to)))).toEqual([]);
  });
});

describe('the world outside', () => {
  const using = (pattern: RegExp, except: readonly string[] = [], files: readonly string[] = FILES): string[] => files.filter((file) => !except.includes(file) && pattern.test(codeOf(file)));

  it('chance and the wall clock come in through compose alone: same inputs, same bytes', () => {
    expect(using(/\bMath\.random\b/, ['compose.ts'])).toEqual([]);
    expect(using(/\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b/, ['compose.ts'])).toEqual([]);
    expect(using(/\brandom(?:UUID|Bytes|Int)\b|\bgetRandomValues\b/, ['compose.ts'])).toEqual([]);
  });

  it('models have neither, but for the program that times a device', () => {
    const clocks = /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\brandom(?:UUID|Bytes|Int)\b|\bgetRandomValues\b/;
    expect(using(clocks, ['../models/runtime/device-probe.ts'], MODEL_FILES)).toEqual([]);
    expect(using(/\bconsole\./, [], MODEL_FILES)).toEqual([]);
  });

  it('so has the trainer neither: clocks, fetch and chance are passed in', () => {
    const world = /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\brandom(?:UUID|Bytes|Int)\b|\bgetRandomValues\b|\bconsole\.|\bprocess\.(?:argv|exit|exitCode|on|once|cwd|env|std(?:out|err))\b|(?<![.\w'`])fetch\(/;
    expect(using(world, [], TRAINER_FILES)).toEqual([]);
  });

  it('nothing prints but commands, and they write to a stream by name', () => {
    expect(using(/\bconsole\./)).toEqual([]);
    expect(using(/\bprocess\.std(?:out|err)\b/).filter((file) => file !== 'cli.ts' && !file.startsWith('commands/'))).toEqual([]);
  });

  it('the process is for the entries: nothing below them reads or ends it, but for the environment, which comes in through compose', () => {
    expect(using(/\bprocess\.(?:argv|exit|exitCode|on|once|cwd)\b/).filter((file) => floorOf(file) < 6)).toEqual([]);
    expect(using(/\bprocess\.env\b/, ['compose.ts']).filter((file) => floorOf(file) < 6)).toEqual([]);
  });

  it('fetch comes in through compose: no other file calls the global one', () => {
    expect(using(/(?<![.\w'`])fetch\(/, ['compose.ts'])).toEqual([]);
  });

  it('sockets are opened in serve', () => {
    expect(spelled(IMPORTS.filter(({ from, to }) => /^node:(?:http|https|net|tls|http2)$/.test(to) && from !== 'serve.ts'))).toEqual([]);
  });
});

describe('the language', () => {
  it('is erasable TypeScript: a file runs as it is written', () => {
    expect(ALL.filter((file) => /^\s*(?:export\s+)?(?:const\s+)?enum\s|^\s*(?:export\s+)?namespace\s/m.test(codeOf(file)))).toEqual([]);
  });

  it('has no way round the types: no any, no ts-ignore', () => {
    expect(ALL.filter((file) => /(?::|<|\bas)\s*any\s*(?:[,;)>=[\]|&{]|$)/m.test(codeOf(file)))).toEqual([]);
    expect(ALL.filter((file) => /@ts-(?:ignore|expect-error|nocheck)/.test(SOURCES.get(file)!))).toEqual([]);
  });

  it('leaves nothing for later in the source', () => {
    expect(ALL.filter((file) => /\b(?:TODO|FIXME|XXX|HACK|FIGURES_HERE)\b/.test(SOURCES.get(file)!))).toEqual([]);
  });

  it('opens every file with what it is for, but for those whose name says it all', () => {
    const silent = ALL.filter((file) => !/^(?:#!.*\n)?\/\*\*/.test(SOURCES.get(file)!));
    expect(silent).toEqual(['commands/keys.ts', 'commands/serve.ts', 'commands/store.ts']);
  });
});
