/**
 * One line that shows how far a long task has come: a bar with rate and time to go on a terminal, a plain line now and then elsewhere.
 *
 * Of the libraries, cli-progress is here through @huggingface/hub, but has no rate in bytes, takes its estimate from the last ten
 * updates (a few milliseconds of a download), and writes control codes or nothing at all into a log.
 */

/** What of a stream is needed; `process.stderr` has it. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  /** Width in characters. */
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressOptions {
  readonly stream: ProgressStream;
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
  /** What is done when all is done, in the unit of `update`. */
  readonly total: number;
  /** How an amount is written. Default: as it is. A rate is this and `/s`. */
  readonly format?: (amount: number) => string;
}

export interface Progress {
  /** `done` counts from the whole task's start; what the first call brings was there before and does not count as speed. */
  update(done: number, label: string): void;
  /** Ends the line, leaving it as it was last. The object is of no use afterwards. */
  finish(): void;
}

/** A rate is taken over so long, so that it follows a change and does not flicker. */
const WINDOW_MS = 8_000;
const SAMPLE_MS = 200;
const DRAW_MS = 125;
/** A log gets a line at each tenth, no two within the first time, and no silence longer than the second. */
const LOG_AT_LEAST_MS = 2_000;
const LOG_AT_MOST_MS = 30_000;
const BAR_WIDTH = 20;
const LABEL_WIDTH = 28;
/** `100 %  29.5 GB of 29.5 GB  12.5 MB/s  1 h 05 min to go`: room for it is kept, so that the bar does not move when figures grow. */
const FIGURES_WIDTH = 55;
const NARROWEST = 40;

export function createProgress({ stream, clock, total, format = String }: ProgressOptions): Progress {
  const samples: { at: number; done: number }[] = [];
  let done = 0;
  let label = '';
  let started = false;

  const sample = (): void => {
    const at = clock();
    const last = samples.at(-1);
    if (last && at - last.at < SAMPLE_MS) return;
    samples.push({ at, done });
    while (samples.length > 2 && at - samples[1]!.at >= WINDOW_MS) samples.shift();
  };
  /** Per second; null before there is anything to tell. */
  const rate = (): number | null => {
    const first = samples[0];
    const elapsed = first ? clock() - first.at : 0;
    return first && elapsed >= SAMPLE_MS ? (Math.max(0, done - first.done) / elapsed) * 1000 : null;
  };
  const figures = (): string => {
    const speed = rate();
    const percent = total > 0 ? Math.min(100, Math.floor((done / total) * 100)) : 100;
    const left = speed === null || done >= total ? '' : speed > 0 ? `  ${formatDuration((total - done) / speed)} to go` : '  stalled';
    return `${String(percent).padStart(3)} %  ${format(done)} of ${format(total)}${speed === null ? '' : `  ${format(Math.round(speed))}/s`}${left}`;
  };

  if (stream.isTTY) {
    const draw = (): void => {
      sample();
      const width = Math.max(NARROWEST, stream.columns ?? 80) - 1;
      const filled = total > 0 ? Math.min(BAR_WIDTH, Math.floor((done / total) * BAR_WIDTH)) : BAR_WIDTH;
      const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
      // Too narrow for all three: the label goes first, then the bar.
      const room = width - FIGURES_WIDTH - BAR_WIDTH - 1;
      const labelWidth = Math.min(LABEL_WIDTH, room - 1);
      const head = room < 0 ? '' : labelWidth < 10 ? `${bar} ` : `${clip(label, labelWidth).padEnd(labelWidth)} ${bar} `;
      stream.write(`\r${`${head}${figures()}`.slice(0, width)}\u001b[K`);
    };
    // A download that stands still calls nobody, and its line must show that.
    const timer = setInterval(draw, DRAW_MS);
    timer.unref();
    return {
      update(now, what) {
        done = now;
        label = what;
        if (!started) draw();
        started = true;
        sample();
      },
      finish() {
        clearInterval(timer);
        if (!started) return;
        draw();
        stream.write('\n');
      },
    };
  }

  let written = { at: 0, tenth: 0, done: -1 };
  const log = (): void => {
    written = { at: clock(), tenth: tenthOf(done, total), done };
    stream.write(`${figures().trimStart()}  ${label}\n`);
  };
  return {
    update(now, what) {
      done = now;
      label = what;
      sample();
      if (!started) {
        started = true;
        return log();
      }
      const since = clock() - written.at;
      if ((tenthOf(done, total) > written.tenth && since >= LOG_AT_LEAST_MS) || since >= LOG_AT_MOST_MS) log();
    },
    finish() {
      if (started && written.done !== done) log();
    },
  };
}

/** `42 s`, `3 min 20 s`, `1 h 05 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

function tenthOf(done: number, total: number): number {
  return total > 0 ? Math.floor((done / total) * 10) : 10;
}

/** Shortened in its middle: of `model-00001-of-00004.safetensors` both ends tell. */
function clip(text: string, width: number): string {
  if (text.length <= width) return text;
  const head = Math.floor((width - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`;
}
