/** Builds a graph node by node, each checked by its shape rule as it is added. */
import type { DataType, Dimension, Node, OpAttributes, OpName, Shape, Value } from './ops.ts';
import { SHAPES, type ValueType } from './shapes.ts';

/** A constant of the graph: small ones carry their bytes, weights are a range of a file beside it. */
export interface Initializer {
  readonly value: Value;
  /** Little-endian. Null where the runtime is to look them up in a file: see Graph.weights. */
  readonly bytes: Uint8Array | null;
}

export interface Graph {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
}

const BYTES_OF: Readonly<Record<DataType, number>> = { float32: 4, float16: 2, int64: 8, int32: 4, uint8: 1, bool: 1 };

/** Bytes of a tensor whose shape holds numbers only. */
export function bytesOf(type: DataType, shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, BYTES_OF[type]);
}

/** Without what no output asks for: the runtime computes every node that it is given. Inputs stay. */
export function pruned(graph: Graph): Graph {
  const wanted = new Set(graph.outputs.map(({ name }) => name));
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some(({ name }) => wanted.has(name))) continue;
    nodes.push(node);
    for (const input of node.inputs) if (input) wanted.add(input.name);
  }
  return { ...graph, nodes: nodes.reverse(), initializers: graph.initializers.filter(({ value }) => wanted.has(value.name)) };
}

export class GraphBuilder {
  readonly #inputs: Value[] = [];
  readonly #outputs: Value[] = [];
  readonly #nodes: Node[] = [];
  readonly #initializers = new Map<string, Initializer>();
  readonly #names = new Set<string>();
  #prefix = '';
  #count = 0;

  /** In the order they were added, which is an order they can run in. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  input(name: string, type: DataType, shape: Shape): Value {
    const value = this.#named(name, { type, shape });
    this.#inputs.push(value);
    return value;
  }

  /** Names a value as an output; `name` must be the name it was made with. */
  output(value: Value): Value {
    this.#outputs.push(value);
    return value;
  }

  /** A weight whose bytes come from outside (see onnx.ts). */
  weight(name: string, type: DataType, shape: readonly number[]): Value {
    const value = this.#named(name, { type, shape });
    this.#initializers.set(name, { value, bytes: null });
    return value;
  }

  constant(name: string, type: DataType, shape: readonly number[], data: ArrayBufferView): Value {
    const known = this.#initializers.get(name);
    if (known) return known.value;
    const value = this.#named(name, { type, shape });
    this.#initializers.set(name, { value, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
    return value;
  }

  /** One float, broadcast where it is used. Made once per value. */
  scalar(number: number, type: 'float32' | 'int64' = 'float32'): Value {
    return this.constant(`scalar ${type} ${number}`, type, [], type === 'float32' ? Float32Array.of(number) : BigInt64Array.of(BigInt(number)));
  }

  /** Everything made inside has `name/` before its own. */
  scope<T>(name: string, build: () => T): T {
    const outer = this.#prefix;
    this.#prefix = `${outer}${name}/`;
    try {
      return build();
    } finally {
      this.#prefix = outer;
    }
  }

  /** Adds a node and yields its first output. `names` replaces the names of its outputs, from the first on. */
  op<O extends OpName>(op: O, inputs: readonly (Value | null)[], attributes: OpAttributes[O], names: readonly string[] = []): Value {
    return this.ops(op, inputs, attributes, names)[0]!;
  }

  /** The same for an operator with several outputs. */
  ops<O extends OpName>(op: O, inputs: readonly (Value | null)[], attributes: OpAttributes[O], names: readonly string[] = []): readonly Value[] {
    const types = SHAPES[op](inputs, attributes);
    const id = this.#count++;
    const outputs = types.map((type, i) => this.#named(names[i] ?? `${this.#prefix}${op}.${id}${i === 0 ? '' : `.${i}`}`, type));
    this.#nodes.push({ op, inputs, outputs, attributes });
    return outputs;
  }

  reshape(value: Value, to: Shape): Value {
    return this.op('Reshape', [value], { to });
  }

  build(): Graph {
    return { inputs: this.#inputs, outputs: this.#outputs, nodes: this.#nodes, initializers: [...this.#initializers.values()] };
  }

  #named(name: string, { type, shape }: ValueType): Value {
    if (this.#names.has(name)) throw new Error(`The graph holds two values of the name '${name}'.`);
    this.#names.add(name);
    return { name, type, shape: shape as readonly Dimension[] };
  }
}
