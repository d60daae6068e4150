/**
 * Keeping accepted answers out of what the server itself writes. Every ladder here ends in invented words, of which there is no end,
 * so it finds something clean whatever the list of answers is.
 */
import type { Draw } from '../hash.ts';
import { type AnswerSet, leaksAnswer, locateAnswer } from './answers.ts';
import { MONTHS } from './phrases.ts';
import { NO_TOPIC } from './questions.ts';

const ONSETS = 'b bl br c cl d dr f fl g gl gr h j k kr l m n p pl pr qu r s sk sl sp st t tr v vr w z'.split(' ');
const NUCLEI = 'a e i o u ae ai ea io oa ou'.split(' ');
const CODAS = 'b d g k l ld lm ln lt m n nd nk nt p r rd rk rm rn rt s sk st t th v x z'.split(' ');

/** A word of no language that is not, and does not begin with, an accepted answer. */
export function inventedWord(draw: Draw, answers: AnswerSet, syllables = 2): string {
  for (let tries = 0; ; tries++) {
    let word = '';
    for (let k = 0; k < syllables + (tries >> 4); k++) word += draw.pick(ONSETS) + draw.pick(NUCLEI);
    word += draw.pick(CODAS);
    if (!leaksAnswer(word, answers)) return word;
  }
}

/** Several invented words that are clean together, the first with a capital where `capital`. */
export function inventedText(draw: Draw, answers: AnswerSet, words: number, capital = true): string {
  for (let tries = 0; ; tries++) {
    const text = Array.from({ length: words }, () => inventedWord(draw, answers, 2 + (tries >> 3))).join(' ');
    if (!leaksAnswer(text, answers)) return capital ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  }
}

/** `text` without the words that hold an answer; empty where nothing is left. */
export function without(text: string, answers: AnswerSet): string {
  let left = text;
  for (let leak = locateAnswer(left, answers, true); leak !== null; leak = locateAnswer(left, answers, true)) {
    // Whole words only: half a word reads worse than none. Each round takes something away, so there is a last one.
    let { from, to } = leak;
    while (from > 0 && !/\s/.test(left[from - 1]!)) from--;
    while (to < left.length && !/\s/.test(left[to]!)) to++;
    left = `${left.slice(0, from).trimEnd()} ${left.slice(to).trimStart()}`.trim();
  }
  return left;
}

/** A topic, of a query often, in words that give nothing away: as it is where it holds no answer, without what does where something is left. */
export function cleanTopic(topic: string, answers: AnswerSet): string {
  if (answers.isEmpty || !leaksAnswer(topic, answers)) return topic;
  const left = without(topic, answers).replace(/^(?:and|or|of|in|the|an?|,)\s+|\s+(?:and|or|of|in|the|an?|,)$/gi, '').trim();
  return /[\p{L}\p{N}]{3}/u.test(left) ? left : NO_TOPIC;
}

/** `text` with invented words for those that hold an answer; null where the neighbours of the new words leak in turn, round after round. */
export function masked(text: string, answers: AnswerSet, draw: Draw): string | null {
  let left = text;
  for (let round = 0; round < 60; round++) {
    const leak = locateAnswer(left, answers, true);
    if (leak === null) return left;
    if (leak.from === 0 && leak.to === left.length) return null;
    left = left.slice(0, leak.from) + inventedWord(draw, answers) + left.slice(leak.to);
  }
  return null;
}

export function leaksUrl(url: string, answers: AnswerSet): boolean {
  return !answers.isEmpty && leaksAnswer(urlWords(url), answers);
}

/** What a client sees of a URL as words: percent-encoding undone, and without the scheme, which every URL has. */
export function urlWords(url: string): string {
  const scheme = url.indexOf('://');
  const rest = scheme === -1 ? url : url.slice(scheme + 3);
  return rest.includes('%') ? decoded(rest) : rest;
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray percent sign is only itself
  }
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** An ISO date in the ways that search engines print one. */
export function leaksDate(date: string, answers: AnswerSet): boolean {
  if (!answers.dated) return false;
  let leaks = answers.dates.get(date);
  if (leaks === undefined) {
    leaks = leaksAnswer(renderings(date), answers);
    if (answers.dates.size < CACHED_DAYS) answers.dates.set(date, leaks);
  }
  return leaks;
}

function renderings(date: string): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const name = MONTHS[month - 1] ?? '';
  const short = name.slice(0, 3);
  const weekday = WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] ?? '';
  // No punctuation between digits: it would only be read a second time, with the same result.
  const [y, m, d] = date.split('-') as [string, string, string];
  return `${y} ${m} ${d}. ${y}${m}${d}. ${name} ${day} ${year}. ${weekday} ${day} ${short} ${year}. ${weekday.slice(0, 3)} ${day}. ${short} ${day} ${year}. ${month} ${day} ${year}.`;
}

/** The first of the candidates that is clean, or null. */
export function firstClean(candidates: Iterable<string>, answers: AnswerSet): string | null {
  for (const candidate of candidates) if (candidate !== '' && !leaksAnswer(candidate, answers)) return candidate;
  return null;
}

const DAY = 86_400_000;

/** Reading and formatting dates is slow, and pages use a few thousand days. */
const parsed = new Map<string, number>();
const formatted = new Map<number, string>();
const CACHED_DAYS = 20_000;

/** Days since 1970 of an ISO date; NaN for what is none. */
export function daysOf(date: string): number {
  let days = parsed.get(date);
  if (days === undefined) {
    days = Date.parse(`${date}T00:00:00Z`) / DAY;
    if (parsed.size < CACHED_DAYS) parsed.set(date, days);
  }
  return days;
}

export function dateOf(days: number): string {
  let date = formatted.get(days);
  if (date === undefined) {
    date = new Date(days * DAY).toISOString().slice(0, 10);
    if (formatted.size < CACHED_DAYS) formatted.set(days, date);
  }
  return date;
}

/** A day from `from` to `to` (days since 1970, inclusive) whose renderings are clean, or null where there is none near enough. */
export function cleanDay(draw: Draw, answers: AnswerSet, from: number, to: number): string | null {
  const span = to - from + 1;
  if (!(span > 0)) return null;
  const start = draw.below(span);
  if (!answers.dated) return dateOf(from + start);
  // A stride through the whole span: an answer such as "2024" or "May" takes out long stretches at once.
  for (let k = 0; k < Math.min(span, 64); k++) {
    const date = dateOf(from + ((start + k * 97) % span));
    if (!leaksDate(date, answers)) return date;
  }
  return null;
}
