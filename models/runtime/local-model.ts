/** A language model in a worker thread of this process, as its caller holds it. */
import { setMaxListeners } from 'node:events';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DeviceError, ModelBusyError } from '../errors.ts';
import { makeFolder, removeFolder } from '../weights/materialize.ts';
import { newGate, shut } from './gate.ts';
import type { Device, Generated, GenerateRequest, LanguageModel, ModelFacts, ModelLoad } from './language-model.ts';
import type { LoadOptions } from './load.ts';
import { type FromWorker, type ToWorker, type WorkerOptions, fromWire } from './messages.ts';

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

function startWorker(workerData: WorkerOptions): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./worker.js', import.meta.url), { workerData });
  // From source: a thread does not inherit the loader of TypeScript that its parent runs under.
  const loader = new URL('dist/esm/api/index.mjs', pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'))).href;
  const program = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)}); })`;
  return new Worker(program, { eval: true, workerData });
}

const failed = (device: Device, when: string, cause: unknown): DeviceError =>
  new DeviceError(device, `The model's thread failed${when}: ${cause instanceof Error ? cause.message : String(cause)}`, 'Start it again.', { cause });

/** Resolves when the worker has its model; rejects, and leaves no worker, where it has none. */
async function loaded(worker: Worker, device: Device): Promise<ModelFacts> {
  let stopListening = (): void => undefined;
  try {
    return await new Promise<ModelFacts>((resolve, reject) => {
      const onError = (cause: unknown): void => reject(failed(device, ' while it loaded', cause));
      const onExit = (): void => reject(new DeviceError(device, "The model's thread ended while it loaded.", 'There may be too little memory for it.'));
      const onMessage = (message: FromWorker): void => {
        if (message.type === 'ready') resolve(message.facts);
        else if (message.type === 'failed') reject(fromWire(message.error));
      };
      worker.once('message', onMessage).once('error', onError).once('exit', onExit);
      stopListening = () => void worker.off('error', onError).off('exit', onExit);
    });
  } catch (thrown) {
    await worker.terminate();
    throw thrown;
  } finally {
    stopListening();
  }
}

/** Loads a model. Rejects with ModelFileError, UnsupportedModelError, DeviceError, or ModelRequestError for an option that does not fit it. */
export async function startLocalModel({ maxQueue, ...options }: LocalModelOptions): Promise<LanguageModel> {
  // Made here, as the thread may end, and the process with it, before it has cleared up after itself.
  const temporaryFolder = makeFolder(options.temporaryFolder);
  const gate = newGate();
  const onExit = (): void => {
    shut(gate);
    // The thread may still write to it: then once more.
    rmSync(temporaryFolder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', onExit);
  try {
    const worker = startWorker({ load: { ...options, temporaryFolder }, gate });
    return new LocalModel(worker, await loaded(worker, options.device), { maxQueue, gate });
  } finally {
    process.off('exit', onExit);
    await removeFolder(temporaryFolder);
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
  #closing: Promise<void> | null = null;

  constructor(worker: Worker, facts: ModelFacts, { maxQueue, gate }: { readonly maxQueue: number; readonly gate: SharedArrayBuffer }) {
    this.#worker = worker;
    this.facts = facts;
    this.#maxQueue = maxQueue;
    worker.on('message', (message: FromWorker) => this.#receive(message));
    worker.on('error', (cause) => this.#end(failed(facts.device, '', cause)));
    const onExit = (): void => shut(gate);
    process.once('exit', onExit);
    worker.on('exit', () => {
      process.off('exit', onExit);
      this.#end(new DeviceError(facts.device, "The model's thread has ended.", 'Start it again.'));
    });
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
      // First, since it throws for what cannot be sent: the promise is then rejected, and nothing is left behind.
      this.#say({ type: 'generate', id, job, starts: onStart !== undefined, deltas: onDelta !== undefined });
      const onAbort = (): void => this.#giveUp(id, signal!.reason);
      // Many requests may share one: no leak, of which Node would warn at eleven.
      if (signal) setMaxListeners(0, signal);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(id, { request, resolve, reject, onAbort });
    });
  }

  /** Of the step before this one; `running` counts requests that were given up since. */
  load(): ModelLoad {
    return { ...this.#load, waiting: Math.max(0, this.#pending.size - this.#load.running) };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#ended !== null) return;
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    this.#end(new DeviceError(this.facts.device, 'The model was closed.', ''));
    this.#worker.ref();
    this.#say({ type: 'close' });
    await ended;
  }

  #giveUp(id: number, reason: unknown): void {
    this.#say({ type: 'cancel', id });
    this.#settle(id)?.reject(reason);
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
      if ('done' in event) this.#settle(event.id)!.resolve(event.done);
      else if ('error' in event) this.#settle(event.id)!.reject(fromWire(event.error));
      else {
        try {
          if ('delta' in event) pending.request.onDelta?.(event.delta);
          else pending.request.onStart?.(event.start);
        } catch (thrown) {
          // The caller's own fault, and no other request's.
          this.#giveUp(event.id, thrown);
        }
      }
    }
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const id of [...this.#pending.keys()]) this.#settle(id)!.reject(this.#ended);
  }
}
