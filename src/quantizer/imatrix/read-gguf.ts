import { GgufError } from '../../errors.js';
import { describeProblem } from '../../gguf/describe-problem.js';
import { type Extent, findEntry, type Header, type TensorInfo, tensorExtent, weightCount } from '../../gguf/model.js';
import { readHeader } from '../../gguf/parse.js';
import { quoted } from '../../gguf/printable.js';
import { tensorTypeLabel } from '../../gguf/tensor-types.js';
import { firstItems, scalarValue } from '../../gguf/values.js';
import { MAX_IMATRIX_DATASETS, MAX_IMATRIX_VALUES } from '../../limits.js';
import type { Source } from '../../sources/source.js';
import { imatrixFault } from './fault.js';
import type { Imatrix, ImatrixEntry } from './imatrix.js';

/** Reads an importance matrix in the format of llama.cpp since July 2025 (common/imatrix-loader.cpp of 0.7.0). */
export async function readGgufImatrix(source: Source, signal?: AbortSignal): Promise<Imatrix> {
  return imatrixOfHeader(await readHeader(source, signal), source.uri);
}

/** What the header of a GGUF file says of an importance matrix. Throws as `readImatrix` rejects. */
export function imatrixOfHeader(header: Header, uri: string): Imatrix {
  // A container with a fault is none for llama-quantize, which then tries to read it as a .dat.
  const [problem] = header.problems;
  if (problem !== undefined) throw imatrixFault({ uri }, problem.place.offset, describeProblem(problem));
  const chunkCount = metadataNumber(header, uri, 'imatrix.chunk_count');
  const chunkSize = metadataNumber(header, uri, 'imatrix.chunk_size');
  const datasets = datasetsOf(header, uri);
  const parts = [...partsByTensor(header.tensors)];
  if (parts.length === 0) throw imatrixFault({ uri }, header.infoEnd, `it has no tensor '*${SUFFIXES.squares}'`);
  const entries = parts.map(([name, own]) => [name, entryOf(header, uri, name, own)] as const);
  return { uri, format: 'gguf', datasets, chunkCount, chunkSize, entries: new Map(entries) };
}

/** What each tensor's name ends with, by what it holds. `.stats` of later files is derived from these. */
const SUFFIXES = { squares: '.in_sum2', sums: '.in_sum', counts: '.counts' } as const;

/** What the file has of one tensor of the model. */
interface Parts {
  readonly squares?: TensorInfo;
  readonly sums?: TensorInfo;
  readonly counts?: TensorInfo;
  /** One of those that are there. */
  readonly some: TensorInfo;
}

function partsByTensor(tensors: readonly TensorInfo[]): ReadonlyMap<string, Parts> {
  const byTensor = new Map<string, Parts>();
  for (const tensor of tensors) {
    for (const [part, suffix] of Object.entries(SUFFIXES)) {
      if (!tensor.name.endsWith(suffix)) continue;
      const name = tensor.name.slice(0, -suffix.length);
      byTensor.set(name, { ...byTensor.get(name), [part]: tensor, some: tensor });
    }
  }
  return byTensor;
}

function entryOf(header: Header, uri: string, name: string, { squares, sums, counts, some }: Parts): ImatrixEntry {
  const fault = (tensor: TensorInfo, problem: string): GgufError =>
    imatrixFault({ uri }, tensor.offset, `tensor ${quoted(tensor.name)} ${problem}`);
  const missing = (part: keyof typeof SUFFIXES): GgufError =>
    fault(some, `has no partner ${quoted(`${name}${SUFFIXES[part]}`)}`);
  if (squares === undefined) throw missing('squares');
  if (counts === undefined) throw missing('counts');
  for (const tensor of sums === undefined ? [squares, counts] : [squares, counts, sums]) {
    if (tensor.type !== 'F32') throw fault(tensor, `is ${tensorTypeLabel(tensor.typeId)}, expected F32`);
  }
  if (sums !== undefined && weightCount(sums) !== weightCount(squares)) {
    throw fault(sums, `has ${weightCount(sums)} values, expected ${weightCount(squares)} as its partner has`);
  }
  const values = countOf(squares);
  const matrices = countOf(counts);
  if (matrices === 0 || values === 0 || values % matrices !== 0) {
    throw fault(squares, `has ${values} values, expected a multiple of its ${matrices} counts`);
  }
  return {
    name,
    columns: values / matrices,
    matrices,
    sums: extentOf(header, uri, squares),
    counts: { kind: 'tokens', at: extentOf(header, uri, counts) },
  };
}

function countOf(tensor: TensorInfo): number {
  const count = weightCount(tensor);
  if (count <= BigInt(MAX_IMATRIX_VALUES)) return Number(count);
  const what = `values of tensor ${quoted(tensor.name)}`;
  throw new GgufError('over-limit', `the ${what} are ${count}, more than ${MAX_IMATRIX_VALUES}`, {
    at: tensor.offset,
    what,
    value: `${count}`,
    limit: MAX_IMATRIX_VALUES,
  });
}

function extentOf(header: Header, uri: string, tensor: TensorInfo): Extent {
  const extent = tensorExtent(header, tensor);
  if (extent === undefined) throw imatrixFault({ uri }, tensor.offset, `tensor ${quoted(tensor.name)} is cut off`);
  return extent;
}

function metadataNumber(header: Header, uri: string, key: string): number {
  const entry = findEntry(header, key);
  if (entry?.type === 'uint32') return Number(scalarValue(entry));
  const found = entry === undefined ? 'missing' : `of type ${entry.type}`;
  throw imatrixFault({ uri }, entry?.offset ?? header.infoEnd, `key '${key}' is ${found}, expected a uint32`);
}

function datasetsOf(header: Header, uri: string): readonly string[] {
  const key = 'imatrix.datasets';
  const entry = findEntry(header, key);
  if (entry?.itemType !== 'string') {
    throw imatrixFault({ uri }, entry?.offset ?? header.infoEnd, `key '${key}' is no array of strings`);
  }
  const { count = 0, offset } = entry;
  if (count <= MAX_IMATRIX_DATASETS) return firstItems(entry, count).map(String);
  throw new GgufError('over-limit', `'${key}' has ${count} elements, more than ${MAX_IMATRIX_DATASETS}`, {
    at: offset,
    what: `elements of '${key}'`,
    value: `${count}`,
    limit: MAX_IMATRIX_DATASETS,
  });
}
