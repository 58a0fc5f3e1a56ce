import { expect, test } from 'vitest';
import { startDisplay } from '../../../src/cli/batch/display.js';
import { displayWidth } from '../../../src/report/text-width.js';
import { fakeTerminal } from '../../support/run-cli.js';
import { screenAfter } from './screen.js';
import { endOf, outputJob, progressOf } from './support-events.js';

/** Goes to the first line, then each line is written and cleared from there on. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: codes begin with one
const FRAME = /^(?:\u001b\[\d+A)?\r\u001b\[\?7l(?:[^\u001b]+\u001b\[K\n)*\u001b\[\?7h$/;

const FLAGS = { progress: 'auto', quiet: false, verbose: false } as const;

function watched(jobCount: number, width = 80) {
  let at = 0;
  const terminal = fakeTerminal({ stderr: { isTty: true, width } });
  const display = startDisplay(terminal, FLAGS, jobCount, () => at);
  const shown = (): string[] => screenAfter(terminal.result().err);
  return { display, shown, raw: () => terminal.result().err, pass: (ms: number) => (at += ms) };
}

test('a line for each running job and one for the run; what ended stands above', () => {
  const { display, shown, pass } = watched(4);
  const [a, b] = [outputJob('Q4_K_M'), outputJob('Q8_0')];
  for (const job of [a, b]) display.onEvent({ event: 'job-start', job });
  display.onEvent({ event: 'step-start', job: a, step: 'make' });
  pass(1000);
  display.onEvent(progressOf(a, 500));
  expect(shown()).toEqual([
    'make Q4_K_M of tiny.gguf  ██████████░░░░░░░░░░  50 %  500 B/s, 1.0 s left',
    'begin Q8_0 of tiny.gguf  1.0 s',
    '0/4 jobs done, 2 at work, 2 left',
  ]);
  pass(1000);
  display.onEvent(endOf(a));
  display.onEvent(
    endOf(outputJob('Q2_K'), { status: 'failed', error: { code: 'no-space', message: 'the disk is full' } }),
  );
  expect(shown()).toEqual([
    '✓ tiny-Q4_K_M.gguf (2.00 KiB, 2.0 s)',
    '✗ tiny-Q2_K.gguf: the disk is full',
    'begin Q8_0 of tiny.gguf  2.0 s',
    '1/4 jobs done, 1 failed, 1 at work, 1 left, 30 jobs/min, about 4.0 s to go',
  ]);
  display.end();
  expect(shown()).toEqual(['✓ tiny-Q4_K_M.gguf (2.00 KiB, 2.0 s)', '✗ tiny-Q2_K.gguf: the disk is full']);
});

test('each frame is one write that blanks nothing before it writes', () => {
  const { display, raw, pass } = watched(2);
  const job = outputJob('Q4_0');
  for (let i = 0; i < 5; i += 1) {
    pass(200);
    display.onEvent(progressOf(job, i * 100));
  }
  display.end();
  // Of a frame only what is below its last line is cleared.
  const frames = raw().split('\u001b[J').slice(0, -1);
  expect(frames.length).toBeGreaterThanOrEqual(5);
  for (const frame of frames) expect(frame).toMatch(FRAME);
});

test('is not drawn more often than ten times a second', () => {
  const { display, raw, pass } = watched(2);
  const job = outputJob('Q4_0');
  for (let i = 0; i < 1000; i += 1) {
    pass(1);
    display.onEvent(progressOf(job, i));
  }
  expect(raw().split('\u001b[J').length - 1).toBeLessThanOrEqual(11);
  display.end();
});

test('many jobs and wide names fit; nothing of a name steers the terminal', () => {
  const { display, shown, raw, pass } = watched(40, 50);
  for (let i = 0; i < 20; i += 1) {
    pass(200);
    display.onEvent(progressOf(outputJob(`${i}\u001b[2J${'模'.repeat(40)}`), i));
  }
  expect(shown()).toHaveLength(10);
  for (const line of shown()) expect(displayWidth(line), line).toBeLessThan(50);
  expect(raw()).not.toContain('\u001b[2J');
  display.end();
  expect(shown()).toEqual([]);
});

test('what an earlier run did is counted and not told', () => {
  const { display, shown, pass } = watched(3);
  display.onEvent(endOf(outputJob('a'), { status: 'done', isReused: true }));
  display.onEvent(endOf(outputJob('b'), { status: 'skipped' }));
  pass(1000);
  display.onEvent({ event: 'job-start', job: outputJob('c') });
  expect(shown()).toEqual([
    '- tiny-b.gguf, left alone',
    'begin c of tiny.gguf  0.0 s',
    '1/3 jobs done, 1 at work, 0 left',
  ]);
  display.end();
});
