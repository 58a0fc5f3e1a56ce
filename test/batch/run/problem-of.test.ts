import { expect, test } from 'vitest';
import { problemOf } from '../../../src/batch/run/problem-of.js';
import { GgufError } from '../../../src/errors.js';

const system = (code: string): Error => Object.assign(new Error(`${code}: failed, write`), { code, syscall: 'write' });

test.each([
  ['ours', new GgufError('aborted', 'stopped', { why: 'signal' }), { code: 'aborted', message: 'stopped' }],
  ['a full disk', system('ENOSPC'), { code: 'no-space', message: 'ENOSPC: failed, write' }],
  ['a full quota', system('EDQUOT'), { code: 'no-space', message: 'EDQUOT: failed, write' }],
  ['of the system', system('EIO'), { code: 'system', message: 'EIO: failed, write' }],
  ['of Node', Object.assign(new Error('x'), { code: 'ERR_X' }), { code: 'internal', message: 'x' }],
  ['a fault', new TypeError('no function'), { code: 'internal', message: 'no function' }],
  ['no error', 'text', { code: 'internal', message: 'text' }],
])('%s', (_title, error, expected) => {
  expect(problemOf(error)).toEqual(expected);
});
