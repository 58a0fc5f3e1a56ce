import { realpath, stat } from 'node:fs/promises';
import { GgufError } from '../errors.js';
import { companionsOf } from './companions.js';

/** The journal that an interrupted write or undo of `file` left for `recover`, if there is one. Never throws. */
export async function findJournal(file: string): Promise<string | undefined> {
  const resolved = await realpath(file).catch(() => file);
  const { journal, undoing } = companionsOf(resolved);
  for (const record of [journal, undoing]) {
    if ((await stat(record).catch(() => undefined)) !== undefined) return record;
  }
  return undefined;
}

/** Rejects with `journal-present` if there is one: the file may be neither the old nor the new one. */
export async function refuseJournal(file: string): Promise<void> {
  const journal = await findJournal(file);
  if (journal !== undefined)
    throw new GgufError('journal-present', journalText(file, journal), { path: file, journal });
}

/** What to say of a file, where it has a journal: what is read of it may be half of a change. */
export async function journalNote(file: string): Promise<string | undefined> {
  const journal = await findJournal(file);
  return journal === undefined ? undefined : journalText(file, journal);
}

/** What to say of a file that has a journal. */
export function journalText(file: string, journal: string): string {
  return `an interrupted change of ${file} left ${journal}; run: ggufix recover ${file}`;
}
