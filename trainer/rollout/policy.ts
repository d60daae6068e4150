/**
 * The policy as a rollout holds it: tokens in, tokens and log-probabilities out. In this thread, from weights in memory, where it lets go of
 * the event loop between two steps, so that a search server in the same process goes on; or a model's own thread, from a folder.
 */
import { setMaxListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DeviceError, ModelRequestError } from '../../models/errors.ts';
import type { ModelFiles } from '../../models/files.ts';
import { GREEDY, type Device, type Generated, type LanguageModel, type Precision } from '../../models/runtime/language-model.ts';
import { openEngine } from '../../models/runtime/load.ts';
import { type Job, Scheduler } from '../../models/runtime/scheduler.ts';
import type { Tokenizer } from '../../models/tokenizer/tokenizer.ts';

export interface PolicyRequest {
  readonly prompt: readonly number[];
  /** New tokens, 1 or more. */
  readonly maxTokens: number;
  /** The text ends with the first of these; the tokens that spell it are kept, the last of them whole. */
  readonly stop: readonly string[];
  /** 0: the most probable token. 1: the policy's own distribution, whole; nothing else is offered, since logprobs would be another's. */
  readonly temperature: 0 | 1;
  /** 32-bit. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** What the policy wrote. */
export interface Written {
  /** As sampled, the end token and the stop included. */
  readonly tokens: readonly number[];
  /** One each: natural logarithm, temperature 1, over the whole vocabulary. */
  readonly logprobs: readonly number[];
}

export interface PolicyModel {
  /** Tokens of prompt and text together. */
  readonly contextLength: number;
  /** Rejects with the signal's reason, ModelRequestError for a prompt without room, or DeviceError. */
  generate(request: PolicyRequest): Promise<Written>;
  close(): Promise<void>;
}

const OWNER = 'rollout';

function jobOf({ prompt, maxTokens, stop, temperature, seed }: PolicyRequest): Job {
  return { prompt: { tokens: prompt }, maxTokens, stop, ignoreEos: false, sampling: { ...GREEDY, temperature, seed }, logprobs: 0, owner: OWNER };
}

const writtenOf = ({ tokens, logprobs }: Generated): Written => ({ tokens, logprobs: logprobs!.map(({ logprob }) => logprob) });

/** A model in a thread of its own (`startLocalModel`, whose `maxQueue` has to hold every trajectory of a step). */
export function policyOf(model: LanguageModel): PolicyModel {
  return {
    contextLength: model.facts.contextLength,
    async generate({ signal, ...request }) {
      return writtenOf(await model.generate({ ...jobOf(request), ...(signal ? { signal } : {}) }));
    },
    close: () => model.close(),
  };
}

export interface PolicyOptions {
  readonly device: Device;
  readonly precision: Precision;
  /** Threads of one operator. */
  readonly threads: number;
  /** Trajectories that are written at once. */
  readonly slots: number;
  /** Cut to what the model was made for. */
  readonly contextLength: number;
  /** Where the converted weights lie while they are loaded. */
  readonly temporaryFolder: string;
}

/** fp32 is what is trained: another precision samples from another policy than the one whose gradient is taken. */
export const POLICY_DEFAULTS = { device: 'cpu', precision: 'fp32', slots: 16 } as const;

/** The weights may be closed afterwards; the tokenizer stays the caller's. Throws as `openEngine` does, and ModelRequestError for numbers that do not fit. */
export async function openPolicy(
  files: Pick<ModelFiles, 'config' | 'weights'>,
  tokenizer: Tokenizer,
  options: Omit<PolicyOptions, keyof typeof POLICY_DEFAULTS> & Partial<PolicyOptions>,
): Promise<PolicyModel> {
  const resolved: PolicyOptions = { ...POLICY_DEFAULTS, ...options };
  for (const [field, least] of [['threads', 1], ['slots', 1], ['contextLength', 2]] as const) {
    if (!Number.isInteger(resolved[field]) || resolved[field] < least) throw new ModelRequestError(field, `a whole number from ${least}`, `it is ${resolved[field]}`);
  }
  const { config } = files;
  const contextLength = Math.min(resolved.contextLength, config.contextLength);
  const engine = await openEngine(files, resolved, contextLength);
  const eosTokens = [...new Set([...config.eosTokens, ...(tokenizer.eosToken === null ? [] : [tokenizer.eosToken])])];
  const scheduler = new Scheduler({ engine, tokenizer, template: null, eosTokens });
  return new InThread(scheduler, { contextLength, device: resolved.device, close: () => engine.close() });
}

/** Closes it when `use` is done with it, or failed. */
export async function withPolicy<T>(policy: PolicyModel, use: (policy: PolicyModel) => Promise<T>): Promise<T> {
  try {
    return await use(policy);
  } finally {
    await policy.close();
  }
}

interface InThreadOptions {
  readonly contextLength: number;
  readonly device: Device;
  readonly close: () => Promise<void>;
}

class InThread implements PolicyModel {
  readonly contextLength: number;
  readonly #scheduler: Scheduler;
  readonly #options: InThreadOptions;
  readonly #pending = new Map<number, (error: unknown) => void>();
  #lastId = 0;
  /** Settles when there is no more work; null while there is none. */
  #driving: Promise<void> | null = null;
  #ended: Error | null = null;
  #closing: Promise<void> | null = null;

  constructor(scheduler: Scheduler, options: InThreadOptions) {
    this.#scheduler = scheduler;
    this.#options = options;
    this.contextLength = options.contextLength;
  }

  generate(request: PolicyRequest): Promise<Written> {
    const { signal } = request;
    if (this.#ended) return Promise.reject(this.#ended);
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#pending.delete(id);
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: unknown): void => {
        settle();
        reject(error);
      };
      const onAbort = (): void => {
        this.#scheduler.cancel(id);
        fail(signal!.reason);
      };
      // Every trajectory of a step listens to the same one: no leak, of which Node would warn at eleven.
      if (signal) setMaxListeners(0, signal);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#pending.set(id, fail);
      this.#scheduler.add(id, jobOf(request), {
        done: (generated) => {
          settle();
          resolve(writtenOf(generated));
        },
        failed: fail,
      });
      this.#driving ??= this.#drive();
    });
  }

  async #drive(): Promise<void> {
    try {
      // Those of the same turn of the event loop come along.
      await nextTurn();
      while (!this.#scheduler.idle && this.#ended === null) {
        await this.#scheduler.step();
        await nextTurn();
      }
    } catch (thrown) {
      // A step reports what fails in it; this is a fault of the scheduler, and nobody else would hear of it.
      this.#end(thrown as Error);
    }
    this.#driving = null;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#end(new DeviceError(this.#options.device, 'The policy was closed.', ''));
    // A step under way reads the engine.
    await this.#driving;
    await this.#options.close();
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const fail of [...this.#pending.values()]) fail(this.#ended);
  }
}
