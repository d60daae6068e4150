/**
 * A model's thread: loads it, then steps the scheduler for as long as there is work. Between two steps it reads its messages, so a
 * request joins and a cancelled one leaves at the next step.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { useGate } from './gate.ts';
import { loadModel } from './load.ts';
import { type FromWorker, type ToWorker, type WorkerEvent, type WorkerOptions, toWire } from './messages.ts';

const port = parentPort!;
const say = (message: FromWorker): void => port.postMessage(message);

const { load, gate } = workerData as WorkerOptions;
useGate(gate);

try {
  const model = await loadModel(load);
  const { scheduler } = model;
  let events: WorkerEvent[] = [];
  /** The load as it was last told. */
  let told = scheduler.load();
  let running = false;
  let closing = false;

  const flush = (): void => {
    const now = scheduler.load();
    // Of what may pass without an event, only who runs and who waits is news.
    if (events.length === 0 && now.running === told.running && now.waiting === told.waiting) return;
    say({ type: 'events', events, load: now });
    events = [];
    told = now;
  };
  const end = async (): Promise<void> => {
    port.close();
    await model.close();
  };
  /** What it throws ends the thread, and with it every request. */
  const run = async (): Promise<void> => {
    running = true;
    while (!scheduler.idle && !closing) {
      await scheduler.step();
      flush();
      // A step need not have waited for anything.
      await nextTurn();
    }
    running = false;
    // Those that left after the last step.
    flush();
    if (closing) await end();
  };

  port.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'generate': {
        const { id, job, starts, deltas } = message;
        scheduler.add(id, job, {
          ...(starts ? { started: (start) => events.push({ id, start }) } : {}),
          ...(deltas ? { delta: (delta) => events.push({ id, delta }) } : {}),
          done: (done) => events.push({ id, done }),
          failed: (error) => events.push({ id, error: toWire(error) }),
        });
        if (!running) void run();
        break;
      }
      case 'cancel':
        scheduler.cancel(message.id);
        if (!running) flush();
        break;
      case 'close':
        // Ends the thread once the step under way is over.
        closing = true;
        if (!running) void end();
        break;
      default:
        message satisfies never;
    }
  });
  say({ type: 'ready', facts: model.facts });
} catch (error) {
  say({ type: 'failed', error: toWire(error) });
}
