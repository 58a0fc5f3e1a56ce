import { readFileSync } from 'node:fs';
import type { DequantizableType } from '../../../src/tensors/kernels/index.js';
import { dataPath } from '../../support/data.js';

/** What ggml made of the shared input matrix for one type. */
export interface GoldenVector {
  /** The quantized rows, and their weights as ggml reads them back. */
  readonly blocks: Uint8Array;
  readonly weights: Float32Array;
  /** The file with the quantized rows, and whether an importance matrix had a say in them. */
  readonly name: string;
  readonly imatrix: boolean;
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

/** The vectors of one type: without an importance matrix, with one, or both. */
export function readGoldenVectors(type: DequantizableType): readonly GoldenVector[] {
  const entries = readIndex().filter(({ name }) => name === type.toLowerCase());
  if (entries.length === 0) throw new Error(`no vector of ${type}`);
  return entries.map(({ bin, deq, imatrix }) => ({
    blocks: new Uint8Array(readFileSync(dataPath('quant', bin))),
    weights: readFloats(deq),
    name: bin,
    imatrix,
  }));
}

/** What a quantizer without an importance matrix has to give. */
export function readPlainVector(type: DequantizableType): GoldenVector {
  const vector = readGoldenVectors(type).find(({ imatrix }) => !imatrix);
  if (vector === undefined) throw new Error(`no vector of ${type} without an importance matrix`);
  return vector;
}

/** How many vectors there are, of all types. */
export function countGoldenVectors(): number {
  return readIndex().length;
}

function readIndex(): readonly IndexEntry[] {
  return (JSON.parse(readFileSync(dataPath('quant', 'index.json'), 'utf8')) as { files: readonly IndexEntry[] }).files;
}

function readFloats(name: string): Float32Array {
  return new Float32Array(new Uint8Array(readFileSync(dataPath('quant', name))).buffer);
}
