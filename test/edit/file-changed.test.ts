import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { applyChange, type ChangeOptions, planChange } from '../../src/edit/change-file.js';
import type { Edit } from '../../src/edit/edits.js';
import { readHeader } from '../../src/gguf/parse.js';
import { openFile } from '../../src/sources/file.js';
import { createPool } from '../../src/tensors/pool.js';
import { patternBytes, smallModel } from '../support/models.js';
import { neighboursOf, tempFile } from '../support/temp.js';

/** Another model of the same size, as a new download under the same name. */
const OLD = smallModel()
  .tensor('last', 'I8', [100_000], { bytes: patternBytes(100_000, 1) })
  .bytes();
const OTHER = smallModel()
  .tensor('last', 'I8', [100_000], { bytes: patternBytes(100_000, 2) })
  .bytes();

const template = (length: number): Edit => ({
  op: 'set-metadata',
  key: 'tokenizer.chat_template',
  value: { type: 'string', value: 'x'.repeat(length) },
});

/** Gives the name of `file` to another file, as a download does when it is complete. */
function replace(file: string): void {
  writeFileSync(`${file}.part`, OTHER);
  renameSync(`${file}.part`, file);
}

describe.each([
  { strategy: 'patch', edit: template(15) },
  { strategy: 'slide', edit: template(2000) },
  { strategy: 'rewrite', edit: template(2000) },
] as const)('$strategy: a file that took the name meanwhile is left alone', ({ strategy, edit }) => {
  test('after the plan was made', async () => {
    const file = tempFile(OLD);
    await using source = await openFile(file);
    const options: ChangeOptions = { force: false, strategy, keepUndo: false };
    const planned = planChange(await readHeader(source), [edit], options);
    replace(file);
    const applied = applyChange(source, planned, options, { openPool: async () => createPool({ threads: 0 }) });
    await expect(applied).rejects.toMatchObject({ code: 'file-changed' });
    expect(readFileSync(file).equals(OTHER)).toBe(true);
    expect(neighboursOf(file)).toEqual([]);
  });
});

test.each([true, false])('while a rewrite is under way (with an undo record: %s)', async (keepUndo) => {
  const file = tempFile(OLD);
  await using source = await openFile(file);
  const options: ChangeOptions = { force: false, strategy: 'rewrite', keepUndo };
  const planned = planChange(await readHeader(source), [template(2000)], options);
  let isReplaced = false;
  const applied = applyChange(source, planned, options, {
    openPool: async () => createPool({ threads: 0 }),
    onProgress: () => {
      if (!isReplaced) replace(file);
      isReplaced = true;
    },
  });
  await expect(applied).rejects.toMatchObject({ code: 'file-changed' });
  expect(readFileSync(file).equals(OTHER)).toBe(true);
  expect(neighboursOf(file)).toEqual([]);
});
