import { open } from 'node:fs/promises';
import type { ByteWrite } from './plan.js';
import { writeAt } from './sync.js';

/**
 * Changes bytes of a file that nobody knows yet, in a folder of our own: without lock, journal and sync, since a crash
 * loses the whole file anyway. A file that has its name is changed by `applyPlan` only.
 */
export async function patchUnpublished(file: string, writes: readonly ByteWrite[]): Promise<void> {
  await using handle = await open(file, 'r+');
  for (const { offset, bytes } of writes) await writeAt(handle, bytes, offset);
}
