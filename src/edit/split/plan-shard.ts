import { assertReadable, encodeHeader, encodeInfo } from '../../gguf/encode.js';
import { encodeEntry, type TypedValue } from '../../gguf/encode-value.js';
import { alignUp, placeTensors } from '../../gguf/layout.js';
import { DEFAULT_ALIGNMENT } from '../../limits.js';
import { type Draft, type DraftEntry, isFiller } from '../draft.js';
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
  const entries = [...modelEntries(whole, number === 0), ...splitEntries(number, set)].map(({ raw }) => raw);
  const places = placeTensors(
    tensors.map(({ length }) => length),
    alignment,
  );
  const infos = tensors.map(({ info, type }, index) => encodeInfo(info, type, places[index]?.offset ?? 0));
  // Without its padding, which may be long where a hostile file says so; a new file is zero where nothing is written.
  const header = encodeHeader({ version: VERSION, entries, infos, alignment: 1 });
  // llama-gguf-split pads a header also where no data follows.
  const dataOffset = alignUp(header.byteLength, tensors.length === 0 ? DEFAULT_ALIGNMENT : alignment);
  const copies: ByteCopy[] = [];
  for (const [index, { info, length }] of tensors.entries()) {
    const to = dataOffset + (places[index]?.offset ?? 0);
    pushCopy(copies, { from: base.dataOffset + Number(info.dataOffset), to, length });
  }
  const newSize = dataOffset + tensors.reduce((sum, { length }) => sum + alignUp(length, alignment), 0);
  assertReadable(header, newSize);
  return { strategy: 'rewrite', header, copies, conversions: [], oldSize: base.fileSize, newSize };
}

/** What is the model's own: all of it in the first shard, in the others only what their layout depends on. */
function modelEntries({ entries, alignment }: Draft, isFirst: boolean): DraftEntry[] {
  if (isFirst) return entries.filter(({ key }) => !isSplitKey(key) && !isFiller(key));
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

/** Adds a copy, or makes the last one longer. Padding is never copied along: a source may have anything there. */
function pushCopy(copies: ByteCopy[], next: ByteCopy): void {
  const last = copies.at(-1);
  if (next.length === 0) return;
  const isNeighbour = last !== undefined && last.from + last.length === next.from && last.to + last.length === next.to;
  if (isNeighbour) copies[copies.length - 1] = { ...last, length: last.length + next.length };
  else copies.push(next);
}
