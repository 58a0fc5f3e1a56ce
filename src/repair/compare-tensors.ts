import { createHash } from 'node:crypto';
import { type Header, type TensorInfo, tensorExtent } from '../gguf/model.js';
import { readHeader } from '../gguf/parse.js';
import { openFile } from '../sources/file.js';
import type { Source } from '../sources/source.js';

/** Which tensors of two files have the same bytes. */
export interface TensorComparison {
  readonly same: readonly string[];
  /** Other bytes, another type, or only in one of the files. */
  readonly different: readonly string[];
}

/** Bytes read at once. */
const PIECE_BYTES = 4 * 2 ** 20;

/** Compares the tensors of two files by name, type and the hash of their bytes, wherever they lie. */
export async function compareTensors(before: string, after: string): Promise<TensorComparison> {
  const [old, repaired] = [await hashTensors(before), await hashTensors(after)];
  const names = [...new Set([...old.keys(), ...repaired.keys()])];
  const isSame = (name: string): boolean => old.get(name) === repaired.get(name);
  return { same: names.filter(isSame), different: names.filter((name) => !isSame(name)) };
}

async function hashTensors(path: string): Promise<Map<string, string>> {
  await using source = await openFile(path);
  const header = await readHeader(source);
  const hashes = new Map<string, string>();
  for (const tensor of header.tensors) hashes.set(tensor.name, await hashTensor(source, header, tensor));
  return hashes;
}

async function hashTensor(source: Source, header: Header, tensor: TensorInfo): Promise<string> {
  const hash = createHash('sha256').update(`${tensor.typeId} ${tensor.dims.join(' ')}\n`);
  const { offset, length } = tensorExtent(header, tensor) ?? { offset: 0, length: 0 };
  for (let done = 0; done < length; done += PIECE_BYTES) {
    hash.update(await source.read(offset + done, Math.min(PIECE_BYTES, length - done)));
  }
  return hash.digest('hex');
}
