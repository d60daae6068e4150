/** Reads protobuf's wire format without a schema (protobuf.dev, "Encoding"), for tests of what onnx.ts writes. */

type Raw = bigint | number | Uint8Array;

/** The fields of one message, by number, in the order in which they stand. */
export class Message {
  readonly #fields = new Map<number, Raw[]>();

  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    const varint = (): bigint => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = view.getUint8(at++);
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return BigInt.asIntN(64, value);
      }
    };
    while (at < bytes.length) {
      const key = Number(varint());
      const values = this.#fields.get(key >> 3) ?? [];
      this.#fields.set(key >> 3, values);
      if ((key & 7) === 0) values.push(varint());
      else if ((key & 7) === 5) {
        values.push(view.getFloat32(at, true));
        at += 4;
      } else if ((key & 7) === 2) {
        const length = Number(varint());
        if (at + length > bytes.length) throw new Error(`Field ${key >> 3} ends after its message.`);
        values.push(bytes.subarray(at, at + length));
        at += length;
      } else throw new Error(`Field ${key >> 3} has wire type ${key & 7}.`);
    }
  }

  get numbers(): readonly number[] {
    return [...this.#fields.keys()];
  }

  all(field: number): readonly Raw[] {
    return this.#fields.get(field) ?? [];
  }

  bytes(field: number): Uint8Array {
    return this.all(field)[0] as Uint8Array;
  }

  texts(field: number): string[] {
    return this.all(field).map((value) => new TextDecoder('utf-8', { fatal: true }).decode(value as Uint8Array));
  }

  /** The first text; undefined where there is none. */
  text(field: number): string | undefined {
    return this.texts(field)[0];
  }

  integers(field: number): number[] {
    return this.all(field).map(Number);
  }

  messages(field: number): Message[] {
    return this.all(field).map((value) => new Message(value as Uint8Array));
  }

  message(field: number): Message {
    return this.messages(field)[0]!;
  }
}
