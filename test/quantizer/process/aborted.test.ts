import { expect, test } from 'vitest';
import { GgufError } from '../../../src/errors.js';
import { throwIfAborted } from '../../../src/quantizer/process/aborted.js';

test('nothing without a signal, or before it fires', () => {
  throwIfAborted(undefined, 'the program');
  throwIfAborted(new AbortController().signal, 'the program');
});

test('a reason of ours is thrown as it is, another one is the cause', () => {
  const reason = new GgufError('aborted', 'interrupted by SIGINT', { why: 'SIGINT' });
  expect(() => throwIfAborted(AbortSignal.abort(reason), 'the program')).toThrow(reason);
  expect(() => throwIfAborted(AbortSignal.abort('enough'), 'the program')).toThrow(
    expect.objectContaining({ code: 'aborted', message: 'stopped while the program was at work', cause: 'enough' }),
  );
});
