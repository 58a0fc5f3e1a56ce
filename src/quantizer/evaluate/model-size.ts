import { findEntry, type Header, weightCount } from '../../gguf/model.js';
import { type Model, openModel } from '../quantize/open-model.js';

/** How large a model is, by its headers. */
export interface ModelSize {
  /** Of the file; of all files of a set of shards. */
  readonly bytes: number;
  /** Bits of tensor data for each weight; `undefined` where there is no weight. */
  readonly bitsPerWeight: number | undefined;
  /** Tokens of the vocabulary; `undefined` for a file without one. */
  readonly vocabularySize: number | undefined;
}

/** Reads the size of a model; of a set of shards by any of them. Rejects as `openModel` does. */
export async function readModelSize(file: string, signal?: AbortSignal): Promise<ModelSize> {
  await using model = await openModel(file, signal);
  return modelSizeOf(model);
}

/** The size of a model that is open. */
export function modelSizeOf({ files, header }: Pick<Model, 'files' | 'header'>): ModelSize {
  const weights = header.tensors.reduce((sum, tensor) => sum + weightCount(tensor), 0n);
  const tensorBytes = header.tensors.reduce((sum, tensor) => sum + (tensor.bytes ?? 0n), 0n);
  return {
    bytes: files.reduce((sum, { source }) => sum + source.size, 0),
    bitsPerWeight: weights === 0n ? undefined : (Number(tensorBytes) * 8) / Number(weights),
    vocabularySize: vocabularySizeOf(header),
  };
}

/** Tokens of a model's vocabulary; `undefined` for one without. */
export function vocabularySizeOf(header: Header): number | undefined {
  return findEntry(header, 'tokenizer.ggml.tokens')?.count;
}
