import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { describeWithRedis, startRedis } from '../../support/redis.js';
import { type Script, type ScriptedJob, script, startWorker, submit, until } from './support/scripted.js';

const DIAMOND: readonly ScriptedJob[] = [
  { id: 'source', ms: 100 },
  { id: 'left', after: ['source'], ms: 100 },
  { id: 'right', after: ['source'], ms: 150 },
  { id: 'last', after: ['left', 'right'], ms: 50 },
];

/** No job was begun again before it had ended or stopped. */
function expectNeverTwiceAtOnce({ log }: Script, killed: ReadonlySet<number | undefined> = new Set()): void {
  const holders = new Map<string, number>();
  for (const { event, id, pid } of log()) {
    if (id === undefined) continue;
    const holder = holders.get(id);
    if (event === 'begin') {
      if (holder !== undefined) expect(killed, `${id} was begun while process ${holder} did it`).toContain(holder);
      holders.set(id, pid);
    } else holders.delete(id);
  }
}

describeWithRedis('runWorker', () => {
  test('two workers do every job once, each after those that it needs, and end when nothing is left', async () => {
    await using redis = await startRedis();
    const batch = script(DIAMOND);
    expect((await submit(redis.url, batch)).added).toEqual(['source']);
    const workers = [1, 2].map(() => startWorker(redis.url, batch));
    expect(await Promise.all(workers.map((worker) => worker.end()))).toEqual([0, 0]);
    expect(batch.ids('end').toSorted()).toEqual(['last', 'left', 'right', 'source']);
    const order = batch.log().flatMap(({ event, id = '' }) => (event === 'finish' ? [] : [`${event} ${id}`]));
    for (const { id, after = [] } of DIAMOND)
      for (const needed of after) expect(order.indexOf(`end ${needed}`)).toBeLessThan(order.indexOf(`begin ${id}`));
    expectNeverTwiceAtOnce(batch);
    expect(batch.log().at(-1)?.event).toBe('finish');
    expect(existsSync(path.join(batch.root, 'results.json'))).toBe(true);
  });

  test('what failed for good blocks only what needs it; what may heal is tried again; submitting again does the rest', async () => {
    await using redis = await startRedis();
    const jobs: readonly ScriptedJob[] = [
      { id: 'bad', fail: 'for-good' },
      { id: 'worse', after: ['bad'] },
      { id: 'good' },
    ];
    const batch = script([...jobs, { id: 'flaky', fail: 'once' }]);
    await submit(redis.url, batch);
    const worker = startWorker(redis.url, batch);
    await worker.end();
    expect(batch.ids('fail').toSorted()).toEqual(['bad', 'flaky']);
    expect(batch.ids('end').toSorted()).toEqual(['flaky', 'good']);
    expect(batch.ids('finish')).toEqual([]);
    expect(batch.log().filter(({ event }) => event === 'finish')).toHaveLength(1);
    expect(worker.events()).toContainEqual({
      event: 'failed',
      manifest: 'batch.json',
      job: 'bad',
      error: { code: 'bad-value', message: 'bad broke' },
      isRetried: false,
    });

    batch.rewrite([{ id: 'bad' }, { id: 'worse', after: ['bad'] }, { id: 'good' }, { id: 'flaky' }]);
    expect(await submit(redis.url, batch)).toMatchObject({ added: ['bad'], queued: [], later: 1, done: 2 });
    await startWorker(redis.url, batch).end();
    expect(batch.ids('end').toSorted()).toEqual(['bad', 'flaky', 'good', 'worse']);
  }, 120_000);

  test('another worker takes over what one was killed over', async () => {
    await using redis = await startRedis();
    const batch = script([
      { id: 'long', ms: 3000 },
      { id: 'next', after: ['long'] },
    ]);
    await submit(redis.url, batch);
    const first = startWorker(redis.url, batch);
    await until(() => batch.ids('begin').includes('long'));
    const second = startWorker(redis.url, batch);
    first.child.kill('SIGKILL');
    expect(await second.end()).toBe(0);
    expect(batch.ids('begin')).toEqual(['long', 'long', 'next']);
    expect(batch.ids('end')).toEqual(['long', 'next']);
    expectNeverTwiceAtOnce(batch, new Set([first.child.pid]));
  });

  test('killed at many moments, workers still do everything once', async () => {
    await using redis = await startRedis();
    const wide = ['a', 'b', 'c', 'd'].map((id) => ({ id, after: ['source'], ms: 120 }));
    const batch = script([{ id: 'source', ms: 50 }, ...wide, { id: 'last', after: ['a', 'b', 'c', 'd'] }]);
    await submit(redis.url, batch);
    const killed = new Set<number | undefined>();
    for (let round = 0; round < 6; round += 1) {
      const worker = startWorker(redis.url, batch, { jobs: 2 });
      // Later in each round, so that it is also hit between the end of a job and the adding of the next.
      await until(() => worker.events().length > round || worker.child.exitCode !== null);
      worker.child.kill('SIGKILL');
      await worker.end();
      killed.add(worker.child.pid);
    }
    expect(await startWorker(redis.url, batch, { jobs: 2 }).end()).toBe(0);
    expect(batch.ids('end').toSorted()).toEqual(['a', 'b', 'c', 'd', 'last', 'source']);
    expectNeverTwiceAtOnce(batch, killed);
  }, 240_000);

  test('goes on when Redis was stopped and started again, and says so', async () => {
    await using redis = await startRedis();
    const batch = script([
      { id: 'one', ms: 1200 },
      { id: 'two', after: ['one'], ms: 50 },
      { id: 'three', after: ['two'] },
    ]);
    await submit(redis.url, batch);
    const worker = startWorker(redis.url, batch);
    await until(() => batch.ids('begin').includes('one'));
    await redis.stop();
    // The job ends while there is no Redis, and its lock runs out as well.
    await sleep(2500);
    expect(batch.ids('end')).toEqual(['one']);
    await redis.start();
    expect(await worker.end()).toBe(0);
    expect(batch.ids('end')).toEqual(['one', 'two', 'three']);
    const notes = worker.events().flatMap((event) => (event.event === 'note' ? [event.text] : []));
    const place = `redis://127.0.0.1:${redis.port}`;
    expect(notes.slice(0, 2)).toEqual([
      `the connection to ${place} is lost; waiting for it to come back`,
      `the connection to ${place} is back`,
    ]);
    expect(worker.text()).not.toContain('nhandled');
  });

  test('goes on when Redis came back with nothing in it', async () => {
    await using redis = await startRedis({ isForgetful: true });
    const batch = script([
      { id: 'one', ms: 600 },
      { id: 'other', ms: 100 },
      { id: 'last', after: ['one', 'other'] },
    ]);
    await submit(redis.url, batch);
    const worker = startWorker(redis.url, batch);
    await until(() => batch.ids('begin').length > 0);
    await redis.kill();
    await redis.start();
    expect(await worker.end()).toBe(0);
    expect(batch.ids('end').toSorted()).toEqual(['last', 'one', 'other']);
  });

  test('stopped, it puts its job back, and another does it at once', async () => {
    await using redis = await startRedis();
    const batch = script([{ id: 'long', ms: 2000 }]);
    await submit(redis.url, batch);
    const first = startWorker(redis.url, batch, { drain: false });
    await until(() => batch.ids('begin').length === 1);
    first.child.kill('SIGTERM');
    expect(await first.end()).toBe(0);
    expect(batch.ids('stopped')).toEqual(['long']);
    expect(first.events()).toContainEqual(expect.objectContaining({ event: 'put-back', job: 'long' }));
    const second = startWorker(redis.url, batch);
    await until(() => batch.ids('begin').length === 2);
    expect(second.events().filter(({ event }) => event === 'put-back')).toEqual([]);
    expect(await second.end()).toBe(0);
    expect(batch.ids('end')).toEqual(['long']);
  });

  test('stopped while Redis is away, it ends too', async () => {
    await using redis = await startRedis();
    const batch = script([{ id: 'long', ms: 60_000 }]);
    await submit(redis.url, batch);
    const worker = startWorker(redis.url, batch, { drain: false });
    await until(() => batch.ids('begin').length === 1);
    await redis.stop();
    await until(() => worker.events().some(({ event }) => event === 'note'));
    worker.child.kill('SIGTERM');
    expect(await worker.end()).toBe(0);
    expect(batch.ids('stopped')).toEqual(['long']);
  });

  test.each([100, 700, 1600, 2500])('stopped when Redis has been silent for %i ms, it ends too', async (ms) => {
    await using redis = await startRedis();
    const batch = script([{ id: 'long', ms: 60_000 }]);
    await submit(redis.url, batch);
    const worker = startWorker(redis.url, batch, { drain: false });
    await until(() => batch.ids('begin').length === 1);
    redis.freeze();
    await sleep(ms);
    worker.child.kill('SIGTERM');
    expect(await worker.end()).toBe(0);
    expect(batch.ids('stopped')).toEqual(['long']);
  });

  test('a worker to whom the batch is another one leaves its jobs to others', async () => {
    await using redis = await startRedis();
    const batch = script([{ id: 'one' }]);
    await submit(redis.url, batch);
    batch.rewrite([{ id: 'one' }], { version: 'b' });
    const worker = startWorker(redis.url, batch, { drain: false });
    await until(() => worker.events().some(({ event }) => event === 'put-back'));
    expect(batch.log()).toEqual([]);
    expect(worker.text()).toContain('is not the one that was submitted');
    // Submitted again, it is the same to both.
    expect(await submit(redis.url, batch)).toMatchObject({ added: [], queued: ['one'] });
    await until(() => batch.ids('end').length === 1);
  });
});
