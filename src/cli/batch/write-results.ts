import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Layout } from '../../batch/layout.js';
import { refuseLinksOut } from '../../batch/manifest/output-path.js';
import type { BatchResults } from '../../batch/results/results.js';
import { writeText } from '../../edit/write-text.js';
import { GgufError } from '../../errors.js';
import { MAX_CHECKSUM_BYTES } from '../../limits.js';
import { mergeChecksums } from '../../report/batch/checksums.js';
import { resultsDocument } from '../../report/batch/results-json.js';
import { resultsMarkdown } from '../../report/batch/results-markdown.js';

/** Where the results of a batch are. Absolute paths. */
export interface ResultFiles {
  readonly json: string;
  readonly markdown: string;
  readonly checksums: string;
}

/** The result files of a batch, whether they are there or not. */
export function resultFiles({ root }: Pick<Layout, 'root'>): ResultFiles {
  const at = (name: string): string => path.join(root, name);
  return { json: at('results.json'), markdown: at('results.md'), checksums: at('SHA256SUMS') };
}

/**
 * Writes `results.json`, `results.md` and `SHA256SUMS` into the output folder, each as a whole; lines of a `SHA256SUMS` for other
 * files stay. Rejects with `not-writable`, also where a link would lead out of the folder.
 */
export async function writeResults(results: BatchResults, layout: Pick<Layout, 'root'>): Promise<ResultFiles> {
  const files = resultFiles(layout);
  for (const file of Object.values(files)) await refuseLinksOut(layout.root, file);
  await writeText(files.json, `${JSON.stringify(resultsDocument(results), null, 2)}\n`);
  await writeText(files.markdown, resultsMarkdown(results));
  const existing = await readChecksums(files.checksums);
  const merged = mergeChecksums(existing ?? new Uint8Array(), results);
  if (existing !== undefined || merged.byteLength > 0) await writeText(files.checksums, merged);
  return files;
}

async function readChecksums(file: string): Promise<Uint8Array | undefined> {
  const stats = await stat(file).catch(() => undefined);
  if (stats === undefined) return undefined;
  const why = stats.isFile() ? `it has ${stats.size} bytes, expected at most ${MAX_CHECKSUM_BYTES}` : 'it is no file';
  if (stats.isFile() && stats.size <= MAX_CHECKSUM_BYTES) return await readFile(file);
  throw new GgufError('not-writable', `will not add to ${file}: ${why}`, { path: file, why });
}
