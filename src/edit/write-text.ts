import { randomBytes } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cannotWrite, placeOfText, type TextPlace } from './place-of-text.js';

/**
 * Writes a report: a whole new one or, where that fails, none. What is no regular file (a pipe, `/dev/null`) is written
 * to as it is. Rejects with `not-writable`, also where it would take the place of a model.
 */
export async function writeText(file: string, text: string | Uint8Array): Promise<void> {
  const place = await placeOfText(file);
  try {
    if (place === undefined) await writeFile(file, text);
    else await replace(place, text);
  } catch (error) {
    throw cannotWrite(file, error instanceof Error ? error.message : String(error), error);
  }
}

async function replace({ target, mode }: TextPlace, text: string | Uint8Array): Promise<void> {
  // In a container every process may have the same number, also one that was killed and left its file.
  const temp = path.join(
    path.dirname(target),
    `.${path.basename(target)}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`,
  );
  try {
    await using handle = await open(temp, 'wx', mode);
    await handle.writeFile(text);
    await handle.sync();
    await rename(temp, target);
  } catch (error) {
    await rm(temp, { force: true }).catch(() => undefined);
    throw error;
  }
}
