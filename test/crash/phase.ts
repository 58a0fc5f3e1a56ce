import { existsSync, readFileSync, statSync } from 'node:fs';
import { companionsOf } from '../../src/edit/companions.js';
import { readJournal } from '../../src/edit/journal.js';
import type { Scene } from './scenes.js';

/** Where work was when it was killed, as what it left on the disk shows. */
export type Phase =
  | 'before the first write'
  | 'lock'
  | 'journal'
  | 'tensors'
  | 'header'
  | 'sync, verify, clean up'
  | 'new file'
  | 'after the rename'
  | 'rolling back'
  | 'done';

/** Looks at what a kill left. */
export async function phaseOf({ orders: { file, strategy, action }, start, end }: Scene): Promise<Phase> {
  const { lock, journal, undoing, temp } = companionsOf(file);
  const bytes = readFileSync(file);
  if (action !== 'change') return await phaseBackwards(bytes.equals(end), action === 'undo' ? undoing : journal, lock);
  if (strategy === 'rewrite') {
    if (bytes.equals(end)) return existsSync(lock) ? 'after the rename' : 'done';
    return existsSync(temp) ? 'new file' : beforeWriting(lock);
  }
  const record = await readJournal(journal);
  if (record === undefined) return bytes.equals(end) ? finished(lock) : beforeWriting(lock);
  if (record === 'incomplete') return 'journal';
  const length = record.writes.reduce((most, write) => Math.max(most, write.offset + write.length), 0);
  const isSame = (whole: Buffer): boolean => bytes.subarray(0, length).equals(whole.subarray(0, length));
  if (isSame(end)) return 'sync, verify, clean up';
  if (!isSame(start)) return 'header';
  return statSync(file).size > start.byteLength ? 'tensors' : 'journal';
}

async function phaseBackwards(isBack: boolean, record: string, lock: string): Promise<Phase> {
  if (existsSync(record)) return isBack ? 'sync, verify, clean up' : 'rolling back';
  return isBack ? finished(lock) : beforeWriting(lock);
}

function beforeWriting(lock: string): Phase {
  return existsSync(lock) ? 'lock' : 'before the first write';
}

function finished(lock: string): Phase {
  return existsSync(lock) ? 'sync, verify, clean up' : 'done';
}
