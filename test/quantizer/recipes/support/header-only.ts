import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodeHeader } from '../../../../src/gguf/encode.js';
import { encodeEntry, type TypedValue } from '../../../../src/gguf/encode-value.js';
import { placeTensors } from '../../../../src/gguf/layout.js';
import type { Header } from '../../../../src/gguf/model.js';
import { parseHeader } from '../../../../src/gguf/parse.js';
import { rowBytes, TENSOR_TYPES, type TensorTypeName } from '../../../../src/gguf/tensor-types.js';
import { ByteWriter } from '../../../support/byte-writer.js';

/** A tensor of a model without weights; dimensions fastest first. */
export interface BareTensor {
  readonly name: string;
  readonly type: TensorTypeName;
  readonly dims: readonly number[];
}

/** A model without weights: what a header says, and nothing else. */
export interface BareModel {
  readonly metadata: readonly (readonly [key: string, value: TypedValue])[];
  readonly tensors: readonly BareTensor[];
}

/** Shortest way to write the values that models need. */
export const u32 = (value: number): TypedValue => ({ type: 'uint32', value });
export const f32 = (value: number): TypedValue => ({ type: 'float32', value });
export const text = (value: string): TypedValue => ({ type: 'string', value });

/** The parsed header of such a model, as if its weights stood behind it. */
export function bareHeader(model: BareModel): Header {
  const { bytes, fileSize } = encode(model);
  return parseHeader(bytes, fileSize);
}

/** Writes such a model as a file with a hole where the weights would be, which takes no room on the disk. */
export function writeBare(model: BareModel, folder: string, name = 'bare.gguf'): string {
  const { bytes, fileSize } = encode(model);
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  truncateSync(file, fileSize);
  return file;
}

const ALIGNMENT = 32;

function encode({ metadata, tensors }: BareModel): { readonly bytes: Uint8Array; readonly fileSize: number } {
  const lengths = tensors.map(({ type, dims }) =>
    rowBytes(
      type,
      dims.reduce((product, dim) => product * dim, 1),
    ),
  );
  const places = placeTensors(lengths, ALIGNMENT);
  const infos = tensors.map((tensor, i) => encodeBare(tensor, places[i]?.offset ?? 0));
  const entries = metadata.map(([key, value]) => encodeEntry(key, value));
  const bytes = encodeHeader({ version: 3, entries, infos, alignment: ALIGNMENT });
  const data = lengths.reduce((sum, length) => sum + Math.ceil(length / ALIGNMENT) * ALIGNMENT, 0);
  return { bytes, fileSize: bytes.byteLength + data };
}

function encodeBare({ name, type, dims }: BareTensor, offset: number): Uint8Array {
  const writer = new ByteWriter(true, 8);
  writer.text(name);
  writer.number('uint32', dims.length);
  for (const dim of dims) writer.word(dim);
  writer.number('int32', TENSOR_TYPES[type].id);
  writer.number('uint64', offset);
  return writer.whole();
}
