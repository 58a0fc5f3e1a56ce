import { createHash } from 'node:crypto';
import { describeProblem } from '../gguf/describe-problem.js';
import type { Header, MetadataEntry, TensorInfo } from '../gguf/model.js';
import { nameFilter } from '../gguf/name-filter.js';
import { tensorTypeLabel } from '../gguf/tensor-types.js';
import { arrayItems, firstItems, type Scalar, scalarValue, valueBytes } from '../gguf/values.js';
import type { InspectedFile, JsonMetadata, JsonScalar } from './schemas.js';

/** Elements of an array that are shown where not all are. */
const PREVIEW_ITEMS = 8;

/** What of a file goes into the document. */
export interface InspectJsonOptions {
  /** Patterns of the keys to show; none means all. */
  readonly keys: readonly string[];
  /** Whether arrays carry all their values. */
  readonly full: boolean;
}

/** A header as the `inspect` document holds it. Arrays are hashed and previewed, never decoded whole unless `full`. */
export function inspectedFile(source: string, header: Header, { keys, full }: InspectJsonOptions): InspectedFile {
  const isWanted = nameFilter(keys);
  const entries = header.metadata.filter(({ key }) => isWanted(key));
  const problems = header.problems.map((problem) => ({
    code: problem.code,
    message: describeProblem(problem),
    place: problem.place,
  }));
  return {
    source,
    bytes: header.fileSize,
    version: header.version,
    endianness: 'little',
    alignment: header.alignment,
    dataOffset: header.dataOffset,
    metadata: Object.fromEntries(firstOfEach(entries).map((entry) => [entry.key, jsonMetadata(entry, full)])),
    tensors: header.tensors.map(jsonTensor),
    ...(problems.length === 0 ? {} : { problems }),
  };
}

/** A value as JSON can hold it: what no JSON number can be is a string. */
export function jsonScalar(value: Scalar): JsonScalar {
  if (typeof value === 'bigint') return jsonInteger(value);
  return typeof value === 'number' && !Number.isFinite(value) ? `${value}` : value;
}

/** An entry's type and value as JSON; `full` adds all elements of an array. */
export function jsonMetadata(entry: MetadataEntry, full: boolean): JsonMetadata {
  const { type, itemType = 'array', count = 0 } = entry;
  if (type !== 'array') return { type, value: jsonScalar(scalarValue(entry)) };
  return {
    type,
    itemType,
    length: count,
    sha256: createHash('sha256').update(valueBytes(entry)).digest('hex'),
    preview: firstItems(entry, PREVIEW_ITEMS).map(jsonScalar),
    ...(full ? { values: Array.from(arrayItems(entry), jsonScalar) } : {}),
  };
}

/** JSON holds a key once: the first, as `findEntry` takes it. The others are among the problems. */
function firstOfEach(entries: readonly MetadataEntry[]): MetadataEntry[] {
  const keys = new Set<string>();
  return entries.filter(({ key }) => !keys.has(key) && keys.add(key));
}

function jsonTensor({ name, typeId, dims, dataOffset, bytes }: TensorInfo): InspectedFile['tensors'][number] {
  return {
    name,
    type: tensorTypeLabel(typeId),
    shape: dims.map(jsonInteger),
    offset: jsonInteger(dataOffset),
    bytes: bytes === undefined ? null : jsonInteger(bytes),
  };
}

function jsonInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : `${value}`;
}
