/** What a model's worker and its client say to each other. Errors travel as plain fields, since a structured clone drops their class. */
import { DeviceError, ModelBusyError, ModelFileError, ModelRequestError, UnsupportedModelError } from '../errors.ts';
import type { Delta, Generated, ModelFacts, ModelLoad, Start } from './language-model.ts';
import type { Job } from './scheduler.ts';

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
  readonly fields: Readonly<Record<string, unknown>>;
}

export function toWire(error: unknown): WireError {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return { name, message, fields: error instanceof Error ? { ...error, cause: undefined } : {} };
}

const CLASSES = { ModelFileError, UnsupportedModelError, DeviceError, ModelRequestError, ModelBusyError } as const;

/** An error of the same class, message and fields. */
export function fromWire({ name, message, fields }: WireError): Error {
  const Class = CLASSES[name as keyof typeof CLASSES] ?? Error;
  const error = Object.create(Class.prototype) as Error;
  Error.captureStackTrace(error, fromWire);
  return Object.assign(error, fields, { name, message });
}
