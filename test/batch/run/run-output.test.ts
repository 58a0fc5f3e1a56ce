import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { leaseOf } from '../../../src/batch/run/job-places.js';
import { EMBEDDING, gemma } from '../../cli/support/gemma.js';
import { journalOf } from '../../support/batch.js';
import { type BatchPlace, batchPlace } from '../support/place.js';

const HALF = 'tiny-half.gguf';
const STEPS = ['make', 'fix', 'check', 'hash', 'publish'];

function manifest(more = '', type = 'F32'): string {
  return [
    'models: tiny.gguf',
    'output: out',
    'check: { profile: default, config: false }',
    `outputs: { requantize: { '${EMBEDDING}': ${type} }, label: half }`,
    more,
  ].join('\n');
}

/** What a run does that nobody disturbs. */
async function undisturbed(text: string): Promise<Readonly<Record<string, string>>> {
  const place = batchPlace(text);
  await place.run();
  return place.results();
}

const named = (steps: readonly string[], job = HALF): string[] => steps.map((step) => `${job}: ${step}`);

/** Runs until a step is done, or begins, and aborts. */
async function runUntil(place: BatchPlace, event: 'step-start' | 'step-end', step: string): Promise<readonly string[]> {
  const stop = new AbortController();
  const seen: string[] = [];
  const run = place.run({
    signal: stop.signal,
    onEvent: (each) => {
      if (each.event === 'step-end') seen.push(`${each.job.id}: ${each.step}`);
      if (each.event === event && each.step === step) stop.abort(new Error('stopped by the test'));
    },
  });
  await expect(run).rejects.toThrow('stopped by the test');
  return seen;
}

function stagedFolder(place: BatchPlace): string {
  const work = place.at('out/.ggufix-batch/work');
  const [name = ''] = readdirSync(work);
  return path.join(work, name);
}

/** Takes the records of a step out of all journals, as if the run had been killed before it wrote them. */
function forget(place: BatchPlace, step: string): void {
  const journal = place.at('out/.ggufix-batch/journal');
  for (const name of readdirSync(journal)) {
    const file = path.join(journal, name);
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, lines.filter((line) => !line.includes(`"step":"${step}"`)).join('\n'));
  }
}

