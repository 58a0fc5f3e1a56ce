import { expect, test } from 'vitest';
import { tieItems } from '../../../../src/quantizer/planner/solver/tie.js';

test('types that all can have, with bytes and costs added up', () => {
  const tied = tieItems([
    {
      name: 'k',
      offers: [
        { type: 'Q4_K', bytes: 10, cost: 1 },
        { type: 'Q6_K', bytes: 15, cost: 0.5 },
      ],
    },
    {
      name: 'v',
      offers: [
        { type: 'Q6_K', bytes: 30, cost: 2 },
        { type: 'Q8_0', bytes: 40, cost: 1 },
      ],
    },
  ]);
  expect(tied).toEqual({ name: 'k + v', offers: [{ type: 'Q6_K', bytes: 45, cost: 2.5 }] });
});

test('none in common is refused', () => {
  const one = (name: string, type: 'Q4_K' | 'Q8_0') => ({ name, offers: [{ type, bytes: 1, cost: 1 }] });
  expect(() => tieItems([one('k', 'Q4_K'), one('v', 'Q8_0')])).toThrow(
    expect.objectContaining({ code: 'bad-option', message: 'k + v are tied, but no type suits them all' }),
  );
});
