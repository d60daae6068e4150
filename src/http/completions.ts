/**
 * `/v1/chat/completions` and `/v1/completions` of the local model, so that Winnow can stand in for a vLLM. The chat is the model's where the
 * body names it, and the search chat's of the openai dialect everywhere else; a text completion is the model's or nobody's.
 *
 * This is no dialect: a dialect searches, is pure, and answers in one piece. Keys, limits, request ids, log and metrics are the same.
 */
import type { Context, Hono, Next } from 'hono';
import type { LanguageModel } from '../../models/runtime/language-model.ts';
import { type ReplyFacts, type WireReply, type WireRequest, eventStream, json, searchQuery } from '../dialects/dialect.ts';
import { isObject, isUnset } from '../dialects/fields.ts';
import { openai } from '../dialects/openai/index.ts';
import { type LocalModel, modelOf, modelsBody } from '../dialects/openai/models.ts';
import { withAndWithoutVersion } from '../dialects/openai/paths.ts';
import { BadRequestError, NotFoundError, QuotaError } from '../errors.ts';
import type { Caller } from '../runs/keys.ts';
import { presentedKey } from './auth.ts';
import { modelFailed } from './completions/errors.ts';
import { allWhole, generations, streamed } from './completions/generate.ts';
import { Chunks, wholeReply } from './completions/replies.ts';
import { type Endpoint, readCompletion } from './completions/request.ts';
import { withContext } from './context.ts';
import { routeOf } from './mount.ts';
import { factsOf, failed, responseOf } from './reply.ts';
import { wireRequest } from './request.ts';
import { type DialectDeps, handOn, nodeHeadersOf } from './run-dialect.ts';

export interface CompletionsDeps extends DialectDeps {
  /** Null where the server has none. */
  readonly model: LanguageModel | null;
}

/** Whatever the local model is called, this is it too. */
const ALIAS = 'local';

/** nginx's status for a client that has gone; nobody reads it but log and metrics. */
const CLIENT_GONE = 499;

const namesOf = (model: LanguageModel): readonly string[] => [...new Set([model.facts.name, ALIAS])];

function localModelOf(model: LanguageModel): LocalModel {
  return { names: namesOf(model), root: model.facts.name, contextLength: model.facts.contextLength };
}

const mounts = (path: string): string[] => withAndWithoutVersion(path).flatMap((each) => [`/${openai.name}${each}`, each]);

export function mountCompletions(app: Hono, deps: CompletionsDeps): void {
  const { model } = deps;
  for (const path of mounts('/completions')) app.post(path, (c) => complete(c, 'text', deps));
  if (!model) return;
  for (const path of mounts('/chat/completions')) app.post(path, (c, next) => completeChat(c, next, model, deps));

  const local = localModelOf(model);
  for (const path of mounts('/models')) app.get(path, (c) => tell(c, deps, ({ madeAt }) => json(modelsBody(madeAt, local))));
  for (const path of mounts('/models/:id')) {
    app.get(path, async (c, next) => {
      const id = c.req.param('id') ?? '';
      return local.names.includes(id) ? tell(c, deps, ({ madeAt }) => json(modelOf(id, madeAt, local))) : next();
    });
  }
}

// One request ---------------------------------------------------------------------------------------------------------------------

/** Answers, counts and logs. `read` reads the body, or hands on what was read already. */
async function complete(c: Context, endpoint: Endpoint, deps: CompletionsDeps, read = () => readWire(c)): Promise<Response> {
  const started = deps.clock();
  const raw: Request = c.req.raw;
  const facts = factsOf(raw, deps);
  const stop = new AbortController();
  raw.signal.addEventListener('abort', () => stop.abort(raw.signal.reason), { once: true });
  if (raw.signal.aborted) stop.abort(raw.signal.reason);

  const ended = (status: number): void => {
    const milliseconds = deps.clock() - started;
    deps.metrics.request(openai.name, status, milliseconds / 1000);
    deps.log.debug({ request: facts.requestId, dialect: openai.name, path: routeOf(raw.url, openai).path, status, ms: Math.round(milliseconds) }, 'answered');
  };
  try {
    const answered = await answer(await read(), endpoint, raw, facts, stop, deps, ended);
    if (answered instanceof Response) return answered;
    ended(answered.status);
    return responseOf(answered, facts.requestId, null);
  } catch (thrown) {
    const reply = raw.signal.aborted ? { status: CLIENT_GONE, headers: {}, body: '' } : failureOf(thrown, endpoint, facts, deps);
    ended(reply.status);
    return responseOf(reply, facts.requestId, null);
  }
}

