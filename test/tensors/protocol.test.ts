import { expect, test } from 'vitest';
import { GgufError } from '../../src/errors.js';
import { packError, unpackError } from '../../src/tensors/protocol.js';

/** An error as it arrives from another thread. */
function cross(error: unknown): Error {
  return unpackError(structuredClone(packError(error)));
}

test('a GgufError crosses threads whole', () => {
  const details = { tensor: 't', row: 1, element: 2, value: 'NaN' } as const;
  const arrived = cross(new GgufError('non-finite-weight', 'weight is NaN', details));
  expect(arrived).toBeInstanceOf(GgufError);
  expect(arrived).toMatchObject({ code: 'non-finite-weight', message: 'weight is NaN', details });
});

test('a system error keeps what the system said', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    errno: -28,
    syscall: 'write',
  });
  expect(cross(full)).toMatchObject({ message: full.message, code: 'ENOSPC', errno: -28, syscall: 'write' });
});

test('anything else becomes an error with its text', () => {
  expect(cross(new RangeError('out of memory')).message).toBe('out of memory');
  expect(cross('text').message).toBe('text');
  expect(cross(undefined).message).toBe('undefined');
});
