import { chmodSync, copyFileSync } from 'node:fs';
import path from 'node:path';
import { dataPath } from '../../support/data.js';
import { runTool } from '../../support/llama-tools.js';
import { runBinary } from '../../support/run-cli.js';

/** The table of per-layer embeddings, and the key that files of mid-2025 have as a float. */
export const EMBEDDING = 'per_layer_token_embd.weight';
export const SHARED_LAYERS = 'gemma3n.attention.shared_kv_layers';

/** Types of the table in the files to be repaired. BF16 is the model as it was trained. */
export type SourceType = 'BF16' | 'Q6_K' | 'Q4_K' | 'IQ4_XS' | 'IQ3_S' | 'MXFP4' | 'TQ1_0';

/** The good model that all others are made from. */
export function goodModel(): string {
  return dataPath('model', 'tiny-gemma3n-BF16.gguf');
}

/** Makes a Gemma 3n with both defects: Q4_K_M but for its table (all BF16 for BF16), the key a float32. */
export function makeBroken(folder: string, type: SourceType): string {
  const file = path.join(folder, `broken-${type}.gguf`);
  if (type === 'BF16') copyWritable(goodModel(), file);
  else quantize(goodModel(), file, 'Q4_K_M', ['--tensor-type', `${EMBEDDING_PATTERN}=${type}`]);
  const { exit, err } = runBinary(['meta', 'set', file, SHARED_LAYERS, '--as', 'float32'], folder);
  if (exit !== 0) throw new Error(`ggufix meta set ended with ${exit}: ${err}`);
  return file;
}

/**
 * Lets llama.cpp write the table of `source` as another type. It dequantizes a row to float32 as its engine does when
 * it runs the model, and rounds those floats: from the same blocks `ggufix fix` must come to the same ones. All other
 * tensors of a Q4_K_M file have the type that Q4_K_M asks for and are copied. A BF16 file has no such mixture, there
 * the flag for both embeddings is the only one that llama-quantize takes.
 */
export function embeddingByGgml(source: string, sourceType: SourceType, target: string, file: string): void {
  if (sourceType === 'BF16') quantize(source, file, 'BF16', ['--token-embedding-type', target]);
  else quantize(source, file, 'Q4_K_M', ['--allow-requantize', '--tensor-type', `${EMBEDDING_PATTERN}=${target}`]);
}

const EMBEDDING_PATTERN = `^${EMBEDDING.replace('.', '\\.')}$`;

function quantize(source: string, file: string, fileType: string, flags: readonly string[]): void {
  runTool('llama-quantize', [...flags, source, file, fileType, '2']);
}

/** The shared data is read-only, and ggufix leaves such files alone. */
function copyWritable(source: string, file: string): void {
  copyFileSync(source, file);
  chmodSync(file, 0o644);
}
