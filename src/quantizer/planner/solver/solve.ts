import { lowerHull } from './hull.js';
import type { Item, Offer } from './item.js';
import { repair } from './repair.js';

/** An offer for each item, in the order of the items. */
export interface Solution {
  readonly offers: readonly Offer[];
  readonly bytes: number;
  readonly cost: number;
}

/**
 * Chooses offers that cost least within `budget` bytes: Lagrangian relaxation over each item's convex hull (the best price of
 * a byte is found by bisection), then exchanges that use what it leaves. `undefined` where even the smallest offers are too
 * large. The same input always gives the same choice. Pure.
 */
export function solve(items: readonly Item[], budget: number): Solution | undefined {
  const hulls = items.map(({ offers }) => lowerHull(offers));
  const smallest = hulls.map(([first]) => first).filter((offer) => offer !== undefined);
  if (totalBytes(smallest) > budget) return undefined;
  const offers = repair(items, atBestPrice(hulls, budget), budget);
  return { offers, bytes: totalBytes(offers), cost: offers.reduce((sum, { cost }) => sum + cost, 0) };
}

/** The bytes of the smallest and of the largest choice. */
export function extremeBytes(items: readonly Item[]): { readonly smallest: number; readonly largest: number } {
  const sum = (pick: (...bytes: number[]) => number): number =>
    items.reduce((total, { offers }) => total + pick(...offers.map(({ bytes }) => bytes)), 0);
  return { smallest: sum(Math.min), largest: sum(Math.max) };
}

/** What each item takes at the lowest price of a byte at which all fit. */
function atBestPrice(hulls: readonly (readonly Offer[])[], budget: number): readonly Offer[] {
  const at = (price: number): readonly Offer[] => hulls.map((hull) => cheapest(hull, price));
  const free = at(0);
  if (totalBytes(free) <= budget) return free;
  let high = 1;
  while (totalBytes(at(high)) > budget) high *= GROWTH;
  let low = 0;
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = low === 0 && high > TINY_PRICE ? high / GROWTH : (low + high) / 2;
    if (totalBytes(at(middle)) > budget) low = middle;
    else high = middle;
  }
  return at(high);
}

/** Costs of a byte span many orders of magnitude: the price is found by factors first, then by halves. */
const GROWTH = 16;
const TINY_PRICE = 1e-300;
const BISECTIONS = 200;

/** Of equals the one with fewer bytes, which comes first. */
function cheapest(hull: readonly Offer[], price: number): Offer {
  return hull.reduce((best, offer) =>
    offer.cost + price * offer.bytes < best.cost + price * best.bytes ? offer : best,
  );
}

function totalBytes(offers: readonly Offer[]): number {
  return offers.reduce((sum, { bytes }) => sum + bytes, 0);
}
