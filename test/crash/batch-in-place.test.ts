import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { writeManifest } from '../support/batch.js';
import { smallGemma } from '../support/small-gemma.js';
import { tempFolder } from '../support/temp.js';
import { countOperations, expectClean, resultsOf, runBatch } from './batch-scene.js';

/** A change of the metadata that is written into the file itself, then a repair that writes it anew. */
function newScene(): string {
  const folder = tempFolder();
  mkdirSync(path.join(folder, 'quants'));
  writeFileSync(path.join(folder, 'quants', 'a-Q4_K_M.gguf'), smallGemma('a'));
  writeManifest(folder, {
    models: 'quants',
    outputs: [{ fix: 'safe', inPlace: true }],
    set: { 'general.license': 'mit' },
  });
  return folder;
}

test('a repair in place that is killed in the middle of any of its writes: the next run completes it', async () => {
  const undisturbed = newScene();
  const writes = await countOperations(undisturbed, 'write');
  expect(writes).toBeGreaterThan(2);
  const expected = resultsOf(undisturbed);
  for (let at = 1; at <= writes; at += 1) {
    const folder = newScene();
    const told = `killed in write ${at} of ${writes}`;
    expect(await runBatch(folder, { beforeOperation: at, name: 'write' }, told)).toBe('killed');
    expect(await runBatch(folder, undefined, told)).toBe('done');
    expect(resultsOf(folder), told).toEqual(expected);
    expectClean(folder, told, folder);
    const [model] = JSON.parse(readFileSync(path.join(folder, 'results.json'), 'utf8')).models;
    expect(model.outputs[0].changes.length, told).toBe(3);
  }
  console.log(`batch in place: killed in each of ${writes} writes`);
}, 300_000);
