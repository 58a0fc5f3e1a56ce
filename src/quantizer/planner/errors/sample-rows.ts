import { randomFraction, randomWords } from '../random.js';

/**
 * Some of a tensor's rows, in order: one at a random place in each of `count` equal parts, so that they are spread evenly and
 * meet no pattern of the rows. All rows where there are no more than `count`. The seed decides which.
 */
export function sampledRows(rows: number, count: number, seed: number): number[] {
  if (rows <= count) return Array.from({ length: rows }, (_, row) => row);
  const next = randomWords(seed);
  return Array.from({ length: count }, (_, part) => Math.floor(((part + randomFraction(next)) * rows) / count));
}
