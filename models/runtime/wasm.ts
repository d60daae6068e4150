/**
 * Passes over arrays in WebAssembly SIMD, which V8's JavaScript has not: put together byte by byte, from the binary format of the
 * WebAssembly Core Specification 2.0, section 5.4 (instructions) and 5.5 (modules). Node has had SIMD since 16.4. A Code leaves its value, if
 * any, on WebAssembly's stack.
 */

/** What of WebAssembly's JavaScript interface is used; TypeScript declares it for browsers only. */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number });
    readonly buffer: ArrayBuffer;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: { own: { memory: Memory } });
    readonly exports: unknown;
  }
}

const PAGE = 65_536;

/** An address has 32 bits. */
export const MOST_BYTES = 2 ** 32;

const memories = new WeakMap<ArrayBufferLike, WasmMemory>();

export class WasmMemory {
  readonly #memory: WebAssembly.Memory;

  /** Zeros; at most MOST_BYTES. */
  constructor(bytes: number) {
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
    memories.set(this.buffer, this);
  }

  /** Where an array lies; null for JavaScript's own memory. */
  static of(array: Float32Array): WasmMemory | null {
    return memories.get(array.buffer) ?? null;
  }

  get buffer(): ArrayBuffer {
    return this.#memory.buffer;
  }

  /** The functions of a module (`assemble`), over this memory. */
  functions<T>(module: Uint8Array): T {
    return new WebAssembly.Instance(new WebAssembly.Module(module), { own: { memory: this.#memory } }).exports as T;
  }
}

export type Code = readonly number[];

export const I32 = 0x7f;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;

/** LEB128; numbers here are never negative. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
function signed(value: number): Code {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}
const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const text = (name: string): Code => vector([...Buffer.from(name)].map((byte) => [byte]));

export const get = (local: number): Code => [0x20, local];
export const set = (local: number, value: Code): Code => [...value, 0x21, local];
export const int = (value: number): Code => [0x41, ...signed(value)];
export const float = (value: number): Code => [0x43, ...new Uint8Array(new Float32Array([value]).buffer)];
const double = (value: number): Code => [0x44, ...new Uint8Array(new Float64Array([value]).buffer)];

const scalar = (opcode: number) => (a: Code, b: Code): Code => [...a, ...b, opcode];
const add32 = scalar(0x6a);
const subtract32 = scalar(0x6b);
export const maxFloat = scalar(0x97);
export const addDouble = scalar(0xa0);
export const storeFloat = (address: Code, value: Code): Code => [...address, ...value, 0x38, 2, 0];
export const storeDouble = (address: Code, value: Code): Code => [...address, ...value, 0x39, 3, 0];

export const simd = (opcode: number, ...immediate: number[]): Code => [0xfd, ...unsigned(opcode), ...immediate];
const lanewise = (opcode: number) => (a: Code, b: Code): Code => [...a, ...b, ...simd(opcode)];
export const either = lanewise(0x50);
export const both = lanewise(0x4e);
/** f32x4; the larger of two is `b` where a < b and else `a`, which is one instruction on x86 where f32x4.max is eight. */
export const loadFloats = (address: Code, offset: number): Code => [...address, ...simd(0x00, 4, ...unsigned(offset))];
export const storeFloats = (address: Code, offset: number, value: Code): Code => [...address, ...value, ...simd(0x0b, 4, ...unsigned(offset))];
export const addFloats = lanewise(0xe4);
export const subtractFloats = lanewise(0xe5);
export const multiplyFloats = lanewise(0xe6);
export const divideFloats = lanewise(0xe7);
export const rootFloats = (value: Code): Code => [...value, ...simd(0xe3)];
export const splatFloat = (value: Code): Code => [...value, ...simd(0x13)];
export const larger = lanewise(0xeb);
export const unequal = lanewise(0x42);
export const floatLane = (value: Code, lane: number): Code => [...value, ...simd(0x1f, lane)];
/** f64x2. */
export const loadTwoAsDoubles = (address: Code, offset: number): Code => [...address, ...simd(0x5d, 3, ...unsigned(offset)), ...simd(0x5f)];
export const splat = (value: Code): Code => [...value, ...simd(0x14)];
export const constant = (value: number): Code => splat(double(value));
export const add = lanewise(0xf0);
export const subtract = lanewise(0xf1);
export const multiply = lanewise(0xf2);
export const greater = lanewise(0x4a);
export const doubleLane = (value: Code, lane: number): Code => [...value, ...simd(0x21, lane)];
/** i64x2. */
export const shiftLeft = (value: Code, by: number): Code => [...value, ...int(by), ...simd(0xcb)];
export const addBits = lanewise(0xce);

export const range = (count: number): number[] => [...Array(count).keys()];

/** Runs the body, takes one from the counter, goes round until it is 0. */
export const times = (counter: number, body: Code): Code => [0x03, 0x40, ...body, ...set(counter, subtract32(get(counter), int(1))), ...get(counter), 0x0d, 0, 0x0b];
export const advance = (pointer: number, bytes: number): Code => set(pointer, add32(get(pointer), int(bytes)));

export interface WasmFunction {
  readonly name: string;
  readonly parameters: Code;
  /** Null for none. */
  readonly result: number | null;
  readonly locals: Code;
  readonly body: Code;
}

/** A module of these functions, over a memory that is given to it. */
export function assemble(functions: readonly WasmFunction[]): Uint8Array {
  const section = (id: number, items: readonly Code[]): Code => {
    const content = vector(items);
    return [id, ...unsigned(content.length), ...content];
  };
  const bytes = (code: Code): readonly Code[] => code.map((byte) => [byte]);
  return new Uint8Array([
    0x00, ...Buffer.from('asm'), 1, 0, 0, 0,
    ...section(1, functions.map(({ parameters, result }) => [0x60, ...vector(bytes(parameters)), ...(result === null ? [0] : [1, result])])),
    // memory, at least 1 page
    ...section(2, [[...text('own'), ...text('memory'), 0x02, 0x00, 1]]),
    ...section(3, functions.map((_, index) => [index])),
    ...section(7, functions.map(({ name }, index) => [...text(name), 0x00, index])),
    ...section(10, functions.map(({ locals, body }) => {
      const code = [...vector(locals.map((type) => [1, type])), ...body, 0x0b];
      return [...unsigned(code.length), ...code];
    })),
  ]);
}
