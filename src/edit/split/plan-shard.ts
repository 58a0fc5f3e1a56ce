import { assertReadable } from '../../gguf/encode.js';
import { encodeEntry, type TypedValue } from '../../gguf/encode-value.js';
import { alignUp, paddingFor, placeTensors } from '../../gguf/layout.js';
import { DEFAULT_ALIGNMENT } from '../../limits.js';
import { canonicalHeader, type Draft, type DraftEntry } from '../draft.js';
import type { ByteCopy, RewritePlan } from '../plan.js';

/** The keys that every shard has; llama.cpp takes no other types. */
const SPLIT_KEYS = ['split.no', 'split.tensors.count', 'split.count'] as const;

/** The version that llama.cpp writes. Version 2 differs from it in this number only. */
const VERSION = 3;

/** Whether a key says which shard a file is. */
export function isSplitKey(key: string): boolean {
  return SPLIT_KEYS.some((known) => known === key);
}

/**
 * Plans shard `number` (from 0) of a set: `whole` is the file's draft with the tensors that the shard gets. Pure. Throws
 * `refused-by-writer` for what llama.cpp would not read.
 */
export function planShard(
  whole: Draft,
  number: number,
  set: { readonly count: number; readonly tensors: number },
): RewritePlan {
  const { base, tensors, alignment } = whole;
  const entries = [...modelEntries(whole, number === 0), ...splitEntries(number, set)];
  const header = padded(canonicalHeader({ ...whole, base: { ...base, version: VERSION }, entries }), alignment);
  const places = placeTensors(
    tensors.map(({ length }) => length),
    alignment,
  );
  const copies: ByteCopy[] = [];
  for (const [index, { offset, length }] of places.entries()) {
    const info = tensors[index]?.info;
    if (info === undefined) continue;
    pushCopy(copies, { from: base.dataOffset + Number(info.dataOffset), to: header.byteLength + offset, length });
  }
  const data = tensors.reduce((sum, { length }) => sum + alignUp(length, alignment), 0);
  const newSize = header.byteLength + data;
  assertReadable(header, newSize);
  return { strategy: 'rewrite', header, copies, conversions: [], oldSize: base.fileSize, newSize };
}

/** What is the model's own: all of it in the first shard, in the others only what their layout depends on. */
function modelEntries({ entries, alignment }: Draft, isFirst: boolean): DraftEntry[] {
  if (isFirst) return entries.filter(({ key }) => !isSplitKey(key));
  return alignment === DEFAULT_ALIGNMENT ? [] : entries.filter(({ key }) => key === 'general.alignment');
}

/** In the order of llama-gguf-split, which sets the count once it knows it, and so at the end. */
function splitEntries(number: number, set: { readonly count: number; readonly tensors: number }): DraftEntry[] {
  const values: Record<(typeof SPLIT_KEYS)[number], TypedValue> = {
    'split.no': { type: 'uint16', value: number },
    'split.tensors.count': { type: 'int32', value: set.tensors },
    'split.count': { type: 'uint16', value: set.count },
  };
  return SPLIT_KEYS.map((key) => ({ key, raw: encodeEntry(key, values[key]) }));
}

/** llama-gguf-split pads a header also where no data follows. */
function padded(header: Uint8Array, alignment: number): Uint8Array {
  const padding = paddingFor(header.byteLength, alignment);
  return padding === 0 ? header : Buffer.concat([header, Buffer.alloc(padding)]);
}

/** Adds a copy, or makes the last one longer. Padding is never copied: a source may have anything there. */
function pushCopy(copies: ByteCopy[], next: ByteCopy): void {
  const last = copies.at(-1);
  if (next.length === 0) return;
  const isNeighbour = last !== undefined && last.from + last.length === next.from && last.to + last.length === next.to;
  if (isNeighbour) copies[copies.length - 1] = { ...last, length: last.length + next.length };
  else copies.push(next);
}
