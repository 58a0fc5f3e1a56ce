import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Item, Offer } from '../../../../src/quantizer/planner/solver/item.js';
import { extremeBytes, solve } from '../../../../src/quantizer/planner/solver/solve.js';

const item = (name: string, ...offers: readonly (readonly [bytes: number, cost: number])[]): Item => ({
  name,
  offers: offers.map(([bytes, cost]): Offer => ({ type: 'Q4_K', bytes, cost })),
});

test('spends bytes where they save most', () => {
  const items = [item('dull', [10, 2], [20, 1]), item('keen', [10, 50], [20, 10], [30, 1])];
  expect(solve(items, 40)).toMatchObject({ bytes: 40, cost: 3, offers: [{ bytes: 10 }, { bytes: 30 }] });
  expect(solve(items, 50)).toMatchObject({ bytes: 50, cost: 2 });
});

test('a budget below the smallest choice has no solution, one above the largest takes the best', () => {
  const items = [item('a', [10, 2], [20, 1]), item('b', [5, 2], [7, 1])];
  expect(extremeBytes(items)).toEqual({ smallest: 15, largest: 27 });
  expect(solve(items, 14)).toBeUndefined();
  expect(solve(items, 15)).toMatchObject({ bytes: 15, cost: 4 });
  expect(solve(items, 1000)).toMatchObject({ bytes: 27, cost: 2 });
});

test('what costs nothing gets the fewest bytes, whatever the room', () => {
  expect(solve([item('dead', [20, 0], [10, 0], [40, 0])], 1000)).toMatchObject({ bytes: 10 });
});

test('offers inside the hull fill what the Lagrangian leaves', () => {
  // 20 lies above the line from 10 to 40, so no price of a byte buys it.
  expect(solve([item('a', [10, 100], [20, 95], [40, 10])], 30)).toMatchObject({ bytes: 20, cost: 95 });
});

const amounts = fc.integer({ min: 1, max: 60 });
const items = fc.array(fc.array(fc.tuple(amounts, amounts), { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 5,
});

describe('against all choices', () => {
  test('the cost is within that of one change of the best, and the budget is kept', () => {
    fc.assert(
      fc.property(items, fc.double({ min: 0, max: 1, noNaN: true }), (raw, share) => {
        const made = raw.map((offers, i) => item(`${i}`, ...offers));
        const { smallest, largest } = extremeBytes(made);
        const budget = Math.floor(smallest + share * (largest - smallest));
        const found = solve(made, budget);
        const best = bestCost(made, budget);
        const widest = Math.max(...raw.map((offers) => spread(offers.map(([, cost]) => cost))));
        expect(found?.bytes).toBeLessThanOrEqual(budget);
        expect(found?.cost).toBeGreaterThanOrEqual(best);
        expect((found?.cost ?? Number.NaN) - best).toBeLessThanOrEqual(widest);
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  test('it is the best in nine of ten', () => {
    let exact = 0;
    let all = 0;
    fc.assert(
      fc.property(items, (raw) => {
        const made = raw.map((offers, i) => item(`${i}`, ...offers));
        const { smallest, largest } = extremeBytes(made);
        const budget = Math.floor((smallest + largest) / 2);
        all += 1;
        if (solve(made, budget)?.cost === bestCost(made, budget)) exact += 1;
      }),
      { seed: 5, numRuns: 500 },
    );
    expect(exact / all).toBeGreaterThan(0.9);
  });
});

test('the same again, and for items in another order the same cost', () => {
  const made = Array.from({ length: 40 }, (_, i) =>
    item(`${i}`, [10 + i, 100 + i * 3], [20 + i, 40 + i], [30 + i, (i * 7) % 11]),
  );
  const once = solve(made, 1900);
  expect(solve(made, 1900)).toEqual(once);
  expect(once?.bytes).toBeLessThanOrEqual(1900);
});

/** By trying everything. */
function bestCost(given: readonly Item[], budget: number): number {
  const [first, ...rest] = given;
  if (first === undefined) return budget >= 0 ? 0 : Number.POSITIVE_INFINITY;
  return Math.min(...first.offers.map(({ bytes, cost }) => cost + bestCost(rest, budget - bytes)));
}

function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}
