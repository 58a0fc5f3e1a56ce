import {
  DEFAULT_ALIGNMENT,
  MAX_KEY_COUNT,
  MAX_NAMES_BYTES,
  MAX_PROBLEMS,
  MAX_READ_KEYS,
  MAX_READ_TENSORS,
  MAX_TENSOR_COUNT,
} from '../limits.js';
import { ByteCursor } from './cursor.js';
import { alignUp, isAlignment } from './layout.js';
import type { Header, MetadataEntry, TensorInfo } from './model.js';
import { parseMetadataEntry } from './parse-metadata.js';
import { parseTensorInfo } from './parse-tensor-info.js';
import { checkPlacement } from './placement.js';
import type { Place, Problem, ProblemCode, ProblemData } from './problems.js';
import { sniff } from './sniff.js';
import { scalarValue } from './values.js';

/** Smallest key-value pair (empty key, one byte of value) and tensor info (empty name, no dimensions). */
const MIN_ENTRY_BYTES = 8 + 4 + 1;
const MIN_INFO_BYTES = 8 + 4 + 4 + 8;

/** Thrown by `stop` to leave the parse; carries nothing, the problem is recorded already. */
class Stopped extends Error {}

/**
 * Parses a header from its first bytes and can be run again with more of them: it then goes on at the item that did
 * not fit. Follows ggml's `gguf_init` check for check, but collects what does not keep it from going on.
 */
export class HeaderParser {
  readonly #fileSize: number;
  readonly #problems: Problem[] = [];
  readonly #metadata: Draft<MetadataEntry>[] = [];
  readonly #tensors: Draft<TensorInfo>[] = [];
  readonly #keys = new Map<string, number>();
  readonly #names = new Set<string>();
  #at = 0;
  #version = 0;
  #keyCount = -1;
  #tensorCount = -1;
  #ended = false;
  #namesBytes = 0;
  /** What is being read now, for messages. */
  reading = 'the magic';

  constructor(fileSize: number) {
    this.#fileSize = fileSize;
  }

