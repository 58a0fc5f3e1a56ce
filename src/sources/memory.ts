import { GgufError } from '../errors.js';
import type { Source } from './source.js';

/** A source over bytes that are in memory already. Reads return views, not copies. */
export function memorySource(bytes: Uint8Array, uri = 'memory:'): Source {
  const view = (offset: number, length: number): Uint8Array => {
    const have = Math.max(0, bytes.byteLength - offset);
    if (length <= have) return bytes.subarray(offset, offset + length);
    const details = { at: offset, need: length, have };
    throw new GgufError('truncated', `need ${length} bytes at offset ${offset}, have ${have}`, details);
  };
  return {
    uri,
    size: bytes.byteLength,
    async read(offset, length) {
      return view(offset, length);
    },
    async readInto(target, offset) {
      target.set(view(offset, target.byteLength));
    },
    async [Symbol.asyncDispose]() {},
  };
}
