import { encodeHeader, type HeaderParts, PREAMBLE_BYTES } from '../gguf/encode.js';
import { encodeEntry, encodeKey } from '../gguf/encode-value.js';
import type { Extent } from '../gguf/model.js';
import { VALUE_TYPES } from '../gguf/value-types.js';
import { MAX_PORTABLE_ARRAY_ELEMENTS } from '../limits.js';
import { FILLER_KEY } from './draft.js';

/** A header of an exact length. `holes` are the filler's elements: what stands there means nothing. */
export interface FittedHeader {
  readonly bytes: Uint8Array;
  /** First byte after the last tensor info; from here on there is only padding. */
  readonly infoEnd: number;
  readonly holes: readonly Extent[];
}

/** Room that the next key may need, kept so that a run of fillers can always end exactly. */
const SPARE_BYTES = 64;

/**
 * The header padded to exactly `length` bytes: with zeros where less than the alignment is missing, else with filler
 * keys behind the other keys. `undefined` where it is longer, or no filler is short enough.
 *
 * A filler is an array of UINT64 (of UINT8 where the alignment is below 8): readers skip arrays in one step, show
 * them cut, and none of them has more elements than the Hub's reader takes.
 */
export function fitHeader(parts: HeaderParts, length: number): FittedHeader | undefined {
  const entriesEnd = PREAMBLE_BYTES + totalBytes(parts.entries);
  const infoBytes = totalBytes(parts.infos);
  const plain = encodeHeader(parts);
  if (plain.byteLength === length) return { bytes: plain, infoEnd: entriesEnd + infoBytes, holes: [] };
  const fillers = fillerEntries(length - entriesEnd - infoBytes, parts.alignment);
  if (fillers === undefined) return undefined;
  const bytes = encodeHeader({ ...parts, entries: [...parts.entries, ...fillers.map(({ raw }) => raw)] });
  if (bytes.byteLength !== length) return undefined;
  let at = entriesEnd;
  const holes = fillers.map(({ raw, payload }) => {
    at += raw.byteLength;
    return { offset: at - payload, length: payload };
  });
  return { bytes, infoEnd: at + infoBytes, holes };
}

function totalBytes(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** Bytes that the smallest filler array takes. */
export const MIN_FILLER_BYTES = fillerHead(FILLER_KEY, 'uint8', 0).byteLength;

interface Filler {
  readonly raw: Uint8Array;
  /** Bytes of elements at the end of `raw`. */
  readonly payload: number;
}

/** Fillers that take more than `room - alignment` and at most `room` bytes. */
function fillerEntries(room: number, alignment: number): Filler[] | undefined {
  if (room < MIN_FILLER_BYTES) return scalarFiller(room, alignment);
  const itemType = alignment >= 8 ? 'uint64' : 'uint8';
  const itemBytes = VALUE_TYPES[itemType].bytes;
  const fillers: Filler[] = [];
  for (let left = room; left >= alignment; ) {
    const key = fillers.length === 0 ? FILLER_KEY : `${FILLER_KEY}.${fillers.length}`;
    const most = left - fillerHead(key, itemType, 0).byteLength;
    if (most < 0) return undefined;
    let count = Math.min(Math.floor(most / itemBytes), MAX_PORTABLE_ARRAY_ELEMENTS);
    const rest = most - count * itemBytes;
    if (rest >= alignment && rest < SPARE_BYTES) count -= SPARE_BYTES / itemBytes;
    const payload = count * itemBytes;
    fillers.push({ raw: Buffer.concat([fillerHead(key, itemType, count), Buffer.alloc(payload)]), payload });
    left = most - payload;
  }
  return fillers;
}

/** For a little less room than an array takes: one byte under the same key. */
function scalarFiller(room: number, alignment: number): Filler[] | undefined {
  const raw = encodeEntry(FILLER_KEY, { type: 'uint8', value: 0 });
  return raw.byteLength <= room && room - raw.byteLength < alignment ? [{ raw, payload: 1 }] : undefined;
}

function fillerHead(key: string, itemType: 'uint8' | 'uint64', count: number): Uint8Array {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(VALUE_TYPES.array.id, 0);
  head.writeUInt32LE(VALUE_TYPES[itemType].id, 4);
  head.writeBigUInt64LE(BigInt(count), 8);
  return Buffer.concat([encodeKey(key), head]);
}
