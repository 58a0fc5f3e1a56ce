import { expect, test } from 'vitest';
import type { BatchEvent } from '../../../src/batch/run/events.js';
import { type DisplayFlags, startDisplay } from '../../../src/cli/batch/display.js';
import { type FakeOptions, fakeTerminal } from '../../support/run-cli.js';
import { endOf, outputJob, progressOf } from './support-events.js';

const job = outputJob('Q4_0');
const error = { code: 'busy', message: 'a lock\nis held' };

const EVENTS: readonly BatchEvent[] = [
  endOf(outputJob('old'), { status: 'done', isReused: true }),
  { event: 'job-start', job },
  { event: 'step-start', job, step: 'make' },
  progressOf(job, 1),
  progressOf(job, 2),
  { event: 'step-end', job, step: 'make', seconds: 1, isReused: false },
  { event: 'retry', job, error, seconds: 5 },
  endOf(job),
  endOf(outputJob('bad'), { status: 'failed', error }),
  endOf(outputJob('needs'), { status: 'blocked', by: 'imatrix of m' }),
  endOf(outputJob('late'), { status: 'stopped' }),
];

/** What is written of all events, which are a second apart. */
function written(flags: Partial<DisplayFlags>, options: FakeOptions = {}): string[] {
  let at = 0;
  const terminal = fakeTerminal(options);
  const all = { progress: 'auto', quiet: false, verbose: false, ...flags } as const;
  const display = startDisplay(terminal, all, 5, () => at);
  for (const event of EVENTS) {
    at += 1000;
    display.onEvent(event);
  }
  display.end();
  return terminal.result().err.split('\n').slice(0, -1);
}

const FAILURES = ['✗ tiny-bad.gguf: a lock\\nis held', '✗ tiny-needs.gguf: needs imatrix of m, which failed'];

const LINES = [
  '  tiny-Q4_0.gguf',
  '! tiny-Q4_0.gguf: a lock\\nis held; again in 5.0 s',
  '✓ tiny-Q4_0.gguf (2.00 KiB, 6.0 s)',
  ...FAILURES,
  '- tiny-late.gguf, stopped',
];

test('a pipe and CI get a line for what starts, ends and fails', () => {
  expect(written({})).toEqual(LINES);
  expect(written({}, { stderr: { isTty: true }, isCi: true })).toEqual(LINES);
});

test('verbose tells what an earlier run did as well', () => {
  expect(written({ verbose: true })).toEqual(['= tiny-old.gguf, as it was', ...LINES]);
});

test('quiet, also where a person watches, and no progress leave failures only', () => {
  expect(written({ quiet: true }, { stderr: { isTty: true } })).toEqual(FAILURES);
  expect(written({ progress: 'none' })).toEqual(FAILURES);
});

test('a bar that is asked for is drawn in a pipe too', () => {
  expect(written({ progress: 'bar' }).join('\n')).toContain('\u001b[J');
});

test('json is an object an event, with the job by its id', () => {
  const events = written({ progress: 'json' }).map((line): Record<string, unknown> => JSON.parse(line));
  expect(events.map(({ event }) => event)).toEqual(EVENTS.map(({ event }) => event));
  expect(events[1]).toEqual({
    event: 'job-start',
    job: 'tiny-Q4_0.gguf',
    kind: 'output',
    model: 'models/tiny.gguf',
    label: 'Q4_0',
    elapsed: 2,
  });
  expect(events[8]).toEqual({
    event: 'job-end',
    job: 'tiny-bad.gguf',
    outcome: { status: 'failed', error },
    elapsed: 9,
  });
});

test('json tells of progress four times a second at most', () => {
  let at = 0;
  const terminal = fakeTerminal();
  const display = startDisplay(terminal, { progress: 'json', quiet: false, verbose: false }, 1, () => at);
  for (; at < 1000; at += 1) display.onEvent(progressOf(job, at));
  expect(terminal.result().err.trim().split('\n')).toHaveLength(4);
});
