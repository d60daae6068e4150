/** Load, compose, listen; drain on SIGTERM. */
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { type Composed, type Parts, REAL_WORLD, type World, baseUrlOf, compose } from './compose.ts';
import type { Config } from './config.ts';
import type { Dialect } from './dialects/dialect.ts';
import { DIALECTS, dialectNamed } from './dialects/index.ts';
import { ConfigError } from './errors.ts';

/** Longer than any pooled client keeps an idle connection, so that the server is never the one to drop it (spec: rl-frameworks D.3). */
const KEEP_ALIVE_MS = 90_000;
/** Thousands of trainers' sockets arrive in one instant. */
const BACKLOG = 8_192;
/** After this, what is still under way at SIGTERM is cut. */
const DRAIN_MS = 25_000;
/** Until then, how often connections that have become idle are closed. */
const SWEEP_MS = 50;

export interface Listening {
  readonly composed: Composed;
  readonly origin: string;
  /** Ports of the dialects that have one. */
  readonly ports: readonly { dialect: Dialect; port: number }[];
  /** Stops accepting, answers what is under way, closes the store. */
  stop(): Promise<void>;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** `tavily=9001` as a dialect and a port. */
function ownPorts(config: Config): { dialect: Dialect; port: number }[] {
  const specs = [...config.listen, ...(config.zerosearch ? ['openai=6001', 'zerosearch-wiki=6002'] : [])];
  return specs.map((spec) => {
    const [name = '', port = ''] = spec.split('=');
    const dialect = dialectNamed(name);
    if (!dialect) throw new ConfigError('listen', `--listen ${spec}: there is no dialect '${name}' (${DIALECTS.map((one) => one.name).join(', ')}).`);
    if (!/^\d+$/.test(port) || Number(port) > 65_535) throw new ConfigError('listen', `--listen ${spec}: expected DIALECT=PORT.`);
    return { dialect, port: Number(port) };
  });
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'the port is in use' : cause.code === 'EACCES' ? 'not allowed to bind it' : cause.message;
      reject(new ConfigError('port', `Cannot listen on ${host}:${port}: ${why}.`));
    });
    server.listen({ port, host, backlog: BACKLOG }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** So that a port in use is told before a model is loaded, which may take minutes. */
async function checkFree(port: number, host: string): Promise<void> {
  const probe = createServer();
  await listen(probe, port, host);
  await new Promise((resolve) => probe.close(resolve));
}

export async function serve(config: Config, world: World = REAL_WORLD, parts: Parts = {}): Promise<Listening> {
  if (!isLoopback(config.host) && config.auth !== 'keys') {
    throw new ConfigError('host', `Binding ${config.host} without keys would open the server to the network: add --auth keys (and winnow keys create), or --api-keys.`);
  }
  const wanted = ownPorts(config);
  if (config.model !== null) for (const { port } of [config, ...wanted]) await checkFree(port, config.host);
  const composed = await compose(config, world, parts);
  const servers: Server[] = [];
  const open = async (dialect: Dialect | null, port: number): Promise<number> => {
    const listener = getRequestListener((request, env) => composed.app.fetch(request, dialect ? { ...env, dialect } : env), { hostname: config.host });
    // No limit on the time of a reply: a barrier batch can take minutes. Node's limits on the receiving side stay.
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: KEEP_ALIVE_MS + 5_000 }, (incoming, outgoing) => void listener(incoming, outgoing));
    servers.push(server);
    return listen(server, port, config.host);
  };

  try {
    const port = await open(null, config.port);
    const ports = [];
    for (const own of wanted) ports.push({ dialect: own.dialect, port: await open(own.dialect, own.port) });
    composed.setReady(true);
    const host = config.host.includes(':') && !config.host.startsWith('[') ? `[${config.host}]` : config.host;
    return { composed, origin: `http://${host}:${port}`, ports, stop: () => stop(composed, servers) };
  } catch (thrown) {
    await stop(composed, servers);
    throw thrown;
  }
}

async function stop(composed: Composed, servers: readonly Server[]): Promise<void> {
  composed.setReady(false);
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
  // A pooled client keeps its connection once it has its reply, and would hold the server for as long as KEEP_ALIVE_MS.
  const closeIdle = (): void => {
    for (const server of servers) server.closeIdleConnections();
  };
  closeIdle();
  const sweep = setInterval(closeIdle, SWEEP_MS);
  const cut = setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, DRAIN_MS);
  await Promise.all(closed);
  clearInterval(sweep);
  clearTimeout(cut);
  // Requests that were cut learn of it a turn after their server has closed, and are to end by it, not by the model's end.
  await new Promise((resolve) => setTimeout(resolve));
  await composed.close();
}

function generatorLine(config: Config): string {
  switch (config.generator) {
    case 'template':
      return 'template (no model; --model NAME runs one, --upstream URL asks one)';
    case 'local':
      return 'local';
    case 'remote':
      return `remote (${config.upstream.join(', ')})`;
    default:
      return config.generator satisfies never;
  }
}

/** What `winnow serve` prints once it listens. */
export function banner({ origin, ports, composed }: Listening, config: Config): string {
  const { model } = composed;
  const rows = DIALECTS.map((dialect) => `    ${dialect.title.padEnd(26)}${baseUrlOf(dialect.name, origin)}`);
  const own = ports.map(({ dialect, port }) => `    ${dialect.title.padEnd(26)}${origin.replace(/:\d+$/, `:${port}`)}  (own port)`);
  const key = config.auth === 'keys' ? " -H 'Authorization: Bearer YOUR_KEY'" : '';
  return [
    `Winnow listens on ${origin}`,
    '',
    `  generator  ${generatorLine(config)}`,
    ...(model ? [`  model      ${model.facts.name} on ${model.facts.device} in ${model.facts.precision}: ${model.facts.slots} texts at once, ${model.facts.contextLength} tokens each`] : []),
    `  store      ${config.store}`,
    `  keys       ${config.auth === 'keys' ? 'required' : 'any key, or none'}`,
    ...(composed.datasets.names.length > 0 ? [`  datasets   ${composed.datasets.names.join(', ')}`] : []),
    '',
    '  Base URLs for clients:',
    ...rows,
    ...own,
    '',
    '  Try it:',
    `    curl -s ${origin}/tavily/search${key} -H 'Content-Type: application/json' -d '{"query": "who built the humber bridge"}'`,
    '',
    `  API reference: ${origin}/docs`,
    '',
  ].join('\n');
}
