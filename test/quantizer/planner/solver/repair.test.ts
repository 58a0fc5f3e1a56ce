import { expect, test } from 'vitest';
import type { Item, Offer } from '../../../../src/quantizer/planner/solver/item.js';
import { repair } from '../../../../src/quantizer/planner/solver/repair.js';

const offer = (bytes: number, cost: number): Offer => ({ type: 'Q4_K', bytes, cost });

test('takes what saves most of what there is room for', () => {
  const items: Item[] = [
    { name: 'a', offers: [offer(10, 9), offer(13, 1)] },
    { name: 'b', offers: [offer(10, 9), offer(12, 5)] },
  ];
  const start = items.map(({ offers }) => offers[0] ?? offer(0, 0));
  expect(repair(items, start, 22).map(({ bytes }) => bytes)).toEqual([10, 12]);
  expect(repair(items, start, 23).map(({ bytes }) => bytes)).toEqual([13, 10]);
});

test('one gives way to another where both together save', () => {
  const items: Item[] = [
    { name: 'a', offers: [offer(10, 50), offer(20, 5)] },
    { name: 'b', offers: [offer(10, 3), offer(20, 1)] },
  ];
  const [a, b] = items;
  const start = [a?.offers[0] ?? offer(0, 0), b?.offers[1] ?? offer(0, 0)];
  expect(repair(items, start, 30).map(({ bytes }) => bytes)).toEqual([20, 10]);
});

test('leaves alone what cannot be better', () => {
  const items: Item[] = [{ name: 'a', offers: [offer(10, 1), offer(20, 1)] }];
  expect(repair(items, [offer(10, 1)], 15)).toEqual([offer(10, 1)]);
});
