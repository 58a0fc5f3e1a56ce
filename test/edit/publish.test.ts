import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { companionsOf } from '../../src/edit/companions.js';
import { publish } from '../../src/edit/publish.js';
import { tempFolder } from '../support/temp.js';

/** Two finished files, and the names that they are to have. */
function twoFiles() {
  const folder = tempFolder();
  const moves = ['a', 'b'].map((name) => ({ temp: path.join(folder, `${name}.tmp`), out: path.join(folder, name) }));
  for (const { temp } of moves) writeFileSync(temp, `new ${path.basename(temp)}`);
  return { folder, moves, out: (name: string) => path.join(folder, name) };
}

test('finished files get their names', async () => {
  const { folder, moves, out } = twoFiles();
  await publish(moves, false);
  expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
  expect(readFileSync(out('a'), 'utf8')).toBe('new a.tmp');
});

test('a file that took a name meanwhile stays, and the set does not appear in part', async () => {
  const { folder, moves, out } = twoFiles();
  writeFileSync(out('a'), 'old');
  await expect(publish(moves, false)).rejects.toMatchObject({
    code: 'not-writable',
    message: expect.stringContaining('it exists already'),
  });
  expect(readFileSync(out('a'), 'utf8')).toBe('old');
  expect(existsSync(out('b'))).toBe(false);
  expect(readdirSync(folder)).toContain('a');
});

test('with force it is replaced, and what is known of it forgotten', async () => {
  const { folder, moves, out } = twoFiles();
  writeFileSync(out('b'), 'old');
  const { journal, undo, undoFile, lock } = companionsOf(out('b'));
  for (const record of [journal, undo, undoFile, lock]) writeFileSync(record, '');
  await publish(moves, true);
  expect(readFileSync(out('b'), 'utf8')).toBe('new b.tmp');
  expect(readdirSync(folder).sort()).toEqual([path.basename(lock), 'a', 'b']);
});

test('of a set the first shard goes before the others are replaced: in part it is no model', async () => {
  const folder = tempFolder();
  const [first, second] = [1, 2].map((n) => path.join(folder, `m-0000${n}-of-00002.gguf`)) as [string, string];
  for (const file of [first, second]) writeFileSync(file, 'old');
  const moves = [first, second].map((out) => ({ temp: `${out}.tmp`, out }));
  writeFileSync(`${second}.tmp`, 'new');
  await expect(publish(moves, true)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(readdirSync(folder)).toEqual([path.basename(second)]);
  expect(readFileSync(second, 'utf8')).toBe('new');
});

test('a single file with its recipe stands until it is replaced whole', async () => {
  const folder = tempFolder();
  const [model, recipe] = ['m.gguf', 'm.recipe.json'].map((name) => path.join(folder, name)) as [string, string];
  for (const file of [model, recipe]) writeFileSync(file, 'old');
  const moves = [model, recipe].map((out) => ({ temp: `${out}.tmp`, out }));
  writeFileSync(`${recipe}.tmp`, 'new');
  await expect(publish(moves, true)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(readFileSync(model, 'utf8')).toBe('old');
});
