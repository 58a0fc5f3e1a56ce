import { cutText, MAX_OVERRIDE_BYTES } from '../engine/override-text.js';
import type { KeyValue } from './written-header.js';

/** What llama-quantize notes of the importance matrix that it was given. */
export interface ImatrixNote {
  /** The path as it was given on the command line. */
  readonly file: string;
  /** The first data set that it names. */
  readonly dataset?: string | undefined;
  readonly entries: number;
  /** Chunks of text; 0 or nothing where it does not say. */
  readonly chunks?: number | undefined;
}

/** The keys that llama-quantize 0.7.0 writes for an importance matrix. Strings are cut to 127 bytes, as it cuts them. */
export function imatrixKeys({ file, dataset, entries, chunks = 0 }: ImatrixNote): KeyValue[] {
  return [
    { key: 'quantize.imatrix.file', value: { type: 'string', value: cutBytes(file) } },
    ...(dataset === undefined
      ? []
      : [{ key: 'quantize.imatrix.dataset', value: { type: 'string', value: cutBytes(dataset) } } as const]),
    { key: 'quantize.imatrix.entries_count', value: { type: 'uint32', value: entries } },
    ...(chunks > 0
      ? [{ key: 'quantize.imatrix.chunks_count', value: { type: 'uint32', value: chunks } } as const]
      : []),
  ];
}

/** What is left of a character that the cut goes through stands as `?`: as many bytes, which is what sizes need. */
function cutBytes(text: string): string {
  const whole = cutText(text);
  return whole.length === text.length
    ? text
    : whole.padEnd(whole.length + MAX_OVERRIDE_BYTES - Buffer.byteLength(whole), '?');
}
