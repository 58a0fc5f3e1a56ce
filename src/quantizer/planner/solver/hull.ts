import type { Offer } from './item.js';

/**
 * The offers that are best at some price of a byte, fewest bytes first: the lower convex hull of cost over bytes. Each further
 * one costs less, and a byte more of it brings less than of the one before.
 */
export function lowerHull(offers: readonly Offer[]): Offer[] {
  const sorted = [...offers].sort((a, b) => a.bytes - b.bytes || a.cost - b.cost);
  const hull: Offer[] = [];
  for (const offer of sorted) {
    const last = hull.at(-1);
    if (last !== undefined && offer.cost >= last.cost) continue;
    while (isAboveLine(hull, offer)) hull.pop();
    hull.push(offer);
  }
  return hull;
}

/** Whether the last point lies on or above the line from the one before it to `next`. */
function isAboveLine(hull: readonly Offer[], next: Offer): boolean {
  const [before, last] = [hull.at(-2), hull.at(-1)];
  return before !== undefined && last !== undefined && gain(before, last) <= gain(last, next);
}

/** Cost saved for each byte more. */
export function gain(from: Offer, to: Offer): number {
  return (from.cost - to.cost) / (to.bytes - from.bytes);
}
