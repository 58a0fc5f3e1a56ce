import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { OpenBatch } from '../../../src/batch/open-batch.js';
import type { Job } from '../../../src/batch/plan/job.js';
import { cleanUp } from '../../../src/batch/run/clean-up.js';
import type { BatchEvent } from '../../../src/batch/run/events.js';
import { leaseOf, workFolder } from '../../../src/batch/run/job-places.js';
import { withLease } from '../../../src/batch/run/lease.js';
import { removeLocksOf } from '../../../src/batch/run/remove-locks.js';
import { runJob } from '../../../src/batch/run/run-job.js';
import { companionsOf } from '../../../src/edit/companions.js';
import { thisProcess } from '../../../src/edit/holder.js';
import { gemma } from '../../cli/support/gemma.js';
import { batchPlace, openFor } from '../support/place.js';

const MANIFEST = 'models: tiny.gguf\noutput: out\noutputs: fix\ncheck: { profile: default, config: false }\n';

function onlyJob({ plan }: OpenBatch): Job {
  const [job] = plan.jobs;
  if (job === undefined) throw new Error('the plan has no job');
  return job;
}

async function run(batch: OpenBatch, job = onlyJob(batch), signal = new AbortController().signal) {
  const events: BatchEvent[] = [];
  const outcome = await runJob(job, { batch, threads: 1, signal, onEvent: (event) => events.push(event) });
  return { outcome, events };
}

test('does the steps of a job, tells of them, and does none twice', async () => {
  const batch = await openFor(batchPlace(MANIFEST));
  const { outcome, events } = await run(batch);
  expect(outcome).toEqual({ status: 'done', isReused: false });
  expect(events.filter(({ event }) => event !== 'progress').map(({ event }) => event)).toEqual([
    'job-start',
    ...['make', 'fix', 'check', 'hash', 'publish'].flatMap(() => ['step-start', 'step-end']),
    'job-end',
  ]);
  expect((await run(batch)).outcome).toEqual({ status: 'done', isReused: true });
});

test('a job with a problem fails of it, and one that is skipped is', async () => {
  const batch = await openFor(batchPlace(MANIFEST));
  const problem = { code: 'bad-value', message: 'no' };
  expect((await run(batch, { ...onlyJob(batch), problem })).outcome).toEqual({ status: 'failed', error: problem });
  expect((await run(batch, { ...onlyJob(batch), isSkipped: true })).outcome).toEqual({ status: 'skipped' });
  expect(existsSync(batch.layout.state)).toBe(false);
});

test('a job that somebody does is refused, one of another plan is a fault', async () => {
  const batch = await openFor(batchPlace(MANIFEST));
  await withLease(leaseOf(batch.layout, onlyJob(batch).id), new AbortController().signal, async () => {
    expect((await run(batch)).outcome).toMatchObject({ status: 'failed', error: { code: 'locked' } });
  });
  expect((await run(batch, { ...onlyJob(batch), id: 'other' })).outcome).toMatchObject({
    status: 'failed',
    error: { code: 'internal' },
  });
});

test('rejects with the reason when it is stopped, and journals no failure', async () => {
  const batch = await openFor(batchPlace(MANIFEST));
  await expect(run(batch, onlyJob(batch), AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  const { done, failed } = await batch.records();
  expect([done.size, failed.size]).toEqual([0, 0]);
});

test('a failure is journaled with what went wrong', async () => {
  const place = batchPlace(MANIFEST);
  const batch = await openFor(place);
  // The model is gone after the plan was made.
  rmSync(place.at('tiny.gguf'));
  const { outcome } = await run(batch);
  const { failed } = await batch.records();
  expect([...failed.values()]).toMatchObject([{ step: 'make', error: { code: 'source-unreadable' } }]);
  expect(outcome).toMatchObject({ status: 'failed', error: [...failed.values()][0]?.error });
});

test('unfinished files of other options go when all is done, those of other jobs stay', async () => {
  const place = batchPlace(MANIFEST);
  const batch = await openFor(place);
  const own = workFolder(batch.layout, onlyJob(batch));
  const old = `${own.slice(0, own.lastIndexOf('-'))}-01234567`;
  const other = path.join(batch.layout.work, 'other-0123456789ab-01234567');
  for (const folder of [own, old, other]) mkdirSync(folder, { recursive: true });
  await cleanUp(batch);
  expect(readdirSync(batch.layout.work).sort()).toEqual([own, other].map((each) => path.basename(each)).sort());
});

test('locks go of the process that died with the lease, and of no other', async () => {
  const place = batchPlace(MANIFEST, { 'tiny.gguf': gemma().bytes() });
  const batch = await openFor(place);
  const job = onlyJob(batch);
  const holder = { ...(await thisProcess()), host: 'elsewhere' };
  const folder = workFolder(batch.layout, job);
  mkdirSync(folder, { recursive: true });
  const lock = companionsOf(place.at('out', job.output?.path ?? '')).lock;
  const locks = [lock, path.join(folder, '.tiny.gguf.ggufix-lock')];
  for (const each of locks) writeFileSync(each, JSON.stringify(holder));
  await removeLocksOf({ ...holder, pid: holder.pid + 1 }, job, batch, folder);
  expect(locks.map((each) => existsSync(each))).toEqual([true, true]);
  await removeLocksOf(holder, job, batch, folder);
  expect(locks.map((each) => existsSync(each))).toEqual([false, false]);
});
