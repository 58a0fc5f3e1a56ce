import type { Extent, Header } from '../gguf/model.js';
import { changedRanges } from './changed-ranges.js';
import { type Draft, isFiller, isUntouched } from './draft.js';
import { type FittedHeader, fitHeader } from './filler.js';
import type { Attempt, ByteWrite, InPlacePlan } from './plan.js';

/**
 * Keeps the data section where it is and writes only the header bytes that differ. Freed bytes become filler;
 * filler from an earlier edit is room for this one.
 */
export function planPatch(draft: Draft): Attempt<InPlacePlan> {
  const { base } = draft;
  const obstacle = inPlaceObstacle(draft);
  if (obstacle !== undefined) return { why: obstacle };
  const fitted = fitHeader(partsInPlace(draft), headerLength(base));
  if (fitted === undefined) return { why: `the header does not fit in its ${headerLength(base)} bytes` };
  const writes = patchWrites(base, fitted);
  return { plan: { strategy: 'patch', copies: [], writes, oldSize: base.fileSize, newSize: base.fileSize } };
}

/** Why a draft cannot be written without moving every tensor, if so. */
export function inPlaceObstacle({ base, tensors, alignment }: Draft): string | undefined {
  if (tensors.some((tensor) => !isUntouched(tensor))) return 'tensor data changes';
  if (alignment !== base.alignment) return 'general.alignment changes';
  // Their places cannot stay: no reader takes a gap between tensors.
  if (base.problems.some(({ code }) => code === 'tensor-offset')) return 'tensors do not follow each other';
  return undefined;
}

/** The draft's header without filler, its infos as they stand. */
export function partsInPlace({ base, entries, alignment }: Draft) {
  return {
    version: base.version,
    entries: entries.filter(({ key }) => !isFiller(key)).map(({ raw }) => raw),
    infos: base.tensors.map(({ raw }) => raw),
    alignment,
  };
}

/** Bytes that the header has in the file, padding included as far as the file goes. */
function headerLength({ dataOffset, fileSize }: Header): number {
  return Math.min(dataOffset, fileSize);
}

/** What differs in the header that was read, and all that reaches into the padding, whose bytes were not read. */
function patchWrites(base: Header, { bytes, infoEnd: newEnd, holes }: FittedHeader): ByteWrite[] {
  const { infoEnd } = base;
  const writes = changedRanges(withoutOldFiller(base, holes), bytes.subarray(0, infoEnd));
  return newEnd > infoEnd ? [...writes, { offset: infoEnd, bytes: bytes.subarray(infoEnd) }] : writes;
}

/**
 * The old header with zeros where filler was and will be: what stands there means nothing, so it need not be written.
 * Where metadata stood, it is written over.
 */
function withoutOldFiller({ bytes, metadata }: Header, holes: readonly Extent[]): Uint8Array {
  const old = Buffer.from(bytes);
  for (const { offset, raw, valueAt } of metadata.filter(({ key }) => isFiller(key))) {
    for (const hole of holes) {
      const start = Math.max(hole.offset, offset + valueAt);
      const end = Math.min(hole.offset + hole.length, offset + raw.byteLength);
      if (start < end) old.fill(0, start, end);
    }
  }
  return old;
}
