/**
 * POST /v1/responses with hosted web search (spec: dialects 1.15).
 *
 * Without a web search tool, or with `tool_choice: "none"`, the words still come from a search, for Winnow knows nothing else; but
 * no call is reported and nothing is cited, since clients that gave no such tool expect a message alone. `previous_response_id` is
 * accepted and echoed: no conversation is kept, and the last user message is the query. `max_output_tokens` never cuts: answers are short.
 */
import { BadRequestError } from '../../errors.ts';
import { eventStream, json, searchOperation, searchQuery } from '../dialect.ts';
import { type Fields, isUnset, objectOrEmpty, optionalBoolean, optionalObject, optionalString, stringList } from '../fields.ts';
import { idOf } from '../made-up.ts';
import { composeAnswer } from './citations.ts';
import { type ContextSize, DEPTH, allText, contextSize, lastUserText, locationOf, readMessages, stringOrEmpty } from './messages.ts';
import { seconds, withAndWithoutVersion } from './paths.ts';
import { annotationOf, eventsOf } from './response-events.ts';
import { responseUsage } from './usage.ts';

interface ResponseWire {
  readonly query: string;
  readonly input: string;
  readonly depth: ContextSize;
  /** A search tool was given and may be used. */
  readonly searches: boolean;
  readonly includeSources: boolean;
  readonly includeResults: boolean;
  readonly stream: boolean;
  /** What the response object repeats of the request. */
  readonly echo: Readonly<Record<string, unknown>>;
}

/** `web_search`, `web_search_preview` and their dated names. */
function isSearchTool(tool: Fields): boolean {
  return /^web_search(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?$/.test(stringOrEmpty(tool.type));
}

function readTools(fields: Fields): readonly Fields[] {
  if (isUnset(fields.tools)) return [];
  if (!Array.isArray(fields.tools)) throw new BadRequestError('invalid_field', 'tools', 'a list of tools');
  return fields.tools.map(objectOrEmpty);
}

function echoOf(fields: Fields, tools: readonly Fields[]): ResponseWire['echo'] {
  const numberOr = (name: string, otherwise: number | null) => (typeof fields[name] === 'number' ? fields[name] : otherwise);
  const stringOr = (name: string, otherwise: string | null) => stringOrEmpty(fields[name]) || otherwise;
  const choice = fields.tool_choice;
  return {
    instructions: stringOr('instructions', null),
    max_output_tokens: numberOr('max_output_tokens', null),
    model: optionalString(fields, 'model') ?? 'winnow',
    parallel_tool_calls: fields.parallel_tool_calls !== false,
    previous_response_id: stringOr('previous_response_id', null),
    reasoning: { effort: null, summary: null },
    store: fields.store !== false,
    temperature: numberOr('temperature', 1),
    text: { format: { type: 'text' } },
    tool_choice: typeof choice === 'string' || (typeof choice === 'object' && !Array.isArray(choice)) ? (choice ?? 'auto') : 'auto',
    tools: tools.map((tool) => {
      return isSearchTool(tool) ? { ...tool, filters: tool.filters ?? null, search_context_size: contextSize(tool), user_location: tool.user_location ?? null } : tool;
    }),
    top_p: numberOr('top_p', 1),
    truncation: stringOr('truncation', 'disabled'),
    metadata: objectOrEmpty(fields.metadata),
  };
}

export const responses = searchOperation<ResponseWire>({
  methods: ['POST'],
  paths: withAndWithoutVersion('/responses'),
  decode({ fields }) {
    const messages = readMessages(typeof fields.input === 'string' && fields.input ? { input: [fields.input] } : fields, 'input');
    const query = lastUserText(messages);
    const tools = readTools(fields);
    const tool = tools.find(isSearchTool);
    const filters = optionalObject(tool ?? {}, 'filters') ?? {};
    const depth = contextSize(tool ?? {});
    const include = stringList(fields, 'include');
    return {
      queries: [
        searchQuery(query, {
          count: DEPTH[depth].count,
          includeDomains: stringList(filters, 'allowed_domains'),
          excludeDomains: stringList(filters, 'blocked_domains'),
          ...locationOf(tool?.user_location),
        }),
      ],
      wire: {
        query,
        input: `${stringOrEmpty(fields.instructions)}\n${allText(messages)}`.trim(),
        depth,
        searches: tool !== undefined && fields.tool_choice !== 'none',
        includeSources: include.includes('web_search_call.action.sources'),
        includeResults: include.includes('web_search_call.results'),
        stream: optionalBoolean(fields, 'stream') ?? false,
        echo: echoOf(fields, tools),
      },
    };
  },
  encode([page], { wire }, { madeAt }) {
    if (!page) throw new Error('internal: a response has one page');
    const answer = composeAnswer(page, { ...DEPTH[wire.depth], cited: wire.searches });
    const seed = `${page.id}\n${String(wire.echo.model)}`;
    const call = {
      id: idOf('ws_', seed),
      type: 'web_search_call',
      status: 'completed',
      action: {
        type: 'search',
        query: wire.query,
        queries: [wire.query],
        ...(wire.includeSources ? { sources: page.results.map(({ url }) => ({ type: 'url', url })) } : {}),
      },
      ...(wire.includeResults ? { results: page.results.map(({ url, title, snippet }) => ({ url, title, snippet })) } : {}),
    };
    const message = {
      id: idOf('msg_', seed),
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: answer.text, annotations: answer.citations.map(annotationOf), logprobs: [] }],
    };
    const response = {
      id: idOf('resp_', seed),
      object: 'response',
      created_at: seconds(madeAt),
      status: 'completed',
      error: null,
      incomplete_details: null,
      ...wire.echo,
      output: wire.searches ? [call, message] : [message],
      usage: responseUsage(wire.input, answer.text),
    };
    return wire.stream ? eventStream(eventsOf(response, wire.searches ? call : null, message, answer)) : json(response);
  },
});
