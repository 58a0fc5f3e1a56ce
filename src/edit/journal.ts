import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { GgufError } from '../errors.js';
import type { JournalHead } from './journal-schema.js';
import type { InPlacePlan } from './plan.js';
import { readAt, syncFolderOf, writeAt } from './sync.js';

/*
 * A journal on disk:
 *
 *   JSON, one line  { schema, inode, oldSize, newSize, writes: [{ offset, length, newSha256 }] }
 *   old bytes       of each write, one after another; fewer where the old file ended
 *   sha256          32 bytes, of all of the above
 *
 * It is complete and synced before the first byte of the file changes, so an incomplete one means an untouched file.
 */

const SHA256_BYTES = 32;

/** What a journal says, with the bytes that stood in the file. */
export interface Journal extends JournalHead {
  readonly oldBytes: readonly Uint8Array[];
}

/** Saves what `plan` will overwrite in `file`, durably. The journal must not exist; on failure it does not. */
export async function writeJournal(journalPath: string, file: FileHandle, plan: InPlacePlan): Promise<void> {
  const { oldSize, newSize } = plan;
  const oldBytes: Uint8Array[] = [];
  for (const { offset, bytes } of plan.writes) oldBytes.push(await readAt(file, offset, bytes.byteLength));
  const writes = plan.writes.map(({ offset, bytes }) => ({
    offset,
    length: bytes.byteLength,
    newSha256: sha256(bytes),
  }));
  const inode = await inodeOf(file);
  const head = `${JSON.stringify({ schema: 'ggufix.journal/1', inode, oldSize, newSize, writes })}\n`;
  const body = Buffer.concat([Buffer.from(head), ...oldBytes]);
  const journal = await open(journalPath, 'wx', 0o600);
  try {
    await writeAt(journal, Buffer.concat([body, createHash('sha256').update(body).digest()]), 0);
    await journal.sync();
  } catch (error) {
    await rm(journalPath, { force: true });
    throw error;
  } finally {
    await journal.close();
  }
  await syncFolderOf(journalPath);
}

/** The journal at a path; `undefined` if there is none, `'incomplete'` if it never was finished. */
export async function readJournal(journalPath: string): Promise<Journal | 'incomplete' | undefined> {
  const bytes = await readFile(journalPath).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const body = bytes.subarray(0, Math.max(0, bytes.byteLength - SHA256_BYTES));
  const isComplete = createHash('sha256').update(body).digest().equals(bytes.subarray(body.byteLength));
  return isComplete && body.byteLength > 0 ? await decode(journalPath, body) : 'incomplete';
}

/** Puts the old bytes back and cuts the file to its old size. Can be repeated after an interruption. */
export async function rollBack(file: FileHandle, { writes, oldBytes, oldSize }: Journal): Promise<void> {
  for (const [index, { offset }] of writes.entries()) await writeAt(file, oldBytes[index]!, offset);
  await file.truncate(oldSize);
  await file.sync();
}

/** Whether the journal is of this very file, not of another one that took its name. */
export async function isOfFile(file: FileHandle, { inode }: Journal): Promise<boolean> {
  return (await inodeOf(file)) === inode;
}

/** Whether the file holds everything that the journaled write was to leave. */
export async function isDone(file: FileHandle, { writes, newSize }: Journal): Promise<boolean> {
  if ((await file.stat()).size !== newSize) return false;
  for (const { offset, length, newSha256 } of writes) {
    if (sha256(await readAt(file, offset, length)) !== newSha256) return false;
  }
  return true;
}

async function decode(journalPath: string, body: Buffer): Promise<Journal> {
  // Loading zod takes longer than patching a file, and a journal is seldom there to be read.
  const { journalSchema } = await import('./journal-schema.js');
  const lineEnd = body.indexOf('\n');
  const parsed = journalSchema.safeParse(parseJson(body.subarray(0, lineEnd).toString()));
  if (!parsed.success) {
    const why = 'it was written by another version of ggufix';
    throw new GgufError('journal-unusable', `${journalPath} cannot be used: ${why}`, { journal: journalPath, why });
  }
  let at = lineEnd + 1;
  const oldBytes = parsed.data.writes.map(({ offset, length }) => {
    const start = at;
    at += Math.max(0, Math.min(length, parsed.data.oldSize - offset));
    return body.subarray(start, at);
  });
  return { ...parsed.data, oldBytes };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function inodeOf(file: FileHandle): Promise<string> {
  return String((await file.stat({ bigint: true })).ino);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
