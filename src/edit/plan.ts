import { badOption } from '../errors.js';
import { assertReadable } from '../gguf/encode.js';
import { alignUp, placeTensors } from '../gguf/layout.js';
import type { Header } from '../gguf/model.js';
import type { TensorTypeName } from '../gguf/tensor-types.js';
import { canonicalHeader, canonicalSize, type Draft, isUntouched } from './draft.js';
import type { TensorOrigin } from './edits.js';
import { planPatch } from './plan-patch.js';
import { planSlide } from './plan-slide.js';

/** How a file is changed, cheapest first. */
export const STRATEGIES = ['patch', 'slide', 'rewrite'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** Bytes to write at an offset. */
export interface ByteWrite {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Bytes to copy from one offset to another. */
export interface ByteCopy {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** A tensor whose weights are written as another type. */
export interface Conversion {
  readonly tensor: string;
  readonly rows: number;
  readonly rowWeights: number;
  /** `origin` names another file; without it the weights are read from the file itself. */
  readonly from: { readonly offset: number; readonly type: TensorTypeName; readonly origin?: TensorOrigin };
  readonly to: { readonly offset: number; readonly type: TensorTypeName; readonly length: number };
}

/** Changes bytes inside the file, under a journal. `copies` all go behind what the old header knows. */
export interface InPlacePlan {
  readonly strategy: 'patch' | 'slide';
  readonly copies: readonly ByteCopy[];
  readonly writes: readonly ByteWrite[];
  readonly oldSize: number;
  readonly newSize: number;
}

/** Writes a new file and puts it in the old one's place. */
export interface RewritePlan {
  readonly strategy: 'rewrite';
  readonly header: Uint8Array;
  readonly copies: readonly ByteCopy[];
  readonly conversions: readonly Conversion[];
  readonly oldSize: number;
  readonly newSize: number;
}

/** What will be written, as a value: `--dry-run` prints it, `applyPlan` does it and decides nothing. */
export type WritePlan = InPlacePlan | RewritePlan;

/** A plan, or why this strategy cannot do it. */
export type Attempt<P extends WritePlan> = { readonly plan: P } | { readonly why: string };

/**
 * Chooses how to write a draft: `patch` where the data section can stay, `slide` where moving the leading tensors to
 * the file's end writes less than half of the file, else `rewrite`. `wanted` forces one. Pure. Refuses (`refused-by-writer`)
 * to plan a file that llama.cpp would not load.
 */
export function planWrite(draft: Draft, wanted: Strategy | 'auto' = 'auto'): WritePlan {
  const patch = planPatch(draft);
  if (wanted === 'patch') return required(patch, wanted, draft);
  if (wanted === 'auto' && 'plan' in patch) return checked(patch.plan, draft.base);
  if (wanted === 'rewrite') return checked(planRewrite(draft), draft.base);
  const slide = planSlide(draft);
  if (wanted === 'slide') return required(slide, wanted, draft);
  const isCheap = 'plan' in slide && bytesToWrite(slide.plan) * 2 < canonicalSize(draft);
  return checked(isCheap ? slide.plan : planRewrite(draft), draft.base);
}

/** Bytes that a plan writes to the file, without its journal. */
export function bytesToWrite(plan: WritePlan): number {
  if (plan.strategy === 'rewrite') return plan.newSize;
  const written = plan.writes.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  return written + plan.copies.reduce((sum, { length }) => sum + length, 0);
}

/** Whether the draft leaves the file as it is. */
export function isNoChange(plan: WritePlan): boolean {
  return plan.strategy === 'patch' && plan.writes.length === 0 && plan.oldSize === plan.newSize;
}

/** A plan that writes the whole file anew, in canonical order and without filler. */
export function planRewrite(draft: Draft): RewritePlan {
  const { base, tensors, alignment } = draft;
  const header = canonicalHeader(draft);
  const lengths = tensors.map(({ length }) => length);
  const places = placeTensors(lengths, alignment);
  const copies: ByteCopy[] = [];
  const conversions: Conversion[] = [];
  tensors.forEach((tensor, index) => {
    const to = header.byteLength + places[index]!.offset;
    const from = base.dataOffset + Number(tensor.info.dataOffset);
    if (isUntouched(tensor)) pushCopy(copies, { from, to, length: tensor.length }, base.alignment);
    else conversions.push(conversion(tensor, from, to));
  });
  const oldEnd = tensors.reduce((end, { info }) => Math.max(end, Number(info.dataOffset + (info.bytes ?? 0n))), 0);
  const oldDataEnd = base.dataOffset + alignUp(oldEnd, base.alignment);
  // What stands behind the tensors means nothing to a reader, but it is not ours to drop.
  const length = Math.max(0, base.fileSize - oldDataEnd);
  const end = canonicalSize(draft);
  if (length > 0) copies.push({ from: oldDataEnd, to: end, length });
  return {
    strategy: 'rewrite',
    header,
    copies,
    conversions,
    oldSize: base.fileSize,
    newSize: end + length,
  };
}

/** Adds a copy; tensors that stay neighbours become one run, padding included, but no tensor that is converted. */
function pushCopy(copies: ByteCopy[], next: ByteCopy, alignment: number): void {
  const last = copies.at(-1);
  const gap = last === undefined ? -1 : next.from - (last.from + last.length);
  const isNeighbour = last !== undefined && gap >= 0 && gap < alignment && next.to - last.to === next.from - last.from;
  if (!isNeighbour) copies.push(next);
  else copies[copies.length - 1] = { ...last, length: next.from + next.length - last.from };
}

function conversion({ info, type, length, origin }: Draft['tensors'][number], from: number, to: number): Conversion {
  const rowWeights = Number(info.dims[0] ?? 1n);
  const rows = info.dims.slice(1).reduce((product, dim) => product * Number(dim), 1);
  if (info.type === undefined) throw new TypeError(`tensor '${info.name}' has no type`);
  const source =
    origin === undefined ? { offset: from, type: info.type } : { offset: origin.offset, type: origin.type, origin };
  return { tensor: info.name, rows, rowWeights, from: source, to: { offset: to, type, length } };
}

function required<P extends WritePlan>(attempt: Attempt<P>, strategy: Strategy, { base }: Draft): P {
  if ('plan' in attempt) return checked(attempt.plan, base);
  throw badOption(`--strategy ${strategy} is not possible: ${attempt.why}`);
}

/** Parses the header that the plan will leave, as a reader would find it. */
function checked<P extends WritePlan>(plan: P, base: Header): P {
  assertReadable(headerAfter(plan, base), plan.newSize);
  return plan;
}

/** The bytes at the file's start once the plan is done, as far as the header goes. */
export function headerAfter(plan: WritePlan, base: Header): Uint8Array {
  if (plan.strategy === 'rewrite') return plan.header;
  const end = plan.writes.reduce((most, { offset, bytes }) => Math.max(most, offset + bytes.byteLength), 0);
  const after = Buffer.alloc(Math.max(end, base.infoEnd));
  after.set(base.bytes);
  for (const { offset, bytes } of plan.writes) after.set(bytes, offset);
  return after;
}
