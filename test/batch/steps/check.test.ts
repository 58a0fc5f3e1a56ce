import { expect, test } from 'vitest';
import { checkOutput } from '../../../src/batch/steps/check.js';
import { gemma } from '../../cli/support/gemma.js';
import { batchPlace } from '../support/place.js';
import { stepContext } from '../support/step-context.js';

const MANIFEST = 'models: tiny.gguf\noutput: out\noutputs: fix\ncheck: { profile: default, config: false }\n';
const DEFAULT = { profile: 'default', targets: [] } as const;
/** With one warning. */
const good = gemma({ sharedLayers: { type: 'uint32', value: 10 } })
  .metadata('general.sampling.top_p', { type: 'float32', value: 95 })
  .bytes();

test('passes a good file', async () => {
  const place = batchPlace(MANIFEST, { 'tiny.gguf': good });
  const { check } = await checkOutput([place.at('tiny.gguf')], DEFAULT, await stepContext(place));
  expect(check).toMatchObject({ verdict: 'pass', errors: 0 });
  expect(check?.findings).toHaveLength(check?.warnings ?? -1);
});

test('refuses a file with errors, and names the rule', async () => {
  const place = batchPlace(MANIFEST);
  await expect(checkOutput([place.at('tiny.gguf')], DEFAULT, await stepContext(place))).rejects.toMatchObject({
    code: 'verification-failed',
    message: expect.stringContaining('gemma3n/shared-kv-layers-type: '),
  });
});

test('refuses more warnings than there may be, in any of several files', async () => {
  const place = batchPlace(MANIFEST, { 'tiny.gguf': good });
  const context = await stepContext(place);
  const file = place.at('tiny.gguf');
  const { check } = await checkOutput([file], DEFAULT, context);
  const warnings = check?.warnings ?? 0;
  expect(warnings).toBeGreaterThan(0);
  const atMost = (maxWarnings: number) => ({ ...DEFAULT, maxWarnings });
  await expect(checkOutput([file], atMost(warnings), context)).resolves.toMatchObject({ check: { warnings } });
  await expect(checkOutput([file], atMost(warnings - 1), context)).rejects.toMatchObject({
    code: 'verification-failed',
  });
  await expect(checkOutput([file, file], atMost(warnings), context)).rejects.toMatchObject({
    code: 'verification-failed',
  });
});

test('in a run it is journaled as failed, and done again the next time', async () => {
  const place = batchPlace(`${MANIFEST.replace('default', 'default, maxWarnings: 0')}`, { 'tiny.gguf': good });
  const { outcomes } = await place.run();
  expect([...outcomes.values()]).toMatchObject([{ status: 'failed', error: { code: 'verification-failed' } }]);
  await using batch = await place.open();
  const { failed } = await batch.records();
  expect([...failed.values()]).toMatchObject([
    { step: 'check', error: { message: expect.stringContaining('metadata/sampling-range: ') } },
  ]);
  expect(Object.keys(place.results())).toEqual([]);
  place.manifest(MANIFEST);
  expect((await place.run()).steps).toEqual(['check', 'hash', 'publish'].map((step) => `tiny-fixed.gguf: ${step}`));
});
