import { stat } from 'node:fs/promises';
import { type Layout, recordedFile } from '../layout.js';
import type { DoneRecord, Records } from './records.js';

/**
 * Records without those of steps whose files are gone, or were replaced since by files of other options, which may be of the
 * same size: they have to be done again, if somebody needs them.
 */
export async function presentRecords({ done, failed }: Records, layout: Layout): Promise<Records> {
  const present = new Map(done);
  const last = lastOnes(done);
  for (const [key, record] of done) {
    if (isKept(record) && !(isLast(record, last) && (await areThere(record, layout)))) present.delete(key);
  }
  return { done: present, failed };
}

/** Files of other steps have no place yet. */
function isKept({ step }: DoneRecord): boolean {
  return step === 'imatrix' || step === 'scores' || step === 'publish';
}

async function areThere({ result }: DoneRecord, layout: Layout): Promise<boolean> {
  for (const { path, bytes } of result.files ?? []) {
    if ((await stat(recordedFile(layout, path)).catch(() => undefined))?.size !== bytes) return false;
  }
  return true;
}

/** The record, of those that left a file at a place, that did so last. */
function lastOnes(done: Records['done']): ReadonlyMap<string, DoneRecord> {
  const last = new Map<string, DoneRecord>();
  for (const record of [...done.values()].filter(isKept)) {
    for (const { path } of record.result.files ?? []) {
      if ((record.ended ?? 0) >= (last.get(path)?.ended ?? 0)) last.set(path, record);
    }
  }
  return last;
}

function isLast(record: DoneRecord, last: ReadonlyMap<string, DoneRecord>): boolean {
  return (record.result.files ?? []).every(({ path }) => last.get(path) === record);
}
