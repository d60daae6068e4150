/** How fast an engine is, in a given time: reading a prompt, and writing so many texts at once. */
import type { Engine } from './engine.ts';

export interface SpeedOptions {
  /** How many texts at once; none more than the engine has slots. */
  readonly streams: readonly number[];
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
  /** For all measurements together. Each makes at least two steps, however long they take. */
  readonly seconds: number;
  /** Tokens of the prompt; the texts go on from there to the end of the slot, and again. Less than the engine's capacity. */
  readonly promptTokens: number;
  /** Called before each measurement, with what is measured. */
  readonly onProgress?: (what: string) => void;
}

export interface Speed {
  /** Tokens of prompt a second. */
  readonly prefill: number;
  /** Tokens a second of all streams together. */
  readonly decode: readonly { readonly streams: number; readonly tokensPerSecond: number }[];
}

/** Runs `step` once uncounted (a first one may compile), then for `seconds`; yields what it counts, by the second. */
async function rate(step: (round: number) => Promise<number>, seconds: number, clock: () => number): Promise<number> {
  await step(0);
  const began = clock();
  let count = 0;
  let elapsed = 0;
  for (let round = 1; round <= 2 || elapsed < seconds * 1000; round++) {
    count += await step(round);
    elapsed = clock() - began;
  }
  return (count / elapsed) * 1000;
}

export async function measureSpeed(engine: Engine, { streams, clock, seconds, promptTokens, onProgress }: SpeedOptions): Promise<Speed> {
  const share = seconds / (streams.length + 1);
  const prompt = Array.from({ length: promptTokens }, (_, i) => (i * 17) % engine.vocabSize);
  onProgress?.('prefill');
  const prefill = await rate(
    async () => {
      await engine.prefill(0, prompt, 0, true);
      return promptTokens;
    },
    share,
    clock,
  );
  const most = Math.max(...streams);
  for (let slot = 1; slot < most; slot++) await engine.copy(0, slot, promptTokens);
  const decode: { streams: number; tokensPerSecond: number }[] = [];
  for (const count of streams) {
    onProgress?.(`decode, ${count} ${count === 1 ? 'stream' : 'streams'}`);
    const tokensPerSecond = await rate(
      async (round) => {
        const position = promptTokens + (round % (engine.capacity - promptTokens));
        await engine.decode(
          Array.from({ length: count }, (_, slot) => ({ slot, token: (round * 31 + slot) % engine.vocabSize, position })),
          Array.from({ length: engine.slots }, (_, slot) => (slot < count ? position : slot < most ? promptTokens : 0)),
        );
        return count;
      },
      share,
      clock,
    );
    decode.push({ streams: count, tokensPerSecond });
  }
  return { prefill, decode };
}
