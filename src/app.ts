/**
 * createApp(deps): every route, and nothing of the process, the environment or a port. Tests call `app.request`.
 */
import { Hono } from 'hono';
import type { Dialect } from './dialects/dialect.ts';
import { native } from './dialects/native.ts';
import { NotFoundError } from './errors.ts';
import { type CompletionsDeps, mountCompletions } from './http/completions.ts';
import { type DocsAssets, mountDocs } from './http/docs.ts';
import { type ManagementDeps, mountManagement } from './http/management.ts';
import { pathOf, routingPath, splitRun } from './http/mount.ts';
import { factsOf, failed, responseOf } from './http/reply.ts';
import { dialectHandler } from './http/run-dialect.ts';

export interface AppDeps extends ManagementDeps, CompletionsDeps {
  readonly dialects: readonly Dialect[];
  readonly docs: DocsAssets;
  /** False while the server starts or drains: `/readyz` says so. */
  readonly ready: () => boolean;
}

/** What a listener may hand over with a request: the dialect that owns its port. */
export interface AppEnv {
  Bindings: { dialect?: Dialect };
}

export function createApp(deps: AppDeps): Hono<AppEnv> {
  const hosts = new Map(deps.dialects.flatMap((dialect) => dialect.hosts.map((host): [string, Dialect] => [host, dialect])));
  const app = new Hono<AppEnv>({
    getPath: (request, options) => routingPath(request.url, request.headers.get('host'), hosts, (options?.env as AppEnv['Bindings'] | undefined)?.dialect ?? null),
  });

  app.get('/healthz', (c) => c.text('OK'));
  app.get('/readyz', (c) => (deps.ready() ? c.text('ready') : c.text('not ready', 503)));
  app.get('/metrics', async (c) => c.body(await deps.metrics.registry.metrics(), 200, { 'content-type': deps.metrics.registry.contentType }));
  mountDocs(app as unknown as Hono, deps.docs);
  mountManagement(app as unknown as Hono, deps);
  // Before the dialects: what the local model does not answer, they do.
  mountCompletions(app as unknown as Hono, deps);

  for (const dialect of deps.dialects) {
    for (const operation of dialect.operations) {
      const handler = dialectHandler(dialect, operation, deps);
      for (const path of operation.paths) {
        app.on([...operation.methods], `/${dialect.name}${path === '/' ? '' : path}`, handler);
        if (dialect.atRoot) app.on([...operation.methods], path, handler);
      }
    }
  }

  /** An unknown path fails in the tongue of the dialect whose prefix, port or host it was sent to. */
  app.notFound((c) => {
    const path = routingPath(c.req.raw.url, c.req.raw.headers.get('host'), hosts, c.env?.dialect ?? null);
    const dialect = deps.dialects.find(({ name }) => path === `/${name}` || path.startsWith(`/${name}/`)) ?? native;
    const { rest } = splitRun(pathOf(c.req.raw.url));
    const facts = factsOf(c.req.raw, deps);
    const error = new NotFoundError(`${c.req.method} ${rest}`, 'unknown_route');
    return responseOf(failed(dialect, error, facts, deps), facts.requestId, null);
  });
  app.onError((thrown, c) => {
    const facts = factsOf(c.req.raw, deps);
    return responseOf(failed(native, thrown, facts, deps), facts.requestId, null);
  });
  return app;
}
