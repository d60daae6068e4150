import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { DeviceError, ModelBusyError, ModelFileError, ModelRequestError, UnsupportedModelError } from '../../../models/errors.ts';
import { fromWire, toWire } from '../../../models/runtime/messages.ts';
import { SamplingError } from '../../../models/runtime/sampler.ts';

/** As a thread's port sends it. */
const across = (error: unknown): Error => fromWire(structuredClone(toWire(error)));

describe('an error on its way to another thread', () => {
  it.each([
    new ModelFileError('a/config.json', 'rope_scaling.factor', 'a number', 'it is "x"', { cause: new Error('inner') }),
    new UnsupportedModelError('a.gguf', '', 'a model', 'it is none'),
    new DeviceError('webgpu', 'There is none.', 'Choose another.'),
    new ModelRequestError('prompt', 'less', 'it is more'),
    new ModelBusyError(7),
  ])('keeps class, message, fields and stack: $name', (error) => {
    const arrived = across(error);
    expect(arrived).toBeInstanceOf(error.constructor);
    expect(arrived).toBeInstanceOf(Error);
    expect({ ...arrived }).toEqual({ ...error });
    expect([arrived.message, arrived.stack]).toEqual([error.message, error.stack]);
    expect(inspect(arrived).split(error.message)).toHaveLength(2);
  });

  it('is an Error with its name where it is none of this runtime\'s', () => {
    for (const error of [new SamplingError('Nonsense.'), new TypeError('No.')]) {
      const arrived = across(error);
      expect(Object.getPrototypeOf(arrived)).toBe(Error.prototype);
      expect(arrived).toMatchObject({ name: error.name, message: error.message });
    }
    expect(across('a text')).toMatchObject({ name: 'Error', message: 'a text' });
    expect(across(null)).toMatchObject({ name: 'Error', message: 'null' });
  });

  it('leaves behind what could not be sent', () => {
    const error = Object.assign(new Error('Refused.'), { code: 'EACCES', errno: -13, socket: () => undefined, self: {} });
    expect({ ...across(error) }).toEqual({ name: 'Error', code: 'EACCES', errno: -13 });
  });
});
