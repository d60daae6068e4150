/** Writes small safetensors files for tests, sound or not. Format: the README of huggingface/safetensors. */
export interface SafeTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** `edit` may change the header before it is written. */
export function writeSafetensors(tensors: Readonly<Record<string, SafeTensor>>, edit: (header: Record<string, any>) => void = () => {}): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
  }
  edit(header);
  return assembleSafetensors(JSON.stringify(header), Object.values(tensors).map(({ bytes }) => bytes));
}

/** Any text as the header, padded with spaces to a multiple of eight as the reference writer does. */
export function assembleSafetensors(header: string, data: readonly Uint8Array[]): Uint8Array {
  const text = new TextEncoder().encode(header + ' '.repeat((8 - (new TextEncoder().encode(header).length % 8)) % 8));
  const start = new Uint8Array(8);
  new DataView(start.buffer).setBigUint64(0, BigInt(text.length), true);
  return Uint8Array.from(Buffer.concat([start, text, ...data]));
}
