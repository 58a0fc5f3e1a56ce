import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { isAlive, isOfThisMachine, isRunning, parseHolder, thisProcess } from '../../src/edit/holder.js';

test('this process is alive, and a later one of its number is another', async () => {
  const holder = await thisProcess();
  expect(holder).toMatchObject({ pid: process.pid, host: hostname() });
  expect(await isAlive(holder)).toBe(true);
  if (process.platform === 'linux') expect(await isAlive({ ...holder, started: '1' })).toBe(false);
});

test('a process that ended is not alive; of another machine nobody knows', async () => {
  const child = spawn('true');
  await once(child, 'close');
  const gone = { pid: child.pid ?? 0, host: hostname(), started: '1' };
  expect(isRunning(gone.pid)).toBe(false);
  expect(await isAlive(gone)).toBe(false);
  expect(await isAlive({ ...gone, host: 'elsewhere' })).toBe(true);
  expect([isOfThisMachine(gone), isOfThisMachine({ ...gone, host: 'elsewhere' })]).toEqual([true, false]);
});

test.each([
  '',
  '{',
  'null',
  '[]',
  '{"pid":1}',
  '{"pid":"1","host":"h","started":"2"}',
  '{"pid":1,"host":"h","started":"2","x":1}',
])('%j names no holder', async (text) => {
  expect(await parseHolder(text)).toBeUndefined();
});

test('what thisProcess says is read again', async () => {
  const holder = await thisProcess();
  expect(await parseHolder(JSON.stringify(holder))).toEqual(holder);
});
