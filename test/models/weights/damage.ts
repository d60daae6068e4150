/** Damaged files: whatever happens to the bytes, reading ends soon, in success or in an error of models/errors.ts. */
import { truncate, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect } from 'vitest';
import { ModelFileError } from '../../../models/errors.ts';

/** What damage may do to a file: bytes written over, a piece cut out, the end cut off, bytes added. */
const damage = (length: number): fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> => {
  const place = fc.oneof(fc.nat(Math.min(64, length - 1)), fc.nat(length - 1));
  // Numbers that overflow, go negative or grow huge where they land in a count, a length or an offset.
  const nasty = fc.oneof(fc.constantFrom([0xff], [0], [0x7f], [0x80], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0, 1, 0, 0, 0], [0x5b], [0x7b], [0x22]), fc.array(fc.nat(255), { minLength: 1, maxLength: 8 }));
  return fc.oneof(
    fc.tuple(place, fc.nat(7)).map(([at, bit]) => (bytes: Uint8Array) => bytes.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte))),
    fc.tuple(place, nasty).map(([at, over]) => (bytes: Uint8Array) => {
      const made = Uint8Array.from(bytes);
      if (at < made.length) made.set(over.slice(0, made.length - at), at);
      return made;
    }),
    place.map((at) => (bytes: Uint8Array) => bytes.subarray(0, at)),
    fc.tuple(place, fc.nat(40)).map(([at, cut]) => (bytes: Uint8Array) => Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + cut)])),
    fc.tuple(place, nasty).map(([at, more]) => (bytes: Uint8Array) => Uint8Array.from([...bytes.subarray(0, at), ...more, ...bytes.subarray(at)])),
  );
};

/** Of processor time, so that a busy machine is no failure. */
const MOST_MS = 1000;
const MOST_BYTES = 64 * 2 ** 20;

/** True where `use` succeeds. Throws for any error but a ModelFileError, and for what takes too long or too much memory. */
export async function survives(use: () => Promise<void>): Promise<boolean> {
  const before = process.memoryUsage().rss;
  const start = process.cpuUsage();
  let succeeded = true;
  try {
    await use();
  } catch (error) {
    if (!(error instanceof ModelFileError)) throw error;
    expect(error.message.length, 'a message that can be read').toBeLessThan(3000);
    succeeded = false;
  }
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1000).toBeLessThan(MOST_MS);
  expect(process.memoryUsage().rss - before).toBeLessThan(MOST_BYTES);
  return succeeded;
}

/** Runs `use` on `file` in many forms, damaged within the first `reach` bytes. Returns how many of them it took as sound, and how many it refused. */
export async function fuzzFile(file: string, sound: Uint8Array, use: () => Promise<void>, runs: number, reach = sound.length): Promise<{ readonly sound: number; readonly refused: number }> {
  const counts = { sound: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(damage(reach), { minLength: 1, maxLength: 3 }), async (steps) => {
      const bytes = steps.reduce((made, step) => (made.length === 0 ? made : step(made)), sound);
      await writeFile(file, bytes);
      counts[(await survives(use)) ? 'sound' : 'refused']++;
    }),
    { numRuns: runs },
  );
  return counts;
}

/** Cuts `file` at every length from its own down to nothing; each must be refused. */
export async function truncateFully(file: string, sound: Uint8Array, use: () => Promise<void>, step = 1): Promise<void> {
  await writeFile(file, sound);
  for (let length = sound.length - 1; length >= 0; length -= step) {
    await truncate(file, length);
    expect(await survives(use), `cut to ${length} bytes`).toBe(false);
  }
}
