/**
 * The cache of an engine whose device has memory of its own (WebGPU): one tensor per layer and half, [slots, kvHeads, rows, headDim],
 * which the model's session reads and extends where it lies. A view of such a tensor begins where the tensor begins, so a step runs over
 * the first so many slots; a single slot is copied into `single`, a cache of one, and back, by two small graphs on the device.
 *
 * Values never come to the program: `getData()` on a device tensor crashes in onnxruntime-node 1.30.
 */
import type { ModelConfig } from '../config.ts';
import { DeviceError } from '../errors.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { encodeOnnx } from '../graph/onnx.ts';
import type { Value } from '../graph/ops.ts';
import type { Device } from './language-model.ts';
import { type Session, type Tensor, openSession, reasonOf } from './session.ts';
import type { Bound } from './step.ts';

export interface DeviceCacheOptions {
  readonly device: Device;
  readonly config: ModelConfig;
  readonly type: 'float32' | 'float16';
  readonly slots: number;
  /** Positions of a slot. */
  readonly rows: number;
}

type Tensors = Readonly<Record<string, Tensor>>;

const SMALL = { threads: 1, foldConstants: false } as const;

/** Yields `zeros`, of the shape it is fed. */
function zerosGraph(type: 'float32' | 'float16'): Uint8Array {
  const g = new GraphBuilder();
  const zero = g.constant('zero', type, [1], type === 'float16' ? Uint16Array.of(0) : Float32Array.of(0));
  g.output(g.op('Expand', [zero, g.input('shape', 'int64', [4])], { to: ['slots', 'heads', 'rows', 'width'] }, ['zeros']));
  return encodeOnnx(g.build());
}

/** Two graphs over every tensor of the cache: `single` from one slot of it, and that slot from `single`. */
function copyGraphs(names: readonly string[], { type, config, rows }: DeviceCacheOptions): { readonly take: Uint8Array; readonly put: Uint8Array } {
  const shape = [config.kvHeads, rows, config.headDim];
  const graph = (indices: readonly number[], node: (g: GraphBuilder, all: Value, slot: Value, name: string) => Value): Uint8Array => {
    const g = new GraphBuilder();
    const slot = g.input('slot', 'int64', indices);
    for (const name of names) g.output(node(g, g.input(`all.${name}`, type, ['slots', ...shape]), slot, name));
    return encodeOnnx(g.build(), { inPlace: true });
  };
  return {
    take: graph([1], (g, all, slot, name) => g.op('Gather', [all, slot], { axis: 0 }, [name])),
    // Written into the memory of its first input, it touches nothing but the slot.
    put: graph([1, 1], (g, all, slot, name) => g.op('ScatterND', [all, slot, g.input(`one.${name}`, type, [1, ...shape])], {}, [name])),
  };
}

function prefixed(prefix: string, tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}

export class DeviceCache {
  /** A cache of one slot. */
  readonly single: Bound;
  readonly #options: DeviceCacheOptions;
  readonly #all: Tensors;
  readonly #one: Tensors;
  readonly #sessions: { readonly zeros: Session; readonly take: Session; readonly put: Session };
  readonly #bound = new Map<number, Bound>();

  private constructor(options: DeviceCacheOptions, all: Tensors, one: Tensors, sessions: { zeros: Session; take: Session; put: Session }) {
    this.#options = options;
    this.#all = all;
    this.#one = one;
    this.#sessions = sessions;
    this.single = { feeds: prefixed('past_', one), into: one };
  }

  /** Throws DeviceError where the device has too little memory, or does not compute in `type`. */
  static async create(options: DeviceCacheOptions): Promise<DeviceCache> {
    const { device, config, type, slots, rows } = options;
    const names = Array.from({ length: config.layers }, (_, layer) => [`key.${layer}`, `value.${layer}`]).flat();
    const graphs = copyGraphs(names, options);
    const zeros = await openSession(zerosGraph(type), { ...SMALL, device, onDevice: ['zeros'] });
    const sessions = { zeros, take: await openSession(graphs.take, { ...SMALL, device }), put: await openSession(graphs.put, { ...SMALL, device }) };
    const made: Tensor[] = [];
    const tensors = async (count: number): Promise<Tensors> => {
      const tensors: Record<string, Tensor> = {};
      const shape = zeros.tensor('int64', BigInt64Array.from([count, config.kvHeads, rows, config.headDim], BigInt), [4]);
      for (const name of names) made.push((tensors[name] = (await zeros.run({ shape }, ['zeros'])).zeros!));
      return tensors;
    };
    try {
      return new DeviceCache(options, await tensors(slots), await tensors(1), sessions);
    } catch (cause) {
      for (const tensor of made) tensor.dispose();
      for (const session of Object.values(sessions)) await session.close();
      if (/requires f16/.test((cause as Error).message)) {
        throw new DeviceError(device, `This machine's ${device} adapter computes in 32 bits only (it has no shader-f16).`, 'Use --precision int8, int4 or fp32.', { cause });
      }
      const bytes = 2 * config.layers * (slots + 1) * config.kvHeads * rows * config.headDim * (type === 'float16' ? 2 : 4);
      const message = `A cache of ${slots} slots of ${rows} tokens takes ${(bytes / 1e9).toFixed(2)} GB, which ${device} does not give: ${reasonOf(cause)}.`;
      throw new DeviceError(device, message, 'Choose fewer slots or a shorter context; --device cpu runs everywhere.', { cause });
    }
  }

  /** The first `count` slots. */
  first(count: number): Bound {
    const known = this.#bound.get(count);
    if (known) return known;
    const { config, rows } = this.#options;
    const shape = [count, config.kvHeads, rows, config.headDim];
    const into = Object.fromEntries(Object.entries(this.#all).map(([name, tensor]) => [name, this.#sessions.zeros.view(tensor, shape)]));
    const bound = { feeds: prefixed('past_', into), into };
    this.#bound.set(count, bound);
    return bound;
  }

  /** Copies a slot into `single`. */
  async take(slot: number): Promise<void> {
    const { take } = this.#sessions;
    await take.runInPlace({ ...prefixed('all.', this.#all), slot: take.tensor('int64', BigInt64Array.of(BigInt(slot)), [1]) }, this.#one);
  }

  /** Copies `single` over a slot. */
  async put(slot: number): Promise<void> {
    const { put } = this.#sessions;
    await put.runInPlace({ ...prefixed('all.', this.#all), ...prefixed('one.', this.#one), slot: put.tensor('int64', BigInt64Array.of(BigInt(slot)), [1, 1]) }, this.#all);
  }

  async close(): Promise<void> {
    for (const tensors of [this.#all, this.#one]) for (const tensor of Object.values(tensors)) tensor.dispose();
    for (const session of Object.values(this.#sessions)) await session.close();
  }
}
