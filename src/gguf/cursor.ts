import { GgufError } from '../errors.js';
import { MAX_STRING_BYTES } from '../limits.js';

/** Thrown when the window ends but the file goes on: read more and try again. */
export class WindowEnded extends Error {
  /** Bytes from the file's start that the next window must hold. */
  readonly needed: number;

  constructor(needed: number) {
    super(`window ended, need ${needed} bytes`);
    this.needed = needed;
  }
}

/**
 * Sequential little-endian reader over the first bytes of a file. Every read is bounds-checked twice: against the
 * window (`WindowEnded`) and against the file (`truncated`).
 */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #fileSize: number;
  #at: number;

  constructor(bytes: Uint8Array, fileSize: number, offset: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fileSize = fileSize;
    this.#at = offset;
  }

  /** Byte offset in the file of the next read. */
  get offset(): number {
    return this.#at;
  }

  /** Bytes from here to the end of the file. */
  get left(): number {
    return this.#fileSize - this.#at;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#take(8), true);
  }

  /** Passes `length` bytes without looking at them, and says where they start. */
  skip(length: number): number {
    return this.#take(length);
  }

  /** A string's bytes: u64 length, then the bytes. The length is checked before anything else. */
  string(what: string, limit = MAX_STRING_BYTES): Uint8Array {
    const length = this.#stringLength(what, limit);
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Passes `count` strings without building one. A hot loop: vocabularies hold 500k of them. */
  skipStrings(count: number, what: string): void {
    const view = this.#view;
    const windowEnd = view.byteLength;
    let at = this.#at;
    let last = at;
    let left = count;
    while (left > 0 && at + 8 <= windowEnd && view.getUint32(at + 4, true) === 0) {
      const length = view.getUint32(at, true);
      if (length > MAX_STRING_BYTES) break;
      last = at;
      at += 8 + length;
      left -= 1;
    }
    // What stopped the loop early is met again by the careful reader, which knows how to say it.
    this.#at = at > windowEnd ? last : at;
    if (left > 0 || at > windowEnd) this.string(what);
  }

  #stringLength(what: string, ours: number): number {
    const at = this.#at;
    const length = this.u64();
    // Above ggml's own limit that one is named, below it ours.
    const limit = length > BigInt(MAX_STRING_BYTES) ? MAX_STRING_BYTES : ours;
    if (length > BigInt(limit)) {
      throw new GgufError('over-limit', `length of ${what} is ${length}, more than ${limit}`, {
        at,
        what: `length of ${what}`,
        value: `${length}`,
        limit,
      });
    }
    return Number(length);
  }

  #take(need: number): number {
    const start = this.#at;
    if (need > this.#view.byteLength - start) {
      const have = this.#fileSize - start;
      if (need > have) this.#truncated(need, have);
      throw new WindowEnded(start + need);
    }
    this.#at = start + need;
    return start;
  }

  #truncated(need: number, have: number): never {
    throw new GgufError('truncated', `need ${need} bytes at offset ${this.#at}, have ${have}`, {
      at: this.#at,
      need,
      have,
    });
  }
}
