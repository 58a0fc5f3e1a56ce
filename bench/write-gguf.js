import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { encodeHeader } from '../dist/gguf/encode.js';
import { encodeEntry } from '../dist/gguf/encode-value.js';
import { alignUp, placeTensors } from '../dist/gguf/layout.js';
import { rowBytes, TENSOR_TYPES } from '../dist/gguf/tensor-types.js';

const ALIGNMENT = 32;

/**
 * A tensor to write. Its data is `tile`, as often as it takes, or a hole in the file.
 * @typedef {object} TensorPlan
 * @property {string} name
 * @property {import('../dist/gguf/tensor-types.js').TensorTypeName} type
 * @property {readonly number[]} dims fastest first
 * @property {Uint8Array} [tile]
 */

/**
 * Writes a GGUF file and waits until it is on the disk, so that no later measurement pays for it.
 * @param {string} path
 * @param {readonly (readonly [string, import('../dist/gguf/encode-value.js').TypedValue])[]} metadata
 * @param {readonly TensorPlan[]} tensors
 * @returns {Uint8Array} the header
 */
export function writeGguf(path, metadata, tensors) {
  const lengths = tensors.map(({ type, dims }) => rowBytes(type, product(dims)));
  const places = placeTensors(lengths, ALIGNMENT);
  const header = encodeHeader({
    version: 3,
    entries: metadata.map(([key, value]) => encodeEntry(key, value)),
    infos: tensors.map((tensor, i) => tensorInfo(tensor, places[i].offset)),
    alignment: ALIGNMENT,
  });
  const file = openSync(path, 'w');
  try {
    writeSync(file, header);
    const end =
      header.length + alignUp(places.at(-1)?.offset ?? 0, ALIGNMENT) + alignUp(lengths.at(-1) ?? 0, ALIGNMENT);
    ftruncateSync(file, end);
    for (const [i, { tile }] of tensors.entries()) {
      if (tile !== undefined) repeat(file, tile, header.length + places[i].offset, lengths[i]);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return header;
}

/**
 * @param {TensorPlan} tensor
 * @param {number} offset in the data section
 */
function tensorInfo({ name, type, dims }, offset) {
  const u32 = (value) => Buffer.from(Uint32Array.of(value).buffer);
  const u64 = (value) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
  const sizes = dims.map(u64);
  return Buffer.concat([
    u64(name.length),
    Buffer.from(name),
    u32(dims.length),
    ...sizes,
    u32(TENSOR_TYPES[type].id),
    u64(offset),
  ]);
}

function repeat(file, tile, offset, length) {
  for (let done = 0; done < length; done += tile.length) {
    writeSync(file, tile, 0, Math.min(tile.length, length - done), offset + done);
  }
}

/** @param {readonly number[]} dims */
function product(dims) {
  return dims.reduce((count, dim) => count * dim, 1);
}
