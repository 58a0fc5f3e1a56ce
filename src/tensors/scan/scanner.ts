import type { ScanUnit } from './units.js';

/** What a scan of neighbouring units found. */
export interface PieceScan {
  /** Units that were looked at. */
  readonly units: number;
  /** Weights that are NaN or infinite, for F32, F16, BF16 and F64. */
  readonly nan: number;
  readonly infinite: number;
  /** Blocks with a scale that is NaN or infinite. */
  readonly badBlocks: number;
  /** The first such weight or block, counted from 0 in the piece; -1 where there is none. */
  readonly firstBad: number;
  /** Largest absolute value of the finite weights; 0 for types of blocks and integers. */
  readonly maxAbs: number;
  /** Whether every weight is zero, for blocks: every scale. */
  readonly isZero: boolean;
  /** Units that equal the one before them and are not zero: at the start, at the end, and most in a row. */
  readonly leading: number;
  readonly trailing: number;
  readonly longest: number;
}

/** Scans bytes that stand in its buffer. */
export interface Scanner {
  /** Where the bytes go: the unit before them, if there is one, then whole units. */
  readonly input: Uint8Array;
  /** Scans `units` units of the buffer, after the one before them if `hasPrevious`. */
  scan(unit: ScanUnit, units: number, hasPrevious: boolean): PieceScan;
}

/** Two neighbouring scans as one. */
export function joinScans(unit: ScanUnit, a: PieceScan, b: PieceScan): PieceScan {
  const middle = a.trailing + b.leading;
  const unitsToIndex = unit.kind === 'plain' ? unit.weights : 1;
  return {
    units: a.units + b.units,
    nan: a.nan + b.nan,
    infinite: a.infinite + b.infinite,
    badBlocks: a.badBlocks + b.badBlocks,
    firstBad: a.firstBad >= 0 || b.firstBad < 0 ? a.firstBad : a.units * unitsToIndex + b.firstBad,
    maxAbs: Math.max(a.maxAbs, b.maxAbs),
    isZero: a.isZero && b.isZero,
    leading: a.leading === a.units ? middle : a.leading,
    trailing: b.trailing === b.units ? middle : b.trailing,
    longest: Math.max(a.longest, b.longest, middle),
  };
}

/** The scan of nothing. */
export const EMPTY_SCAN: PieceScan = {
  units: 0,
  nan: 0,
  infinite: 0,
  badBlocks: 0,
  firstBad: -1,
  maxAbs: 0,
  isZero: true,
  leading: 0,
  trailing: 0,
  longest: 0,
};