describe('runMade', () => {
  test('a journal that others wrote moves no file that is elsewhere', async () => {
    const place = batchPlace(manifest());
    await runUntil(place, 'step-start', 'publish');
    const secret = place.at('secret.gguf');
    writeFileSync(secret, 'secret');
    const folder = place.at('out/.ggufix-batch/journal');
    for (const name of readdirSync(folder)) {
      const file = path.join(folder, name);
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      const changed = lines.map((line) => {
        const record = JSON.parse(line);
        if (record.step !== 'hash') return line;
        const [made] = record.result.files;
        return JSON.stringify({ ...record, result: { files: [made, { path: '../../../../secret.gguf', bytes: 6 }] } });
      });
      writeFileSync(file, `${changed.join('\n')}\n`);
    }
    await place.run();
    expect(readFileSync(secret, 'utf8')).toBe('secret');
    expect(Object.keys(place.results())).toEqual([HALF]);
  });

  test('publishes, and does nothing the next time', async () => {
    const place = batchPlace(manifest());
    const first = await place.run();
    expect(first.outcomes.get(HALF)).toEqual({ status: 'done', isReused: false });
    expect(first.steps).toEqual(named(STEPS));
    expect(Object.keys(place.results())).toEqual([HALF]);
    const again = await place.run();
    expect(again.outcomes.get(HALF)).toEqual({ status: 'done', isReused: true });
    expect(again.steps).toEqual([]);
    expect(readdirSync(place.at('out/.ggufix-batch/work'))).toEqual([]);
    expect(readdirSync(place.at('out/.ggufix-batch/leases'))).toEqual([]);
  });

  test.each(STEPS.slice(0, -1))('goes on after it was stopped at the end of %s', async (step) => {
    const place = batchPlace(manifest());
    const before = await runUntil(place, 'step-end', step);
    const { steps, outcomes } = await place.run();
    expect(outcomes.get(HALF)?.status).toBe('done');
    expect([...before, ...steps]).toEqual(named(STEPS));
    expect(place.results()).toEqual(await undisturbed(manifest()));
  });

  test.each(STEPS)('does a step again that was done and not noted: %s', async (step) => {
    const place = batchPlace(manifest());
    await place.run();
    // The run was killed before the record of the step; no later one is there either.
    const later = STEPS.slice(STEPS.indexOf(step));
    if (step !== 'publish') {
      const done = await place.open();
      await done[Symbol.asyncDispose]();
    }
    for (const each of later) forget(place, each);
    if (step !== 'publish') rmSync(place.at('out', HALF));
    const { outcomes, steps } = await place.run();
    expect(outcomes.get(HALF)).toEqual({ status: 'done', isReused: false });
    if (step === 'publish') expect(steps).toEqual(named(['publish']));
    expect(place.results()).toEqual(await undisturbed(manifest()));
    expect((await place.run()).steps).toEqual([]);
  });

  test('goes on after it was killed between the link and the record, when the file has both names', async () => {
    const place = batchPlace(manifest());
    await runUntil(place, 'step-start', 'publish');
    linkSync(path.join(stagedFolder(place), HALF), place.at('out', HALF));
    const { outcomes, steps } = await place.run();
    expect(outcomes.get(HALF)).toEqual({ status: 'done', isReused: false });
    expect(steps).toEqual(named(['publish']));
    expect(statSync(place.at('out', HALF)).nlink).toBe(1);
    expect(place.results()).toEqual(await undisturbed(manifest()));
  });

  test('leaves a file alone that somebody put at the place meanwhile, and keeps what it made', async () => {
    const place = batchPlace(manifest());
    const other = 'not of this batch';
    const { outcomes } = await place.run({
      onEvent: (event) => {
        if (event.event === 'step-start' && event.step === 'publish') writeFileSync(place.at('out', HALF), other);
      },
    });
    expect(outcomes.get(HALF)).toMatchObject({ status: 'failed', error: { code: 'not-writable' } });
    expect(readFileSync(place.at('out', HALF), 'utf8')).toBe(other);
    rmSync(place.at('out', HALF));
    expect((await place.run()).steps).toEqual(named(['publish']));
    expect(place.results()).toEqual(await undisturbed(manifest()));
  });

  test('makes an output anew that was removed', async () => {
    const place = batchPlace(manifest());
    await place.run();
    const whole = place.results();
    rmSync(place.at('out', HALF));
    expect((await place.run()).steps).toEqual(named(STEPS));
    expect(place.results()).toEqual(whole);
  });

  test('refuses an output that somebody replaced by another file', async () => {
    const place = batchPlace(manifest());
    await place.run();
    writeFileSync(place.at('out', HALF), 'mine');
    const { outcomes, steps } = await place.run();
    expect(outcomes.get(HALF)).toMatchObject({ status: 'failed', error: { code: 'not-writable' } });
    expect(steps).toEqual([]);
    expect(readFileSync(place.at('out', HALF), 'utf8')).toBe('mine');
  });

  test.each([
    ['truncated', (file: string) => truncateSync(file, 300)],
    ['removed', (file: string) => rmSync(file)],
    ['replaced', (file: string) => writeFileSync(file, 'rubbish')],
  ])('makes an unfinished file anew that was %s', async (_title, damage) => {
    for (const step of ['make', 'fix', 'check', 'hash']) {
      const place = batchPlace(manifest());
      await runUntil(place, 'step-end', step);
      damage(path.join(stagedFolder(place), HALF));
      const { outcomes, steps } = await place.run();
      expect(outcomes.get(HALF)).toEqual({ status: 'done', isReused: false });
      expect(steps).toEqual(named(STEPS));
      expect(place.results()).toEqual(await undisturbed(manifest()));
    }
  });

  test('makes an output anew of other options, in place of the old one', async () => {
    const place = batchPlace(manifest());
    await place.run();
    const other = manifest('set: { general.version: "2.1" }');
    place.manifest(other);
    expect((await place.run()).steps).toEqual(named(STEPS));
    expect(place.results()).toEqual(await undisturbed(other));
  });

  test('goes back to options of before, though both files are of one size', async () => {
    const [one, two] = ['set: { general.version: "v1" }', 'set: { general.version: "v2" }'].map((set) => manifest(set));
    const place = batchPlace(one ?? '');
    await place.run();
    const first = place.results();
    place.manifest(two ?? '');
    await place.run();
    const second = place.results();
    expect(second).not.toEqual(first);
    expect(second[HALF]).toHaveLength(first[HALF]?.length ?? 0);
    place.manifest(one ?? '');
    await place.run();
    expect(place.results()).toEqual(first);
    expect((await place.run()).steps).toEqual([]);
  });

  test('makes outputs anew of a model that changed', async () => {
    const place = batchPlace(manifest());
    await place.run();
    writeFileSync(place.at('tiny.gguf'), gemma({ sharedLayers: { type: 'uint32', value: 11 } }).bytes());
    expect((await place.run()).steps).toEqual(named(STEPS));
  });
});

