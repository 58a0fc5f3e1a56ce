import { createHash, type Hash } from 'node:crypto';
import { GgufError } from '../errors.js';
import { openRegular } from './file.js';
import { unreadable } from './unreadable.js';

/** Bytes that are read at once: a whole read takes longer than to ask for it. */
const PIECE_BYTES = 2 ** 20;

/**
 * SHA-256 of one file, or of all shards of a model one after another, in lower-case hex. Rejects with `source-unreadable`,
 * also where one is no regular file.
 */
export async function hashFiles(files: readonly string[], signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) await addFile(hash, file, signal);
  return hash.digest('hex');
}

/**
 * One piece is read while the other is hashed. The two are used again and again: new memory for each piece, as a stream takes
 * it, costs half as much time as the hash itself.
 */
async function addFile(hash: Hash, file: string, signal?: AbortSignal): Promise<void> {
  try {
    await using handle = await openRegular(file);
    const read = async (piece: Buffer): Promise<Buffer> =>
      piece.subarray(0, (await handle.read(piece, 0, PIECE_BYTES)).bytesRead);
    let [piece, other] = [Buffer.allocUnsafeSlow(PIECE_BYTES), Buffer.allocUnsafeSlow(PIECE_BYTES)];
    let bytes = await read(piece);
    while (bytes.byteLength > 0) {
      if (signal?.aborted === true) throw new GgufError('aborted', 'stopped while hashing', { why: 'signal' });
      const next = read(other);
      hash.update(bytes);
      bytes = await next;
      [piece, other] = [other, piece];
    }
  } catch (cause) {
    if (cause instanceof GgufError) throw cause;
    throw unreadable(file, cause);
  }
}
