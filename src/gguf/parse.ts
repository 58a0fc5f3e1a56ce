import { GgufError, isGgufError } from '../errors.js';
import {
  FIRST_WINDOW_BYTES,
  MAX_HEADER_BYTES,
  MAX_STRING_BYTES,
  MAX_WINDOW_STEP_BYTES,
  WINDOW_GROWTH,
} from '../limits.js';
import type { Source } from '../sources/source.js';
import { WindowEnded } from './cursor.js';
import { HeaderParser } from './header-parser.js';
import type { Header } from './model.js';
import { fatalProblem } from './model.js';
import type { Problem } from './problems.js';

/**
 * Reads the header of a GGUF file of version 2 or 3 and never its tensor data, in windows that grow.
 * What is wrong with the file is in `problems`; a `fatal` one ended the parse and the header holds what came before.
 * Throws only where the source cannot be read.
 */
export async function readHeader(source: Source, signal?: AbortSignal): Promise<Header> {
  const parser = new HeaderParser(source.size);
  // Reserved once, and only as much of it becomes memory as is read: windows need not be copied when they grow.
  const buffer = Buffer.allocUnsafeSlow(Math.min(source.size, MAX_HEADER_BYTES));
  let length = 0;
  let next: number | undefined = FIRST_WINDOW_BYTES;
  while (next !== undefined) {
    const end = Math.min(next, buffer.byteLength);
    await source.readInto(buffer.subarray(length, end), length, signal);
    length = end;
    const needed = advance(parser, buffer.subarray(0, length));
    next = needed === undefined ? undefined : Math.max(needed, nextWindow(length));
  }
  return parser.header(buffer.subarray(0, length));
}

function nextWindow(length: number): number {
  return Math.min(length * WINDOW_GROWTH, length + MAX_WINDOW_STEP_BYTES);
}

/** Parses a header that is in memory whole. `fileSize` is the size of the file that it belongs to. */
export function parseHeader(bytes: Uint8Array, fileSize: number = bytes.byteLength): Header {
  const parser = new HeaderParser(fileSize);
  const needed = advance(parser, bytes);
  if (needed !== undefined) {
    throw new GgufError('truncated', `need ${needed} bytes of header, have ${bytes.byteLength}`, {
      at: bytes.byteLength,
      need: needed,
      have: bytes.byteLength,
    });
  }
  return parser.header(bytes);
}

/** The header, or the error that says why it could not be read to its end. */
export function requireComplete(header: Header, describe: (problem: Problem) => string): Header {
  const fatal = fatalProblem(header);
  if (fatal === undefined) return header;
  throw new GgufError('header-unreadable', describe(fatal), { at: fatal.place.offset, problem: fatal.code });
}

/** Goes on from where the parser stopped; resolves to the bytes that the next window must hold, if any. */
function advance(parser: HeaderParser, bytes: Uint8Array): number | undefined {
  try {
    parser.run(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof WindowEnded) {
      if (error.needed <= MAX_HEADER_BYTES) return error.needed;
      parser.stop('header-too-large', { what: 'bytes', need: error.needed, limit: MAX_HEADER_BYTES });
      return undefined;
    }
    if (isGgufError(error, 'truncated')) {
      const { need, have } = error.details;
      parser.stop('header-truncated', { what: parser.reading, need, have }, error.details.at);
      return undefined;
    }
    if (isGgufError(error, 'over-limit')) {
      const { what, value, limit, at } = error.details;
      // A limit of our own is no fault of the file.
      if (limit < MAX_STRING_BYTES) parser.stop('header-too-large', { what, need: Number(value), limit }, at);
      else parser.stop('length-limit', { what, length: value, limit }, at);
      return undefined;
    }
    throw error;
  }
}
