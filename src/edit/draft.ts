import { badOption, GgufError } from '../errors.js';
import { encodeHeader, encodeInfo } from '../gguf/encode.js';
import { encodeEntry, encodeKey, encodeTypedValue, type TypedValue } from '../gguf/encode-value.js';
import { alignUp, placeTensors, tensorBytes } from '../gguf/layout.js';
import { findEntry, type Header, type MetadataEntry, type TensorInfo, tensorExtent } from '../gguf/model.js';
import { parseHeader } from '../gguf/parse.js';
import { blockWeights, type TensorTypeName, tensorTypeLabel } from '../gguf/tensor-types.js';
import { isDequantizable, isQuantizable } from '../tensors/kernels/supported.js';
import { convertedValue } from './convert-value.js';
import type { Edit, TensorOrigin } from './edits.js';
import { NamedList } from './named-list.js';

/** Holds the place of bytes that an edit freed, so that the data section need not move. Readers ignore it. */
export const FILLER_KEY = 'ggufix.filler';

/** One key-value pair of a draft, as the bytes that will be written. */
export interface DraftEntry {
  readonly key: string;
  readonly raw: Uint8Array;
}

/** One tensor of a draft. */
export interface DraftTensor {
  readonly info: TensorInfo;
  /** The type that it will be written as. */
  readonly type: TensorTypeName;
  /** Bytes of its data when written, unpadded. */
  readonly length: number;
  readonly origin?: TensorOrigin;
}

/** A header with edits applied, not yet laid out in a file. */
export interface Draft {
  readonly base: Header;
  readonly entries: readonly DraftEntry[];
  readonly tensors: readonly DraftTensor[];
  readonly alignment: number;
}

/** Applies edits to a header, in order. Pure. Fails with `not-found` or `bad-value` where an edit cannot be done. */
export function applyEdits(header: Header, edits: readonly Edit[]): Draft {
  const list = new NamedList<DraftEntry>(header.metadata, ({ key }) => key);
  const infos = header.tensors.map((info) => draftTensor(header, info));
  const tensors = new NamedList<DraftTensor>(infos, ({ info }) => info.name);
  for (const edit of edits) {
    if (edit.op === 'retype-tensor') retypeTensor(tensors, edit);
    // A draft has no places of its own: whoever lays it out packs the tensors.
    else if (edit.op !== 'repack') editEntries(header, list, edit);
  }
  const entries = list.toArray();
  return { base: header, entries, tensors: tensors.toArray(), alignment: alignmentOf(header, entries) };
}

/** Whether a tensor keeps its bytes. */
export function isUntouched({ info, type, origin }: DraftTensor): boolean {
  return info.type === type && origin === undefined;
}

/** The draft as a file written from scratch would look: no filler, tensors in order and packed. */
export function simulate(draft: Draft): Header {
  return parseHeader(canonicalHeader(draft), canonicalSize(draft));
}

/** The bytes of `simulate`'s header, padded to its data section. */
export function canonicalHeader({ base, entries, tensors, alignment }: Draft): Uint8Array {
  const places = placeTensors(
    tensors.map(({ length }) => length),
    alignment,
  );
  return encodeHeader({
    version: base.version,
    entries: entries.filter(({ key }) => !isFiller(key)).map(({ raw }) => raw),
    infos: tensors.map(({ info, type }, index) => encodeInfo(info, type, places[index]!.offset)),
    alignment,
  });
}

/** Size of the file that `simulate` describes, final padding included. */
export function canonicalSize(draft: Draft): number {
  const data = draft.tensors.reduce((sum, { length }) => sum + alignUp(length, draft.alignment), 0);
  return canonicalHeader(draft).byteLength + data;
}

/** Whether a key is one of ours that holds place and means nothing. */
export function isFiller(key: string): boolean {
  return key === FILLER_KEY || key.startsWith(`${FILLER_KEY}.`);
}

function draftTensor(header: Header, info: TensorInfo): DraftTensor {
  const extent = tensorExtent(header, info);
  if (info.type === undefined || extent === undefined) {
    const message = `cannot change the file, as tensor '${info.name}' cannot be written: ${obstacleTo(header, info)}`;
    throw new GgufError('refused-by-writer', message, { what: info.name });
  }
  return { info, type: info.type, length: extent.length };
}

function obstacleTo({ dataOffset, fileSize }: Header, info: TensorInfo): string {
  if (info.type === undefined) return `its type is ${tensorTypeLabel(info.typeId)}`;
  if (info.bytes === undefined) return 'its size cannot be told';
  const end = BigInt(dataOffset) + info.dataOffset + info.bytes;
  return `its data ends at offset ${end}, past the end of the file at ${fileSize}`;
}

