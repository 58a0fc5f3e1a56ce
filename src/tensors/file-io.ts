import { readSync, writeSync } from 'node:fs';
import { GgufError } from '../errors.js';

/** Fills `bytes` from the file at `offset`. Throws `truncated` where the file ends earlier. */
export function readFully(fd: number, bytes: Uint8Array, offset: number): void {
  let done = 0;
  while (done < bytes.byteLength) {
    const count = readSync(fd, bytes, done, bytes.byteLength - done, offset + done);
    if (count === 0) {
      const need = bytes.byteLength;
      const text = `need ${need} bytes at offset ${offset}, have ${done}`;
      throw new GgufError('truncated', text, { at: offset, need, have: done });
    }
    done += count;
  }
}

/** Writes all of `bytes` to the file at `offset`. */
export function writeFully(fd: number, bytes: Uint8Array, offset: number): void {
  let done = 0;
  while (done < bytes.byteLength) done += writeSync(fd, bytes, done, bytes.byteLength - done, offset + done);
}
