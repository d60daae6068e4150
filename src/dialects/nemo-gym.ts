/**
 * A NeMo-Gym resources server (spec: rl-frameworks A.11; nemo_gym/base_resources_server.py and resources_servers/google_search at
 * 07d6b0d): `/seed_session` takes the dataset row, `/search` and `/browse` are the tools, whose reply bodies the policy reads word
 * for word, errors too, and `/verify` scores the rollout. Question, answers and trajectory travel in the session cookie
 * (session-cookie.ts).
 * Real clients: NeMo-Gym's agents, and through them NeMo-RL, verl-recipe/nemo_gym and verifiers.
 */
import { normalize } from '../documents/answers.ts';
import type { WinnowError } from '../errors.ts';
import type { QueryContext } from '../types.ts';
import { type Dialect, factOperation, json, readOperation, searchOperation } from './dialect.ts';
import { objectOrEmpty } from './fields.ts';
import { numberedText } from './retriever/documents.ts';
import { countOf, searchFor } from './retriever/request.ts';
import { identityOf, nextTurn, sessionHeaders, sessionOf } from './session-cookie.ts';

const seedSession = factOperation({
  methods: ['POST'],
  paths: ['/seed_session'],
  needsKey: true,
  reply({ fields }, facts) {
    // A row is rolled out many times; without an id of its own the rollout takes the request's, which goes no further than the header.
    return json({}, 200, sessionHeaders({ trajectory: facts.requestId, ...identityOf(fields) }));
  },
});

function argumentOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/**
 * A call without its argument is the policy's mistake. It is answered in the tool's own shape, not by `encodeError`: a reply without
 * the cookie would make the rest of the rollout anonymous.
 */
const search = searchOperation<{ readonly query: string | null; readonly session: QueryContext }>({
  methods: ['POST'],
  paths: ['/search'],
  decode(request) {
    const { fields } = request;
    const query = argumentOf(fields.query);
    const session = sessionOf(request.header('cookie'));
    if (query === null) return { queries: [], wire: { query, session } };
    const next = nextTurn(session);
    return { queries: [searchFor(query, countOf(fields, 5), { context: next })], wire: { query, session: next } };
  },
  encode([page], { wire: { query, session } }) {
    const search_results = page && query !== null ? numberedText(query, page) : "Error: the argument 'query' must be a string.";
    return json({ search_results }, 200, sessionHeaders(session));
  },
});

const browse = readOperation<{ readonly url: string | null; readonly session: QueryContext }>({
  methods: ['POST'],
  paths: ['/browse'],
  decode(request) {
    const url = argumentOf(request.fields.url);
    return { urls: url === null ? [] : [url], wire: { url, session: sessionOf(request.header('cookie')) } };
  },
  encode([page], { wire: { url, session } }) {
    const missing = url === null ? "Error: the argument 'url' must be a string." : `Error: no page was found at ${url}`;
    return json({ page_content: page ? `${page.title}\n\n${page.content}` : missing }, 200, sessionHeaders(session));
  },
});

/** The words of the last message of a response; empty when it ends in a tool call. */
function lastMessage(response: unknown): string {
  const output = objectOrEmpty(response).output;
  const message = objectOrEmpty(Array.isArray(output) ? output.at(-1) : undefined);
  if (typeof message.content === 'string') return message.content;
  const parts: readonly unknown[] = Array.isArray(message.content) ? message.content : [];
  return parts.map((part) => objectOrEmpty(part).text ?? '').filter((text) => typeof text === 'string').join('');
}

/** Between the last answer tags (Search-R1), in the last box (google_search), or else the whole text. */
function finalAnswer(text: string): string {
  const close = text.lastIndexOf('</answer>');
  const open = close < 0 ? -1 : text.lastIndexOf('<answer>', close);
  if (open >= 0) return text.slice(open + '<answer>'.length, close);
  const box = text.lastIndexOf('\\boxed{');
  if (box < 0) return text;
  const from = box + '\\boxed{'.length;
  for (let i = from, depth = 1; i < text.length; i++) {
    if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return text.slice(from, i);
  }
  return text.slice(from);
}

/** Exact match after SQuAD's normalisation. Without an accepted answer 0 measures nothing: `mask_sample` says so. */
const verify = factOperation({
  methods: ['POST'],
  paths: ['/verify'],
  needsKey: true,
  reply(request) {
    const row = objectOrEmpty(request.body);
    const accepted = identityOf(row).goldenAnswers ?? sessionOf(request.header('cookie')).goldenAnswers ?? [];
    const extracted_answer = finalAnswer(lastMessage(row.response)).trim();
    const found = normalize(extracted_answer);
    const reward = found !== '' && accepted.some((answer) => normalize(answer) === found) ? 1 : 0;
    const unscored = accepted.length === 0 ? { mask_sample: true, failure_reason: 'Neither the row nor the session names an accepted answer.' } : {};
    return json({ ...row, reward, extracted_answer, ...unscored });
  },
});

export const nemoGym: Dialect = {
  name: 'nemo-gym',
  title: 'NeMo-Gym resources server',
  hosts: [],
  atRoot: false,
  keyFields: [],
  // Its client sets no timeout and repeats without end.
  softDeadlineMs: 100_000,
  neverRefuses: true,
  price: null,
  operations: [seedSession, search, browse, verify],
  encodeError: (error: WinnowError) => json({ detail: error.message }, error.status),
};
