import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { BatchEvent } from '../../../src/batch/run/events.js';
import { leaseOf } from '../../../src/batch/run/job-places.js';
import { withLease } from '../../../src/batch/run/lease.js';
import { gemma } from '../../cli/support/gemma.js';
import { tinyLlama } from '../../quantizer/support/tiny-llama.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { batchPlace } from '../support/place.js';

const CHECK = 'check: { profile: default, config: false }\n';
const FIX = `models: '*.gguf'\noutput: out\noutputs: fix\n${CHECK}`;
const { signal } = new AbortController();

const models = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`${name}.gguf`, gemma().bytes()]));
const CORRUPT = { 'b.gguf': gemma().cutAt(200).bytes() };

/** Most jobs that ran at a time. */
function mostAtOnce(events: readonly BatchEvent[]): number {
  let [now, most] = [0, 0];
  for (const { event } of events) {
    now += event === 'job-start' ? 1 : event === 'job-end' ? -1 : 0;
    most = Math.max(most, now);
  }
  return most;
}

const ends = (events: readonly BatchEvent[]): string[] =>
  events.flatMap((event) => (event.event === 'job-end' ? [`${event.job.id}: ${event.outcome.status}`] : []));

describe('runLocal', () => {
  test.each([1, 2, 3])('runs %i jobs at a time', async (jobs) => {
    const { events, outcomes } = await batchPlace(FIX, models('a', 'b', 'c', 'd', 'e')).run({ jobs });
    expect(mostAtOnce(events)).toBe(jobs);
    expect([...outcomes.values()].map(({ status }) => status)).toEqual(Array(5).fill('done'));
  });

  test('runs as many as there is memory for', async () => {
    const place = batchPlace(`${FIX}limits: { memory: 300 MiB }`, models('a', 'b', 'c'));
    const { events, outcomes } = await place.run({ jobs: 3 });
    expect(mostAtOnce(events)).toBe(1);
    expect(outcomes.size).toBe(3);
    place.manifest(`${FIX}limits: { memory: 10 MiB }\nset: { general.version: "2" }`);
    expect([...(await place.run()).outcomes.values()][0]).toMatchObject({
      status: 'failed',
      error: {
        code: 'over-limit',
        message: 'needs 268435456 bytes of memory, and 10485760 are there or allowed by limits.memory',
      },
    });
  });

  test('refuses what has no room on the disk, and goes on with it when there is', async () => {
    const small = `${FIX}limits: { disk: 6 kB }`;
    const place = batchPlace(small, models('a', 'b', 'c'));
    const { outcomes } = await place.run({ jobs: 2 });
    const failed = [...outcomes].filter(([, { status }]) => status === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(3);
    expect(failed[0]?.[1]).toMatchObject({ error: { code: 'no-space' } });
    place.manifest(FIX);
    const second = await place.run();
    expect(new Set(second.steps.map((step) => step.split(':')[0]))).toEqual(new Set(failed.map(([id]) => id)));
    expect(Object.keys(place.results())).toHaveLength(3);
  });

  test('a job that was stopped needs no room for what it has already', async () => {
    const size = statSync(batchPlace(FIX, models('a')).at('a.gguf')).size;
    const place = batchPlace(`${FIX}limits: { disk: ${size + 2500} }`, models('a'));
    const stop = new AbortController();
    const run = place.run({
      signal: stop.signal,
      onEvent: (event) => event.event === 'step-end' && event.step === 'make' && stop.abort(new Error('stop')),
    });
    await expect(run).rejects.toThrow('stop');
    const { outcomes } = await place.run();
    expect([...outcomes.values()]).toEqual([{ status: 'done', isReused: false }]);
  });

  test('a job that has nothing to do needs no room', async () => {
    const place = batchPlace(`${FIX}limits: { disk: 10, memory: 10 }\nexisting: skip`, models('a'));
    mkdirSync(place.at('out'));
    writeFileSync(place.at('out/a-fixed.gguf'), 'mine');
    const { outcomes } = await place.run();
    expect([...outcomes]).toEqual([['a-fixed.gguf', { status: 'skipped' }]]);
  });

  test('a failure stops no other job', async () => {
    const place = batchPlace(FIX, { ...models('a', 'c'), ...CORRUPT });
    const { outcomes, events } = await place.run();
    expect([...outcomes.values()].map(({ status }) => status).sort()).toEqual(['done', 'done', 'failed']);
    expect(events.some(({ event }) => event === 'retry')).toBe(false);
  });

  test('a failure stops what has not begun, where the manifest says so', async () => {
    const place = batchPlace(`${FIX}onFailure: stop`, { ...models('c', 'd'), ...CORRUPT });
    const { outcomes } = await place.run();
    expect([...outcomes.values()].map(({ status }) => status)).toEqual(['failed', 'stopped', 'stopped']);
    expect(Object.keys(place.results())).toEqual([]);
  });

  test('tries again, after a rest, what may heal', async () => {
    const place = batchPlace(FIX, models('a', 'b'));
    await using batch = await place.open();
    const [first] = batch.plan.jobs;
    const lease = leaseOf(batch.layout, first?.id ?? '');
    const held = withLease(lease, signal, () => sleep(600));
    while (!existsSync(lease)) await sleep(5);
    const { outcomes, events } = await place.run();
    await held;
    expect(events.flatMap((event) => (event.event === 'retry' ? [[event.error.code, event.seconds]] : []))).toEqual([
      ['locked', 1],
    ]);
    expect([...outcomes.values()].map(({ status }) => status)).toEqual(['done', 'done']);
    expect(ends(events)).toHaveLength(2);
  });

  test('gives up after the retries that the manifest has', async () => {
    const place = batchPlace(`${FIX}retries: 0`, models('a'));
    await using batch = await place.open();
    const lease = leaseOf(batch.layout, batch.plan.jobs[0]?.id ?? '');
    await withLease(lease, signal, async () => {
      const { outcomes, events } = await place.run();
      expect([...outcomes.values()]).toMatchObject([{ status: 'failed', error: { code: 'locked' } }]);
      expect(events.some(({ event }) => event === 'retry')).toBe(false);
    });
  });

  test('a rest ends at once when the run is stopped', async () => {
    const place = batchPlace(FIX, models('a'));
    await using batch = await place.open();
    const stop = new AbortController();
    await withLease(leaseOf(batch.layout, batch.plan.jobs[0]?.id ?? ''), signal, async () => {
      const run = place.run({
        signal: stop.signal,
        onEvent: ({ event }) => event === 'retry' && setTimeout(() => stop.abort(new Error('enough')), 10),
      });
      await expect(run).rejects.toThrow('enough');
    });
  });

  test('stopped in the midst of jobs, it says of each how it ended, once', async () => {
    const place = batchPlace(FIX, models('a', 'b', 'c', 'd'));
    const stop = new AbortController();
    const events: BatchEvent[] = [];
    let hashed = 0;
    const run = place.run({
      jobs: 2,
      signal: stop.signal,
      onEvent: (event) => {
        events.push(event);
        if (event.event === 'step-end' && event.step === 'publish' && ++hashed === 2) stop.abort(new Error('enough'));
      },
    });
    await expect(run).rejects.toThrow('enough');
    const told = ends(events).map((end) => end.split(':')[0]);
    expect(new Set(told).size).toBe(told.length);
    const started = events.flatMap((event) => (event.event === 'job-start' ? [event.job.id] : []));
    expect(told.sort()).toEqual(started.sort());
    expect(readdirSync(place.at('out/.ggufix-batch/leases'))).toEqual([]);
    const { outcomes } = await place.run({ jobs: 2 });
    expect([...outcomes.values()].every(({ status }) => status === 'done')).toBe(true);
    expect(Object.keys(place.results())).toHaveLength(4);
  });

  test('two runs at once: the second is refused, and says by whom', async () => {
    const place = batchPlace(FIX, models('a'));
    let second: Promise<unknown> | undefined;
    const first = await place.run({
      onEvent: ({ event }) => {
        if (event === 'job-start') second = place.run().catch((error: unknown) => error);
      },
    });
    expect(await second).toMatchObject({ code: 'locked', message: expect.stringContaining(`process ${process.pid}`) });
    expect([...first.outcomes.values()]).toEqual([{ status: 'done', isReused: false }]);
  });

  test('an output folder that cannot be written is told as such', async () => {
    const place = batchPlace(FIX, models('a'));
    writeFileSync(place.at('out'), 'a file');
    await expect(place.run()).rejects.toMatchObject({ code: 'not-writable' });
    expect(readFileSync(place.at('out'), 'utf8')).toBe('a file');
  });

  test('a folder below the models is none of them on the next run', async () => {
    const place = batchPlace(`models: .\noutput: out\noutputs: fix\n${CHECK}`, models('a'));
    await place.run();
    const { outcomes, steps } = await place.run();
    expect([outcomes.size, steps]).toEqual([1, []]);
  });
});

describeWithTools('a batch that quantizes', ['llama-quantize'], () => {
  const QUANTS = `models: '*.gguf'\noutput: out\noutputs: [Q8_0, F16]\ncheck: false\n`;

  test('what needs a model with a bad weight is blocked; the other model is made', async () => {
    const bad = Buffer.from(tinyLlama());
    bad.writeUInt32LE(0x7f800000, bad.byteLength - 4);
    const place = batchPlace(QUANTS, { 'bad.gguf': bad, 'good.gguf': tinyLlama() });
    const { outcomes } = await place.run({ jobs: 2 });
    const by = 'source of bad.gguf';
    expect(outcomes.get(by)).toMatchObject({ status: 'failed', error: { code: 'non-finite-weight' } });
    expect([outcomes.get('bad-Q8_0.gguf'), outcomes.get('bad-F16.gguf')]).toEqual(
      Array(2).fill({ status: 'blocked', by }),
    );
    expect(outcomes.get('source of good.gguf')).toEqual({ status: 'done', isReused: false });
    // The model has no tokenizer, which no repair gives it.
    expect(outcomes.get('good-Q8_0.gguf')).toMatchObject({ status: 'failed', error: { code: 'verification-failed' } });
    const again = await place.run();
    expect(again.outcomes.get('source of good.gguf')).toEqual({ status: 'done', isReused: true });
    expect(again.steps.filter((step) => step.endsWith(': make'))).toEqual([]);
  });
});
