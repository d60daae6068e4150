/** What a model's worker and its client say to each other. Errors travel as plain fields, since a structured clone drops their class. */
import { DeviceError, ModelBusyError, ModelFileError, ModelRequestError, UnsupportedModelError } from '../errors.ts';
import type { Delta, Generated, ModelFacts, ModelLoad, Start } from './language-model.ts';
import type { LoadOptions } from './load.ts';
import type { Job } from './scheduler.ts';

/** What the worker is born with. */
export interface WorkerOptions {
  readonly load: LoadOptions;
  readonly gate: SharedArrayBuffer;
}

export type ToWorker =
  | { readonly type: 'generate'; readonly id: number; readonly job: Job; readonly starts: boolean; readonly deltas: boolean }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'close' };

export type WorkerEvent =
  | { readonly id: number; readonly start: Start }
  | { readonly id: number; readonly delta: Delta }
  | { readonly id: number; readonly done: Generated }
  | { readonly id: number; readonly error: WireError };

export type FromWorker =
  | { readonly type: 'ready'; readonly facts: ModelFacts }
  | { readonly type: 'failed'; readonly error: WireError }
  /** Everything of one step in one message. */
  | { readonly type: 'events'; readonly events: readonly WorkerEvent[]; readonly load: ModelLoad };

export interface WireError {
  readonly name: string;
  readonly message: string;
  /** Where it was thrown, in the worker. */
  readonly stack: string | undefined;
  readonly fields: Readonly<Record<string, string | number>>;
}

export function toWire(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined, fields: {} };
  const { name, message, stack } = error;
  // What the classes of errors.ts have. Others may hold anything, and not all of it could be sent.
  const plain = Object.entries(error).filter((entry): entry is [string, string | number] => typeof entry[1] === 'string' || typeof entry[1] === 'number');
  return { name, message, stack, fields: Object.fromEntries(plain) };
}

const CLASSES = { ModelFileError, UnsupportedModelError, DeviceError, ModelRequestError, ModelBusyError } as const;

/** An error of the same class, message, fields and stack; of no class but Error where it is none of errors.ts. */
export function fromWire({ name, message, stack, fields }: WireError): Error {
  const Class = CLASSES[name as keyof typeof CLASSES] ?? Error;
  const error = Object.create(Class.prototype) as Error;
  // As an error has them, so that they are printed once.
  for (const [key, value] of Object.entries({ message, stack })) Object.defineProperty(error, key, { value, writable: true, configurable: true });
  return Object.assign(error, fields, { name });
}
