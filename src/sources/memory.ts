import { GgufError } from '../errors.js';
import type { Source } from './source.js';

/** A source over bytes that are in memory already. Reads return views, not copies. */
export function memorySource(bytes: Uint8Array, uri = 'memory:'): Source {
  return {
    uri,
    size: bytes.byteLength,
    async read(offset, length) {
      const have = Math.max(0, bytes.byteLength - offset);
      if (length > have) {
        throw new GgufError('truncated', `need ${length} bytes at offset ${offset}, have ${have}`, {
          at: offset,
          need: length,
          have,
        });
      }
      return bytes.subarray(offset, offset + length);
    },
    async [Symbol.asyncDispose]() {},
  };
}
