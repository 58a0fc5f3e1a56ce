import { readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import { writeText } from '../../edit/write-text.js';

/**
 * Changes of a file that is changed where it is, noted before they are made: a run that is killed in between leaves them to the
 * next one, which finds them done and could not tell.
 */
export interface PendingChanges {
  /** Resolves once the changes are on the disk, with those that an earlier run noted. */
  add(changes: readonly string[]): Promise<void>;
  /** All that were noted, each once. */
  all(): readonly string[];
  /** Forgets them: they stand in the journal. */
  remove(): Promise<void>;
}

/** What is noted at `file`. What cannot be read counts for nothing. */
export async function pendingChanges(file: string): Promise<PendingChanges> {
  let known = parse(await readFile(file, 'utf8').catch(() => ''));
  return {
    async add(changes) {
      const added = changes.filter((change) => !known.includes(change));
      if (added.length === 0) return;
      known = [...known, ...added];
      await writeText(file, JSON.stringify(known));
    },
    all: () => known,
    remove: () => rm(file, { force: true }),
  };
}

function parse(text: string): readonly string[] {
  try {
    return z.array(z.string()).parse(JSON.parse(text));
  } catch {
    return [];
  }
}
