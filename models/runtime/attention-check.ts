/**
 * Which lengths of prompt an adapter's attention reads rightly. ONNX Runtime 1.30 has two WebGPU kernels: one for fewer than 32 tokens at
 * once, and a faster one from there on (contrib_ops/webgpu/bert/flash_attention.cc, use_split_reduce) that takes for granted that a
 * subgroup has 8 lanes or more (flash_attention.wgsl.template). SwiftShader's have 4, and it gets wrong numbers without a word.
 * Nothing tells the program how many there are, so both kernels are asked the same question and their answers compared.
 */
import type { ModelConfig } from '../config.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { encodeOnnx } from '../graph/onnx.ts';
import { floatsToHalves, halvesToFloats } from '../weights/half.ts';
import type { Device } from './language-model.ts';
import { uniform } from './random.ts';
import { type Session, type Tensor, openSession } from './session.ts';

/** Tokens of a prompt that are read at once. Fewer are filled up to `least`, so that a row's sums do not depend on how many they are. */
export interface Piece {
  readonly least: number;
  readonly most: number;
}

const LONG: Piece = { least: 32, most: Number.POSITIVE_INFINITY };
/** The kernel for the shorter ones takes four tokens to a tile. */
const SHORT: Piece = { least: 4, most: 28 };
/** Of the largest value: halves agree to about 1/1000, and a kernel that mixes up keys is off by the values' own size. */
const TOLERANCE = 0.02;

/** `mixed` of one layer's attention over `packed` queries, keys and values, without rotation. */
function attentionGraph({ heads, kvHeads, headDim }: ModelConfig, type: 'float32' | 'float16'): Uint8Array {
  const g = new GraphBuilder();
  const packed = g.input('packed', type, [1, 'sequence', (heads + 2 * kvHeads) * headDim]);
  const past = ['past_key', 'past_value'].map((name) => g.input(name, type, [1, kvHeads, 'capacity', headDim]));
  const inputs = [packed, null, null, ...past, g.input('lengths', 'int32', [1]), g.input('longest', 'int32', []), null, null];
  const attributes = { num_heads: heads, kv_num_heads: kvHeads, scale: 1 / Math.sqrt(headDim), do_rotary: 0, rotary_interleaved: 0 } as const;
  for (const output of g.ops('GroupQueryAttention', inputs, attributes, ['mixed', 'key', 'value'])) g.output(output);
  return encodeOnnx(g.build());
}

/** The values that the first `count` tokens attend to: [count, heads · headDim]. */
async function attend(session: Session, { heads, kvHeads, headDim }: ModelConfig, type: 'float32' | 'float16', count: number): Promise<Float32Array> {
  const width = (heads + 2 * kvHeads) * headDim;
  // Queries and keys of some size, so that a row looks at a few keys and not at all of them alike.
  const values = Float32Array.from({ length: count * width }, (_, i) => (uniform(1, i) - 0.5) * (i % width < (heads + kvHeads) * headDim ? 6 : 2));
  const tensor = (data: Float32Array, shape: readonly number[]): Tensor => session.tensor(type, type === 'float16' ? floatsToHalves(data) : data, shape);
  const empty = tensor(new Float32Array(kvHeads * LONG.least * 2 * headDim), [1, kvHeads, LONG.least * 2, headDim]);
  const { mixed } = await session.run(
    {
      packed: tensor(values, [1, count, width]),
      past_key: empty,
      past_value: empty,
      lengths: session.tensor('int32', Int32Array.of(count - 1), [1]),
      longest: session.tensor('int32', Int32Array.of(count), []),
    },
    ['mixed'],
  );
  return type === 'float16' ? halvesToFloats(mixed!.data as Uint16Array) : (mixed!.data as Float32Array);
}

/** Runs a layer's attention twice; takes milliseconds on a GPU. */
export async function pieceOf(device: Device, config: ModelConfig, type: 'float32' | 'float16'): Promise<Piece> {
  const session = await openSession(attentionGraph(config, type), { device, threads: 1 });
  try {
    const short = await attend(session, config, type, SHORT.most);
    const long = await attend(session, config, type, LONG.least + 8);
    const size = short.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // Later tokens are hidden from earlier ones, so the beginnings must agree.
    return short.every((value, i) => Math.abs(value - long[i]!) <= TOLERANCE * size) ? LONG : SHORT;
  } finally {
    await session.close();
  }
}
