import { encodeHeader, encodeInfo } from '../gguf/encode.js';
import { alignUp } from '../gguf/layout.js';
import type { Extent, Header, TensorInfo } from '../gguf/model.js';
import { MAX_FILLER_BYTES } from '../limits.js';
import type { Draft } from './draft.js';
import { type FittedHeader, fitHeader, MIN_FILLER_BYTES } from './filler.js';
import type { Attempt, ByteWrite, InPlacePlan } from './plan.js';
import { inPlaceObstacle, partsInPlace } from './plan-patch.js';

/**
 * Makes room for a longer header without moving the whole data section: copies the leading tensors to the file's
 * end, lists them last, and lets a filler key reach to the first tensor that stayed. llama.cpp demands that offsets
 * follow each other in the order of the tensor infos, but takes any order.
 */
export function planSlide(draft: Draft): Attempt<InPlacePlan> {
  const { base } = draft;
  const obstacle = inPlaceObstacle(draft) ?? layoutObstacle(base);
  if (obstacle !== undefined) return { why: obstacle };
  const parts = partsInPlace(draft);
  const plain = encodeHeader(parts).byteLength;
  const moved = leadingTensors(base, plain);
  if (moved === undefined) return { why: 'the new header is longer than all tensors together' };
  const dataOffset = startOf(base, moved);
  if (dataOffset - plain > MAX_FILLER_BYTES) {
    return { why: `the leading tensor is larger than the ${MAX_FILLER_BYTES} bytes that a filler key may take` };
  }
  const { infos, copies, newSize } = relocate(base, moved, dataOffset);
  const fitted = fitHeader({ ...parts, infos }, dataOffset);
  if (fitted === undefined) return { why: 'no filler key fits' };
  const writes = writesOf(fitted, base.dataOffset);
  return { plan: { strategy: 'slide', copies, writes, oldSize: base.fileSize, newSize } };
}

/** Why tensors of this file cannot be appended and re-listed, if so. */
function layoutObstacle(base: Header): string | undefined {
  if (base.tensors.length < 2) return 'there are fewer than two tensors';
  if (base.fileSize > dataEnd(base)) return 'there are bytes behind the last tensor';
  return undefined;
}

/** How many tensors from the first must go, so that a header of `length` bytes and a filler fit before the next. */
function leadingTensors(base: Header, length: number): number | undefined {
  const needed = length + MIN_FILLER_BYTES;
  const index = base.tensors.findIndex((_, at) => at > 0 && startOf(base, at) >= needed);
  return index < 0 ? undefined : index;
}

interface Relocated {
  readonly infos: readonly Uint8Array[];
  readonly copies: InPlacePlan['copies'];
  readonly newSize: number;
}

/** Infos with the first `moved` tensors last, and the copies that bring their data there. */
function relocate(base: Header, moved: number, dataOffset: number): Relocated {
  const stay = base.tensors.slice(moved).map((tensor) => info(tensor, startOfTensor(base, tensor) - dataOffset));
  const copies: { from: number; to: number; length: number }[] = [];
  const tail: Uint8Array[] = [];
  let at = dataEnd(base);
  for (const tensor of base.tensors.slice(0, moved)) {
    const { offset: from, length } = extentOf(base, tensor);
    copies.push({ from, to: at, length });
    tail.push(info(tensor, at - dataOffset));
    at += alignUp(length, base.alignment);
  }
  return { infos: [...stay, ...tail], copies, newSize: at };
}

function info(tensor: TensorInfo, dataOffset: number): Uint8Array {
  if (tensor.type === undefined) throw new TypeError(`tensor '${tensor.name}' has no type`);
  return encodeInfo(tensor, tensor.type, dataOffset);
}

/**
 * What must be written of the new header: all of it, but for the filler's elements where tensor data stood. What
 * stands there means nothing, so those bytes stay. Freed metadata is always overwritten.
 */
function writesOf({ bytes, holes }: FittedHeader, oldDataOffset: number): ByteWrite[] {
  const writes: ByteWrite[] = [];
  let at = 0;
  for (const { offset, length } of holes) {
    const start = Math.max(offset, oldDataOffset);
    const end = offset + length;
    if (start >= end) continue;
    writes.push({ offset: at, bytes: bytes.subarray(at, start) });
    at = end;
  }
  return [...writes, { offset: at, bytes: bytes.subarray(at) }].filter(({ bytes: { byteLength } }) => byteLength > 0);
}

function startOf(base: Header, index: number): number {
  const tensor = base.tensors[index];
  return tensor === undefined ? dataEnd(base) : startOfTensor(base, tensor);
}

function startOfTensor(base: Header, { dataOffset }: TensorInfo): number {
  return base.dataOffset + Number(dataOffset);
}

function extentOf(base: Header, tensor: TensorInfo): Extent {
  return { offset: startOfTensor(base, tensor), length: Number(tensor.bytes ?? 0n) };
}

/** Where the padded data section ends, whether or not the file holds the last padding. */
function dataEnd(base: Header): number {
  const last = base.tensors.at(-1);
  return last === undefined
    ? base.dataOffset
    : startOfTensor(base, last) + alignUp(Number(last.bytes ?? 0n), base.alignment);
}
