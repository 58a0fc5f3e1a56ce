import { isGgufError } from '../errors.js';
import { findEntry, type Header } from '../gguf/model.js';
import { scalarValue } from '../gguf/values.js';
import type { Imatrix } from '../quantizer/imatrix/imatrix.js';
import type { ImatrixReport } from '../report/imatrix.js';
import type { Source } from '../sources/source.js';

/** What to read of an importance matrix. */
export interface ImatrixDepth {
  /** Whether its values are read, all of them. */
  readonly values: boolean;
  readonly signal: AbortSignal;
}

/** What a GGUF file holds as an importance matrix; `undefined` where it does not call itself one. */
export async function inspectImatrix(
  file: Source,
  header: Header,
  depth: ImatrixDepth,
): Promise<ImatrixReport | undefined> {
  const entry = findEntry(header, 'general.type');
  if (entry?.type !== 'string' || scalarValue(entry) !== 'imatrix') return undefined;
  // Loaded for these files only: others are inspected faster than this takes.
  const { imatrixOfHeader } = await import('../quantizer/imatrix/read-gguf.js');
  try {
    return await withValues(file, imatrixOfHeader(header, file.uri), depth);
  } catch (error) {
    if (isGgufError(error, 'header-unreadable')) return { fault: error.details.problem };
    if (isGgufError(error, 'over-limit')) return { fault: error.message };
    throw error;
  }
}

/** What a file that is no GGUF holds as an importance matrix in the old format; `undefined` where it does not look like one. */
export async function inspectDat(file: Source, depth: ImatrixDepth): Promise<ImatrixReport | undefined> {
  const { DAT_HEAD_BYTES, looksLikeDat, readDatImatrix } = await import('../quantizer/imatrix/read-dat.js');
  const head = await file.read(0, Math.min(DAT_HEAD_BYTES, file.size), depth.signal);
  if (!looksLikeDat(head)) return undefined;
  return await withValues(file, await readDatImatrix(file, depth.signal), depth);
}

async function withValues(file: Source, imatrix: Imatrix, { values, signal }: ImatrixDepth): Promise<ImatrixReport> {
  if (!values) return { imatrix };
  const { scanEntries } = await import('../quantizer/imatrix/scan-entries.js');
  return { imatrix, scans: await scanEntries(file, imatrix, signal) };
}
