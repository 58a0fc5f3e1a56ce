import { readFile, stat } from 'node:fs/promises';
import { GgufError } from '../errors.js';

/** The text of a small local file. Throws `bad-option` where it is larger than `limit`, `source-unreadable` where it cannot be read. */
export async function readText(file: string, limit: number): Promise<string> {
  const stats = await stat(file).catch((error: unknown) => unreadable(file, error));
  // A pipe or a device might never end.
  if (!stats.isFile()) unreadable(file, new Error('it is no regular file'));
  if (stats.size > limit) {
    const problem = `${file} has ${stats.size} bytes, expected at most ${limit}`;
    throw new GgufError('bad-option', problem, { problems: [problem] });
  }
  return await readFile(file, 'utf8').catch((error: unknown) => unreadable(file, error));
}

function unreadable(file: string, cause: unknown): never {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const why = isMissing ? 'no such file' : cause instanceof Error ? cause.message : String(cause);
  throw new GgufError('source-unreadable', `cannot read ${file}: ${why}`, { uri: file }, { cause });
}
