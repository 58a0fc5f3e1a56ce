import path from 'node:path';
import { describeProblem } from '../../gguf/describe-problem.js';
import { findEntry, type Header, weightCount } from '../../gguf/model.js';
import { readHeader, requireComplete } from '../../gguf/parse.js';
import { openFile } from '../../sources/file.js';
import { MAX_SHARDS, parseShardName, shardName } from '../../sources/shard-name.js';

/** How large a model is, by its headers. */
export interface ModelSize {
  /** Of the file; of all files of a set of shards. */
  readonly bytes: number;
  /** Bits of tensor data for each weight; `undefined` where there is no weight. */
  readonly bitsPerWeight: number | undefined;
  /** Tokens of the vocabulary; `undefined` for a file without one. */
  readonly vocabularySize: number | undefined;
}

/** Reads the size of a model. The first shard stands for its set. Rejects where a header cannot be read to its end. */
export async function readModelSize(model: string, signal?: AbortSignal): Promise<ModelSize> {
  let bytes = 0;
  let weights = 0n;
  let tensorBytes = 0n;
  let vocabularySize: number | undefined;
  for (const file of shardsOf(model)) {
    const header = await readWholeHeader(file, signal);
    bytes += header.fileSize;
    weights += header.tensors.reduce((sum, tensor) => sum + weightCount(tensor), 0n);
    tensorBytes += header.tensors.reduce((sum, tensor) => sum + (tensor.bytes ?? 0n), 0n);
    vocabularySize ??= findEntry(header, 'tokenizer.ggml.tokens')?.count;
  }
  const bitsPerWeight = weights === 0n ? undefined : (Number(tensorBytes) * 8) / Number(weights);
  return { bytes, bitsPerWeight, vocabularySize };
}

/** The files that llama.cpp opens for this one, by their names. */
function shardsOf(model: string): string[] {
  const named = parseShardName(path.basename(model));
  if (named === undefined || named.count > MAX_SHARDS) return [model];
  const { prefix, count } = named;
  return Array.from({ length: count }, (_, i) => path.join(path.dirname(model), shardName(prefix, i + 1, count)));
}

async function readWholeHeader(file: string, signal: AbortSignal | undefined): Promise<Header> {
  await using source = await openFile(file);
  return requireComplete(await readHeader(source, signal), (problem) => `${file}: ${describeProblem(problem)}`);
}
