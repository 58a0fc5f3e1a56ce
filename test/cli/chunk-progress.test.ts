import { expect, test } from 'vitest';
import { chunkProgress } from '../../src/cli/chunk-progress.js';
import { fakeTerminal } from '../support/run-cli.js';

const FLAGS = { json: false, quiet: false, verbose: false, threads: undefined, progress: 'json' } as const;

test('begins with the first report, which tells the total', () => {
  const terminal = fakeTerminal();
  const progress = chunkProgress(terminal, FLAGS, 'compare q.gguf');
  expect(terminal.result().err).toBe('');
  progress.update({ done: 0, total: 20 });
  progress.update({ done: 20, total: 20 });
  progress.end();
  const events = terminal
    .result()
    .err.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ event: 'start', label: 'compare q.gguf', total: 20, unit: 'items', done: 0 });
  expect(events.at(-1)).toMatchObject({ event: 'end', done: 20 });
});

test('work that never began ends without a word', () => {
  const terminal = fakeTerminal();
  chunkProgress(terminal, FLAGS, 'x').end();
  expect(terminal.result().err).toBe('');
});
