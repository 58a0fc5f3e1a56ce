import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { describe, expect, test } from 'vitest';
import { entryId, jobDataSchema } from '../../../src/batch/queue/job-data.js';
import { describeWithRedis, startRedis } from '../../support/redis.js';
import { tempFolder } from '../../support/temp.js';
import { script, startWorker, submit, until } from './support/scripted.js';

const PLAN = 'a'.padEnd(64, '0');
const GOOD = { v: 1, manifest: 'batch.json', job: 'one', plan: PLAN };

/** What whoever can write to Redis may write there. */
const HOSTILE: readonly unknown[] = [
  ...[
    '../other/batch.json',
    '/etc/passwd',
    'a/../../b',
    './batch.json',
    'a//b',
    '..',
    '',
    'C:\\x',
    '\\\\host\\x',
    'a\0b',
  ].map((manifest) => ({ ...GOOD, manifest })),
  { ...GOOD, manifest: 'x'.repeat(2 ** 20) },
  { ...GOOD, job: 'x'.repeat(2 ** 20) },
  { ...GOOD, job: 7 },
  { ...GOOD, v: 2 },
  { ...GOOD, plan: 'nothing' },
  { ...GOOD, command: 'rm' },
  { ...GOOD, manifest: ['batch.json'] },
  { __proto__: null },
  [],
  'text',
  7,
  null,
];

describe('jobDataSchema', () => {
  test('takes what submit writes', () => {
    expect(jobDataSchema.parse({ ...GOOD, manifest: 'sub folder/ggufix.batch.yaml' })).toBeDefined();
  });

  test.each(HOSTILE.map((data, index) => [index, data]))('refuses sample %i', (_index, data) => {
    expect(jobDataSchema.safeParse(data).success).toBe(false);
  });
});

describeWithRedis('a worker on a queue that somebody else wrote to', () => {
  test('refuses all of it, touches nothing, and does the jobs that are right', async () => {
    await using redis = await startRedis();
    const batch = script([{ id: 'one' }]);
    const outside = tempFolder();
    writeFileSync(path.join(outside, 'batch.json'), JSON.stringify({ jobs: [{ id: 'one' }] }));
    symlinkSync(outside, path.join(batch.root, 'link'));
    mkdirSync(path.join(batch.root, 'folder'));
    const queue = new Queue('ggufix', { connection: { port: redis.port } });
    const add = (data: unknown, jobId: string) => queue.add('x', data, { jobId, attempts: 5 });
    for (const [index, data] of HOSTILE.entries()) await add(data, `hostile-${index}`);
    // In form, these are right.
    const wrong = {
      elsewhere: { manifest: 'link/batch.json' },
      folder: { manifest: 'folder' },
      unknown: { job: 'two' },
    };
    for (const [, part] of Object.entries(wrong)) {
      const data = { ...GOOD, ...part };
      await queue.add('x', data, { jobId: entryId(data), attempts: 1 });
    }
    // The data of a job under another id: it would be done beside the entry that is its own.
    await add(GOOD, 'copy');
    await submit(redis.url, batch);
    const worker = startWorker(redis.url, batch, { drain: false });
    while ((await queue.getJobCountByTypes('wait', 'active')) > 0) await sleep(50);
    await until(() => worker.events().some(({ event }) => event === 'settled'));
    const events = worker.events();
    expect(events.filter(({ event }) => event === 'refused')).toHaveLength(HOSTILE.length + 1);
    expect(batch.ids('end')).toEqual(['one']);
    expect(batch.ids('begin')).toEqual(['one']);
    // Links are followed before the root is asked for.
    expect(events).toContainEqual(
      expect.objectContaining({
        event: 'failed',
        manifest: 'link/batch.json',
        error: expect.objectContaining({ code: 'source-unreadable' }),
      }),
    );
    expect(worker.text().length).toBeLessThan(64_000);
    expect(worker.child.exitCode).toBeNull();
    await queue.close();
  });
});
