/** What is wrong with the bytes of a precompiled charsmap. */
export type CharsmapFault = 'too-small' | 'blob-size' | 'unit' | 'replacement';

/** Most units that are followed: the one map in use, that of SentencePiece's `nmt_nfkc`, has 44,288. */
const MAX_UNITS = 2 ** 16;

/**
 * Checks a charsmap as llama.cpp reads it: a little-endian u32 with the size of a double array, that array of u32
 * units (darts-clone), then replacements, each ended by NUL. What a reader reaches from the root must stay inside both.
 * A map with more units than any known one is judged by its sizes alone.
 */
export function charsmapFault(bytes: Uint8Array): CharsmapFault | undefined {
  if (bytes.byteLength < 4) return 'too-small';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(0, true);
  if (size + 4 >= bytes.byteLength) return 'blob-size';
  const count = Math.floor(size / 4);
  if (count === 0 || count > MAX_UNITS) return undefined;
  const unitAt = (index: number): number => view.getUint32(4 + index * 4, true);
  const lastEnd = bytes.subarray(4 + size).lastIndexOf(0);
  return walk(unitAt, count, lastEnd);
}

/** Follows every byte from every node that can be reached, each node once. */
function walk(unitAt: (index: number) => number, count: number, lastEnd: number): CharsmapFault | undefined {
  const open = [baseOf(unitAt(0))];
  const seen = new Set(open);
  for (let base = open.pop(); base !== undefined; base = open.pop()) {
    // A text may hold any byte there.
    if ((base | 0xff) >>> 0 >= count) return 'unit';
    for (let byte = 1; byte < 256; byte += 1) {
      const index = (base ^ byte) >>> 0;
      const unit = unitAt(index);
      if ((unit & 0x8000_00ff) >>> 0 !== byte) continue;
      const next = (index ^ baseOf(unit)) >>> 0;
      if ((unit & 0x100) !== 0 && (next >= count || (unitAt(next) & 0x7fff_ffff) > lastEnd)) return 'replacement';
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return undefined;
}

/** The part of a unit that leads to its children. */
function baseOf(unit: number): number {
  return ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
}
