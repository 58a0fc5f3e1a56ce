import { expect, test } from 'vitest';
import { withProgress } from '../../../src/quantizer/quantize/progress.js';

const WORK = { label: 'verify', total: 10, unit: 'bytes' } as const;

/** What a display is told, in order. */
function display() {
  const told: unknown[] = [];
  const start = (work: unknown) => {
    told.push(work);
    return { update: (done: number) => void told.push(done), end: () => void told.push('end') };
  };
  return { told, start };
}

test('amounts are added up, and the display ends with the work', async () => {
  const { told, start } = display();
  const result = await withProgress(start, WORK, async (advance) => {
    for (const amount of [1, 2, 7]) advance(amount);
    return 'result';
  });
  expect(result).toBe('result');
  expect(told).toEqual([WORK, 1, 3, 10, 'end']);
});

test('the display ends where the work fails, too', async () => {
  const { told, start } = display();
  const failing = withProgress(start, WORK, () => Promise.reject(new Error('no disk')));
  await expect(failing).rejects.toThrow('no disk');
  expect(told).toEqual([WORK, 'end']);
});

test('work goes on without a display', async () => {
  const result = await withProgress(undefined, WORK, async (advance) => {
    advance(1);
    return 'result';
  });
  expect(result).toBe('result');
});
