/** Stop strings, cut into pieces at random, against a search of the whole text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StopMatcher } from '../../../models/runtime/stops.ts';

/** Earliest start, longest on it; a start inside a surrogate pair is none. */
function search(text: string, stops: readonly string[]): { before: string; stop: string | null } {
  const longestFirst = [...stops].filter((stop) => stop !== '').sort((a, b) => b.length - a.length);
  let at = text.length;
  let found: string | null = null;
  for (const stop of longestFirst) {
    let start = text.indexOf(stop);
    while (start > 0 && /[\ud800-\udbff]/.test(text[start - 1]!) && /[\udc00-\udfff]/.test(text[start]!)) start = text.indexOf(stop, start + 1);
    if (start >= 0 && start < at) [at, found] = [start, stop];
  }
  return { before: text.slice(0, at), stop: found };
}

function cutAt(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  return places.slice(1).map((place, i) => text.slice(places[i], place));
}

function run(pieces: readonly string[], stops: readonly string[]): { emitted: string[]; stop: string | null } {
  const matcher = new StopMatcher(stops);
  const emitted = pieces.map((piece) => matcher.push(piece).text);
  emitted.push(matcher.flush());
  return { emitted, stop: matcher.stoppedBy };
}

// Few letters, so that stops overlap, contain one another and come often.
const letters = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '😀', '😁', 'é'), maxLength: 30 });
const stopStrings = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '😀', '\ude00', '\ud83d'), maxLength: 5 }), { maxLength: 4 });
const cuts = fc.array(fc.nat(60), { maxLength: 20 });

describe('StopMatcher', () => {
  it('gives what a search of the whole text gives, wherever the text is cut', () => {
    fc.assert(fc.property(letters, stopStrings, cuts, (text, stops, places) => {
      const { emitted, stop } = run(cutAt(text, places), stops);
      expect({ before: emitted.join(''), stop }).toEqual(search(text, stops));
    }), { numRuns: 3000 });
  });

  it('never cuts a surrogate pair between two pieces', () => {
    fc.assert(fc.property(letters, stopStrings, cuts, (text, stops, places) => {
      for (const piece of run(cutAt(text, places), stops).emitted) expect(piece).not.toMatch(/[\ud800-\udbff]$/);
    }), { numRuns: 1000 });
  });

  it('holds back nothing that no stop can claim any more', () => {
    fc.assert(fc.property(letters, stopStrings, cuts, (text, stops, places) => {
      const matcher = new StopMatcher(stops);
      let whole = '';
      let emitted = '';
      for (const piece of cutAt(text, places)) {
        whole += piece;
        const pushed = matcher.push(piece);
        emitted += pushed.text;
        if (pushed.stoppedBy !== null) return;
        const held = whole.slice(emitted.length);
        // What is held begins as some stop does, or is half a pair.
        expect(held === '' || /^[\ud800-\udbff]$/.test(held) || stops.some((stop) => stop.length > held.length && stop.startsWith(held))).toBe(true);
      }
    }), { numRuns: 1000 });
  });

  it('gives text at once where there are no stop strings', () => {
    expect(new StopMatcher([]).push('any text')).toEqual({ text: 'any text', stoppedBy: null });
  });

  it('holds back the beginning of a stop, and gives it out when it does not become one', () => {
    const matcher = new StopMatcher(['</answer>']);
    expect(matcher.push('42 </ans').text).toBe('42 ');
    expect(matcher.push('we').text).toBe('');
    expect(matcher.push('d').text).toBe('</answed');
  });

  it('waits for the longer stop on the same start, and takes the shorter when the text goes on otherwise', () => {
    const longer = new StopMatcher(['\n', '\n\n']);
    expect(longer.push('a\n')).toEqual({ text: 'a', stoppedBy: null });
    expect(longer.push('\n')).toEqual({ text: '', stoppedBy: '\n\n' });
    const shorter = new StopMatcher(['\n', '\n\n']);
    shorter.push('a\n');
    expect(shorter.push('b')).toEqual({ text: '', stoppedBy: '\n' });
  });

  it('waits for a stop that began before one already complete', () => {
    const earlier = new StopMatcher(['abcd', 'bc']);
    expect(earlier.push('xabc')).toEqual({ text: 'x', stoppedBy: null });
    expect(earlier.push('d')).toEqual({ text: '', stoppedBy: 'abcd' });
    const later = new StopMatcher(['abcd', 'bc']);
    later.push('xabc');
    expect(later.push('e')).toEqual({ text: 'a', stoppedBy: 'bc' });
  });

  it('decides at the end of the text what was still open', () => {
    const matcher = new StopMatcher(['abcd', 'bc']);
    matcher.push('xabc');
    expect([matcher.flush(), matcher.stoppedBy]).toEqual(['a', 'bc']);
    const none = new StopMatcher(['abcd']);
    none.push('xabc');
    expect([none.flush(), none.stoppedBy]).toEqual(['abc', null]);
  });

  it('gives nothing more after a stop', () => {
    const matcher = new StopMatcher(['#']);
    expect(matcher.push('a#b')).toEqual({ text: 'a', stoppedBy: '#' });
    expect(matcher.push('c')).toEqual({ text: '', stoppedBy: '#' });
    expect(matcher.flush()).toBe('');
  });

  it('keeps half a surrogate pair until the other half comes, or the text ends', () => {
    const matcher = new StopMatcher([]);
    expect(matcher.push('a\ud83d').text).toBe('a');
    expect(matcher.push('\ude00').text).toBe('😀');
    matcher.push('\ud83d');
    expect(matcher.flush()).toBe('\ud83d');
  });

  it('matches nothing with an empty stop string', () => {
    expect(run(['ab', 'c'], ['', '']).emitted.join('')).toBe('abc');
  });
});
