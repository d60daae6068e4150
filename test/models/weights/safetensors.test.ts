import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelFileError, UnsupportedModelError } from '../../../models/errors.ts';
import { dequantize } from '../../../models/weights/dequantize.ts';
import { openSafetensors } from '../../../models/weights/safetensors.ts';
import { assembleSafetensors, writeSafetensors } from '../../support/safetensors-writer.ts';
import { fuzzFile, survives, truncateFully } from './damage.ts';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'winnow-safetensors-'));
  file = join(folder, 'model.safetensors');
});
afterAll(() => rm(folder, { recursive: true }));

const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const words = (...values: number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);

const TENSORS = {
  matrix: { dtype: 'F32', shape: [3, 2], bytes: floats(1, 2, 3, 4, 5, 6) },
  half: { dtype: 'F16', shape: [2], bytes: words(0x3c00, 0xc000) },
  brain: { dtype: 'BF16', shape: [2], bytes: words(0x3f80, 0xc000) },
};

async function readAll(path: string): Promise<void> {
  const weights = await openSafetensors(path);
  try {
    for (const { name, type, shape } of weights.tensors.values()) {
      const values = dequantize(type, await weights.read(name));
      expect(values).toHaveLength(shape.reduce((product, size) => product * size, 1));
    }
  } finally {
    await weights.close();
  }
}

/** What opening says of these bytes. */
async function fault(bytes: Uint8Array): Promise<ModelFileError> {
  await writeFile(file, bytes);
  return openSafetensors(file).then(
    () => {
      throw new Error('It was opened.');
    },
    (error: ModelFileError) => error,
  );
}

