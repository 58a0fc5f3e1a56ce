import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openJournal } from '../../../src/batch/journal/journal.js';
import { recordReader } from '../../../src/batch/journal/records.js';
import { canMount, smallDisk } from '../../quantizer/support/small-disk.js';
import { tempFolder } from '../../support/temp.js';
import { doneRecord } from '../support/records.js';

const keysIn = async (folder: string): Promise<string[]> => [...(await recordReader(folder).refresh()).done.keys()];

describe('openJournal', () => {
  test('writes nothing before the first record, then each at once, in order', async () => {
    const folder = path.join(tempFolder(), 'state', 'journal');
    await using journal = openJournal(folder);
    expect(readdirSync(path.dirname(path.dirname(folder)))).toEqual([]);
    const names = Array.from({ length: 50 }, (_, index) => `k${index}`);
    await Promise.all(names.map((name) => journal.append(doneRecord(name))));
    expect(await keysIn(folder)).toEqual(names);
  });

  test('two writers do not share a file', async () => {
    const folder = tempFolder();
    await using one = openJournal(folder);
    await using other = openJournal(folder);
    await Promise.all([one.append(doneRecord('a')), other.append(doneRecord('b'))]);
    expect(readdirSync(folder)).toHaveLength(2);
    expect((await keysIn(folder)).sort()).toEqual(['a', 'b']);
  });

  test('opens its file again when that failed', async () => {
    const parent = tempFolder();
    const folder = path.join(parent, 'journal');
    writeFileSync(folder, 'a file');
    await using journal = openJournal(folder);
    await expect(journal.append(doneRecord('a'))).rejects.toMatchObject({ code: 'EEXIST' });
    rmSync(folder);
    await journal.append(doneRecord('b'));
    expect(await keysIn(folder)).toEqual(['b']);
  });

  test('records of a killed writer survive, but for what it was writing', async () => {
    const folder = tempFolder();
    await using journal = openJournal(folder);
    for (const key of ['a', 'b', 'c']) await journal.append(doneRecord(key));
    const [name = ''] = readdirSync(folder);
    const file = path.join(folder, name);
    truncateSync(file, readFileSync(file).byteLength - 10);
    expect(await keysIn(folder)).toEqual(['a', 'b']);
  });

  test.skipIf(!canMount)('what did not fit on the disk spoils no later record', async () => {
    const { folder } = smallDisk(64 * 1024);
    const filler = path.join(folder, 'filler');
    await using journal = openJournal(folder);
    await journal.append(doneRecord('a'));
    writeFileSync(filler, new Uint8Array(40 * 1024));
    const large = doneRecord('large', { notes: ['x'.repeat(60_000)] });
    await expect(journal.append(large)).rejects.toMatchObject({ code: 'ENOSPC' });
    rmSync(filler);
    await journal.append(doneRecord('b'));
    expect(await keysIn(folder)).toEqual(['a', 'b']);
  });
});
