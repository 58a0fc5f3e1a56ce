import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { removeResultParts } from '../../../src/cli/batch/remove-result-parts.js';
import { resultFiles } from '../../../src/cli/batch/write-results.js';
import { tempFolder } from '../../support/temp.js';

test('removes what a killed run left, and nothing else', async () => {
  const root = tempFolder();
  const files = resultFiles({ root });
  const at = (name: string): string => path.join(root, name);
  for (const file of Object.values(files)) writeFileSync(file, 'x');
  const [old, young] = [at('.results.md.999999999-0a1b2c3d.tmp'), at('.results.json.999999999-0a1b2c3d.tmp')];
  const [own, other] = [at(`.results.md.${process.pid}-0a1b2c3d.tmp`), at('.results.md.mine')];
  for (const file of [old, young, own, other]) writeFileSync(file, 'x');
  for (const file of [old, own, other]) utimesSync(file, 1, 1);
  await removeResultParts(files);
  expect([old, young, own, other].map(existsSync)).toEqual([false, true, true, true]);
});
