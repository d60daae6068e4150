/**
 * A composed server with a language model of the test's in it: `compose` loads real ones from files, and a test wants one that it can
 * hold. The app is made anew from the composed parts; everything else is as composed.
 */
import { readFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { LanguageModel } from '../../models/runtime/language-model.ts';
import { createApp } from '../../src/app.ts';
import { type Composed, packageRoot } from '../../src/compose.ts';
import { DIALECTS } from '../../src/dialects/index.ts';
import { RateLimit } from '../../src/http/rate-limit.ts';
import { Records } from '../../src/search/records.ts';

export const WORLD_DATE = new Date('2026-01-01T00:00:00Z');

export interface ModelAppOptions {
  /** Milliseconds; a still clock without it. */
  readonly now?: () => number;
  /** Counted ids without it. */
  readonly newId?: () => string;
}

/** `composed` with another app: its `close` closes the model too. */
export function withModel(composed: Composed, model: LanguageModel | null, { now = () => 0, newId }: ModelAppOptions = {}): Composed {
  const require = createRequire(import.meta.url);
  let ids = 0;
  const records = new Records(composed.store, now, (milliseconds, then) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  }, () => {});
  const app = createApp({
    dialects: DIALECTS,
    service: composed.service,
    keys: composed.keys,
    runs: composed.runs,
    datasets: composed.datasets,
    generatorNames: ['template'],
    rateLimit: new RateLimit(now),
    metrics: composed.metrics,
    records,
    log: composed.log,
    worldDate: WORLD_DATE,
    softDeadlineMs: null,
    clock: now,
    newId: newId ?? (() => `id-${++ids}`),
    sleep: async () => {},
    ready: () => true,
    model,
    docs: {
      openapi: () => readFile(join(packageRoot(), 'openapi.yaml'), 'utf8'),
      viewer: (file) => readFile(join(dirname(require.resolve('swagger-ui-dist/package.json')), file)).catch(() => null),
      index: () => 'Winnow',
    },
  });
  return {
    ...composed,
    app,
    async close() {
      await records.flush();
      await model?.close();
      await composed.close();
    },
  };
}

export interface Served {
  readonly origin: string;
  close(): Promise<void>;
}

/** On a free port of loopback, through the same listener as `winnow serve`. */
export async function listenOn({ app }: Pick<Composed, 'app'>): Promise<Served> {
  const server: Server = createServer(getRequestListener((request, env) => app.fetch(request, env)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
