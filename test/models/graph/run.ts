/** Runs a graph of the builder's through onnxruntime-node, with or without weights in a file beside it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Graph } from '../../../models/graph/builder.ts';
import { type OnnxOptions, encodeOnnx } from '../../../models/graph/onnx.ts';
import type { DataType } from '../../../models/graph/ops.ts';
import { type Session, type TensorData, openSession } from '../../../models/runtime/session.ts';

export async function open(graph: Graph, options: OnnxOptions & { readonly bytes?: Uint8Array } = {}): Promise<Session> {
  const folder = await mkdtemp(join(tmpdir(), 'winnow-onnx-'));
  try {
    if (options.bytes) await writeFile(join(folder, options.file ?? 'weights.bin'), options.bytes);
    await writeFile(join(folder, 'model.onnx'), encodeOnnx(graph, options));
    return await openSession(join(folder, 'model.onnx'), { device: 'cpu', threads: 1 });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const ARRAYS: Readonly<Record<DataType, (values: readonly number[]) => TensorData>> = {
  float32: (values) => Float32Array.from(values),
  /** Bits. */
  float16: (values) => Uint16Array.from(values),
  int64: (values) => BigInt64Array.from(values, BigInt),
  int32: (values) => Int32Array.from(values),
  uint8: (values) => Uint8Array.from(values),
  bool: (values) => Uint8Array.from(values),
};

export const arrayOf = (type: DataType, values: readonly number[]): TensorData => ARRAYS[type](values);
