import { expect, test } from 'vitest';
import { toolFailed } from '../../../src/quantizer/process/tool-failed.js';

const TOOL = { name: 'llama-imatrix', program: '/bin/llama-imatrix' };
const END = { exitCode: 1, signal: null, lastWords: [] };

test('the errors among the last words say why, without the marks of the log', () => {
  const lastWords = [
    '0.00.126.978 I compute_imatrix: tokenizing the input ..',
    '0.00.127.008 E compute_imatrix: you need at least 1024 tokens for a context of 512 tokens',
    '0.00.127.008 E compute_imatrix: you need at least 1024 tokens for a context of 512 tokens',
    'error: \u001b[31mred',
  ];
  const error = toolFailed(TOOL, 'to make x', { ...END, lastWords });
  const words = ['compute_imatrix: you need at least 1024 tokens for a context of 512 tokens', 'error: \\u001b[31mred'];
  expect(error).toMatchObject({
    code: 'engine-failed',
    message: `llama-imatrix failed to make x (exit code 1): ${words.join('; ')}`,
    details: { engine: '/bin/llama-imatrix', how: 'exit code 1', lastWords: words },
  });
});

test('without errors what came last before it failed has to do', () => {
  const lastWords = ['one', 'two', 'three', 'four'];
  expect(toolFailed(TOOL, 'to x', { exitCode: null, signal: 'SIGKILL', lastWords }).message).toBe(
    'llama-imatrix failed to x (SIGKILL): two; three; four',
  );
});

test('after a run that did not fail the last words are no reason', () => {
  const end = { exitCode: 0, signal: null, lastWords: ['Final estimate: PPL = 7.3'] };
  expect(toolFailed(TOOL, 'to x', end, 'without a file').message).toBe(
    'llama-imatrix failed to x (exit code 0, without a file)',
  );
});
