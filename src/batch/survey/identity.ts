import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Model } from '../../quantizer/quantize/open-model.js';
import { hashFiles } from '../../sources/hash-files.js';
import { hashOf } from './hash.js';

/** A file that is part of a model. */
type Files = Pick<Model, 'files'>;

/**
 * Tells one model from another, and from itself after a change, without reading its tensors: sizes, times of the last change
 * and headers of its files. Their place does not count: machines may know one folder by several names.
 */
export async function modelIdentity({ files }: Files): Promise<string> {
  const parts: unknown[] = [];
  for (const { source, header } of files) {
    const { mtimeMs } = await stat(source.path);
    parts.push([source.size, mtimeMs, createHash('sha256').update(header.bytes).digest('hex')]);
  }
  return hashOf('model', parts);
}

/** Tells one small file, such as a text, from another: SHA-256 of what is in it. */
export async function contentIdentity(file: string, signal: AbortSignal): Promise<string> {
  return await hashFiles([file], signal);
}
