/**
 * Errors of the model runtime, by whose fault they are. `models/` stands below the server and knows nothing of it; the server turns
 * these into its own.
 */

/** The fault of a file: truncated, corrupt, of another shape than its configuration says, or missing. */
export class ModelFileError extends Error {
  /** Path as the caller gave it, or a file inside the folder that was given. */
  readonly file: string;
  /** What inside the file: a key (`rope_scaling.factor`), a tensor's name, `header`. Empty when the whole file is meant. */
  readonly field: string;
  /** What would have been accepted, in words. */
  readonly expected: string;
  constructor(file: string, field: string, expected: string, found: string, options?: ErrorOptions) {
    super(`${file}${field === '' ? '' : `: ${field}`}: expected ${expected}; ${found}.`, options);
    this.name = new.target.name;
    this.file = file;
    this.field = field;
    this.expected = expected;
  }
}

/** The file is sound, and this version cannot run it: an architecture, a tensor type, a tokenizer that is not implemented. */
export class UnsupportedModelError extends ModelFileError {}

/** The fault of the machine or of how it is set up: a device that is not there, memory that does not suffice. */
export class DeviceError extends Error {
  readonly device: string;
  /** What can be done about it, one sentence. */
  readonly remedy: string;
  constructor(device: string, message: string, remedy: string, options?: ErrorOptions) {
    super(`${message} ${remedy}`.trim(), options);
    this.name = new.target.name;
    this.device = device;
    this.remedy = remedy;
  }
}

/** The caller's fault: a request to a model that cannot be met, such as a prompt longer than the context. */
export class ModelRequestError extends Error {
  readonly field: string;
  readonly expected: string;
  constructor(field: string, expected: string, found: string) {
    super(`${field}: expected ${expected}; ${found}.`);
    this.name = new.target.name;
    this.field = field;
    this.expected = expected;
  }
}

/** Nobody's fault but the load's: the queue is full. */
export class ModelBusyError extends Error {
  /** Requests that wait already. */
  readonly waiting: number;
  constructor(waiting: number) {
    super(`${waiting} requests wait for the model already; try again later.`);
    this.name = new.target.name;
    this.waiting = waiting;
  }
}

/** Why a model could not be brought here. */
export type DownloadFailure = 'not_found' | 'gated' | 'network' | 'disk_full' | 'hash_mismatch' | 'unknown_model';

export class DownloadError extends Error {
  readonly reason: DownloadFailure;
  /** What can be done about it, one sentence. */
  readonly remedy: string;
  constructor(reason: DownloadFailure, message: string, remedy: string, options?: ErrorOptions) {
    super(`${message} ${remedy}`.trim(), options);
    this.name = new.target.name;
    this.reason = reason;
    this.remedy = remedy;
  }
}
