import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HALF, manifest, named } from '../support/half.js';
import { batchPlace } from '../support/place.js';

describe('judgeInPlace', () => {
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
