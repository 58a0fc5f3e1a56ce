import { GgufError } from '../../errors.js';

/** How far the scores of one model are from those of another, over all positions of a prompt. */
export interface LogitsComparison {
  readonly positions: number;
  /** Positions at which both prefer the same token. */
  readonly sameTopToken: number;
  readonly maxAbsoluteDifference: number;
  /** Root of the summed squared differences over that of the summed squares of `base`. */
  readonly relativeRmse: number;
  /** KL divergence of the softmax of `other` from that of `base`, in nats: mean and largest over the positions. */
  readonly meanKl: number;
  readonly maxKl: number;
}

/** Compares rows of raw scores, position by position. A NaN anywhere makes the figures NaN. Throws `bad-value` if the shapes differ. */
export function compareLogits(base: readonly Float32Array[], other: readonly Float32Array[]): LogitsComparison {
  requireSameShape(shapeOf(base), shapeOf(other));
  let maxAbsoluteDifference = 0;
  let squaredDifferences = 0;
  let squares = 0;
  let sameTopToken = 0;
  const divergences: number[] = [];
  for (const [position, baseRow] of base.entries()) {
    const otherRow = other[position]!; // same shape, here and below
    for (let token = 0; token < baseRow.length; token += 1) {
      const score = baseRow[token]!;
      const difference = otherRow[token]! - score;
      maxAbsoluteDifference = Math.max(maxAbsoluteDifference, Math.abs(difference));
      squaredDifferences += difference ** 2;
      squares += score ** 2;
    }
    if (topToken(baseRow) === topToken(otherRow)) sameTopToken += 1;
    divergences.push(klDivergence(baseRow, otherRow));
  }
  return {
    positions: base.length,
    sameTopToken,
    maxAbsoluteDifference,
    relativeRmse: squaredDifferences === 0 ? 0 : Math.sqrt(squaredDifferences / squares),
    meanKl: divergences.reduce((sum, kl) => sum + kl, 0) / base.length,
    maxKl: Math.max(...divergences),
  };
}

function shapeOf(rows: readonly Float32Array[]): string {
  return `${rows.length} rows of ${[...new Set(rows.map((row) => row.length))].join('/')}`;
}

function requireSameShape(expected: string, found: string): void {
  if (expected === found && !expected.startsWith('0 ')) return;
  throw new GgufError('bad-value', `logits are ${found}, expected ${expected}`, { what: 'logits', found, expected });
}

/** Σ p (ln p − ln q), in 64-bit arithmetic. */
function klDivergence(base: Float32Array, other: Float32Array): number {
  const baseNorm = logSumExp(base);
  const otherNorm = logSumExp(other);
  let sum = 0;
  for (let token = 0; token < base.length; token += 1) {
    const logP = base[token]! - baseNorm;
    const p = Math.exp(logP);
    if (p !== 0) sum += p * (logP - (other[token]! - otherNorm));
  }
  return Math.max(sum, 0); // rounding can leave a tiny negative sum
}

function logSumExp(row: Float32Array): number {
  const largest = row.reduce((best, score) => Math.max(best, score), -Infinity);
  return largest + Math.log(row.reduce((sum, score) => sum + Math.exp(score - largest), 0));
}

function topToken(row: Float32Array): number {
  return row.reduce((best, score, token) => (score > row[best]! ? token : best), 0);
}