function failureOf(thrown: unknown, endpoint: Endpoint, facts: ReplyFacts, deps: CompletionsDeps): WireReply {
  return deps.model ? modelFailed(thrown, endpoint, deps.model.facts, facts, deps) : failed(openai, thrown, facts, deps);
}

/** The chat of the local model, or of whoever comes next. */
async function completeChat(c: Context, next: Next, model: LanguageModel, deps: CompletionsDeps): Promise<Response | void> {
  const read = readWire(c);
  const wire = await read.catch(() => null);
  if (wire && !namesOf(model).includes(nameIn(wire))) {
    handOn(c, wire);
    return next();
  }
  return complete(c, 'chat', deps, () => read);
}

function readWire(c: Context): Promise<WireRequest> {
  return wireRequest(c.req.raw, c.req.param() as Record<string, string>, routeOf(c.req.raw.url, openai), nodeHeadersOf(c));
}

/** A reply, or the response that streams one and then calls `ended` itself. */
async function answer(wire: WireRequest, endpoint: Endpoint, raw: Request, facts: ReplyFacts, stop: AbortController, deps: CompletionsDeps, ended: (status: number) => void): Promise<WireReply | Response> {
  const caller = await deps.keys.identify(presentedKey(wire, openai.keyFields));
  const model = modelFor(wire, deps.model);
  const { body } = wire;
  if (!isObject(body)) throw new BadRequestError('invalid_body', '', 'a JSON object');
  const request = readCompletion(endpoint, body, model.facts);
  const owner = ownerOf(wire, routeOf(raw.url, openai).run, caller);
  const wanted = generations(request, owner, deps.newId);
  take(caller, wanted.length, deps);

  if (!request.stream) {
    const pieces = wholeReply(request, await allWhole(model, wanted, stop), model.facts, facts);
    // One choice is sent whole; many one by one, other requests in between.
    return { status: 200, headers: { 'content-type': 'application/json' }, body: wanted.length > 1 ? pieces : [...pieces].join('') };
  }
  const stream = await streamed(model, wanted, new Chunks(request, model.facts, facts), stop, {
    failure: (thrown) => `data: ${String(failureOf(thrown, endpoint, facts, deps).body)}\n\n`,
    ended: (gone) => ended(gone ? CLIENT_GONE : 200),
  });
  return new Response(stream, { status: 200, headers: { 'x-request-id': facts.requestId, ...eventStream([]).headers } });
}

/** The model that a body names; '' when it names none. */
function nameIn({ fields }: WireRequest): string {
  return typeof fields.model === 'string' ? fields.model : '';
}

function modelFor(wire: WireRequest, model: LanguageModel | null): LanguageModel {
  const name = nameIn(wire);
  const { model: given } = wire.fields;
  if (!isUnset(given) && typeof given !== 'string') throw new BadRequestError('invalid_field', 'model', 'a string');
  // vLLM, too, takes a request that names no model: nobody else is here to be meant.
  if (model && (name === '' || namesOf(model).includes(name))) return model;
  const there = model ? `the local model answers to ${namesOf(model).map((each) => `'${each}'`).join(' and ')}` : 'no local model is loaded, and nothing else completes texts';
  throw new NotFoundError(`model '${name}': ${there}`);
}

/** Whose turn it takes in the model's queue: the run's, found as searches find theirs, or else the key's. */
function ownerOf(wire: WireRequest, urlRun: string | null, caller: Caller): string {
  const [query] = withContext([searchQuery('')], wire, urlRun ?? caller.run);
  const run = query!.context.run;
  if (caller.run !== null && run !== caller.run) throw new BadRequestError('invalid_field', 'run', `'${caller.run}', the run that this key was made for`);
  return run ?? caller.id;
}

/** A choice costs a key what a search does. */
function take(caller: Caller, choices: number, deps: CompletionsDeps): void {
  deps.keys.checkBudget(caller, choices);
  const wait = deps.rateLimit.take(caller, choices);
  if (wait > 0) throw new QuotaError('rate_limited', Math.ceil(wait / 1000));
  deps.keys.spend(caller, choices);
}

/** What needs a key and no model. */
async function tell(c: Context, deps: CompletionsDeps, reply: (facts: ReplyFacts) => WireReply): Promise<Response> {
  const facts = factsOf(c.req.raw, deps);
  const started = deps.clock();
  let told: WireReply;
  try {
    await deps.keys.identify(presentedKey(await readWire(c), openai.keyFields));
    told = reply(facts);
  } catch (thrown) {
    told = failed(openai, thrown, facts, deps);
  }
  deps.metrics.request(openai.name, told.status, (deps.clock() - started) / 1000);
  return responseOf(told, facts.requestId, null);
}
