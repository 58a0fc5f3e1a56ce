import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { GgufError } from '../errors.js';
import type { JournalHead } from './journal-schema.js';
import type { InPlacePlan } from './plan.js';
import { readAt, syncFolderOf, writeAt } from './sync.js';

/*
 * A journal on disk:
 *
 *   JSON, one line  { schema, inode, keepUndo, oldSize, newSize, writes: [{ offset, length }] }
 *   old bytes       of each write, one after another; fewer where the old file ended
 *   new bytes       of each write
 *   sha256          32 bytes, of all of the above
 *
 * It is complete and synced before the first byte of the file changes, so one that ends early means an untouched file.
 */

const SHA256_BYTES = 32;

/** What a journal says, with the bytes that stood in the file. */
export interface Journal extends JournalHead {
  readonly oldBytes: readonly Uint8Array[];
  readonly newBytes: readonly Uint8Array[];
}

/** Saves what `plan` will overwrite in `file`, durably. The journal must not exist; on failure it does not. */
export async function writeJournal(
  journalPath: string,
  file: FileHandle,
  plan: InPlacePlan,
  { keepUndo }: { readonly keepUndo: boolean },
): Promise<void> {
  const { oldSize, newSize } = plan;
  const oldBytes: Uint8Array[] = [];
  for (const { offset, bytes } of plan.writes) oldBytes.push(await readAt(file, offset, bytes.byteLength));
  const writes = plan.writes.map(({ offset, bytes }) => ({ offset, length: bytes.byteLength }));
  const inode = await inodeOf(file);
  const head = `${JSON.stringify({ schema: 'ggufix.journal/1', inode, keepUndo, oldSize, newSize, writes })}\n`;
  const body = Buffer.concat([Buffer.from(head), ...oldBytes, ...plan.writes.map(({ bytes }) => bytes)]);
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
  const lineEnd = bytes.indexOf('\n');
  if (lineEnd < 0) return 'incomplete';
  const head = await decodeHead(journalPath, bytes.subarray(0, lineEnd));
  const oldLengths = head.writes.map(({ offset, length }) => Math.max(0, Math.min(length, head.oldSize - offset)));
  const newLengths = head.writes.map(({ length }) => length);
  const end = [...oldLengths, ...newLengths].reduce((sum, length) => sum + length, lineEnd + 1);
  if (bytes.byteLength < end + SHA256_BYTES) return 'incomplete';
  const sum = createHash('sha256').update(bytes.subarray(0, end)).digest();
  if (!sum.equals(bytes.subarray(end))) throw unusable(journalPath, 'it is damaged');
  const payload = split(bytes.subarray(lineEnd + 1, end), [...oldLengths, ...newLengths]);
  return { ...head, oldBytes: payload.slice(0, oldLengths.length), newBytes: payload.slice(oldLengths.length) };
}

function split(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  let at = 0;
  return lengths.map((length) => {
    at += length;
    return bytes.subarray(at - length, at);
  });
}

/** Puts the old bytes back and cuts the file to its old size. Can be repeated after an interruption. */
export async function rollBack(file: FileHandle, { writes, oldBytes, oldSize }: Journal): Promise<void> {
  for (const [index, { offset }] of writes.entries()) await writeAt(file, oldBytes[index]!, offset);
  await file.truncate(oldSize);
  await file.sync();
}

/**
 * Whether the journal is of this very file: its inode, a size on the way from old to new, and nothing but old and new
 * bytes where it was written. Another file that took its name must never get the old bytes.
 */
export async function isOfFile(file: FileHandle, journal: Journal): Promise<boolean> {
  const { oldSize, newSize, writes, oldBytes, newBytes } = journal;
  const { size } = await file.stat();
  if ((await inodeOf(file)) !== journal.inode) return false;
  if (size < Math.min(oldSize, newSize) || size > Math.max(oldSize, newSize)) return false;
  for (const [index, { offset, length }] of writes.entries()) {
    const found = await readAt(file, offset, length);
    const [old, next] = [oldBytes[index]!, newBytes[index]!];
    // Past the old end there are zeros until the new bytes come.
    if (found.some((byte, i) => byte !== next[i] && byte !== (old[i] ?? 0))) return false;
  }
  return true;
}

/** Whether the file holds everything that the journaled write was to leave. */
export async function isDone(file: FileHandle, { writes, newBytes, newSize }: Journal): Promise<boolean> {
  if ((await file.stat()).size !== newSize) return false;
  for (const [index, { offset, length }] of writes.entries()) {
    if (!(await readAt(file, offset, length)).equals(newBytes[index]!)) return false;
  }
  return true;
}

async function decodeHead(journalPath: string, line: Buffer): Promise<JournalHead> {
  // Loading zod takes longer than patching a file, and a journal is seldom there to be read.
  const { journalSchema } = await import('./journal-schema.js');
  const parsed = journalSchema.safeParse(parseJson(line.toString()));
  if (!parsed.success) throw unusable(journalPath, 'it is damaged, or of another version of ggufix');
  return parsed.data;
}

function unusable(journal: string, why: string): GgufError {
  return new GgufError('journal-unusable', `${journal} cannot be used: ${why}`, { journal, why });
}

async function inodeOf(file: FileHandle): Promise<string> {
  return String((await file.stat({ bigint: true })).ino);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
