/** Where a decode step's time goes, by operator: from ONNX Runtime's own trace. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Precision } from '../../models/runtime/language-model.ts';
import { loadModel } from '../../models/runtime/load.ts';

export interface ProfileOptions {
  readonly path: string;
  readonly precision: Precision;
  readonly threads: number;
  readonly streams: number;
  /** Tokens that every stream holds already. */
  readonly context: number;
}

export interface ProfileRow {
  readonly operator: string;
  /** Per step. */
  readonly ms: number;
  /** Of the whole step, as the program sees it. */
  readonly share: number;
}

const STEPS = 10;

interface TraceEvent {
  readonly cat?: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: { readonly op_name?: string; readonly output_type_shape?: readonly Record<string, readonly number[]>[] };
}

export async function profileStep({ path, precision, threads, streams, context }: ProfileOptions): Promise<readonly ProfileRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'winnow-profile-'));
  try {
    const { engine, close, facts } = await loadModel({ path, device: 'cpu', precision, threads, contextLength: context + STEPS + 8, slots: streams, temporaryFolder: tmpdir(), profile: join(folder, 'trace') });
    for (let slot = 0; slot < streams; slot++) {
      if (slot === 0) await engine.prefill(0, Array.from({ length: context }, (_, i) => 1_000 + i), 0, false);
      else await engine.copy(0, slot, context);
    }
    const began = performance.now();
    for (let step = 0; step < STEPS; step++) {
      const rows = Array.from({ length: streams }, (_, slot) => ({ slot, token: 500 + slot, position: context + step }));
      await engine.decode(rows, rows.map(({ position }) => position));
    }
    const wholeMs = (performance.now() - began) / STEPS;
    await engine.endProfile!();
    await close();
    const [file] = await readdir(folder);
    const events = JSON.parse(await readFile(join(folder, file!), 'utf8')) as TraceEvent[];
    const decodeRuns = events.filter(({ name }) => name === 'model_run').length;
    if (decodeRuns < STEPS) throw new Error(`The trace holds ${decodeRuns} runs.`);
    const runs = events.map((event, at) => ({ event, at })).filter(({ event }) => event.name === 'model_run');
    // The trace is in the order of ends: kernels of a run stand before it.
    const from = runs.at(-STEPS - 1)?.at ?? -1;
    const sums = new Map<string, number>();
    for (const { cat, name, dur, args } of events.slice(from + 1)) {
      if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue;
      const widths = args?.output_type_shape?.flatMap((one) => Object.values(one)).map((shape) => shape.at(-1));
      const operator = `${args?.op_name}${widths?.includes(facts.config.vocabSize) && args?.op_name !== 'Cast' ? ' (output matrix)' : ''}`;
      sums.set(operator, (sums.get(operator) ?? 0) + dur / 1000 / STEPS);
    }
    const rows = [...sums].map(([operator, ms]) => ({ operator, ms, share: ms / wholeMs })).sort((a, b) => b.ms - a.ms);
    const rest = wholeMs - rows.reduce((sum, { ms }) => sum + ms, 0);
    return [...rows.filter(({ share }) => share > 0.005), { operator: 'everything else', ms: rest + rows.filter(({ share }) => share <= 0.005).reduce((sum, { ms }) => sum + ms, 0), share: 0 }].map((row) => ({ ...row, share: row.ms / wholeMs }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
