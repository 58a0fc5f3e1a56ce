import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { allOrNone } from '../../../src/quantizer/quantize/all-or-none.js';

/** Resolves to `value` after a while, or rejects when it is told to stop, and says so. */
function work<T>(value: T, log: string[], ms = 50) {
  return async (stop: AbortSignal): Promise<T> => {
    await sleep(ms, undefined, { signal: stop }).catch((cause: unknown) => {
      log.push(`${value} stopped`);
      throw cause;
    });
    log.push(`${value} done`);
    return value;
  };
}

test('the results stand in the order of the works', async () => {
  expect(await allOrNone<[number, string]>([work(1, [], 60), work('a', [], 10)])).toEqual([1, 'a']);
});

test('a failure stops the others, and comes when they have ended', async () => {
  const log: string[] = [];
  const failing = async () => {
    await sleep(10);
    throw new Error('no disk');
  };
  await expect(allOrNone([work('slow', log, 60_000), failing])).rejects.toThrow('no disk');
  expect(log).toEqual(['slow stopped']);
});

test('of two failures the first counts', async () => {
  const fails = (why: string, ms: number) => async () => {
    await sleep(ms);
    throw new Error(why);
  };
  await expect(allOrNone([fails('second', 40), fails('first', 5)])).rejects.toThrow('first');
});

test('the outer signal stops all', async () => {
  const log: string[] = [];
  const controller = new AbortController();
  const running = allOrNone([work('a', log, 60_000), work('b', log, 60_000)], controller.signal);
  controller.abort();
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  expect(log).toEqual(['a stopped', 'b stopped']);
});
