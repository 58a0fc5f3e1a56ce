import { expect, test } from 'vitest';
import { atMost } from '../../../src/batch/queue/at-most.js';

test('waits for what ends, well or not', async () => {
  const ended: string[] = [];
  await atMost(
    60_000,
    Promise.resolve().then(() => ended.push('well')),
  );
  await atMost(60_000, Promise.reject(new Error('no')));
  expect(ended).toEqual(['well']);
});

test('does not wait for ever', async () => {
  await atMost(1, new Promise(() => undefined));
});
