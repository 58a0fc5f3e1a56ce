import { openFile } from '../../../sources/file.js';
import type { Extent } from './protocol.js';

/** More bytes than a token has in any text but long runs of blanks. */
const BYTES_PER_TOKEN = 16;

/** Pieces of a text file, from places spread evenly over it, each long enough for a sequence if the file is. */
export async function readTextPieces(file: string, extent: Extent, signal?: AbortSignal): Promise<string[]> {
  await using source = await openFile(file);
  const { sequences, unscored, scored } = extent;
  const length = Math.min(source.size, (unscored + scored) * BYTES_PER_TOKEN);
  const pieces: string[] = [];
  for (let piece = 0; piece < sequences; piece += 1) {
    const offset = Math.floor(((source.size - length) * piece) / Math.max(sequences - 1, 1));
    pieces.push(wholeWords(Buffer.from(await source.read(offset, length, signal)).toString('utf8')));
  }
  return pieces;
}

/** A cut may go through a word or a character. */
function wholeWords(text: string): string {
  return text.replace(/^\S*\s+/, '').replace(/\ufffd+$/, '');
}
