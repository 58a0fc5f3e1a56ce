import type { Source } from '../../sources/source.js';
import { type Imatrix, type ImatrixEntry, readCounts, readImportance } from './imatrix.js';

/** What the values of one entry say. */
export interface EntryScan {
  readonly name: string;
  /** Sum over all columns of the mean square of the input, as `llama-imatrix --show-statistics` has it (∑ E[A²]). */
  readonly energy: number;
  /** Matrices that no token reached: how many, and the first of them. */
  readonly uncounted: { readonly count: number; readonly first: readonly number[] };
  /** The first weight that is NaN or infinite. */
  readonly nonFinite: NonFiniteWeight | undefined;
}

/** A weight that llama-quantize refuses. */
export interface NonFiniteWeight {
  readonly matrix: number;
  readonly column: number;
  readonly value: number;
}

/** Reads the values of every entry, one after the other; what they say comes in the order of the entries. */
export async function scanEntries(
  source: Source,
  { entries }: Imatrix,
  signal?: AbortSignal,
): Promise<readonly EntryScan[]> {
  const scans: EntryScan[] = [];
  for (const entry of entries.values()) {
    const weights = await readImportance(source, entry, signal);
    scans.push(scanEntry(entry, weights, await readCounts(source, entry, signal)));
  }
  return scans;
}

/** A hostile file has millions of matrices; nobody reads more than a few numbers. */
const MAX_NAMED_MATRICES = 20;

function scanEntry(
  { name, columns, counts: { kind } }: ImatrixEntry,
  weights: Float32Array,
  counts: Float32Array,
): EntryScan {
  const first: number[] = [];
  let uncounted = 0;
  let energy = 0;
  for (const [matrix, count] of counts.entries()) {
    // Values of a .dat are weights whatever its calls are.
    if (count > 0 || kind === 'calls') {
      for (const weight of weights.subarray(matrix * columns, (matrix + 1) * columns)) energy += weight;
    } else {
      uncounted += 1;
      if (first.length < MAX_NAMED_MATRICES) first.push(matrix);
    }
  }
  return { name, energy, uncounted: { count: uncounted, first }, nonFinite: firstNonFinite(columns, weights) };
}

function firstNonFinite(columns: number, weights: Float32Array): NonFiniteWeight | undefined {
  const at = weights.findIndex((weight) => !Number.isFinite(weight));
  const value = weights[at];
  return value === undefined ? undefined : { matrix: Math.floor(at / columns), column: at % columns, value };
}
