import { Buffer } from 'node:buffer';
import { GgufError } from '../../errors.js';
import { MAX_LOGITS_ORIGIN_BYTES } from '../../limits.js';
import { openFile } from '../../sources/file.js';
import { type LogitsOrigin, parseOrigin } from './logits-origin.js';
import { LOGITS_HEADER_BYTES, type LogitsShape, logitsBytes } from './logits-size.js';

/** A file of scores that is whole. */
export interface LogitsFile extends LogitsShape {
  /** What they are of; only files that ggufix kept say so. */
  readonly origin: LogitsOrigin | undefined;
}

const MAGIC = '_logits_';

/**
 * Reads what a file of scores is of, and makes sure that all of it is there: llama-perplexity does not notice when it
 * cannot write. Rejects with `mismatch` for another kind of file, `truncated` for a part of one.
 */
export async function readLogitsFile(file: string, signal?: AbortSignal): Promise<LogitsFile> {
  await using source = await openFile(file);
  const header = Buffer.from(await source.read(0, Math.min(source.size, LOGITS_HEADER_BYTES), signal));
  const magic = header.subarray(0, MAGIC.length).toString('latin1');
  if (magic !== MAGIC) throw wrong(file, 'beginning', JSON.stringify(magic), JSON.stringify(MAGIC));
  if (header.byteLength < LOGITS_HEADER_BYTES) throw cut(file, LOGITS_HEADER_BYTES, header.byteLength);
  const shape = shapeOf(file, header);
  const need = logitsBytes(shape);
  if (need > source.size) throw cut(file, need, source.size);
  const left = source.size - need;
  if (left === 0 || left > MAX_LOGITS_ORIGIN_BYTES) return { ...shape, origin: undefined };
  return { ...shape, origin: parseOrigin(Buffer.from(await source.read(need, left, signal)).toString('utf8')) };
}

function shapeOf(file: string, header: Buffer): LogitsShape {
  const [contextSize, vocabularySize, chunks] = [8, 12, 16].map((at) => header.readInt32LE(at)) as [
    number,
    number,
    number,
  ];
  const counts = { contextSize, vocabularySize, chunks };
  for (const [what, value] of Object.entries(counts)) {
    if (value < 1) throw wrong(file, what, `${value}`, 'at least 1');
  }
  return counts;
}

function wrong(path: string, what: string, found: string, expected: string): GgufError<'mismatch'> {
  const message = `${path} holds no scores of llama-perplexity: its ${what} is ${found}, expected ${expected}`;
  return new GgufError('mismatch', message, { path, what, found, expected });
}

function cut(path: string, need: number, have: number): GgufError<'truncated'> {
  const message = `the scores in ${path} end early: it has ${have} bytes, expected ${need}`;
  return new GgufError('truncated', message, { at: have, need, have });
}
