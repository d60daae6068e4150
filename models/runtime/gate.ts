/**
 * A thread may not be ended while ONNX Runtime computes in it: the binding then has no JavaScript to come back to, and aborts the whole
 * process (onnxruntime-node 1.30: "terminate called after throwing an instance of 'Napi::Error'"). So whoever is about to end a model's
 * thread, which `process.exit` does too, closes a gate that the thread passes before each computation, and waits for it to come out.
 */

/** Places in the shared memory: 1 once the gate is closed; 1 while the thread is inside. */
const CLOSED = 0;
const INSIDE = 1;
const BYTES = 8;

/** For a step of the largest prompt on a slow machine; then the process ends as it may. */
const LONGEST_WAIT_MS = 20_000;

export const newGate = (): SharedArrayBuffer => new SharedArrayBuffer(BYTES);

/** Blocks until the thread is outside, where it stays. */
export function shut(gate: SharedArrayBuffer): void {
  const state = new Int32Array(gate);
  Atomics.store(state, CLOSED, 1);
  Atomics.wait(state, INSIDE, 1, LONGEST_WAIT_MS);
}

let own: Int32Array | null = null;

/** The gate of this thread. Without one it passes freely. */
export function useGate(gate: SharedArrayBuffer): void {
  own = new Int32Array(gate);
}

/** Runs what must not be cut off, one at a time. Where the gate is closed it never does, and never settles: the thread ends. */
export async function inside<T>(work: () => Promise<T>): Promise<T> {
  const gate = own;
  if (gate === null) return work();
  const leave = (): void => {
    Atomics.store(gate, INSIDE, 0);
    Atomics.notify(gate, INSIDE);
  };
  Atomics.store(gate, INSIDE, 1);
  if (Atomics.load(gate, CLOSED) === 1) {
    leave();
    return new Promise(() => undefined);
  }
  try {
    return await work();
  } finally {
    leave();
  }
}
