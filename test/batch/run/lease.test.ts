import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { pidSpace } from '../../../src/batch/run/acquire-lease.js';
import { withLease } from '../../../src/batch/run/lease.js';
import { thisProcess } from '../../../src/edit/holder.js';
import type { Holder } from '../../../src/edit/lock-holder.js';
import { tempFolder } from '../../support/temp.js';

const CHILD = fileURLToPath(new URL('support/lease-child.js', import.meta.url));
const { signal } = new AbortController();

function newLease(): string {
  return path.join(tempFolder(), 'leases', 'job.json');
}

function start(...args: readonly string[]): ChildProcess & { readonly said: () => string } {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return Object.assign(child, { said: () => text });
}

/** A process that has the lease. */
async function holder(file: string): Promise<ChildProcess> {
  const child = start('hold', file);
  while (!child.said().includes('held')) await sleep(10);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}

/** A lease as a process of another machine writes it. */
async function writeLease(file: string, change: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await withLease(file, signal, async () => undefined);
  writeFileSync(
    file,
    JSON.stringify({ ...(await thisProcess()), space: await pidSpace(), token: 'theirs', ...change }),
  );
}

function silentFor(file: string, seconds: number): void {
  const then = new Date(Date.now() - seconds * 1000);
  utimesSync(file, then, then);
}

const take = (file: string): Promise<Holder | undefined> => withLease(file, signal, async (_signal, before) => before);

describe('withLease', () => {
  test('does the work, passes on what it gives or throws, and leaves nothing', async () => {
    const file = newLease();
    const seen = await withLease(file, signal, async (_own, before) => [
      before,
      JSON.parse(readFileSync(file, 'utf8')).pid,
    ]);
    expect(seen).toEqual([undefined, process.pid]);
    const failing = withLease(file, signal, async () => {
      throw new Error('of the work');
    });
    await expect(failing).rejects.toThrow('of the work');
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  test('is refused while it is held, also by this process', async () => {
    const file = newLease();
    await withLease(file, signal, async () => {
      await expect(take(file)).rejects.toMatchObject({
        code: 'locked',
        message: `process ${process.pid} on ${hostname()} is at work on this already (${file})`,
      });
    });
    expect(await take(file)).toBeUndefined();
  });

  test('of another process is refused, and taken over at once when that was killed', async () => {
    const file = newLease();
    const child = await holder(file);
    await expect(take(file)).rejects.toMatchObject({ code: 'locked' });
    await kill(child);
    expect(await take(file)).toMatchObject({ pid: child.pid, host: hostname() });
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  test.each([
    ['another machine', { host: 'elsewhere' }],
    ['another container of the same host name', { space: 'pid:[1]', pid: 2 ** 30 }],
    [
      'another machine of the same host name',
      { space: '00000000-0000-4000-8000-000000000000 pid:[4026531836]', pid: 2 ** 30 },
    ],
  ])('of %s is taken over only after silence', async (_title, change) => {
    const file = newLease();
    await writeLease(file, change);
    silentFor(file, 40);
    await expect(take(file)).rejects.toMatchObject({ code: 'locked' });
    silentFor(file, 70);
    expect(await take(file)).toMatchObject({ token: 'theirs', ...change });
  });

  test.each(['', '{"pid":1', 'null'])('that says %j is somebody’s until it was silent', async (text) => {
    const file = newLease();
    await writeLease(file);
    writeFileSync(file, text);
    await expect(take(file)).rejects.toMatchObject({ code: 'locked' });
    silentFor(file, 70);
    expect(await take(file)).toBeUndefined();
  });

  test.runIf(existsSync('/proc/sys/kernel/random/boot_id'))(
    'names the boot of its machine, not its namespace alone',
    async () => {
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      expect(await pidSpace()).toMatch(new RegExp(`^${boot} pid:\\[\\d+\\]$`));
    },
  );

  test('gives signs of life', async () => {
    const file = newLease();
    const times = { heartbeatMs: 20, silenceMs: 60_000 };
    await withLease(
      file,
      signal,
      async () => {
        silentFor(file, 100);
        const text = readFileSync(file, 'utf8');
        while (Date.now() - statSync(file).mtimeMs > 50_000) await sleep(5);
        expect(readFileSync(file, 'utf8')).toBe(text);
      },
      times,
    );
    expect(existsSync(file)).toBe(false);
  });

  test('stops the work when another process took it over, says so, and leaves theirs alone', async () => {
    const file = newLease();
    const work = withLease(
      file,
      signal,
      async (own) => {
        await writeLease(`${file}.other`, { host: 'elsewhere' });
        writeFileSync(file, readFileSync(`${file}.other`));
        while (!own.aborted) await sleep(5);
        throw new Error('stopped in the midst of it');
      },
      { heartbeatMs: 20 },
    );
    await expect(work).rejects.toMatchObject({ code: 'locked' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ host: 'elsewhere' });
  });

  test('is written anew where somebody removed the folder, and kept where it cannot be reached', async () => {
    const file = newLease();
    const times = { heartbeatMs: 20 };
    await withLease(
      file,
      signal,
      async (own) => {
        rmSync(path.dirname(file), { recursive: true });
        while (!existsSync(file)) await sleep(5);
        chmodSync(file, 0o000);
        await sleep(100);
        expect(own.aborted).toBe(false);
        chmodSync(file, 0o600);
        await expect(take(file)).rejects.toMatchObject({ code: 'locked' });
      },
      times,
    );
  });

  test('stops the work when the caller stops', async () => {
    const stop = new AbortController();
    const work = withLease(newLease(), stop.signal, async (own) => {
      stop.abort(new Error('enough'));
      own.throwIfAborted();
    });
    await expect(work).rejects.toThrow('enough');
  });

  test('what killed processes left while they asked for it goes in the end', async () => {
    const file = newLease();
    await writeLease(file, { host: 'elsewhere' });
    const left = [`${file}.123-0123abcd`, `${file}.over-0123456789abcdef`];
    for (const each of [...left, file]) {
      writeFileSync(each, readFileSync(file));
      silentFor(each, 200);
    }
    await take(file);
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  test('is taken over although a process was killed while it did so', async () => {
    const file = newLease();
    await writeLease(file, { pid: 2 ** 30 });
    const { createHash } = await import('node:crypto');
    const chain = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16);
    const dead = { ...(await thisProcess()), space: await pidSpace(), token: 'dead', pid: 2 ** 30 };
    writeFileSync(`${file}.over-${chain}`, JSON.stringify(dead));
    expect(await take(file)).toMatchObject({ token: 'theirs' });
  });
});

test('no two processes ever have it, though some are killed', { timeout: 60_000 }, async () => {
  const file = newLease();
  const marker = path.join(tempFolder(), 'marker');
  const racers = Array.from({ length: 3 }, () => start('race', file, marker, '60'));
  const ends = Promise.all(racers.map((racer) => once(racer, 'close')));
  let isOver = false;
  void ends.then(() => (isOver = true));
  let killed = 0;
  while (!isOver) {
    const victim = start('race', file, marker, '1000000');
    while (!isOver && !existsSync(marker)) await sleep(1);
    await sleep(300 + Math.random() * 60);
    if (victim.exitCode === 3) throw new Error(victim.said());
    await kill(victim);
    killed += 1;
  }
  expect(racers.map((racer) => [racer.exitCode, racer.said()])).toEqual(racers.map(() => [0, '']));
  expect(killed).toBeGreaterThan(0);
});
