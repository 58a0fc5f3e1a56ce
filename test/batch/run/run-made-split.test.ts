import { linkSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { HALF, manifest, named, runUntil, stagedFolder, undisturbed } from '../support/half.js';
import { batchPlace } from '../support/place.js';

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
