import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatBytes } from '../models/bytes.ts';
import { type Progress, createProgress, formatDuration } from '../src/progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const MB = 1_000_000;
interface Shown {
  readonly progress: Progress;
  readonly written: () => string;
  /** The last line as a terminal shows it. */
  readonly line: () => string;
  /** Time passes, and `done` grows evenly. */
  readonly pass: (milliseconds: number, from: number, to: number) => void;
}
function show({ tty = true, columns = 120, total = 100 * MB, format = formatBytes as ((amount: number) => string) | null } = {}): Shown {
  let written = '';
  let now = 0;
  const stream = { isTTY: tty, columns, write: (text: string) => void (written += text) };
  const progress = createProgress({ stream, clock: () => now, total, ...(format ? { format } : {}) });
  return {
    progress,
    written: () => written,
    line: () => written.split('\r').at(-1)!.replace('\u001b[K', '').trimEnd(),
    pass(milliseconds, from, to) {
      for (let step = 1; step <= 200; step++) {
        now += milliseconds / 200;
        vi.advanceTimersByTime(milliseconds / 200);
        progress.update(from + ((to - from) * step) / 200, 'weights');
      }
    },
  };
}

describe('on a terminal', () => {
  it('draws one line: label, bar, per cent, amounts, rate and time to go', () => {
    const { progress, line, pass, written } = show();
    progress.update(0, 'weights');
    expect(line()).toBe(`${'weights'.padEnd(28)} ${'░'.repeat(20)}   0 %  0 B of 100 MB`);
    pass(4000, 0, 50 * MB);
    vi.advanceTimersByTime(200);
    expect(line()).toBe(`${'weights'.padEnd(28)} ${'█'.repeat(10)}${'░'.repeat(10)}  50 %  50.0 MB of 100 MB  12.5 MB/s  4 s to go`);
    expect(written()).not.toContain('\n');
  });

  it('does not count as speed what was there before', () => {
    const { progress, line, pass } = show();
    progress.update(90 * MB, 'weights');
    pass(5000, 90 * MB, 95 * MB);
    vi.advanceTimersByTime(200);
    expect(line()).toContain('1.00 MB/s  5 s to go');
  });

  it('follows a change of speed, and says when nothing comes any more', () => {
    const { progress, line, pass } = show({ total: 1000 * MB });
    progress.update(0, 'weights');
    pass(20_000, 0, 200 * MB);
    pass(20_000, 200 * MB, 220 * MB);
    vi.advanceTimersByTime(200);
    expect(line()).toMatch(/ 1\.0\d MB\/s /);
    pass(20_000, 220 * MB, 220 * MB);
    vi.advanceTimersByTime(200);
    expect(line()).toContain('0 B/s  stalled');
  });

  it('stays within the width of the terminal, and lets go of the label first, then of the bar', () => {
    for (const columns of [20, 40, 60, 80, 100, 120]) {
      const { progress, line, pass } = show({ columns });
      progress.update(0, 'model-00001-of-00004.safetensors');
      pass(4000, 0, 50 * MB);
      vi.advanceTimersByTime(200);
      expect([columns, line().length < Math.max(40, columns), line().includes('50 %'), line().includes('█'), line().includes('weights')]).toEqual([columns, true, true, columns >= 80, columns >= 100]);
    }
  });

  it('shortens a long label in its middle', () => {
    const { progress, line } = show();
    progress.update(0, `verifying ${'very-'.repeat(10)}long-00001-of-00004.safetensors`);
    expect(line()).toMatch(/^verifying ver….*\.safetensors ░/);
  });

  it('ends with the last figures and a line of its own, and draws no more', () => {
    const { progress, line, written, pass } = show();
    progress.update(0, 'weights');
    pass(4000, 0, 100 * MB);
    progress.finish();
    expect(line()).toContain('100 %  100 MB of 100 MB  25.0 MB/s');
    expect(written().endsWith('\n')).toBe(true);
    const length = written().length;
    vi.advanceTimersByTime(5000);
    expect(written().length).toBe(length);
  });

  it('that never began leaves nothing', () => {
    const { progress, written } = show();
    vi.advanceTimersByTime(100);
    progress.finish();
    expect(written()).toBe('');
  });
});

describe('in a log', () => {
  it('writes whole lines without control codes, no more than one for each tenth', () => {
    const { progress, written, pass } = show({ tty: false });
    progress.update(0, 'weights');
    pass(100_000, 0, 100 * MB);
    progress.finish();
    const lines = written().split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.length).toBe(11);
    expect(lines[0]).toBe('0 %  0 B of 100 MB  weights');
    expect(lines[5]).toBe('50 %  50.0 MB of 100 MB  1.00 MB/s  50 s to go  weights');
    expect(lines[10]).toBe('100 %  100 MB of 100 MB  1.00 MB/s  weights');
    expect(written()).not.toMatch(/[\r\u001b]/);
  });

  it('of a short task is its first and its last line', () => {
    const { progress, written, pass } = show({ tty: false });
    progress.update(0, 'weights');
    pass(1000, 0, 100 * MB);
    progress.finish();
    expect(written().split('\n').map((line) => line.slice(0, 5))).toEqual(['0 %  ', '100 %', '']);
  });

  it('of a slow task is not silent for longer than half a minute', () => {
    const { progress, written, pass } = show({ tty: false });
    progress.update(0, 'weights');
    pass(310_000, 0, 5 * MB);
    expect(written().split('\n').length - 1).toBeGreaterThanOrEqual(10);
  });
});

it('writes amounts as they are where no format is given', () => {
  const { progress, line } = show({ total: 200, format: null });
  progress.update(20, 'step');
  expect(line()).toContain('10 %  20 of 200');
});

it('of nothing at all is done', () => {
  const { progress, line } = show({ total: 0 });
  progress.update(0, 'empty');
  expect(line()).toContain('100 %');
});

it.each([
  [0, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [200, '3 min 20 s'],
  [3900, '1 h 05 min'],
])('writes %d seconds as %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
