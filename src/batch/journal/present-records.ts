import { stat } from 'node:fs/promises';
import { type Layout, recordedFile } from '../layout.js';
import type { DoneRecord, Records } from './records.js';

/** Records without those of steps whose files are gone: they have to be done again, if somebody needs them. */
export async function presentRecords({ done, failed }: Records, layout: Layout): Promise<Records> {
  const present = new Map(done);
  for (const [key, record] of done) {
    const isKept = record.step === 'imatrix' || record.step === 'scores' || record.step === 'publish';
    if (isKept && !(await areThere(record, layout))) present.delete(key);
  }
  return { done: present, failed };
}

async function areThere({ result }: DoneRecord, layout: Layout): Promise<boolean> {
  for (const { path, bytes } of result.files ?? []) {
    if ((await stat(recordedFile(layout, path)).catch(() => undefined))?.size !== bytes) return false;
  }
  return true;
}
