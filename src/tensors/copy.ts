import { readFully, writeFully } from './file-io.js';
import type { CopyRange, RangeResult } from './protocol.js';

/** Copies a range of bytes through `buffer`. */
export function copyRange({ from, to, length }: CopyRange, buffer: Uint8Array): RangeResult {
  for (let done = 0; done < length; done += buffer.byteLength) {
    const piece = buffer.subarray(0, Math.min(buffer.byteLength, length - done));
    readFully(from.fd, piece, from.offset + done);
    writeFully(to.fd, piece, to.offset + done);
  }
  return { bytesWritten: length, sumSquared: 0, sumSquaredError: 0 };
}
