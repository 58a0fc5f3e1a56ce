import { linkSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { gemma } from '../../cli/support/gemma.js';
import { HALF, manifest, named, runUntil, STEPS, stagedFolder, undisturbed } from '../support/half.js';
import { type BatchPlace, batchPlace } from '../support/place.js';

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
