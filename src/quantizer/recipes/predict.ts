import { GgufError } from '../../errors.js';
import { fileTypeId } from '../../gguf/file-types.js';
import { alignUp, alignUpBig, tensorBytes } from '../../gguf/layout.js';
import { type Header, type TensorInfo, weightCount } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { DEFAULT_ALIGNMENT } from '../../limits.js';
import type { ResolvedRecipe } from './resolved.js';
import { type KeyValue, writtenHeaderBytes } from './written-header.js';

/** What a size depends on besides the model and its types. */
export interface PredictOptions {
  /** Keys that llama-quantize is told to set, and those that `imatrixKeys` names. */
  readonly keys?: readonly KeyValue[];
}

/** The size of a file that is not there yet. */
export interface PredictedSize {
  readonly fileBytes: number;
  /** The data section: all tensors, each padded. */
  readonly tensorBytes: number;
  /** Bits a weight over all tensors without padding, as llama-quantize prints it. */
  readonly bpw: number;
}

/**
 * The exact size of what llama-quantize makes of a model, from the header alone. `header` is that of the whole model; of a
 * set of shards the first one's metadata with all tensors. Throws `bad-value` for a tensor of a type that ggml does not know.
 */
export function predictSize(
  header: Header,
  { fileType, choices }: ResolvedRecipe,
  { keys = [] }: PredictOptions = {},
): PredictedSize {
  const types = new Map(choices.map(({ tensor, type }) => [tensor.name, type]));
  const sizes = header.tensors.map((tensor) => bytesAs(types.get(tensor.name) ?? tensor.type, tensor));
  const data = sizes.reduce((sum, bytes) => sum + alignUpBig(bytes, BigInt(DEFAULT_ALIGNMENT)), 0n);
  const weights = header.tensors.reduce((sum, tensor) => sum + weightCount(tensor), 0n);
  const headerBytes = writtenHeaderBytes(header, [...keysOf(fileType), ...keys]);
  // llama-quantize aligns to 32 whatever `general.alignment` says.
  const padded = header.tensors.length === 0 ? headerBytes : alignUp(headerBytes, DEFAULT_ALIGNMENT);
  const all = sizes.reduce((sum, bytes) => sum + bytes, 0n);
  return {
    fileBytes: padded + Number(data),
    tensorBytes: Number(data),
    bpw: weights === 0n ? 0 : (Number(all) * 8) / Number(weights),
  };
}

/** What llama-quantize writes into each file. */
function keysOf(fileType: string): KeyValue[] {
  return [
    { key: 'general.quantization_version', value: { type: 'uint32', value: 2 } },
    { key: 'general.file_type', value: { type: 'uint32', value: fileTypeId(fileType) ?? 0 } },
  ];
}

function bytesAs(type: TensorTypeName | undefined, tensor: TensorInfo): bigint {
  const bytes = type === undefined ? undefined : tensorBytes(type, tensor.dims);
  if (bytes !== undefined) return bytes;
  const what = `tensor ${quoted(tensor.name)}`;
  const found = type === undefined ? `type ${tensor.typeId}` : `${type} in rows of ${tensor.dims[0]}`;
  throw new GgufError('bad-value', `${what} has ${found}, which ggml cannot store`, {
    what,
    found,
    expected: 'a type of ggml',
  });
}
