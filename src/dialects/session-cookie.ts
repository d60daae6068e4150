/**
 * Who is asking, for the protocols that seed a session first (NeMo-Gym's `/seed_session`, OpenEnv's `/reset`) and for dataset rows
 * that travel with a call (verl-tool's `extra_fields`).
 *
 * The session is the cookie itself, base64url JSON: no table of sessions means that a restart, a second process or a load balancer
 * loses nothing. It is neither signed nor secret: its holder is the trainer, who sent the answers in the first place, and the policy
 * only ever sees reply bodies. Every reply sets it anew, because NeMo-Gym's agent keeps nothing but the cookies of the last reply
 * (responses_api_agents/simple_agent/app.py at 07d6b0d).
 */
import type { QueryContext } from '../types.ts';
import { type Fields, objectOrEmpty } from './fields.ts';

const COOKIE = 'winnow_session';
/** Browsers and aiohttp stop at 4,096 for name, value and attributes together. */
const MAX_COOKIE_BYTES = 3500;
const MAX_ANSWERS = 64;
const MAX_ID_LENGTH = 128;

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() || undefined;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

function idOf(value: unknown): string | undefined {
  return textOf(value)?.slice(0, MAX_ID_LENGTH);
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** A string, a list, or Search-R1's `{ target: [...] }`. */
function answersOf(value: unknown): readonly string[] | undefined {
  const target = objectOrEmpty(value).target;
  const items: readonly unknown[] = Array.isArray(value) ? value : target === undefined ? [value] : Array.isArray(target) ? target : [target];
  const answers: string[] = [];
  for (const item of items) {
    const text = textOf(item);
    if (text !== undefined) answers.push(text);
    if (answers.length === MAX_ANSWERS) break;
  }
  return answers.length > 0 ? answers : undefined;
}

/** The words of the last user message of a Responses request, as NeMo-Gym rows carry them. */
function lastUserText(input: unknown): string | undefined {
  if (typeof input === 'string') return textOf(input);
  if (!Array.isArray(input)) return undefined;
  const message = objectOrEmpty(input.findLast((item) => objectOrEmpty(item).role === 'user'));
  if (typeof message.content === 'string') return textOf(message.content);
  if (!Array.isArray(message.content)) return undefined;
  return textOf(message.content.map((part) => textOf(objectOrEmpty(part).text) ?? '').join(' '));
}

function first<T>(sources: readonly Fields[], names: readonly string[], read: (value: unknown) => T | undefined): T | undefined {
  for (const source of sources) {
    for (const name of names) {
      const found = read(source[name]);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function withoutUndefined(context: { [K in keyof QueryContext]: QueryContext[K] | undefined }): QueryContext {
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
}

/**
 * What a row says of its rollout, in the spellings of the datasets met (spec: rl-frameworks A.1, A.4, A.11, B.4). Never throws: a row
 * that says nothing gives an anonymous query.
 */
export function identityOf(row: unknown): QueryContext {
  const top = objectOrEmpty(row);
  const rewardModel = objectOrEmpty(top.reward_model);
  const create = objectOrEmpty(objectOrEmpty(objectOrEmpty(top.tools_kwargs).search).create_kwargs);
  const sources = [top, objectOrEmpty(top.extra_info), create, objectOrEmpty(top.metadata), objectOrEmpty(top.verifier_metadata), rewardModel];
  return withoutUndefined({
    question: first(sources, ['question', 'problem'], textOf) ?? lastUserText(objectOrEmpty(top.responses_create_params).input),
    goldenAnswers: first(sources, ['golden_answers', 'goldenAnswers', 'expected_answer', 'ground_truth', 'answers', 'answer'], answersOf),
    trajectory: first(sources, ['trajectory_id', 'trajectory', '_ng_rollout_id', 'rollout_id', 'episode_id'], idOf),
    group: first(sources, ['group_id', 'group', '_ng_task_index', 'uid'], idOf),
    step: first(sources, ['step', 'global_steps', 'global_step'], countOf),
    totalSteps: first(sources, ['total_steps', 'totalSteps'], countOf),
    turn: first(sources, ['turn'], countOf),
    seed: first(sources, ['seed'], countOf),
  });
}

function encode(context: QueryContext): string {
  return Buffer.from(JSON.stringify(context), 'utf8').toString('base64url');
}

/** The `set-cookie` header for a context, or none for an anonymous one. What does not fit goes: the last answers, then the question. */
export function sessionHeaders(context: QueryContext): Readonly<Record<string, string>> {
  if (Object.keys(context).length === 0) return {};
  let kept = context;
  let value = encode(kept);
  while (value.length > MAX_COOKIE_BYTES) {
    const { goldenAnswers, question: _question, ...ids } = kept;
    // Half a question would be another question: it goes whole.
    kept = goldenAnswers && goldenAnswers.length > 0 ? { ...kept, goldenAnswers: goldenAnswers.slice(0, -1) } : ids;
    value = encode(kept);
  }
  return { 'set-cookie': `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax` };
}

/** The context of a `cookie` header; empty when there is no session, or none that can be read. */
export function sessionOf(cookies: string | undefined): QueryContext {
  for (const pair of cookies?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() !== COOKIE) continue;
    try {
      const value = pair.slice(at + 1).trim().replace(/^"|"$/g, '');
      return identityOf(JSON.parse(Buffer.from(value, 'base64url').toString('utf8')));
    } catch {
      return {};
    }
  }
  return {};
}

/** The session one search later. Anonymous queries stay anonymous: a turn without a trajectory means nothing. */
export function nextTurn(context: QueryContext): QueryContext {
  return context.trajectory === undefined ? context : { ...context, turn: (context.turn ?? 0) + 1 };
}
