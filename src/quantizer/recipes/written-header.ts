import { PREAMBLE_BYTES } from '../../gguf/encode.js';
import { encodeEntry, type TypedValue } from '../../gguf/encode-value.js';
import type { Header, MetadataEntry, TensorInfo } from '../../gguf/model.js';

/** A key and the value that it gets. */
export interface KeyValue {
  readonly key: string;
  readonly value: TypedValue;
}

/** Bytes of the header that llama-quantize writes for a model, before the padding; `set` are the keys that it sets. */
export function writtenHeaderBytes({ metadata, tensors }: Header, set: readonly KeyValue[]): number {
  // Of two values for one key the later counts, as in llama-quantize.
  const values = new Map(set.map(({ key, value }) => [key, value]));
  const kept = metadata.filter(({ key }) => !values.has(key) && !SPLIT_KEYS.includes(key));
  const added = [...values].map(([key, value]) => encodeEntry(key, value).byteLength);
  return [PREAMBLE_BYTES, ...kept.map(copiedBytes), ...added, ...tensors.map(infoBytes)].reduce(
    (sum, bytes) => sum + bytes,
    0,
  );
}

/** Removed from the result, which is one file. */
const SPLIT_KEYS: readonly string[] = ['split.no', 'split.count', 'split.tensors.count'];

/** Bytes of an entry after llama-quantize copied it. Key and strings pass through C's strings, which end at a zero byte. */
function copiedBytes(entry: MetadataEntry): number {
  const { raw, type, itemType, count = 0, typeAt, valueAt } = entry;
  const lost = lostBytes(raw, KEY_AT, typeAt);
  if (type === 'string') return raw.byteLength - lost - lostBytes(raw, valueAt + LENGTH_BYTES, raw.byteLength);
  if (itemType !== 'string') return raw.byteLength - lost;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  let at = valueAt;
  let all = lost;
  for (let i = 0; i < count; i += 1) {
    const start = at + LENGTH_BYTES;
    const end = start + Number(view.getBigUint64(at, true));
    all += lostBytes(raw, start, end);
    at = end;
  }
  return raw.byteLength - all;
}

/** A length is a u64; the key follows its own. */
const LENGTH_BYTES = 8;
const KEY_AT = LENGTH_BYTES;

/** Bytes from the first zero byte on. */
function lostBytes(raw: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at += 1) if (raw[at] === 0) return end - at;
  return 0;
}

/** A tensor info as ggml writes it: without dimensions of 1 at the end. */
function infoBytes({ raw, dims }: TensorInfo): number {
  const written = Math.max(1, dims.findLastIndex((dim) => dim > 1n) + 1);
  return raw.byteLength - (dims.length - written) * DIMENSION_BYTES;
}

const DIMENSION_BYTES = 8;
