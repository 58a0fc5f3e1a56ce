import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openJournal } from '../../../src/batch/journal/journal.js';
import type { StepRecord } from '../../../src/batch/journal/record.js';
import { recordReader } from '../../../src/batch/journal/records.js';
import { MAX_JOURNAL_READ } from '../../../src/limits.js';
import { tempFolder } from '../../support/temp.js';
import { doneRecord, failedRecord } from '../support/records.js';

const line = (record: StepRecord): string => `${JSON.stringify(record)}\n`;

function journalOf(...lines: readonly string[]): { readonly folder: string; readonly file: string } {
  const folder = tempFolder();
  const file = path.join(folder, 'host-1-abc.jsonl');
  writeFileSync(file, lines.join(''));
  return { folder, file };
}

const keysIn = async (folder: string): Promise<string[]> => [...(await recordReader(folder).refresh()).done.keys()];

describe('recordReader', () => {
  test('finds nothing in a folder that is not there, and reads it once it is', async () => {
    const folder = path.join(tempFolder(), 'journal');
    const reader = recordReader(folder);
    expect([...(await reader.refresh()).done]).toEqual([]);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'a.jsonl'), line(doneRecord('k')));
    expect([...(await reader.refresh()).done.keys()]).toEqual(['k']);
  });

  test.each(['/etc/passwd', '../other.gguf', 'a/../../b'])(
    'takes no record that names %j for one of ours',
    async (name) => {
      const files = [{ path: name, bytes: 1 }];
      const { folder } = journalOf(
        line(doneRecord('scores', { files }, 'scores')),
        line(doneRecord('publish', { files }, 'publish')),
        line(doneRecord('hash', { files }, 'hash')),
      );
      expect(await keysIn(folder)).toEqual(['hash']);
    },
  );

  test('passes over a torn last line, and reads it when its end is there', async () => {
    const torn = line(doneRecord('torn'));
    const { folder, file } = journalOf(line(doneRecord('a')), torn.slice(0, 30));
    const reader = recordReader(folder);
    expect([...(await reader.refresh()).done.keys()]).toEqual(['a']);
    appendFileSync(file, torn.slice(30));
    expect([...(await reader.refresh()).done.keys()]).toEqual(['a', 'torn']);
  });

  test('a line torn within a character of several bytes is whole in the end', async () => {
    const bytes = Buffer.from(line(doneRecord('k', { notes: ['größer'] })));
    const at = bytes.indexOf(Buffer.from('ö')) + 1;
    const { folder, file } = journalOf();
    writeFileSync(file, bytes.subarray(0, at));
    const reader = recordReader(folder);
    await reader.refresh();
    appendFileSync(file, bytes.subarray(at));
    expect((await reader.refresh()).done.get('k')?.result.notes).toEqual(['größer']);
  });

  test('passes over lines that are none of ours, or of a later version', async () => {
    const later = { ...doneRecord('later'), colour: 'red' };
    const result = { ...doneRecord('r'), result: { files: [{ path: 'a', bytes: -1 }] } };
    const lines = ['rubbish\n', '\n', 'null\n', '{"status":"done"}\n', `${JSON.stringify(later)}\n`];
    const { folder } = journalOf(...lines, `${JSON.stringify(result)}\n`, line(doneRecord('ours')));
    expect(await keysIn(folder)).toEqual(['ours']);
  });

  test('passes over a line that is longer than a read, and reads on', async () => {
    const { folder } = journalOf(
      line(doneRecord('a')),
      `${'x'.repeat(2.5 * MAX_JOURNAL_READ)}\n`,
      line(doneRecord('b')),
    );
    expect(await keysIn(folder)).toEqual(['a', 'b']);
  });

  test('reads files of several reads', async () => {
    const notes = ['x'.repeat(10_000)];
    const names = Array.from({ length: 250 }, (_, index) => `k${index}`);
    const { folder } = journalOf(...names.map((name) => line(doneRecord(name, { notes }))));
    expect(await keysIn(folder)).toEqual(names);
  });

  test('a step that was done counts, whichever journal says so, and a failure only before that', async () => {
    const folder = tempFolder();
    writeFileSync(path.join(folder, 'a.jsonl'), line(doneRecord('x')) + line(failedRecord('y')));
    writeFileSync(
      path.join(folder, 'b.jsonl'),
      line(failedRecord('x')) + line(doneRecord('y')) + line(failedRecord('z')),
    );
    const { done, failed } = await recordReader(folder).refresh();
    expect([...done.keys()].sort()).toEqual(['x', 'y']);
    expect([...failed.keys()]).toEqual(['z']);
  });

  test('of a step that was done twice, the later record counts, in whatever order journals are read', async () => {
    const folder = tempFolder();
    writeFileSync(path.join(folder, 'a.jsonl'), line({ ...doneRecord('x', { bytes: 2 }), ended: 2000 }));
    writeFileSync(path.join(folder, 'b.jsonl'), line({ ...doneRecord('x', { bytes: 1 }), ended: 1000 }));
    expect((await recordReader(folder).refresh()).done.get('x')?.result.bytes).toBe(2);
  });

  test('reads no other files', async () => {
    const folder = tempFolder();
    writeFileSync(path.join(folder, 'a.json'), line(doneRecord('x')));
    expect(await keysIn(folder)).toEqual([]);
  });

  test('may be asked twice at once', async () => {
    const { folder } = journalOf(line(doneRecord('a')), line(failedRecord('b')));
    const reader = recordReader(folder);
    await Promise.all([reader.refresh(), reader.refresh()]);
    await using journal = openJournal(folder);
    await journal.append(doneRecord('b'));
    const { done, failed } = await reader.refresh();
    expect([[...done.keys()], [...failed.keys()]]).toEqual([['a', 'b'], []]);
  });
});
