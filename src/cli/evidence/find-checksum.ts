import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Checksum } from '../../checks/upload/checksum.js';
import { hashFile, parseChecksums } from '../../sources/checksums.js';

const LIST = 'SHA256SUMS';

/** The hash that a `SHA256SUMS` beside the file gives for it, and the real one; `undefined` where nobody gives one. */
export async function findChecksum(file: string, signal?: AbortSignal): Promise<Checksum | undefined> {
  const folder = path.dirname(file);
  const text = await readFile(path.join(folder, LIST), { encoding: 'utf8', ...(signal && { signal }) }).catch(() => '');
  signal?.throwIfAborted();
  const line = parseChecksums(text).find(({ name }) => path.resolve(folder, name) === path.resolve(file));
  if (line === undefined) return undefined;
  return { source: LIST, line: line.line, expected: line.sha256, found: await hashFile(file, signal) };
}
