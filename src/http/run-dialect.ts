/**
 * Where decode, service and encode meet. Everything that a request passes through is called here in order, and whatever is thrown
 * leaves through the dialect's own `encodeError`: a client never sees another vendor's error, or none.
 */
import type { Context } from 'hono';
import type { Dialect, Operation, ReadOperation, ReplyFacts, SearchOperation, WireReply, WireRequest } from '../dialects/dialect.ts';
import { BadRequestError, QuotaError } from '../errors.ts';
import type { Caller, Keys } from '../runs/keys.ts';
import type { SearchService } from '../search/service.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Records } from '../search/records.ts';
import type { Degraded, PageLabels, SearchQuery, ServedPage } from '../types.ts';
import { presentedKey } from './auth.ts';
import { withContext } from './context.ts';
import { routeOf } from './mount.ts';
import type { RateLimit } from './rate-limit.ts';
import { factsOf, failed, responseOf } from './reply.ts';
import { type NodeHeaders, wireRequest } from './request.ts';

export interface DialectDeps {
  readonly service: SearchService;
  readonly keys: Keys;
  readonly rateLimit: RateLimit;
  readonly metrics: Metrics;
  /** Null when records are off. */
  readonly records: Records | null;
  readonly log: Logger;
  /** The world's date. */
  readonly worldDate: Date;
  /** Overrides every dialect's own soft deadline; null leaves them. */
  readonly softDeadlineMs: number | null;
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
  readonly newId: () => string;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** What @hono/node-server hands over beside the request; absent under `app.request`. */
interface NodeEnv {
  readonly incoming?: { readonly headers: NodeHeaders };
}

export function nodeHeadersOf(c: Context): NodeHeaders | undefined {
  return (c.env as NodeEnv | undefined)?.incoming?.headers;
}

const READ = 'wireRequest';

/** A body can be read once: a handler that read it and passes the request on leaves it here for the next, which must be of the same dialect. */
export function handOn(c: Context, request: WireRequest): void {
  c.set(READ, request);
}

export function dialectHandler(dialect: Dialect, operation: Operation, deps: DialectDeps): (c: Context) => Promise<Response> {
  return async (c) => {
    const started = deps.clock();
    const raw = c.req.raw;
    let facts = factsOf(raw, deps);
    let reply: WireReply;
    let labels: readonly PageLabels[] | null = null;
    try {
      const route = routeOf(raw.url, dialect);
      const request = (c.get(READ) as WireRequest | undefined) ?? (await wireRequest(raw, c.req.param() as Record<string, string>, route, nodeHeadersOf(c)));
      facts = { ...facts, baseUrl: request.baseUrl };
      const caller = operation.kind === 'fact' && !operation.needsKey ? null : await deps.keys.identify(presentedKey(request, dialect.keyFields));
      if (operation.kind === 'search') {
        const outcome = await runSearch(dialect, operation, request, route.run, caller!, facts, deps);
        reply = outcome.reply;
        labels = outcome.labels;
      } else if (operation.kind === 'read') {
        reply = await runRead(dialect, operation, request, caller!, facts, deps);
      } else {
        reply = operation.reply(request, facts);
      }
    } catch (thrown) {
      reply = failed(dialect, thrown, facts, deps);
    }
    const milliseconds = deps.clock() - started;
    deps.metrics.request(dialect.name, reply.status, milliseconds / 1000);
    if (deps.log.isLevelEnabled('debug')) deps.log.debug({ request: facts.requestId, dialect: dialect.name, path: routeOf(raw.url, dialect).path, status: reply.status, ms: Math.round(milliseconds) }, 'answered');
    return responseOf(reply, facts.requestId, labels);
  };
}

async function runSearch(dialect: Dialect, operation: SearchOperation, request: WireRequest, urlRun: string | null, caller: Caller, facts: ReplyFacts, deps: DialectDeps) {
  const call = operation.decode(request);
  const queries = withContext(call.queries, request, urlRun ?? caller.run);
  if (caller.run !== null) refuseOtherRuns(queries, caller.run);
  const patienceMs = deps.softDeadlineMs ?? call.softDeadlineMs ?? dialect.softDeadlineMs;
  const { degraded, waitedMs } = await allow(dialect, caller, queries.length, patienceMs, deps);
  const deadlineMs = patienceMs - waitedMs;
  const { neverRefuses } = dialect;
  const served = await deps.service.searchMany(queries, degraded ? { deadlineMs, degraded, neverRefuses } : { deadlineMs, neverRefuses });
  const reads = call.reads ? await Promise.all(call.reads.map((url) => deps.service.open(url))) : undefined;
  account(dialect, caller, queries, served, facts, deps);
  const labels = served.map((one) => one.labels);
  const pages = served.map((one) => one.page);
  const reply = operation.encode(pages, { ...call, queries }, { ...facts, ...(dialect.labelsInBody ? { labels } : {}), ...(reads ? { reads } : {}) });
  return { reply, labels };
}

async function runRead(dialect: Dialect, operation: ReadOperation, request: WireRequest, caller: Caller, facts: ReplyFacts, deps: DialectDeps): Promise<WireReply> {
  const call = operation.decode(request);
  await allow(dialect, caller, 0, dialect.softDeadlineMs, deps);
  const pages = await Promise.all(call.urls.map((url) => deps.service.open(url)));
  return operation.encode(pages, call, facts);
}

/** A key made for one run is no way into another. */
function refuseOtherRuns(queries: readonly SearchQuery[], run: string): void {
  if (queries.some((query) => query.context.run !== undefined && query.context.run !== run)) {
    throw new BadRequestError('invalid_field', 'run', `'${run}', the run that this key was made for`);
  }
}

/**
 * A dialect that never refuses waits out its rate, within the client's patience, of which the model then has the rest; past its budget
 * it is served without a model.
 */
async function allow(dialect: Dialect, caller: Caller, searches: number, patienceMs: number, deps: DialectDeps): Promise<{ degraded: Degraded | null; waitedMs: number }> {
  let waitedMs = 0;
  try {
    for (;;) {
      // The budget is asked first, as no wait helps against it, and spent last, so that whoever has to wait has spent nothing.
      deps.keys.checkBudget(caller, searches);
      const wait = deps.rateLimit.take(caller, searches);
      if (wait === 0) {
        deps.keys.spend(caller, searches);
        return { degraded: null, waitedMs };
      }
      if (!dialect.neverRefuses) throw new QuotaError('rate_limited', Math.ceil(wait / 1000));
      if (waitedMs + wait > patienceMs) return { degraded: 'rate', waitedMs };
      await deps.sleep(wait);
      waitedMs += wait;
    }
  } catch (thrown) {
    if (dialect.neverRefuses && thrown instanceof QuotaError) return { degraded: 'budget', waitedMs };
    throw thrown;
  }
}

function account(dialect: Dialect, caller: Caller, queries: readonly SearchQuery[], served: readonly ServedPage[], facts: ReplyFacts, deps: DialectDeps): void {
  const usd = dialect.price?.usdPerThousand ?? 0;
  for (const [i, one] of served.entries()) {
    deps.metrics.page(dialect.name, one.labels, usd);
    deps.records?.write(facts.requestId, dialect.name, caller.id, queries[i]!, one);
  }
}