describe('runMade of a split output', () => {
  const SPLIT = manifest('split: 4 kB');
  const SPLIT_STEPS = ['make', 'fix', 'check', 'split', 'hash', 'publish'];

  test('publishes the shards, and does nothing the next time', async () => {
    const place = batchPlace(SPLIT);
    const { outcomes, steps } = await place.run();
    expect(outcomes.get(HALF)).toEqual({ status: 'done', isReused: false });
    expect(steps).toEqual(named(SPLIT_STEPS));
    const names = Object.keys(place.results());
    expect(names.length).toBeGreaterThan(1);
    expect(names.every((name) => /^tiny-half-0000\d-of-0000\d\.gguf$/.test(name))).toBe(true);
    expect((await place.run()).steps).toEqual([]);
  });

  test.each(SPLIT_STEPS.slice(0, -1))('goes on after it was stopped at the end of %s', async (step) => {
    const place = batchPlace(SPLIT);
    const before = await runUntil(place, 'step-end', step);
    const { steps } = await place.run();
    expect([...before, ...steps]).toEqual(named(SPLIT_STEPS));
    expect(place.results()).toEqual(await undisturbed(SPLIT));
  });

  test('goes on after it was killed when some shards had their place', async () => {
    const place = batchPlace(SPLIT);
    await runUntil(place, 'step-start', 'publish');
    const staged = stagedFolder(place);
    const shards = readdirSync(staged).filter((name) => name.includes('-of-'));
    for (const name of shards.slice(1)) {
      linkSync(path.join(staged, name), place.at('out', name));
      rmSync(path.join(staged, name));
    }
    expect((await place.run()).steps).toEqual(named(['publish']));
    expect(place.results()).toEqual(await undisturbed(SPLIT));
  });

  test('is made anew of other options, and no shard of before stays', async () => {
    const place = batchPlace(SPLIT);
    await place.run();
    const other = manifest('split: 4 kB\nset: { general.version: "2.1" }');
    place.manifest(other);
    const { outcomes } = await place.run();
    expect(outcomes.get(HALF)).toEqual({ status: 'done', isReused: false });
    expect(place.results()).toEqual(await undisturbed(other));
    place.manifest(manifest());
    await place.run();
    expect(place.results()).toEqual(await undisturbed(manifest()));
    place.manifest(SPLIT);
    await place.run();
    expect(place.results()).toEqual(await undisturbed(SPLIT));
  });

  test('refuses before it works where a shard of another origin is at the place', async () => {
    const place = batchPlace(SPLIT);
    await place.run();
    const [first = ''] = Object.keys(place.results());
    const shard = place.at('out', first);
    rmSync(place.at('out/.ggufix-batch'), { recursive: true });
    const bytes = readFileSync(shard);
    const { outcomes, steps } = await place.run();
    expect(outcomes.get(HALF)).toMatchObject({ status: 'failed', error: { code: 'not-writable' } });
    expect(steps).toEqual([]);
    expect(readFileSync(shard)).toEqual(bytes);
  });
});

