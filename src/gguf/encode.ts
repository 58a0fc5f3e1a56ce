import { GgufError } from '../errors.js';
import { MAX_HEADER_BYTES } from '../limits.js';
import { describeProblem } from './describe-problem.js';
import { paddingFor } from './layout.js';
import type { Header, TensorInfo } from './model.js';
import { parseHeader } from './parse.js';
import { REJECTED_BY } from './problems.js';
import { TENSOR_TYPES, type TensorTypeName } from './tensor-types.js';

/** What a header is made of: entries and infos as bytes, so that untouched ones stay as they are. */
export interface HeaderParts {
  readonly version: number;
  readonly entries: readonly Uint8Array[];
  readonly infos: readonly Uint8Array[];
  readonly alignment: number;
}

/** Magic, version, both counts. */
export const PREAMBLE_BYTES = 24;

/**
 * The header as bytes, zero-padded to the data section (not padded without tensors, as ggml writes it).
 * Pure assembly; `assertReadable` says whether a reader takes it.
 */
export function encodeHeader({ version, entries, infos, alignment }: HeaderParts): Uint8Array {
  const preamble = Buffer.alloc(PREAMBLE_BYTES);
  preamble.write('GGUF', 0, 'latin1');
  preamble.writeUInt32LE(version, 4);
  preamble.writeBigUInt64LE(BigInt(infos.length), 8);
  preamble.writeBigUInt64LE(BigInt(entries.length), 16);
  const parts = [preamble, ...entries, ...infos];
  const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const padding = infos.length === 0 ? 0 : paddingFor(length, alignment);
  return Buffer.concat([...parts, Buffer.alloc(padding)]);
}

/** The header that `header` was parsed from, byte for byte if the file was canonical. */
export function reencode({ version, metadata, tensors, alignment }: Header): Uint8Array {
  const entries = metadata.map(({ raw }) => raw);
  const infos = tensors.map(({ raw }) => raw);
  return encodeHeader({ version, entries, infos, alignment });
}

/** The info of `tensor` with another type and place in the data section; name and shape keep their bytes. */
export function encodeInfo(tensor: Pick<TensorInfo, 'raw'>, type: TensorTypeName, dataOffset: number): Uint8Array {
  const bytes = Buffer.from(tensor.raw);
  bytes.writeInt32LE(TENSOR_TYPES[type].id, bytes.byteLength - 12);
  bytes.writeBigUInt64LE(BigInt(dataOffset), bytes.byteLength - 8);
  return bytes;
}

/**
 * Parses an encoded header as it will stand in a file of `fileSize` bytes and refuses it if ggml or llama.cpp's
 * loader would. Nothing leaves ggufix without having passed here.
 */
export function assertReadable(bytes: Uint8Array, fileSize: number): Header {
  const header = parseHeader(bytes, fileSize);
  if (header.infoEnd > MAX_HEADER_BYTES) {
    const what = `a header of ${header.infoEnd} bytes, more than the ${MAX_HEADER_BYTES} that ggufix reads again`;
    throw new GgufError('refused-by-writer', `will not write ${what}`, { what });
  }
  const [problem] = header.problems.filter(({ code }) => REJECTED_BY[code] !== 'nobody');
  if (problem === undefined) return header;
  const message = `llama.cpp would refuse what is to be written: ${describeProblem(problem)}`;
  throw new GgufError('refused-by-writer', message, { what: problem.code });
}
