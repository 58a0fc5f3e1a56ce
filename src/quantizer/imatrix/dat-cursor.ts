import { GgufError } from '../../errors.js';
import type { Source } from '../../sources/source.js';

/** Sequential little-endian reader over a whole source, of which it holds a few KiB at a time. */
export interface DatCursor {
  /** Byte offset in the file of the next read. */
  readonly offset: number;
  /** Bytes from here to the end of the file. */
  readonly left: number;
  /** The next number. `what` names it where the file ends before it; so in the others. */
  i32(what: string): Promise<number>;
  /** The next `length` bytes, which are valid until the next read. */
  bytes(length: number, what: string): Promise<Uint8Array>;
  /** Passes `length` bytes without reading them. */
  skip(length: number, what: string): void;
}

/** A page: entries of thousands of values are passed with one small read each, tiny ones share a read. */
const WINDOW_BYTES = 4096;

/** A cursor at the start of a source. Rejects with `truncated` where the source ends too early. */
export function datCursor(source: Source, signal?: AbortSignal): DatCursor {
  let window: Uint8Array = new Uint8Array();
  let windowAt = 0;
  let at = 0;
  const pass = (length: number, what: string): number => {
    const have = source.size - at;
    if (length > have) {
      const message = `${source.uri} ends in ${what}: needs ${length} bytes at offset ${at}, has ${have}`;
      throw new GgufError('truncated', message, { at, need: length, have });
    }
    const start = at;
    at += length;
    return start;
  };
  const bytes = async (length: number, what: string): Promise<Uint8Array> => {
    const start = pass(length, what);
    if (start < windowAt || at > windowAt + window.byteLength) {
      window = await source.read(start, Math.min(Math.max(length, WINDOW_BYTES), source.size - start), signal);
      windowAt = start;
    }
    return window.subarray(start - windowAt, at - windowAt);
  };
  return {
    get offset() {
      return at;
    },
    get left() {
      return source.size - at;
    },
    bytes,
    skip: pass,
    async i32(what) {
      const four = await bytes(4, what);
      return new DataView(four.buffer, four.byteOffset, 4).getInt32(0, true);
    },
  };
}
