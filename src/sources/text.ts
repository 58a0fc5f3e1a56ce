import { readFile, stat } from 'node:fs/promises';
import { badOption } from '../errors.js';
import { unreadable, unreadableBecause } from './unreadable.js';

/** The text of a small local file. Throws `bad-option` where it is larger than `limit`, `source-unreadable` where it cannot be read. */
export async function readText(file: string, limit: number): Promise<string> {
  const stats = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  // A pipe or a device might never end.
  if (!stats.isFile()) throw unreadableBecause(file, 'it is no regular file');
  if (stats.size > limit) {
    throw badOption(`${file} has ${stats.size} bytes, expected at most ${limit}`);
  }
  return await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, error);
  });
}
