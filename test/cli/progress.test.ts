import { describe, expect, test } from 'vitest';
import { barText, startProgress } from '../../src/cli/progress.js';
import { displayWidth } from '../../src/report/text-width.js';
import { type FakeOptions, fakeTerminal } from '../support/run-cli.js';

const work = { label: 'requantize per_layer_token_embd.weight', total: 1000, unit: 'items' } as const;
const watched: FakeOptions = { stderr: { isTty: true } };

/** Runs work that reports `done` at these times, in milliseconds, and returns what was written to stderr. */
function written(
  mode: 'auto' | 'bar' | 'json' | 'none',
  options: FakeOptions,
  steps: [atMs: number, done: number][],
): string {
  const terminal = fakeTerminal(options);
  let clock = 0;
  const progress = startProgress(terminal, { progress: mode, quiet: false }, work, () => clock);
  for (const [atMs, done] of steps) {
    clock = atMs;
    progress.update(done);
  }
  progress.end();
  return terminal.result().err;
}

describe('a bar', () => {
  test('appears after a second, is redrawn ten times a second at most, and is removed', () => {
    const steps: [number, number][] = [
      [500, 100],
      [1000, 200],
      [1050, 210],
      [1100, 220],
    ];
    const draws = written('auto', watched, steps).split('\r');
    expect(draws.map((draw) => /(\d+) %/.exec(draw)?.[1])).toEqual([undefined, '20', '22', undefined]);
    expect(draws.at(-1)).toBe('\u001b[K');
  });

  test('work of less than a second shows nothing', () => {
    expect(
      written('auto', watched, [
        [10, 1],
        [999, 999],
      ]),
    ).toBe('');
  });

  test.each([
    ['a pipe', 'auto', {}],
    ['CI', 'auto', { ...watched, isCi: true }],
    ['none', 'none', watched],
  ] as const)('does not appear with %s', (_what, mode, options) => {
    expect(written(mode, options, [[5000, 500]])).toBe('');
  });

  test('appears in a pipe if it is demanded', () => {
    expect(written('bar', {}, [[5000, 500]])).toContain('50 %');
  });

  test('quiet silences auto', () => {
    const terminal = fakeTerminal(watched);
    let clock = 0;
    const progress = startProgress(terminal, { progress: 'auto', quiet: true }, work, () => clock);
    clock = 5000;
    progress.update(5);
    progress.end();
    expect(terminal.result().err).toBe('');
  });
});

describe('barText', () => {
  test('has label, share, rate and remaining time', () => {
    const bytes = { label: 'copy', total: 4 * 2 ** 30, unit: 'bytes' } as const;
    expect(barText(bytes, 2 ** 30, 2, 80)).toBe('copy  █████░░░░░░░░░░░░░░░  25 %  512 MiB/s, 6.0 s left');
    expect(barText(work, 1000, 4, 80)).toMatch(/█{20} 100 % {2}250\/s, 0\.0 s left$/);
  });

  test.each([10, 40, 60, 79])('fits %i columns', (width) => {
    expect(displayWidth(barText(work, 333, 12, width))).toBeLessThanOrEqual(width);
  });

  test('survives work of nothing', () => {
    expect(barText({ ...work, total: 0 }, 0, 0, 80)).toContain('100 %');
  });
});

test('json events are one object a line, four a second at most, with a start and an end', () => {
  const lines = written('json', {}, [
    [100, 1],
    [300, 2],
    [400, 3],
    [600, 4],
  ])
    .trimEnd()
    .split('\n');
  const events = lines.map((line) => JSON.parse(line));
  expect(events.map(({ event, done, seconds }) => [event, done, seconds])).toEqual([
    ['start', 0, 0],
    ['progress', 2, 0.3],
    ['progress', 4, 0.6],
    ['end', 4, 0.6],
  ]);
  expect(events[0]).toMatchObject(work);
});