describe('a safetensors file', () => {
  it('gives each tensor with its shape, type and values', async () => {
    await writeFile(file, writeSafetensors(TENSORS));
    const weights = await openSafetensors(folder);
    expect([...weights.tensors.values()]).toEqual([
      { name: 'matrix', shape: [3, 2], type: 'F32', byteLength: 24, file },
      { name: 'half', shape: [2], type: 'F16', byteLength: 4, file },
      { name: 'brain', shape: [2], type: 'BF16', byteLength: 4, file },
    ]);
    const values = async (name: string) => [...dequantize(weights.tensors.get(name)!.type, await weights.read(name))];
    expect(await values('matrix')).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await values('half')).toEqual([1, -2]);
    expect(await values('brain')).toEqual([1, -2]);
    await weights.close();
  });

  it('gives rows of a matrix, several reads at once', async () => {
    await writeFile(file, writeSafetensors(TENSORS));
    const weights = await openSafetensors(file);
    const rows = await Promise.all([weights.readRows('matrix', 1, 2), weights.readRows('matrix', 0, 1), weights.readRows('matrix', 3, 0)]);
    expect(rows.map((bytes) => [...dequantize('F32', bytes)])).toEqual([[3, 4, 5, 6], [1, 2], []]);
    await expect(weights.readRows('matrix', 2, 2)).rejects.toThrow(RangeError);
    await expect(weights.readRows('half', 0, 1)).rejects.toThrow(RangeError);
    await weights.close();
  });

  it('gives buffers that are the caller\'s own', async () => {
    await writeFile(file, writeSafetensors(TENSORS));
    const weights = await openSafetensors(file);
    (await weights.read('half')).fill(0);
    expect([...(await weights.read('half'))]).toEqual([...TENSORS.half.bytes]);
    await weights.close();
  });

  it('names a tensor that is not there', async () => {
    await writeFile(file, writeSafetensors(TENSORS));
    const weights = await openSafetensors(file);
    await expect(weights.read('absent')).rejects.toMatchObject({ name: 'ModelFileError', file, field: 'absent' });
    await weights.close();
  });

  it('opens with a tensor of another type, and refuses that tensor alone when it is read', async () => {
    await writeFile(file, writeSafetensors({ ...TENSORS, ids: { dtype: 'I64', shape: [1], bytes: new Uint8Array(8) } }));
    const weights = await openSafetensors(file);
    expect(weights.tensors.has('ids')).toBe(false);
    await expect(weights.read('ids')).rejects.toThrow(UnsupportedModelError);
    await expect(weights.read('ids')).rejects.toMatchObject({ file, field: 'ids', message: expect.stringContaining('its type is I64') });
    expect(await weights.read('matrix')).toHaveLength(24);
    await weights.close();
  });

  it('says so when it is cut after it was opened', async () => {
    await writeFile(file, writeSafetensors(TENSORS));
    const weights = await openSafetensors(file);
    await truncate(file, writeSafetensors(TENSORS).length - 3);
    await expect(weights.read('brain')).rejects.toMatchObject({ name: 'ModelFileError', file, field: 'brain' });
    await weights.close();
  });

  it('holds scalars and empty tensors', async () => {
    await writeFile(file, writeSafetensors({ scalar: { dtype: 'F32', shape: [], bytes: floats(7) }, none: { dtype: 'F32', shape: [0, 5], bytes: new Uint8Array(0) } }));
    const weights = await openSafetensors(file);
    expect(dequantize('F32', await weights.read('scalar'))[0]).toBe(7);
    expect(await weights.read('none')).toHaveLength(0);
    await weights.close();
  });

  const wrong = (edit: (header: Record<string, any>) => void) => writeSafetensors(TENSORS, edit);
  it.each([
    ['is empty', new Uint8Array(0), 'header'],
    ['has less than a header length', new Uint8Array(5), 'header'],
    ['says that its header is longer than the file', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 0x7b), 'header'],
    ['has a header that is not JSON', assembleSafetensors('{"a":', []), 'header'],
    ['has a header that is a list', assembleSafetensors('[]', []), 'header'],
    ['has a header that is not UTF-8', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff), 'header'],
    ['has a number for a tensor', wrong((header) => (header.half = 3)), 'half'],
    ['has no type for a tensor', wrong((header) => delete header.half.dtype), 'half.dtype'],
    ['has a type that there is not', wrong((header) => (header.half.dtype = 'constructor')), 'half.dtype'],
    ['has a negative dimension', wrong((header) => (header.half.shape = [-2])), 'half.shape'],
    ['has a broken dimension', wrong((header) => (header.half.shape = [1.5])), 'half.shape'],
    ['has no offsets', wrong((header) => delete header.half.data_offsets), 'half.data_offsets'],
    ['has offsets in reverse', wrong((header) => header.half.data_offsets.reverse()), 'half.data_offsets'],
    ['has offsets of another length than shape and type', wrong((header) => (header.half.shape = [3])), 'half.data_offsets'],
    ['has a shape whose product overflows', wrong((header) => (header.half.shape = [2 ** 52, 2 ** 52])), 'half.data_offsets'],
    ['has tensors that overlap', wrong((header) => (header.half.data_offsets = [20, 24])), 'half.data_offsets'],
    ['has a hole', wrong((header) => delete header.half), 'brain.data_offsets'],
    ['has metadata that is not text', wrong((header) => (header.__metadata__.format = 1)), '__metadata__'],
    ['is longer than its header says', Buffer.concat([writeSafetensors(TENSORS), new Uint8Array(1)]), ''],
    ['is shorter than its header says', writeSafetensors(TENSORS).subarray(0, -1), ''],
  ])('is refused where it %s', async (_, bytes, field) => {
    const error = await fault(bytes);
    expect(error).toMatchObject({ name: 'ModelFileError', file, field });
    expect(error.message.startsWith(file)).toBe(true);
  });

  it('is refused at every length but its own', async () => {
    await truncateFully(file, writeSafetensors(TENSORS), () => readAll(file));
  });

  it('costs neither time nor memory nor another error when it is damaged', async () => {
    // More data than header, so that damage also hits what any bytes may stand for.
    const sound = writeSafetensors({ ...TENSORS, matrix: { dtype: 'F32', shape: [100, 2], bytes: floats(...new Array<number>(200).fill(1)) } });
    const counts = await fuzzFile(file, sound, () => readAll(file), 1500);
    expect(counts.refused).toBeGreaterThan(500);
    expect(counts.sound).toBeGreaterThan(20);
  });

  it('may nest its JSON as deep as it likes', async () => {
    await writeFile(file, assembleSafetensors('[{"a":'.repeat(100_000), []));
    expect(await survives(() => readAll(file))).toBe(false);
    await writeFile(file, assembleSafetensors(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, []));
    expect(await survives(() => readAll(file))).toBe(false);
  });
});

