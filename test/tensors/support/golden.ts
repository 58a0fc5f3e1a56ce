import { readFileSync } from 'node:fs';
import type { DequantizableType } from '../../../src/tensors/kernels/index.js';
import { dataPath } from '../../support/data.js';

/** What ggml made of the shared input matrix for one type, without an importance matrix. */
export interface GoldenVector {
  /** The quantized rows, and their weights as ggml reads them back. */
  readonly blocks: Uint8Array;
  readonly weights: Float32Array;
}

interface IndexEntry {
  readonly name: string;
  readonly imatrix: boolean;
  readonly bin: string;
  readonly deq: string;
}

/** The input matrix of the vectors, 16 rows of 512 weights. */
export function readGoldenInput(): Float32Array {
  return readFloats('input.f32');
}

/** The vector of one type. */
export function readGoldenVector(type: DequantizableType): GoldenVector {
  const index = JSON.parse(readFileSync(dataPath('quant', 'index.json'), 'utf8')) as { files: readonly IndexEntry[] };
  const entry = index.files.find(({ name, imatrix }) => name === type.toLowerCase() && !imatrix);
  if (entry === undefined) throw new Error(`no vector of ${type}`);
  return { blocks: new Uint8Array(readFileSync(dataPath('quant', entry.bin))), weights: readFloats(entry.deq) };
}

function readFloats(name: string): Float32Array {
  return new Float32Array(new Uint8Array(readFileSync(dataPath('quant', name))).buffer);
}
