import { alignUp, isAlignment, paddingFor, tensorBytes } from '../../src/gguf/layout.js';
import { TENSOR_TYPES, type TensorTypeName, tensorTypeById } from '../../src/gguf/tensor-types.js';
import { type ItemTypeName, VALUE_TYPES } from '../../src/gguf/value-types.js';
import { ByteWriter, type Number64, type Text } from './byte-writer.js';

type Item = Number64 | boolean | Text;

/** A metadata value. The forms with ids or a `count` of their own can say what no good writer would. */
export type BuilderValue =
  | { readonly type: ItemTypeName; readonly value: Item }
  | {
      readonly type: 'array';
      readonly itemType: ItemTypeName;
      readonly items: readonly Item[];
      readonly count?: bigint;
    }
  | { readonly typeId: number; readonly bytes: Uint8Array };

/** What a tensor may differ in from a good one. */
export interface TensorOptions {
  /** The tensor's data; zeros of the right length where absent. */
  readonly bytes?: Uint8Array;
  /** The offset that the info claims; where absent, the true one. */
  readonly offset?: Number64;
}

/** Builds the bytes of a GGUF file. Each call returns a new builder; `bytes` of a builder with no oddity is canonical. */
export interface GgufBuilder {
  /** Adds a key-value pair. */
  metadata(key: Text, value: BuilderValue): GgufBuilder;
  /** Adds bytes in place of a key-value pair; counted as one. */
  rawEntry(bytes: Uint8Array): GgufBuilder;
  /** Adds a tensor; `type` is a name or any id. Dimensions are given as stored, fastest first. */
  tensor(name: Text, type: TensorTypeName | number, dims: readonly Number64[], options?: TensorOptions): GgufBuilder;
  /** Adds bytes in place of a tensor info; counted as one. */
  rawInfo(bytes: Uint8Array): GgufBuilder;
  magic(magic: Text): GgufBuilder;
  version(version: number): GgufBuilder;
  /** Version 1: counts, lengths and dimensions are 32 bits wide. */
  version1(): GgufBuilder;
  /** Swaps the bytes of every number. */
  bigEndian(): GgufBuilder;
  /** Claims other counts than there are items. */
  counts(counts: { readonly tensors?: bigint; readonly keys?: bigint }): GgufBuilder;
  /** Pads to `alignment`, whatever `general.alignment` says. */
  alignTo(alignment: number): GgufBuilder;
  /** Fills all padding with this byte instead of 0. */
  paddingByte(byte: number): GgufBuilder;
  /** Leaves out the padding after the last tensor. */
  withoutFinalPadding(): GgufBuilder;
  /** Appends bytes after everything else. */
  trailing(bytes: Uint8Array): GgufBuilder;
  /** Keeps only the first `length` bytes of the file; negative counts from the end. */
  cutAt(length: number): GgufBuilder;
  /** The whole file. */
  bytes(): Uint8Array;
  /** The file up to its data section, padding included. */
  headerBytes(): Uint8Array;
}

/** A builder of an empty GGUF file of version 3. */
export function gguf(): GgufBuilder {
  return builder({ magic: 'GGUF', version: 3, wordBytes: 8, isLittle: true, entries: [], tensors: [], paddingByte: 0 });
}

interface Tensor {
  readonly name: Text;
  readonly typeId: number;
  readonly dims: readonly Number64[];
  readonly bytes: Uint8Array;
  readonly offset?: Number64;
}

interface Draft {
  readonly magic: Text;
  readonly version: number;
  /** Width of counts, lengths and dimensions. */
  readonly wordBytes: 4 | 8;
  readonly isLittle: boolean;
  readonly entries: readonly ({ readonly key: Text; readonly value: BuilderValue } | Uint8Array)[];
  readonly tensors: readonly (Tensor | Uint8Array)[];
  readonly tensorCount?: bigint;
  readonly keyCount?: bigint;
  readonly alignment?: number;
  readonly paddingByte: number;
  readonly isEndUnpadded?: boolean;
  readonly trailing?: Uint8Array;
  readonly length?: number;
}

function builder(draft: Draft): GgufBuilder {
  const next = (change: Partial<Draft>): GgufBuilder => builder({ ...draft, ...change });
  return {
    metadata: (key, value) => next({ entries: [...draft.entries, { key, value }] }),
    rawEntry: (bytes) => next({ entries: [...draft.entries, bytes] }),
    tensor: (name, type, dims, options = {}) =>
      next({ tensors: [...draft.tensors, makeTensor(name, type, dims, options)] }),
    rawInfo: (bytes) => next({ tensors: [...draft.tensors, bytes] }),
    magic: (magic) => next({ magic }),
    version: (version) => next({ version }),
    version1: () => next({ version: 1, wordBytes: 4 }),
    bigEndian: () => next({ isLittle: false }),
    counts: ({ tensors, keys }) =>
      next({
        ...(tensors === undefined ? {} : { tensorCount: tensors }),
        ...(keys === undefined ? {} : { keyCount: keys }),
      }),
    alignTo: (alignment) => next({ alignment }),
    paddingByte: (paddingByte) => next({ paddingByte }),
    withoutFinalPadding: () => next({ isEndUnpadded: true }),
    trailing: (trailing) => next({ trailing }),
    cutAt: (length) => next({ length }),
    bytes: () => fileBytes(draft),
    headerBytes: () => headerBytes(draft),
  };
}

