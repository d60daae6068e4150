/** GET /v1/models: many clients read it first, to learn whether their key works (spec: dialects 1.17). */
import { NotFoundError } from '../../errors.ts';
import { factOperation, json } from '../dialect.ts';
import { seconds, withAndWithoutVersion } from './paths.ts';

/** Names that clients ship with. They all mean Winnow; requests may name any other model too. */
const MODELS = [
  'winnow',
  'gpt-4o-search-preview',
  'gpt-4o-mini-search-preview',
  'gpt-5-search-api',
  'gpt-5',
  'gpt-5-mini',
  'gpt-5-nano',
  'gpt-4.1',
  'gpt-4.1-mini',
  'gpt-4o',
  'gpt-4o-mini',
  'o4-mini',
] as const;

/** A language model on this server, which chats and completes texts under any of its names. */
export interface LocalModel {
  readonly names: readonly string[];
  readonly root: string;
  readonly contextLength: number;
}

/** With what vLLM tells of a model that it serves, where this is one (vLLM, `ModelCard`). */
export function modelOf(id: string, madeAt: Date, local: LocalModel | null) {
  const served = local === null ? {} : { root: local.root, parent: null, max_model_len: local.contextLength };
  return { id, object: 'model', created: seconds(madeAt), owned_by: 'winnow', ...served };
}

/** The local model stands first: clients of a vLLM take the first of the list for the one that it serves. */
export function modelsBody(madeAt: Date, local: LocalModel | null) {
  const names = local?.names ?? [];
  const others = MODELS.filter((id) => !names.includes(id));
  return { object: 'list', data: [...names.map((id) => modelOf(id, madeAt, local)), ...others.map((id) => modelOf(id, madeAt, null))] };
}

export const listModels = factOperation({
  methods: ['GET'],
  paths: withAndWithoutVersion('/models'),
  needsKey: true,
  reply: (_request, { madeAt }) => json(modelsBody(madeAt, null)),
});

export const getModel = factOperation({
  methods: ['GET'],
  paths: withAndWithoutVersion('/models/:id'),
  needsKey: true,
  reply({ params }, { madeAt }) {
    const id = params.id ?? '';
    const undated = id.replace(/-\d{4}-\d{2}-\d{2}$/, '');
    if (!MODELS.some((model) => model === undated)) throw new NotFoundError(`model '${id}'`);
    return json(modelOf(id, madeAt, null));
  },
});
