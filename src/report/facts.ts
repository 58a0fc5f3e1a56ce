import { fileTypeName } from '../gguf/file-types.js';
import { findEntry, type Header, type MetadataEntry, type TensorInfo, weightCount } from '../gguf/model.js';
import { printable } from '../gguf/printable.js';
import { tensorTypeLabel } from '../gguf/tensor-types.js';
import { scalarValue, stringBytes, textStart } from '../gguf/values.js';
import { scalarText } from './value-text.js';

/** How much of a model is stored in one tensor type. */
export interface TypeShare {
  readonly type: string;
  readonly tensors: number;
  readonly weights: bigint;
  readonly bytes: bigint;
  /** Bits per weight; `undefined` where no weight is stored. */
  readonly bitsPerWeight: number | undefined;
}

/** What a header says of its model, worked out for people. A fact that the file does not state is `undefined`. */
export interface ModelFacts {
  readonly architecture: string | undefined;
  /** `general.type`: model, adapter, imatrix, mmproj. */
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly sizeLabel: string | undefined;
  /** What `general.file_type` claims. */
  readonly fileType: string | undefined;
  /** Weights of all tensors whose size is known. */
  readonly parameters: bigint;
  readonly tensorBytes: bigint;
  readonly bitsPerWeight: number | undefined;
  /** What the tensors really are, the largest share of bytes first. */
  readonly types: readonly TypeShare[];
  readonly layers: string | undefined;
  readonly contextLength: string | undefined;
  readonly vocabularySize: number | undefined;
  readonly tokenizer: string | undefined;
  /** Characters of the default chat template; `undefined` if there is none. */
  readonly chatTemplateLength: number | undefined;
  readonly quantizedBy: string | undefined;
  readonly imatrix: string | undefined;
  readonly shard: { readonly number: number; readonly count: number } | undefined;
}

/** Derives the facts. Tolerates any type under any key: it shows broken files too. */
export function modelFacts(header: Header): ModelFacts {
  const architecture = textOf(header, 'general.architecture');
  const types = typeShares(header.tensors);
  const parameters = types.reduce((sum, { weights }) => sum + weights, 0n);
  const tensorBytes = types.reduce((sum, { bytes }) => sum + bytes, 0n);
  return {
    architecture,
    kind: textOf(header, 'general.type'),
    name: textOf(header, 'general.name'),
    sizeLabel: textOf(header, 'general.size_label'),
    fileType: fileTypeOf(header),
    parameters,
    tensorBytes,
    bitsPerWeight: bitsOf(tensorBytes, parameters),
    types,
    layers: textOf(header, `${architecture}.block_count`),
    contextLength: textOf(header, `${architecture}.context_length`),
    vocabularySize: findEntry(header, 'tokenizer.ggml.tokens')?.count,
    tokenizer: listOf(header, ['tokenizer.ggml.model', 'tokenizer.ggml.pre']),
    chatTemplateLength: chatTemplateLength(header),
    quantizedBy: textOf(header, 'general.quantized_by'),
    imatrix: listOf(header, ['quantize.imatrix.file', 'quantize.imatrix.dataset']),
    shard: shardOf(header),
  };
}

function typeShares(tensors: readonly TensorInfo[]): TypeShare[] {
  const shares = new Map<number, { tensors: number; weights: bigint; bytes: bigint }>();
  for (const tensor of tensors) {
    const share = shares.get(tensor.typeId) ?? { tensors: 0, weights: 0n, bytes: 0n };
    share.tensors += 1;
    if (tensor.bytes !== undefined) {
      share.weights += weightCount(tensor);
      share.bytes += tensor.bytes;
    }
    shares.set(tensor.typeId, share);
  }
  return [...shares]
    .map(([id, share]) => ({ type: tensorTypeLabel(id), ...share, bitsPerWeight: bitsOf(share.bytes, share.weights) }))
    .sort((a, b) => Number(b.bytes - a.bytes) || (a.type < b.type ? -1 : 1));
}

function bitsOf(bytes: bigint, weights: bigint): number | undefined {
  return weights === 0n ? undefined : (Number(bytes) * 8) / Number(weights);
}

function fileTypeOf(header: Header): string | undefined {
  const stated = textOf(header, 'general.file_type');
  return stated === undefined ? undefined : (fileTypeName(Number(stated)) ?? `unknown (${stated})`);
}

function chatTemplateLength(header: Header): number | undefined {
  const entry = findEntry(header, 'tokenizer.chat_template');
  return entry?.type === 'string' ? lengthOfText(stringBytes(entry, 0)) : undefined;
}

/** UTF-16 units of UTF-8 bytes, which may be 100 MB: one for each first byte, two for a first byte of four. */
function lengthOfText(bytes: Uint8Array): number {
  let length = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) length += byte >= 0xf0 ? 2 : 1;
  return length;
}

function shardOf(header: Header): ModelFacts['shard'] {
  const [number, count] = ['split.no', 'split.count'].map((key) => Number(textOf(header, key)));
  if (number === undefined || count === undefined) return undefined;
  // A key that is absent or no number is NaN and no shard.
  return number >= 0 && count > 1 ? { number: number + 1, count } : undefined;
}

function listOf(header: Header, keys: readonly string[]): string | undefined {
  const texts = keys.map((key) => textOf(header, key)).filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join(', ');
}

function textOf(header: Header, key: string): string | undefined {
  const entry = findEntry(header, key);
  if (entry === undefined || entry.type === 'array') return undefined;
  return entry.type === 'string' ? factText(entry) : scalarText(scalarValue(entry), entry.type);
}

/** Longest text that is a fact; nobody names a model in more words. */
const MAX_TEXT = 1000;

function factText(entry: MetadataEntry): string {
  const text = textStart(entry, MAX_TEXT + 1);
  return printable(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
}