function makeTensor(
  name: Text,
  type: TensorTypeName | number,
  dims: readonly Number64[],
  { bytes, offset }: TensorOptions,
): Tensor {
  const typeId = typeof type === 'number' ? type : TENSOR_TYPES[type].id;
  const typeName = tensorTypeById(typeId);
  const length = typeName === undefined ? undefined : tensorBytes(typeName, dims.map(BigInt));
  return {
    name,
    typeId,
    dims,
    bytes: bytes ?? new Uint8Array(Number(length ?? 0n)),
    ...(offset === undefined ? {} : { offset }),
  };
}

function fileBytes(draft: Draft): Uint8Array {
  const alignment = alignmentOf(draft);
  const tensors = draft.tensors.filter((tensor): tensor is Tensor => !(tensor instanceof Uint8Array));
  const last = tensors.at(-1);
  const data = tensors.flatMap((tensor) => {
    const isBare = tensor === last && draft.isEndUnpadded === true;
    return [tensor.bytes, isBare ? new Uint8Array() : padding(draft, tensor.bytes.byteLength, alignment)];
  });
  const whole = Buffer.concat([headerBytes(draft), ...data, draft.trailing ?? new Uint8Array()]);
  return whole.subarray(0, draft.length ?? whole.byteLength);
}

function headerBytes(draft: Draft): Uint8Array {
  const writer = new ByteWriter(draft.isLittle, draft.wordBytes);
  writer.bytes(typeof draft.magic === 'string' ? Buffer.from(draft.magic, 'latin1') : draft.magic);
  writer.number('uint32', draft.version);
  writer.word(draft.tensorCount ?? draft.tensors.length);
  writer.word(draft.keyCount ?? draft.entries.length);
  for (const entry of draft.entries) writeEntry(writer, entry);
  let offset = 0;
  for (const tensor of draft.tensors) {
    writeInfo(writer, tensor, offset);
    if (!(tensor instanceof Uint8Array)) offset += alignUp(tensor.bytes.byteLength, alignmentOf(draft));
  }
  if (draft.tensors.length > 0) writer.bytes(padding(draft, writer.length, alignmentOf(draft)));
  return writer.whole();
}

function writeEntry(writer: ByteWriter, entry: Draft['entries'][number]): void {
  if (entry instanceof Uint8Array) {
    writer.bytes(entry);
    return;
  }
  const { key, value } = entry;
  writer.text(key);
  if ('typeId' in value) {
    writer.number('int32', value.typeId);
    writer.bytes(value.bytes);
  } else if (value.type === 'array') {
    writer.number('int32', VALUE_TYPES.array.id);
    writer.number('int32', VALUE_TYPES[value.itemType].id);
    writer.word(value.count ?? value.items.length);
    for (const item of value.items) writeItem(writer, value.itemType, item);
  } else {
    writer.number('int32', VALUE_TYPES[value.type].id);
    writeItem(writer, value.type, value.value);
  }
}

function writeItem(writer: ByteWriter, type: ItemTypeName, item: Item): void {
  if (typeof item === 'string' || item instanceof Uint8Array) writer.text(item);
  else if (type === 'string') throw new TypeError(`${item} is no string`);
  else writer.number(type, typeof item === 'boolean' ? Number(item) : item);
}

function writeInfo(writer: ByteWriter, tensor: Tensor | Uint8Array, offset: number): void {
  if (tensor instanceof Uint8Array) {
    writer.bytes(tensor);
    return;
  }
  writer.text(tensor.name);
  writer.number('uint32', tensor.dims.length);
  for (const dim of tensor.dims) writer.word(dim);
  writer.number('int32', tensor.typeId);
  writer.number('uint64', tensor.offset ?? offset);
}

function padding({ paddingByte }: Draft, offset: number, alignment: number): Uint8Array {
  return new Uint8Array(paddingFor(offset, alignment)).fill(paddingByte);
}

/** The alignment that a reader takes: `general.alignment` if it is usable, else 32. */
function alignmentOf({ alignment, entries }: Draft): number {
  if (alignment !== undefined) return alignment;
  for (const entry of entries) {
    if (entry instanceof Uint8Array || entry.key !== 'general.alignment') continue;
    if ('typeId' in entry.value || entry.value.type !== 'uint32') continue;
    if (isAlignment(Number(entry.value.value))) return Number(entry.value.value);
  }
  return 32;
}
