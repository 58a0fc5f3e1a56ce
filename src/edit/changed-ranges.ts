import type { ByteWrite } from './plan.js';

/** Equal bytes between two changes that are cheaper to write again than to seek over. */
const MERGE_BYTES = 16;

/** The ranges of `next` that differ from `old`, near ones merged. Both have the same length. */
export function changedRanges(old: Uint8Array, next: Uint8Array): ByteWrite[] {
  const ranges: { start: number; end: number }[] = [];
  for (let at = firstDifference(old, next, 0); at < next.byteLength; at = firstDifference(old, next, at)) {
    const end = endOfDifference(old, next, at);
    const last = ranges.at(-1);
    if (last !== undefined && at - last.end <= MERGE_BYTES) last.end = end;
    else ranges.push({ start: at, end });
    at = end;
  }
  return ranges.map(({ start, end }) => ({ offset: start, bytes: next.subarray(start, end) }));
}

/** Compares in blocks first, so that a 16 MB vocabulary that did not move costs a memcmp. */
function firstDifference(old: Uint8Array, next: Uint8Array, from: number): number {
  const block = 64 * 2 ** 10;
  let at = from;
  while (at < next.byteLength && isSame(old, next, at, at + block)) at += block;
  while (at < next.byteLength && old[at] === next[at]) at += 1;
  return Math.min(at, next.byteLength);
}

function isSame(old: Uint8Array, next: Uint8Array, start: number, end: number): boolean {
  return Buffer.compare(old.subarray(start, end), next.subarray(start, end)) === 0;
}

function endOfDifference(old: Uint8Array, next: Uint8Array, from: number): number {
  let at = from;
  while (at < next.byteLength && old[at] !== next[at]) at += 1;
  return at;
}
