/**
 * The server of bench/event-loop.ts, in a process of its own that measures its event loop and tells over the IPC channel; no route of a
 * server tells it. The compiled program runs, whose model thread needs no loader.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Config } from '../../src/config.ts';

/** Milliseconds between two looks. What is told is the time between looks, so that a loop that nothing delays has about this. */
const RESOLUTION_MS = 1;

export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly looks: number;
}
export type ToSide = 'begin' | 'end';
export type FromSide = { readonly origin: string; readonly model: string } | { readonly delay: LoopDelay };

const { serve } = (await import(new URL('../../dist/src/serve.js', import.meta.url).href)) as typeof import('../../src/serve.ts');
const say = (message: FromSide): void => void process.send!(message);

const server = await serve(JSON.parse(process.argv[2]!) as Config);
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
const milliseconds = (nanoseconds: number): number => Math.round(nanoseconds / 1e4) / 100;
process.on('message', (message: ToSide) => {
  switch (message) {
    case 'begin':
      delay.enable();
      delay.reset();
      break;
    case 'end':
      delay.disable();
      say({ delay: { p50: milliseconds(delay.percentile(50)), p99: milliseconds(delay.percentile(99)), p999: milliseconds(delay.percentile(99.9)), max: milliseconds(delay.max), looks: delay.count } });
      break;
    default:
      message satisfies never;
  }
});
const { name, device, precision } = server.composed.model!.facts;
say({ origin: server.origin, model: `${name} on ${device} in ${precision}` });