describe('runThere', () => {
  test('judges what is kept, and looks again when it was replaced by a file of the same size', async () => {
    const place = batchPlace(manifest());
    await place.run();
    rmSync(place.at('out/.ggufix-batch'), { recursive: true });
    place.manifest(manifest('existing: keep'));
    expect((await place.run()).steps).toEqual(named(['check', 'hash']));
    expect((await place.run()).steps).toEqual([]);
    const file = place.at('out', HALF);
    const bytes = readFileSync(file);
    bytes[bytes.length - 5] = 1 ^ (bytes[bytes.length - 5] ?? 0);
    writeFileSync(file, bytes);
    utimesSync(file, new Date(), new Date(Date.now() + 5000));
    expect((await place.run()).steps).toEqual(named(['check', 'hash']));
  });

  test('leaves what is skipped alone', async () => {
    const place = batchPlace(manifest('existing: skip'));
    mkdirSync(place.at('out'));
    writeFileSync(place.at('out', HALF), 'mine');
    const { outcomes, steps } = await place.run();
    expect(outcomes.get(HALF)).toEqual({ status: 'skipped' });
    expect(steps).toEqual([]);
    expect(readFileSync(place.at('out', HALF), 'utf8')).toBe('mine');
  });
});

describe('runFixInPlace', () => {
  const IN_PLACE =
    'models: tiny.gguf\noutputs: { fix: safe, inPlace: true }\ncheck: { profile: default, config: false }\n';

  // The same on machines that know the folder by other names.
  const ID = 'fix of tiny.gguf';

  test('repairs once; a file that was touched is looked at again', async () => {
    const place = batchPlace(IN_PLACE);
    const file = place.at('tiny.gguf');
    const before = readFileSync(file);
    const first = await place.run();
    expect(first.steps).toEqual(named(['fix', 'check', 'hash'], ID));
    expect(readFileSync(file)).not.toEqual(before);
    const fixed = readFileSync(file);
    expect((await place.run()).steps).toEqual([]);
    utimesSync(file, new Date(), new Date(Date.now() + 5000));
    const touched = await place.run();
    expect(touched.steps).toEqual(named(['fix', 'check', 'hash'], ID));
    expect(readFileSync(file)).toEqual(fixed);
  });

  test('notes each step once, also of a file that there is nothing to change in', async () => {
    const place = batchPlace(IN_PLACE);
    for (const touched of [0, 5000]) {
      utimesSync(place.at('tiny.gguf'), new Date(), new Date(Date.now() + touched));
      await place.run();
    }
    const keys = journalOf(place.at('.')).map(({ key }) => key);
    expect(keys).toEqual([...new Set(keys)]);
    // The file as it was found, as it became, and as it was touched.
    expect(keys).toHaveLength(3 * 3);
  });

  test.each(['fix', 'check', 'hash'])(
    'stopped after %s, it does what is missing and still tells what it changed',
    async (step) => {
      const place = batchPlace(IN_PLACE);
      const before = await runUntil(place, 'step-end', step);
      const { steps } = await place.run();
      expect([...before, ...steps]).toEqual(named(['fix', 'check', 'hash'], ID));
      await using batch = await place.open();
      const records = await batch.records();
      const job = batch.plan.jobs.find((each) => each.id === ID);
      const fix = records.done.get(job?.steps[0]?.key ?? '');
      expect(fix?.result.changes).toHaveLength(1);
      expect(leaseOf(batch.layout, ID)).toContain('leases');
    },
  );
});
