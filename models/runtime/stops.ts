/**
 * Stop strings over a text that comes in pieces. The outcome depends on the whole text only, never on where it was cut: among all
 * occurrences the earliest start wins, and the longest stop on that start.
 */

export interface Pushed {
  /** Certain to stay, and not yet given out. Pieces one after another are the text before the stop. */
  readonly text: string;
  /** The stop string that ended the text; null while it goes on. */
  readonly stoppedBy: string | null;
}

const isHighSurrogate = (code: number): boolean => (code & 0xfc00) === 0xd800;
const isLowSurrogate = (code: number): boolean => (code & 0xfc00) === 0xdc00;

export class StopMatcher {
  readonly #stops: readonly string[];
  /** First code units of the stops: most positions are passed over by one look-up. */
  readonly #firsts: ReadonlySet<number>;
  /** What may still become a stop, so shorter than the longest; or the first half of a surrogate pair. */
  #held = '';
  #stoppedBy: string | null = null;

  /** Empty stop strings match nothing. */
  constructor(stops: readonly string[]) {
    // Longest first, so that the first match on a start is the longest.
    this.#stops = stops.filter((stop) => stop !== '').sort((a, b) => b.length - a.length);
    this.#firsts = new Set(this.#stops.map((stop) => stop.charCodeAt(0)));
  }

  /** The stop that ended the text, also when only `flush` could tell. */
  get stoppedBy(): string | null {
    return this.#stoppedBy;
  }

  /** Takes the next piece, of any length and cut anywhere. After a stop it gives no more text. */
  push(text: string): Pushed {
    if (this.#stoppedBy === null) this.#held += text;
    return { text: this.#take(false), stoppedBy: this.#stoppedBy };
  }

  /**
   * The text has ended: what was held back and stays. A stop that was complete, but could have become a longer one or an earlier one,
   * is decided here: look at `stoppedBy`.
   */
  flush(): string {
    return this.#take(true);
  }

  /** Gives out what is decided. `ended`: no more text comes, so nothing is undecided. */
  #take(ended: boolean): string {
    const held = this.#held;
    let end = held.length;
    for (let start = 0; start < held.length; start++) {
      if (!this.#firsts.has(held.charCodeAt(start))) continue;
      // Inside a pair no character begins, so no stop does, and none could be cut away there.
      if (start > 0 && isLowSurrogate(held.charCodeAt(start)) && isHighSurrogate(held.charCodeAt(start - 1))) continue;
      const rest = held.length - start;
      if (!ended && this.#stops.some((stop) => stop.length > rest && stop.startsWith(held.slice(start)))) {
        end = start;
        break;
      }
      const stop = this.#stops.find((candidate) => held.startsWith(candidate, start));
      if (stop !== undefined) {
        this.#stoppedBy = stop;
        this.#held = '';
        return held.slice(0, start);
      }
    }
    if (!ended && end === held.length && isHighSurrogate(held.charCodeAt(end - 1))) end -= 1;
    this.#held = held.slice(end);
    return held.slice(0, end);
  }
}
