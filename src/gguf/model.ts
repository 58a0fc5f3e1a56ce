import type { Place, Problem } from './problems.js';
import type { TensorTypeName } from './tensor-types.js';
import type { ItemTypeName, ValueTypeName } from './value-types.js';

/** One key and its value, still as bytes. Nothing but the key is decoded until somebody asks. */
export interface MetadataEntry {
  /** The key as text; bytes that are no UTF-8 show as U+FFFD. */
  readonly key: string;
  readonly type: ValueTypeName;
  /** Element type of an array. */
  readonly itemType?: ItemTypeName;
  /** Number of elements of an array. */
  readonly count?: number;
  /** The whole entry as it stands in the file: key length, key, type, value. */
  readonly raw: Uint8Array;
  /** Byte offset of the entry in the file. */
  readonly offset: number;
  /** Where in `raw` the 4 bytes of the value type stand. */
  readonly typeAt: number;
  /** Where in `raw` the value starts; for arrays the first element. */
  readonly valueAt: number;
}

/** One tensor info. The weights themselves are never read by the parser. */
export interface TensorInfo {
  readonly name: string;
  /** Dimensions as stored, fastest first: `dims[0]` is the row. */
  readonly dims: readonly bigint[];
  readonly typeId: number;
  /** `undefined` for removed and unknown ids. */
  readonly type: TensorTypeName | undefined;
  /** Byte offset in the data section, as stored. */
  readonly dataOffset: bigint;
  /** Bytes that type and shape need, unpadded; `undefined` where they cannot be known. */
  readonly bytes: bigint | undefined;
  /** The whole info as it stands in the file; its last 12 bytes are type id and data offset. */
  readonly raw: Uint8Array;
  /** Byte offset of the info in the file. */
  readonly offset: number;
}

/** What a GGUF file says of itself: everything before the tensor data. */
export interface Header {
  readonly version: number;
  readonly metadata: readonly MetadataEntry[];
  readonly tensors: readonly TensorInfo[];
  /** Effective alignment: `general.alignment`, or 32 where it is absent or unusable. */
  readonly alignment: number;
  /** First byte after the last tensor info. */
  readonly infoEnd: number;
  /** First byte of the data section; without tensors it is `infoEnd`, as in ggml. */
  readonly dataOffset: number;
  /** Size of the file that the header stands in. */
  readonly fileSize: number;
  /** What is wrong with the container, in file order. */
  readonly problems: readonly Problem[];
  /** The header's bytes from the file's start to `infoEnd` (or to where parsing stopped). */
  readonly bytes: Uint8Array;
}

/** A range of bytes in a file. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** The problem that ended the parse, if one did. The header then holds what came before it. */
export function fatalProblem(header: Header): Problem | undefined {
  return header.problems.find(({ fatal }) => fatal);
}

/** The entry with this key; the first one where a broken file has two. */
export function findEntry(header: Header, key: string): MetadataEntry | undefined {
  return header.metadata.find((entry) => entry.key === key);
}

/** The tensor with this name. */
export function findTensor(header: Header, name: string): TensorInfo | undefined {
  return header.tensors.find((tensor) => tensor.name === name);
}

/** Number of weights of a tensor. */
export function weightCount({ dims }: TensorInfo): bigint {
  return dims.reduce((product, dim) => product * dim, 1n);
}

/** Shape with fastest dimension first, as numbers. Only for tensors that lie inside the file. */
export function shapeOf({ dims }: TensorInfo): number[] {
  return dims.map(Number);
}

/** Where the tensor's bytes lie in the file, or `undefined` if they do not lie in it wholly. */
export function tensorExtent(header: Header, { dataOffset, bytes }: TensorInfo): Extent | undefined {
  if (bytes === undefined) return undefined;
  const start = BigInt(header.dataOffset) + dataOffset;
  if (start + bytes > BigInt(header.fileSize)) return undefined;
  return { offset: Number(start), length: Number(bytes) };
}

/** The place of a metadata entry, for findings. */
export function entryPlace({ key, offset, raw }: MetadataEntry): Place {
  return { kind: 'metadata', name: key, offset, length: raw.byteLength };
}

/** The place of a tensor's info, for findings. */
export function tensorPlace({ name, offset, raw }: TensorInfo): Place {
  return { kind: 'tensor', name, offset, length: raw.byteLength };
}
