/** A language model in a worker thread of this process, as its caller holds it. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DeviceError, ModelBusyError } from '../errors.ts';
import type { Generated, GenerateRequest, LanguageModel, ModelFacts, ModelLoad } from './language-model.ts';
import type { LoadOptions } from './load.ts';
import { type FromWorker, type ToWorker, fromWire } from './messages.ts';

export interface LocalModelOptions extends LoadOptions {
  /** Requests that may wait or run at once; more are refused with ModelBusyError. */
  readonly maxQueue: number;
}

interface Pending {
  readonly request: GenerateRequest;
  readonly resolve: (generated: Generated) => void;
  readonly reject: (error: unknown) => void;
  readonly onAbort: () => void;
}

function startWorker(workerData: LoadOptions): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./worker.js', import.meta.url), { workerData });
  // From source: a thread does not inherit the loader of TypeScript that its parent runs under.
  const loader = new URL('dist/esm/api/index.mjs', pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'))).href;
  const program = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)}); })`;
  return new Worker(program, { eval: true, workerData });
}

/** Loads a model. Rejects with ModelFileError, UnsupportedModelError or DeviceError. */
export async function startLocalModel({ maxQueue, ...options }: LocalModelOptions): Promise<LanguageModel> {
  const worker = startWorker(options);
  let stopListening = (): void => undefined;
  try {
    const facts = await new Promise<ModelFacts>((resolve, reject) => {
      const ended = (): void => reject(new DeviceError(options.device, "The model's thread ended while it loaded.", 'There may be too little memory for it.'));
      const listen = (message: FromWorker): void => {
        if (message.type === 'ready') resolve(message.facts);
        else if (message.type === 'failed') reject(fromWire(message.error));
      };
      worker.once('message', listen).once('error', reject).once('exit', ended);
      stopListening = () => void worker.off('error', reject).off('exit', ended);
    });
    return new LocalModel(worker, facts, maxQueue);
  } catch (thrown) {
    await worker.terminate();
    throw thrown;
  } finally {
    stopListening();
  }
}

class LocalModel implements LanguageModel {
  readonly facts: ModelFacts;
  readonly #worker: Worker;
  readonly #maxQueue: number;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #load: ModelLoad = { running: 0, waiting: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
  /** Why nothing more can be generated. */
  #ended: Error | null = null;

  constructor(worker: Worker, facts: ModelFacts, maxQueue: number) {
    this.#worker = worker;
    this.facts = facts;
    this.#maxQueue = maxQueue;
    worker.on('message', (message: FromWorker) => this.#receive(message));
    worker.on('error', (cause) => this.#end(new DeviceError(facts.device, `The model's thread failed: ${cause instanceof Error ? cause.message : String(cause)}`, 'Start it again.', { cause })));
    worker.on('exit', () => this.#end(new DeviceError(facts.device, "The model's thread has ended.", 'Start it again.')));
    // A server that has nothing else to do may end.
    worker.unref();
  }

  generate(request: GenerateRequest): Promise<Generated> {
    const { signal, onDelta, onStart, ...job } = request;
    if (this.#ended) return Promise.reject(this.#ended);
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (this.#pending.size >= this.#maxQueue) return Promise.reject(new ModelBusyError(this.#pending.size));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#say({ type: 'cancel', id });
        this.#settle(id)?.reject(signal!.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(id, { request, resolve, reject, onAbort });
      this.#say({ type: 'generate', id, job, starts: onStart !== undefined, deltas: onDelta !== undefined });
    });
  }

  load(): ModelLoad {
    return { ...this.#load, waiting: Math.max(this.#load.waiting, this.#pending.size - this.#load.running) };
  }

  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    const alive = this.#ended === null;
    this.#end(new DeviceError(this.facts.device, 'The model was closed.', ''));
    if (alive) {
      this.#worker.ref();
      this.#say({ type: 'close' });
      await ended;
    }
  }

  #say(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    this.#pending.delete(id);
    pending.request.signal?.removeEventListener('abort', pending.onAbort);
    if (this.#pending.size === 0) this.#worker.unref();
    return pending;
  }

  #receive(message: FromWorker): void {
    if (message.type !== 'events') return;
    this.#load = message.load;
    for (const event of message.events) {
      // Cancelled, and the worker had not heard yet.
      const pending = this.#pending.get(event.id);
      if (pending === undefined) continue;
      if ('delta' in event) pending.request.onDelta?.(event.delta);
      else if ('start' in event) pending.request.onStart?.(event.start);
      else if ('done' in event) this.#settle(event.id)!.resolve(event.done);
      else this.#settle(event.id)!.reject(fromWire(event.error));
    }
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const id of [...this.#pending.keys()]) this.#settle(id)!.reject(this.#ended);
  }
}
