import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { findTensor, type Header, type TensorInfo, tensorExtent } from '../../../src/gguf/model.js';
import { readHeader } from '../../../src/gguf/parse.js';
import { openFile } from '../../../src/sources/file.js';

/** Reads the header of a file. */
export async function headerOf(file: string): Promise<Header> {
  await using source = await openFile(file);
  return await readHeader(source);
}

/** SHA-256 of each tensor's bytes, by tensor name, in file order. */
export async function tensorHashes(file: string): Promise<Map<string, string>> {
  const header = await headerOf(file);
  return new Map(header.tensors.map((tensor) => [tensor.name, hashOf(file, header, tensor)]));
}

/** SHA-256 of one tensor's bytes. */
export async function tensorHash(file: string, name: string): Promise<string> {
  const header = await headerOf(file);
  const tensor = findTensor(header, name);
  if (tensor === undefined) throw new Error(`${file}: no tensor '${name}'`);
  return hashOf(file, header, tensor);
}

function hashOf(file: string, header: Header, tensor: TensorInfo): string {
  const extent = tensorExtent(header, tensor);
  if (extent === undefined) throw new Error(`${file}: tensor '${tensor.name}' is cut off`);
  return sha256(file, extent.offset, extent.length);
}

/** SHA-256 of a file, or of a part of it. */
export function sha256(file: string, offset = 0, length = Number.POSITIVE_INFINITY): string {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, length));
  const descriptor = openSync(file, 'r');
  try {
    for (let done = 0; done < length; ) {
      const got = readSync(descriptor, block, 0, Math.min(block.byteLength, length - done), offset + done);
      if (got === 0) break;
      hash.update(block.subarray(0, got));
      done += got;
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}

const BLOCK_BYTES = 4 * 2 ** 20;
