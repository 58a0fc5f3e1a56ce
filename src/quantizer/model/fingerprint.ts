import { createHash } from 'node:crypto';
import type { Source } from '../../sources/source.js';

/** Pieces of a file that are hashed, spread evenly over it, and the bytes of each. A smaller file is hashed whole. */
const PIECES = 64;
const PIECE_BYTES = 2 ** 16;

/**
 * Tells whether files hold the same model without reading them whole: SHA-256 of their sizes, of their headers as given and of
 * 4 MiB of each, in pieces. It is blind to a change between the pieces that leaves the header as it is.
 */
export async function fingerprint(
  files: readonly { readonly source: Source; readonly header: Uint8Array }[],
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  for (const { source, header } of files) {
    hash.update(`${source.size} ${header.byteLength}\n`).update(header);
    for (const offset of pieceOffsets(source.size)) {
      hash.update(await source.read(offset, Math.min(PIECE_BYTES, source.size - offset), signal));
    }
  }
  return hash.digest('hex');
}

function pieceOffsets(size: number): number[] {
  const pieces = Math.min(PIECES, Math.ceil(size / PIECE_BYTES));
  const last = Math.max(size - PIECE_BYTES, 0);
  return Array.from({ length: pieces }, (_, i) => (pieces === 1 ? 0 : Math.floor((i * last) / (pieces - 1))));
}
