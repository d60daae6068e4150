/** An ONNX model of one operator of com.microsoft, by hand, for tests of what that operator reads (onnx/onnx.proto). */

const FLOAT = 1;
const UINT8 = 2;
const INT64 = 7;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}
const number = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, value: Iterable<number>): number[] => {
  const all = [...value];
  return [...varint(field * 8 + 2), ...varint(all.length), ...all];
};
const text = (field: number, value: string): number[] => bytes(field, new TextEncoder().encode(value));

export interface Constant {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | Uint8Array;
}

const tensor = ({ name, dims, data }: Constant): number[] => [
  ...dims.flatMap((size) => number(1, size)),
  ...number(2, data instanceof Uint8Array ? UINT8 : FLOAT),
  ...text(8, name),
  ...bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
];

const value = (name: string, type: number, rank: number): number[] => {
  const shape = Array.from({ length: rank }, (_, i) => bytes(1, text(2, `${name}${i}`))).flat();
  return [...text(1, name), ...bytes(2, bytes(1, [...number(1, type), ...bytes(2, shape)]))];
};

export interface OneNode {
  readonly op: string;
  /** In order; the one that is named `input.name` is fed. An empty name leaves an input out. */
  readonly inputs: readonly string[];
  readonly input: { readonly name: string; readonly type: 'float32' | 'int64'; readonly rank: number };
  readonly constants: readonly Constant[];
  readonly attributes: Readonly<Record<string, number>>;
  readonly outputRank: number;
}

/** The model's bytes; its output is `output`, float32. */
export function oneNode({ op, inputs, input, constants, attributes, outputRank }: OneNode): Uint8Array {
  const node = [
    ...inputs.flatMap((name) => text(1, name)),
    ...text(2, 'output'),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(([name, i]) => bytes(5, [...text(1, name), ...number(3, i), ...number(20, 2)])),
    ...text(7, 'com.microsoft'),
  ];
  const graph = [
    ...bytes(1, node),
    ...text(2, 'one'),
    ...constants.flatMap((constant) => bytes(5, tensor(constant))),
    ...bytes(11, value(input.name, input.type === 'int64' ? INT64 : FLOAT, input.rank)),
    ...bytes(12, value('output', FLOAT, outputRank)),
  ];
  const opset = (domain: string, version: number): number[] => bytes(8, [...text(1, domain), ...number(2, version)]);
  return Uint8Array.from([...number(1, 10), ...bytes(7, graph), ...opset('', 21), ...opset('com.microsoft', 1)]);
}
