/** Seeded orders. */
import { Draw, hash } from '../src/hash.ts';

/** The numbers from 0 to below `count` in an order that depends on seed and epoch alone (Fisher and Yates). */
function permutation(count: number, seed: number, epoch: number): Uint32Array {
  const draw = new Draw(hash('order', seed, epoch, count));
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = draw.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/**
 * What comes at a place, counted over all epochs: of each epoch's permutation the first `perEpoch`. The last order is kept, since thousands
 * of places are asked of it.
 */
export function shuffledIndex(count: number, seed: number, perEpoch = count): (place: number) => number {
  let known: { readonly epoch: number; readonly order: Uint32Array } | null = null;
  return (place) => {
    const epoch = Math.floor(place / perEpoch);
    if (known?.epoch !== epoch) known = { epoch, order: permutation(count, seed, epoch) };
    return known.order[place % perEpoch]!;
  };
}
