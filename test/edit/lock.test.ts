import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { withLock } from '../../src/edit/lock.js';
import { tempFolder } from '../support/temp.js';

/** Field 22 of /proc/PID/stat, which follows a name that may hold spaces. */
function startTicks(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
}

function state(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.charAt(stat.lastIndexOf(')') + 2);
}

/** A process that has ended and whose parent never asks how. */
async function zombie(): Promise<number> {
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(line);
  // A shell would ask; sleep, which it becomes, does not.
  await until(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n');
  process.kill(pid, 'SIGKILL');
  await until(() => state(pid) === 'Z');
  return pid;
}

async function until(isReached: () => boolean): Promise<void> {
  while (!isReached()) await new Promise((resolve) => setImmediate(resolve));
}

function lockOf(holder: { readonly pid: number; readonly host?: string; readonly started: string }): string {
  const lock = path.join(tempFolder(), '.m.gguf.ggufix-lock');
  writeFileSync(lock, JSON.stringify({ host: hostname(), ...holder }));
  return lock;
}

const run = (lock: string): Promise<string> => withLock(lock, 'm.gguf', async () => 'done');

describe.skipIf(process.platform !== 'linux')('a lock file that is there already', () => {
  test('of a process that lives is respected', async () => {
    const lock = lockOf({ pid: process.pid, started: startTicks(process.pid) });
    await expect(run(lock)).rejects.toMatchObject({
      code: 'locked',
      message: `m.gguf is being changed by process ${process.pid} on ${hostname()} (lock file ${lock})`,
    });
  });

  test('of a process that is gone, or whose number another one has, is taken over', async () => {
    for (const holder of [
      { pid: 2 ** 30, started: '1' },
      { pid: process.pid, started: '1' },
    ]) {
      const lock = lockOf(holder);
      expect(await run(lock)).toBe('done');
      expect(readdirSync(path.dirname(lock))).toEqual([]);
    }
  });

  test('of a zombie is taken over: in many containers it stays for ever', async () => {
    const pid = await zombie();
    expect(await run(lockOf({ pid, started: startTicks(pid) }))).toBe('done');
  });

  test('of another machine is respected, its processes cannot be seen', async () => {
    const lock = lockOf({ pid: 2 ** 30, host: 'elsewhere', started: '1' });
    await expect(run(lock)).rejects.toThrow('process 1073741824 on elsewhere');
  });
});

test('the lock goes when the work fails', async () => {
  const lock = path.join(tempFolder(), '.m.gguf.ggufix-lock');
  const work = withLock(lock, 'm.gguf', async () => {
    expect(readdirSync(path.dirname(lock))).toEqual(['.m.gguf.ggufix-lock']);
    throw new TypeError('no');
  });
  await expect(work).rejects.toThrow(TypeError);
  expect(readdirSync(path.dirname(lock))).toEqual([]);
});
