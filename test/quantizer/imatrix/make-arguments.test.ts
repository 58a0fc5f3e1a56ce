import { expect, test } from 'vitest';
import { type ImatrixJob, imatrixArguments } from '../../../src/quantizer/imatrix/make-arguments.js';

const JOB: ImatrixJob = {
  model: '/m.gguf',
  text: 'text.txt',
  output: '/o/imatrix.gguf',
  contextSize: undefined,
  chunks: undefined,
  processOutput: false,
  parseSpecial: false,
  threads: undefined,
};

test('by default llama-imatrix decides', () => {
  expect(imatrixArguments(JOB)).toEqual(['-m', '/m.gguf', '-f', 'text.txt', '-o', '/o/imatrix.gguf']);
});

test('everything that is asked for is passed on', () => {
  const job = { ...JOB, contextSize: 128, chunks: 4, processOutput: true, parseSpecial: true, threads: 3 };
  expect(imatrixArguments(job).slice(6)).toEqual([
    ...['-c', '128', '--chunks', '4', '--process-output', '--parse-special', '-t', '3'],
  ]);
});

test('no worker threads still means one thread of its own', () => {
  expect(imatrixArguments({ ...JOB, threads: 0 }).slice(6)).toEqual(['-t', '1']);
});