describe('a folder of shards', () => {
  const INDEX = 'model.safetensors.index.json';
  const { matrix, ...small } = TENSORS;
  let shards: string;
  let index: string;
  beforeAll(async () => {
    shards = join(folder, 'shards');
    index = join(shards, INDEX);
    await mkdir(shards);
    await writeFile(join(shards, 'model-1.safetensors'), writeSafetensors({ matrix }));
    await writeFile(join(shards, 'model-2.safetensors'), writeSafetensors(small));
  });
  const map = { matrix: 'model-1.safetensors', half: 'model-2.safetensors', brain: 'model-2.safetensors' };
  const writeIndex = (weightMap: unknown): Promise<void> => writeFile(index, JSON.stringify({ metadata: { total_size: 32 }, weight_map: weightMap }));

  it.each(['folder', 'index'])('gives all tensors, opened by its %s', async (by) => {
    await writeIndex(map);
    const weights = await openSafetensors(by === 'folder' ? shards : index);
    expect([...weights.tensors.values()].map(({ name, file: from }) => [name, from])).toEqual([
      ['matrix', join(shards, 'model-1.safetensors')],
      ['half', join(shards, 'model-2.safetensors')],
      ['brain', join(shards, 'model-2.safetensors')],
    ]);
    expect([...dequantize('F16', await weights.read('half'))]).toEqual([1, -2]);
    await weights.close();
  });

  it('takes a tensor from the file that the index names', async () => {
    await writeFile(join(shards, 'model-3.safetensors'), writeSafetensors({ half: { dtype: 'F32', shape: [1], bytes: floats(9) } }));
    await writeIndex({ ...map, half: 'model-3.safetensors' });
    const weights = await openSafetensors(shards);
    expect(weights.tensors.get('half')).toMatchObject({ type: 'F32', file: join(shards, 'model-3.safetensors') });
    await weights.close();
  });

  it.each([
    ['has no map', undefined, 'weight_map'],
    ['has a list for a map', ['half'], 'weight_map'],
    ['names a file outside the folder', { ...map, half: '../model.safetensors' }, 'weight_map.half'],
    ['names a file by an absolute path', { ...map, half: '/model.safetensors' }, 'weight_map.half'],
    ['names something other than a file', { ...map, half: 3 }, 'weight_map.half'],
    ['names a tensor that its file does not hold', { ...map, absent: 'model-1.safetensors' }, 'weight_map.absent'],
  ])('is refused where its index %s', async (_, weightMap, field) => {
    await writeIndex(weightMap);
    await expect(openSafetensors(shards)).rejects.toMatchObject({ name: 'ModelFileError', file: index, field });
  });

  it('names a shard that is missing', async () => {
    await writeIndex({ ...map, half: 'model-9.safetensors' });
    await expect(openSafetensors(shards)).rejects.toMatchObject({ name: 'ModelFileError', file: join(shards, 'model-9.safetensors') });
  });
});

describe('a folder without weights', () => {
  it('says what was looked for', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    await expect(openSafetensors(empty)).rejects.toThrow(`${empty}: expected model.safetensors or model.safetensors.index.json; the folder has neither.`);
  });

  it.each(['pytorch_model.bin', 'pytorch_model.bin.index.json', 'pytorch_model-00001-of-00002.bin', 'consolidated.00.pth'])('asks for a conversion where it holds %s', async (name) => {
    const torch = await mkdtemp(join(folder, 'torch-'));
    await writeFile(join(torch, name), '');
    await expect(openSafetensors(torch)).rejects.toThrow(UnsupportedModelError);
    await expect(openSafetensors(torch)).rejects.toThrow('convert them to safetensors');
  });

  it('that is not there is named', async () => {
    const absent = join(folder, 'absent');
    await expect(openSafetensors(absent)).rejects.toThrow(`${absent}: expected a file or folder that can be read; there is none.`);
  });
});
