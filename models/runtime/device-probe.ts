/**
 * A process of its own that tries one device and says in one line of JSON how it went: a driver that crashes or hangs takes no server
 * with it (devices.ts). Arguments: the device, and the threads of an operator on the CPU.
 */
import { GraphBuilder } from '../graph/builder.ts';
import { encodeOnnx } from '../graph/onnx.ts';
import { DeviceError } from '../errors.ts';
import type { Device } from './language-model.ts';
import { openSession } from './session.ts';

/** What the probe prints. */
export type Probed =
  | { readonly ok: true; readonly gigaflops: number; readonly halfFloats: boolean }
  | { readonly ok: false; readonly message: string; readonly remedy: string };

/** Products of these sizes, the next one where the last took no time worth measuring. */
const SIZES = [256, 1024, 2048] as const;
const WORTH_MS = 20;
const ROUNDS = 3;

/** x · W, of which only the sum comes back. */
function productGraph(type: 'float32' | 'float16', size: number): Uint8Array {
  const g = new GraphBuilder();
  const x = g.input('x', type, [1, 1]);
  const weights = type === 'float32' ? new Float32Array(size * size).fill(1 / size) : new Uint16Array(size * size).fill(0x1400);
  const w = g.constant('w', type, [size, size], weights);
  const product = g.op('MatMul', [g.op('Add', [w, x], {}), w], {});
  g.output(g.op('ReduceSum', [product], { axes: [0, 1], keepdims: 0 }, ['sum']));
  return encodeOnnx(g.build());
}

/** Of a matrix product, in 10⁹ operations a second. */
async function speed(device: Device, threads: number, clock: () => number): Promise<number> {
  let gigaflops = 0;
  for (const size of SIZES) {
    const session = await openSession(productGraph('float32', size), { device, threads });
    let best = Number.POSITIVE_INFINITY;
    // The first compiles what it runs.
    for (let round = 0; round <= ROUNDS; round++) {
      const began = clock();
      await session.run({ x: session.tensor('float32', Float32Array.of(round), [1, 1]) }, ['sum']);
      if (round > 0) best = Math.min(best, clock() - began);
    }
    await session.close();
    gigaflops = (2 * size ** 3) / best / 1e6;
    if (best > WORTH_MS) break;
  }
  return gigaflops;
}

async function canHalfFloats(device: Device, threads: number): Promise<boolean> {
  if (device === 'cpu') return false;
  const session = await openSession(productGraph('float16', 16), { device, threads });
  try {
    await session.run({ x: session.tensor('float16', Uint16Array.of(0), [1, 1]) }, ['sum']);
    return true;
  } catch {
    return false;
  } finally {
    await session.close();
  }
}

async function probe(device: Device, threads: number): Promise<Probed> {
  try {
    const gigaflops = await speed(device, threads, () => performance.now());
    return { ok: true, gigaflops, halfFloats: await canHalfFloats(device, threads) };
  } catch (thrown) {
    return { ok: false, message: (thrown as Error).message, remedy: thrown instanceof DeviceError ? thrown.remedy : '' };
  }
}

const [device, threads] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await probe(device as Device, Number(threads)))}\n`);
