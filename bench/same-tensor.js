import { readHeader } from '../dist/gguf/parse.js';
import { openFile } from '../dist/sources/file.js';

const CHUNK = 16 * 2 ** 20;

/**
 * Whether two files hold a tensor with the same bytes.
 * @param {string} name
 * @param {string} fileA
 * @param {string} fileB
 */
export async function haveSameTensor(name, fileA, fileB) {
  const a = await tensorIn(fileA, name);
  const b = await tensorIn(fileB, name);
  try {
    if (a.length !== b.length) return false;
    for (let at = 0; at < a.length; at += CHUNK) {
      const length = Math.min(CHUNK, a.length - at);
      const [bytesA, bytesB] = await Promise.all([a.read(at, length), b.read(at, length)]);
      if (Buffer.compare(bytesA, bytesB) !== 0) return false;
    }
    return true;
  } finally {
    await a.close();
    await b.close();
  }
}

/**
 * @param {string} file
 * @param {string} name
 */
async function tensorIn(file, name) {
  const source = await openFile(file);
  const header = await readHeader(source);
  const tensor = header.tensors.find((each) => each.name === name);
  if (tensor === undefined) throw new Error(`no tensor '${name}' in ${file}`);
  const start = header.dataOffset + Number(tensor.dataOffset);
  return {
    length: Number(tensor.bytes),
    read: (at, length) => source.read(start + at, length),
    close: () => source[Symbol.asyncDispose](),
  };
}
