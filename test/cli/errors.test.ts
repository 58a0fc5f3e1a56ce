import { describe, expect, test } from 'vitest';
import { failureJson, reportFailure } from '../../src/cli/errors.js';
import { GgufError } from '../../src/errors.js';
import { fakeTerminal } from '../support/run-cli.js';

function reported(error: unknown, context: { source?: string; verbose?: boolean } = {}) {
  const terminal = fakeTerminal();
  reportFailure(terminal, error, { verbose: false, ...context });
  return terminal.result();
}

const truncated = new GgufError('truncated', 'need 8 bytes at offset 4, have 2', { at: 4, need: 8, have: 2 });
const systemError = Object.assign(new Error('ENOSPC: no space left on device, write'), {
  code: 'ENOSPC',
  syscall: 'write',
});

describe('reportFailure', () => {
  test('is one line that names the file', () => {
    expect(reported(truncated, { source: 'm.gguf' })).toEqual({
      out: '',
      err: 'ggufix: m.gguf: need 8 bytes at offset 4, have 2\n',
      exit: 3,
    });
  });

  test('does not name the file twice', () => {
    const error = new GgufError('source-unreadable', 'cannot read m.gguf: no such file', { uri: 'm.gguf' });
    expect(reported(error, { source: 'm.gguf' }).err).toBe('ggufix: cannot read m.gguf: no such file\n');
  });

  test.each([
    [new GgufError('bad-option', 'x', { problems: [] }), 2],
    [new GgufError('bad-value', 'x', { what: 'k', found: 'a', expected: 'b' }), 2],
    [new GgufError('aborted', 'x', { why: 'SIGINT' }), 130],
    [new GgufError('unavailable', 'x', { what: 'x' }), 3],
    [systemError, 3],
    [new TypeError('x'), 3],
    ['thrown text', 3],
  ])('%o exits with %i', (error, exit) => {
    expect(reported(error).exit).toBe(exit);
  });

  test('an error of the operating system is no internal error', () => {
    expect(reported(systemError).err).toBe('ggufix: ENOSPC: no space left on device, write\n');
  });

  test('an internal error shows its stack only when asked', () => {
    const bug = new TypeError('undefined is no function');
    expect(reported(bug).err).toBe('ggufix: internal error: undefined is no function (--verbose shows where)\n');
    expect(reported(bug, { verbose: true }).err).toMatch(
      /^ggufix: internal error: undefined is no function\nggufix: TypeError.*\nggufix: +at /,
    );
  });

  test('text of a file cannot steer the terminal', () => {
    expect(reported(new GgufError('unavailable', "key '\u001b[2J'", { what: '' })).err).toBe(
      "ggufix: key '\\u001b[2J'\n",
    );
  });
});

test('failureJson keeps code and message', () => {
  expect(failureJson(truncated)).toEqual({ code: 'truncated', message: 'need 8 bytes at offset 4, have 2' });
  expect(failureJson(systemError)).toEqual({ code: 'ENOSPC', message: systemError.message });
  expect(failureJson(new TypeError('x'))).toEqual({ code: 'internal', message: 'x' });
});
