import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { Checksum } from '../checks/upload/checksum.js';
import { MAX_CHECKSUM_BYTES } from '../limits.js';
import { parseChecksums } from '../sources/checksums.js';
import { hashFiles } from '../sources/hash-files.js';
import { readText } from '../sources/text.js';

const LIST = 'SHA256SUMS';

/**
 * What a `SHA256SUMS` beside the file says of it, and its real hash; `undefined` where there is no such list. Rejects
 * where there is one that cannot be read: whoever asks for a last check must not take that for a pass.
 */
export async function findChecksum(file: string, signal?: AbortSignal): Promise<Checksum | undefined> {
  const folder = path.dirname(file);
  const list = path.join(folder, LIST);
  if ((await lstat(list).catch(() => undefined)) === undefined) return undefined;
  const lines = parseChecksums(await readText(list, MAX_CHECKSUM_BYTES));
  signal?.throwIfAborted();
  const line = lines.find(({ name }) => path.resolve(folder, name) === path.resolve(file));
  if (line === undefined) return { source: LIST };
  return { source: LIST, listed: { line: line.line, expected: line.sha256, found: await hashFiles([file], signal) } };
}
