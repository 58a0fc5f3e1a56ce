import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { eachSource } from '../../src/cli/each-source.js';
import { GgufError } from '../../src/errors.js';
import { fakeTerminal } from '../support/run-cli.js';

const SOURCES = ['a', 'b', 'c', 'd', 'e'];
const CONTEXT = { verbose: false };

test.each([1, 2, 3, 10])('yields in order whatever ends first, at most %i at a time', async (concurrency) => {
  let running = 0;
  let most = 0;
  const work = async (source: string): Promise<string> => {
    running += 1;
    most = Math.max(most, running);
    await sleep(source === 'a' ? 20 : 1);
    running -= 1;
    return source.toUpperCase();
  };
  const values: unknown[] = [];
  for await (const outcome of eachSource(fakeTerminal(), SOURCES, CONTEXT, work, { concurrency })) {
    values.push(outcome.ok && outcome.value);
  }
  expect(values).toEqual(['A', 'B', 'C', 'D', 'E']);
  expect(most).toBe(Math.min(concurrency, SOURCES.length));
});

test('a failure is printed when its turn comes, and stops no others', async () => {
  const terminal = fakeTerminal();
  const work = async (source: string): Promise<string> => {
    if (source === 'b' || source === 'd') throw new GgufError('unavailable', `no ${source}`, { what: source });
    await sleep(5);
    return source;
  };
  const errorsThen: string[] = [];
  for await (const { source } of eachSource(terminal, SOURCES, CONTEXT, work, { concurrency: 3 })) {
    errorsThen.push(`${source}: ${terminal.result().err}`);
  }
  expect(errorsThen[0]).toBe('a: ');
  expect(errorsThen[1]).toMatch(/^b: ggufix: .*no b\n$/);
  expect(errorsThen[4]).toMatch(/no d\n$/);
  expect(terminal.result().exit).toBe(3);
});

test('an interruption ends the run once what runs has ended', async () => {
  const controller = new AbortController();
  const terminal = fakeTerminal({ signal: controller.signal });
  const ended: string[] = [];
  const work = async (source: string): Promise<string> => {
    if (source === 'b') throw new GgufError('aborted', 'stop', { why: 'SIGINT' });
    await sleep(source === 'c' ? 20 : 1);
    ended.push(source);
    return source;
  };
  const run = async (): Promise<void> => {
    for await (const _ of eachSource(terminal, SOURCES, CONTEXT, work, { concurrency: 3 })) {
      // Only the end matters.
    }
  };
  await expect(run()).rejects.toMatchObject({ code: 'aborted' });
  expect(ended).toContain('c');
  expect(ended).not.toContain('e');
});
