import type { Source } from '../../sources/source.js';
import type { Imatrix } from './imatrix.js';
import { type NonFiniteWeight, scanEntries } from './scan-entries.js';

/** The first weight of each tensor that is NaN or infinite. llama-quantize refuses an imatrix that has one. */
export async function findNonFinite(
  source: Source,
  imatrix: Imatrix,
  signal?: AbortSignal,
): Promise<({ readonly tensor: string } & NonFiniteWeight)[]> {
  const scans = await scanEntries(source, imatrix, signal);
  return scans.flatMap(({ name, nonFinite }) => (nonFinite === undefined ? [] : [{ tensor: name, ...nonFinite }]));
}
