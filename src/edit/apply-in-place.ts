import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { GgufError } from '../errors.js';
import { parseHeader } from '../gguf/parse.js';
import { REJECTED_BY } from '../gguf/problems.js';
import { identify, isSameFile } from '../sources/file.js';
import type { ApplyOptions } from './apply.js';
import { fileChanged } from './file-changed.js';
import { readJournal, rollBack, writeJournal } from './journal.js';
import type { ByteCopy, InPlacePlan } from './plan.js';
import { readAt, syncFolderOf, writeAt } from './sync.js';
import { requireSpace, type Target } from './target.js';
import { forgetUndo } from './undo-record.js';

/** Appended tensors are copied and compared in pieces of this size. */
const PIECE_BYTES = 4 * 2 ** 20;

/** Room for the journal's own text. */
const JOURNAL_OVERHEAD_BYTES = 64 * 2 ** 10;

/**
 * Patches or slides a file: journal → sync → appended tensors → sync → header → sync → verify → journal away.
 * The caller holds the lock. On any failure the old bytes are put back.
 */
export async function applyInPlace(target: Target, plan: InPlacePlan, options: ApplyOptions): Promise<void> {
  const { companions, path: file } = target;
  const journaled = plan.writes.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  await requireSpace(file, plan.newSize - plan.oldSize + journaled + JOURNAL_OVERHEAD_BYTES);
  const handle = await open(file, 'r+');
  try {
    if (!isSameFile(options.identity, await identify(handle))) throw fileChanged(file);
    await writeJournal(companions.journal, handle, plan, options);
    try {
      await appendCopies(handle, plan.copies, options);
      await writeHeader(handle, plan);
      await verify(handle, file, plan);
    } catch (error) {
      await undoFailure(handle, companions.journal);
      throw error;
    }
  } finally {
    await handle.close();
  }
  await retireJournal(target, options.keepUndo);
}

async function appendCopies(handle: FileHandle, copies: readonly ByteCopy[], options: ApplyOptions): Promise<void> {
  if (copies.length === 0) return;
  for (const { from, to, length } of copies) {
    for (let done = 0; done < length; done += PIECE_BYTES) {
      if (options.signal?.aborted === true) throw new GgufError('aborted', 'stopped', { why: 'signal' });
      const piece = await readAt(handle, from + done, Math.min(PIECE_BYTES, length - done));
      await writeAt(handle, piece, to + done);
      options.onProgress?.(piece.byteLength);
    }
  }
  await handle.sync();
}

/** From here to the sync the file is neither old nor new: short, and never stopped by a signal. */
async function writeHeader(handle: FileHandle, { writes, oldSize, newSize }: InPlacePlan): Promise<void> {
  if (newSize > oldSize) await handle.truncate(newSize);
  for (const { offset, bytes } of writes) await writeAt(handle, bytes, offset);
  if (newSize < oldSize) await handle.truncate(newSize);
  await handle.sync();
}

/** Reads everything that was written again, and the header as any reader would. */
async function verify(handle: FileHandle, file: string, plan: InPlacePlan): Promise<void> {
  const { size } = await handle.stat();
  if (size !== plan.newSize) fail(file, `it has ${size} bytes, not ${plan.newSize}`);
  for (const { offset, bytes } of plan.writes) {
    const found = await readAt(handle, offset, bytes.byteLength);
    if (!found.equals(bytes)) fail(file, `bytes at offset ${offset} are not what was written`);
  }
  for (const copy of plan.copies) await compareCopy(handle, file, copy, plan);
  const length = plan.writes.reduce((end, { offset, bytes }) => Math.max(end, offset + bytes.byteLength), 0);
  if (plan.strategy === 'slide') {
    const header = parseHeader(await readAt(handle, 0, length), size);
    const problem = header.problems.find(({ code }) => REJECTED_BY[code] !== 'nobody');
    if (problem !== undefined) fail(file, `its header has the problem ${problem.code}`);
  }
}

/** Compares an appended tensor with its old place, as far as the new header left that alone. */
async function compareCopy(
  handle: FileHandle,
  file: string,
  { from, to, length }: ByteCopy,
  plan: InPlacePlan,
): Promise<void> {
  for (let done = 0; done < length; done += PIECE_BYTES) {
    const size = Math.min(PIECE_BYTES, length - done);
    const isOverwritten = plan.writes.some(
      ({ offset, bytes }) => offset < from + done + size && from + done < offset + bytes.byteLength,
    );
    if (isOverwritten) continue;
    const [old, copied] = [await readAt(handle, from + done, size), await readAt(handle, to + done, size)];
    if (!old.equals(copied)) fail(file, `the tensor moved to offset ${to} does not equal its source`);
  }
}

function fail(file: string, what: string): never {
  throw new GgufError('verification-failed', `${file} does not read back as written: ${what}`, { path: file, what });
}

async function undoFailure(handle: FileHandle, journalPath: string): Promise<void> {
  const journal = await readJournal(journalPath);
  if (journal === undefined || journal === 'incomplete') return;
  await rollBack(handle, journal);
  await rm(journalPath, { force: true });
}

/**
 * The write is done: the journal becomes the undo record, or goes. It goes last: as long as it is there, `recover`
 * knows that older undo records no longer fit the file.
 */
async function retireJournal({ companions }: Target, keepUndo: boolean): Promise<void> {
  const { journal, undo } = companions;
  await forgetUndo(companions);
  if (keepUndo) await rename(journal, undo);
  else await rm(journal);
  await syncFolderOf(journal);
}