function retypeTensor(
  tensors: NamedList<DraftTensor>,
  { name, to, origin }: Extract<Edit, { op: 'retype-tensor' }>,
): void {
  if (tensors.first(name) === undefined) {
    throw new GgufError('not-found', `there is no tensor '${name}'`, { kind: 'tensor', name });
  }
  tensors.changeAll(name, (tensor) => {
    requireKernels(name, origin?.type ?? tensor.info.type, to);
    const length = tensorBytes(to, tensor.info.dims);
    if (length === undefined) refuseShape(tensor.info, to);
    return { info: tensor.info, type: to, length: Number(length), ...(origin === undefined ? {} : { origin }) };
  });
}

/** Refuses types that ggufix cannot read or write the weights of. */
function requireKernels(tensor: string, from: TensorTypeName | undefined, to: TensorTypeName): void {
  if (from !== undefined && isDequantizable(from) && isQuantizable(to)) return;
  const present = from ?? 'unknown';
  const why = isQuantizable(to) ? `cannot read ${present} weights` : `cannot write ${to} weights`;
  throw new GgufError('unsupported-conversion', `tensor '${tensor}' cannot be converted: ggufix ${why}`, {
    tensor,
    from: present,
    to,
  });
}

function refuseShape({ name, dims, typeId }: TensorInfo, to: TensorTypeName): never {
  const row = `${dims[0] ?? 1n}`;
  throw new GgufError(
    'unsupported-conversion',
    `tensor '${name}' has rows of ${row} weights, which ${to} cannot hold: they must be a multiple of ${blockWeights(to)}`,
    { tensor: name, from: tensorTypeLabel(typeId), to },
  );
}

type MetadataEdit = Exclude<Edit, { op: 'retype-tensor' | 'repack' }>;

function editEntries(header: Header, entries: NamedList<DraftEntry>, edit: MetadataEdit): void {
  const { key } = edit;
  const entry = entries.first(key);
  if (entry === undefined) {
    if (edit.op !== 'set-metadata')
      throw new GgufError('not-found', `there is no key '${key}'`, { kind: 'key', name: key });
    entries.add({ key, raw: encodeEntry(key, edit.value) });
    return;
  }
  if (edit.op === 'rename-metadata') refuseTakenKey(entries, edit);
  entries.replaceFirst(key, edit.op === 'remove-metadata' ? undefined : editedEntry(header, entry, edit));
}

function refuseTakenKey(
  entries: NamedList<DraftEntry>,
  { key, to }: { readonly key: string; readonly to: string },
): void {
  if (key === to || entries.first(to) === undefined) return;
  throw badOption(`cannot rename '${key}' to '${to}': there is a key '${to}' already`);
}

function editedEntry(
  header: Header,
  old: DraftEntry,
  edit: Exclude<MetadataEdit, { op: 'remove-metadata' }>,
): DraftEntry {
  switch (edit.op) {
    case 'set-metadata':
      return { key: edit.key, raw: withValue(reparse(header, old), edit.value) };
    case 'retype-metadata': {
      const entry = reparse(header, old);
      return { key: edit.key, raw: withValue(entry, convertedValue(entry, edit.to)) };
    }
    case 'rename-metadata': {
      const { typeAt } = reparse(header, old);
      return { key: edit.to, raw: Buffer.concat([encodeKey(edit.to), old.raw.subarray(typeAt)]) };
    }
  }
}

/** The entry with another value. The key keeps its bytes, also where they are no UTF-8. */
function withValue({ key, raw, typeAt }: MetadataEntry, value: TypedValue): Uint8Array {
  return Buffer.concat([raw.subarray(0, typeAt), encodeTypedValue(key, value)]);
}

/** A draft entry decoded again: it may come from an edit before this one. */
function reparse({ version }: Header, { key, raw }: DraftEntry) {
  const header = parseHeader(encodeHeader({ version, entries: [raw], infos: [], alignment: 1 }));
  const entry = findEntry(header, key);
  if (entry === undefined) throw new GgufError('not-found', `there is no key '${key}'`, { kind: 'key', name: key });
  return entry;
}

function alignmentOf(header: Header, entries: readonly DraftEntry[]): number {
  const raws = entries.filter(({ key }) => key === 'general.alignment').map(({ raw }) => raw);
  return parseHeader(encodeHeader({ version: header.version, entries: raws, infos: [], alignment: 1 })).alignment;
}
