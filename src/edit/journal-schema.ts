import { z } from 'zod';
import { MAX_HEADER_BYTES } from '../limits.js';

/** The first line of a journal. */
export const journalSchema = z.strictObject({
  schema: z.literal('ggufix.journal/1'),
  /** Of the file that was changed: another file under its name must never get the old bytes. */
  inode: z.string(),
  /** The user wants to be able to undo the write. */
  keepUndo: z.boolean(),
  oldSize: z.int().nonnegative(),
  newSize: z.int().nonnegative(),
  writes: z.array(
    z.strictObject({
      offset: z.int().nonnegative(),
      length: z.int().nonnegative().max(MAX_HEADER_BYTES),
    }),
  ),
});

/** What that line says. */
export type JournalHead = z.output<typeof journalSchema>;
