import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { pendingChanges } from '../../../src/batch/steps/pending-changes.js';
import { tempFolder } from '../../support/temp.js';

test('what an earlier run noted comes first, and nothing twice', async () => {
  const file = path.join(tempFolder(), 'changes.json');
  await (await pendingChanges(file)).add(['set a', 'write b']);
  const later = await pendingChanges(file);
  await later.add(['write b', 'write c']);
  expect(later.all()).toEqual(['set a', 'write b', 'write c']);
  expect((await pendingChanges(file)).all()).toEqual(later.all());
});

test('nothing is written where there is nothing to note, and nothing stays', async () => {
  const folder = tempFolder();
  const changes = await pendingChanges(path.join(folder, 'changes.json'));
  await changes.add([]);
  expect(readdirSync(folder)).toEqual([]);
  await changes.add(['set a']);
  await changes.remove();
  expect(readdirSync(folder)).toEqual([]);
});

test.each(['', '["half of', '{"a":1}', '[1]'])('%j is no list of changes and counts for nothing', async (text) => {
  const file = path.join(tempFolder(), 'changes.json');
  writeFileSync(file, text);
  expect((await pendingChanges(file)).all()).toEqual([]);
});