  /** Parses as far as `bytes` reach. Throws `WindowEnded` where they do not. */
  run(bytes: Uint8Array): void {
    try {
      if (this.#version === 0) this.#readPreamble(bytes);
      while (this.#metadata.length < this.#keyCount) this.#readEntry(bytes);
      while (this.#tensors.length < this.#tensorCount) this.#readInfo(bytes);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  }

  /** Records a problem after which nothing can be read. */
  stop<C extends ProblemCode>(code: C, data: ProblemData[C], at = this.#at): void {
    this.#report(code, data, { kind: 'file', offset: at, length: Math.max(0, Math.min(this.#fileSize - at, 8)) }, true);
    this.#ended = true;
  }

  /** The model of all that was read from `bytes`. */
  header(bytes: Uint8Array): Header {
    const slice = <T>({ offset, end, rest }: Draft<T>) => ({ ...rest, offset, raw: bytes.subarray(offset, end) }) as T;
    const metadata = this.#metadata.map((draft) => slice(draft));
    const tensors = this.#tensors.map((draft) => slice(draft));
    const alignment = this.#alignment(metadata);
    const hasData = tensors.length > 0;
    const dataOffset = hasData ? alignUp(this.#at, alignment) : this.#at;
    const header = {
      version: this.#version,
      metadata,
      tensors,
      alignment,
      infoEnd: this.#at,
      dataOffset,
      fileSize: this.#fileSize,
      bytes: bytes.subarray(0, this.#at),
    };
    if (!this.#ended && hasData) checkPlacement(header, (code, data, place) => this.#report(code, data, place));
    return { ...header, problems: this.#problems.toSorted((a, b) => a.place.offset - b.place.offset) };
  }

  #readPreamble(bytes: Uint8Array): void {
    const magic = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
    if (magic !== 'GGUF') this.#stopAt(0, 'magic', { found: magic, ...optional('looksLike', sniff(bytes)) });
    const cursor = this.#cursor(bytes, 4, 'the version');
    const version = cursor.u32();
    this.#checkVersion(version);
    this.reading = 'the tensor count';
    const tensorCount = cursor.i64();
    if (tensorCount < 0n || tensorCount > MAX_TENSOR_COUNT) {
      this.#stopAt(8, 'tensor-count', { count: `${tensorCount}` });
    }
    this.reading = 'the key count';
    const keyCount = cursor.i64();
    if (keyCount < 0n || keyCount > MAX_KEY_COUNT) this.#stopAt(16, 'key-count', { count: `${keyCount}` });
    this.#at = cursor.offset;
    this.#expect(keyCount, MIN_ENTRY_BYTES, cursor.left, 'key-value pair');
    this.#expect(tensorCount, MIN_INFO_BYTES, cursor.left, 'tensor info');
    this.#limit(keyCount, MAX_READ_KEYS, 'keys');
    this.#limit(tensorCount, MAX_READ_TENSORS, 'tensors');
    this.#version = version;
    this.#keyCount = Number(keyCount);
    this.#tensorCount = Number(tensorCount);
  }

  /** The low half of a little-endian version is never 0, so 0 there means swapped bytes, as ggml reasons. */
  #checkVersion(version: number): void {
    if (version !== 0 && (version & 0xffff) === 0) {
      const swapped = Buffer.alloc(4);
      swapped.writeUInt32LE(version);
      this.#stopAt(4, 'big-endian', { version: swapped.readUInt32BE() });
    }
    if (version !== 2 && version !== 3) this.#stopAt(4, 'version', { version });
  }

  /** Refuses a count that the rest of the file cannot hold, before anything is allocated for it. */
  #expect(count: bigint, each: number, left: number, what: string): void {
    if (count * BigInt(each) <= BigInt(left)) return;
    this.#stopAt(this.#at, 'header-truncated', {
      what: `${count} ${what}${count === 1n ? '' : 's'}`,
      need: Number(count) * each,
      have: left,
    });
  }

  #limit(count: bigint, limit: number, what: string): void {
    if (count > BigInt(limit)) this.#stopAt(this.#at, 'header-too-large', { what, need: Number(count), limit });
  }

  #readEntry(bytes: Uint8Array): void {
    const index = this.#metadata.length;
    const cursor = this.#cursor(bytes, this.#at, `key-value pair ${index}`);
    const { identity, rest } = parseMetadataEntry(cursor, {
      nameKey: (key) => {
        this.reading = `the value of key '${key}'`;
      },
      stop: (code, data, at) => this.#stopAt(at, code, data),
      report: (code, data, at) => this.#report(code, data, { kind: 'file', offset: at, length: 4 }),
    });
    const place: Place = { kind: 'metadata', name: rest.key, offset: this.#at, length: cursor.offset - this.#at };
    const firstOffset = this.#keys.get(identity);
    if (identity === '') this.#report('key-empty', { index }, place);
    else if (firstOffset !== undefined) this.#report('key-duplicate', { key: rest.key, firstOffset }, place);
    else this.#keys.set(identity, this.#at);
    this.#metadata.push({ offset: this.#at, end: cursor.offset, rest });
    this.#at = cursor.offset;
    this.#giveUpIfHopeless(rest.typeAt);
  }

  #readInfo(bytes: Uint8Array): void {
    const cursor = this.#cursor(bytes, this.#at, `tensor info ${this.#tensors.length}`);
    const start = this.#at;
    const place = (name: string): Place => ({ kind: 'tensor', name, offset: start, length: cursor.offset - start });
    const { identity, rest, problems } = parseTensorInfo(cursor, {
      stop: (code, data) => this.#stopAt(start, code, data),
    });
    for (const { code, data } of problems) this.#report(code, data, place(rest.name));
    if (this.#names.has(identity)) this.#report('tensor-name-duplicate', { name: rest.name }, place(rest.name));
    this.#names.add(identity);
    this.#tensors.push({ offset: start, end: cursor.offset, rest });
    this.#at = cursor.offset;
    this.#giveUpIfHopeless(cursor.offset - start);
  }

  #giveUpIfHopeless(nameBytes: number): void {
    this.#namesBytes += nameBytes;
    this.#limit(BigInt(this.#namesBytes), MAX_NAMES_BYTES, 'bytes of names');
    const need = this.#problems.length;
    if (need >= MAX_PROBLEMS) this.#stopAt(this.#at, 'header-too-large', { what: 'faults', need, limit: MAX_PROBLEMS });
  }

  /** ggml takes the last pair of that name; duplicates are rejected anyway. */
  #alignment(metadata: readonly MetadataEntry[]): number {
    const entry = metadata.find(({ key }) => key === 'general.alignment');
    if (entry === undefined) return DEFAULT_ALIGNMENT;
    const place: Place = { kind: 'metadata', name: entry.key, offset: entry.offset, length: entry.raw.byteLength };
    if (entry.type !== 'uint32') {
      this.#report('alignment-type', { type: entry.type }, place);
      return DEFAULT_ALIGNMENT;
    }
    const value = Number(scalarValue(entry));
    if (isAlignment(value)) return value;
    this.#report('alignment-value', { value }, place);
    return DEFAULT_ALIGNMENT;
  }

  #cursor(bytes: Uint8Array, offset: number, reading: string): ByteCursor {
    this.reading = reading;
    return new ByteCursor(bytes, this.#fileSize, offset);
  }

  #report<C extends ProblemCode>(code: C, data: ProblemData[C], place: Place, fatal = false): void {
    this.#problems.push({ code, data, place, fatal } as Problem);
  }

  #stopAt<C extends ProblemCode>(at: number, code: C, data: ProblemData[C]): never {
    this.stop(code, data, at);
    throw new Stopped();
  }
}

/** An item whose bytes are named by offsets until the last window is known. */
interface Draft<T> {
  readonly offset: number;
  readonly end: number;
  readonly rest: Omit<T, 'raw' | 'offset'>;
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}
