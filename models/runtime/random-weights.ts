/** Weights of any model's shapes that mean nothing, for measuring how fast a machine would run such a model without having one. */
import { ARCHITECTURES } from '../architectures/index.ts';
import type { ModelConfig } from '../config.ts';
import { ModelFileError } from '../errors.ts';
import { floatsToHalves } from '../weights/half.ts';
import { type TensorInfo, type Weights, byteLengthOf } from '../weights/weights.ts';
import { uniform } from './random.ts';

/** Drawn once and repeated: no kernel is faster for it. */
const TABLE = 1 << 16;
/** Within ±, so that no activation runs away. */
const SCALE = 0.05;

/** Half floats, made as they are read; norms are ones. */
export function randomWeights(config: ModelConfig, seed = 1): Weights {
  const table = floatsToHalves(Float32Array.from({ length: TABLE }, (_, i) => (2 * uniform(seed, i) - 1) * SCALE));
  const one = floatsToHalves(Float32Array.of(1))[0]!;
  const source = 'random weights';
  const tensors = new Map<string, TensorInfo>();
  for (const [name, shape] of ARCHITECTURES[config.architecture].tensors(config)) tensors.set(name, { name, shape, type: 'F16', byteLength: byteLengthOf('F16', shape), file: source });

  const made = (name: string, count: (shape: readonly number[]) => number): Uint8Array => {
    const info = tensors.get(name);
    if (!info) throw new ModelFileError(source, name, `a tensor of ${config.architecture}`, 'it has none of that name');
    const values = new Uint16Array(count(info.shape));
    if (info.shape.length === 1 && name.includes('norm')) values.fill(one);
    else for (let at = 0; at < values.length; at += TABLE) values.set(table.subarray(0, Math.min(TABLE, values.length - at)), at);
    return new Uint8Array(values.buffer);
  };
  return {
    source,
    tensors,
    read: async (name) => made(name, (shape) => shape.reduce((product, size) => product * size, 1)),
    readRows: async (name, _first, rows) => made(name, (shape) => rows * shape[1]!),
    close: async () => undefined,
  };
}
