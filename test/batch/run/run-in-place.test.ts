import { readFileSync, utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { leaseOf } from '../../../src/batch/run/job-places.js';
import { journalOf } from '../../support/batch.js';
import { named, runUntil } from '../support/half.js';
import { batchPlace } from '../support/place.js';

describe('runInPlace', () => {
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
