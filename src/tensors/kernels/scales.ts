const f = Math.fround;

/** The weight with the largest magnitude among `count` from `start`: the first of several, 0 when all are zero. */
export function findPeak(weights: Float32Array, start: number, count: number): number {
  let peak = 0;
  for (let i = start; i < start + count; i += 1) {
    if (Math.abs(weights[i]!) > Math.abs(peak)) peak = weights[i]!;
  }
  return peak;
}

/** Smallest and largest weight among `count` from `start`. Of equal ones the first counts, which settles -0 and 0. */
export function findRange(weights: Float32Array, start: number, count: number): { min: number; max: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = start; i < start + count; i += 1) {
    if (weights[i]! < min) min = weights[i]!;
    if (weights[i]! > max) max = weights[i]!;
  }
  return { min, max };
}

/** 1 / scale in 32-bit floats, 0 for a zero scale. A scale below 2^-128 has no finite inverse and gives infinity. */
export function inverse(scale: number): number {
  return scale === 0 ? 0 : f(1 / scale);
}

/**
 * C's conversion of a float to an 8-bit code, at most `largest`. Beyond the range of int, which only an infinite
 * inverse reaches, C leaves the result open; x86-64 gives 0 and so do we.
 */
export function toCode(value: number, largest: number): number {
  return Math.min(largest, value | 0);
}
