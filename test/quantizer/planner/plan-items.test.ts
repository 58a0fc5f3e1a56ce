import { expect, test } from 'vitest';
import { planItems, storedBytes } from '../../../src/quantizer/planner/plan-items.js';
import { bareHeader } from '../recipes/support/header-only.js';

const { tensors } = bareHeader({
  metadata: [],
  tensors: [
    { name: 'blk.0.attn_k.weight', type: 'F16', dims: [32, 3] },
    { name: 'blk.0.attn_v.weight', type: 'F16', dims: [32, 3] },
    { name: 'blk.1.attn_k.weight', type: 'F16', dims: [32, 3] },
    { name: 'output.weight', type: 'F16', dims: [32, 3] },
  ],
});
const candidates = tensors.map((tensor) => ({ tensor, types: ['Q4_0', 'Q8_0'] as const }));

test('an item for each tensor, with padded sizes; a type without a cost is left out', () => {
  const items = planItems(candidates, [], ({ name }, type) =>
    name === 'output.weight' && type === 'Q4_0' ? undefined : 1,
  );
  expect(items.map(({ name }) => name)).toEqual(tensors.map(({ name }) => name));
  expect(items[0]?.offers).toEqual([
    { type: 'Q4_0', bytes: 64, cost: 1 }, // 3 rows of 18 bytes
    { type: 'Q8_0', bytes: 128, cost: 1 }, // 3 rows of 34
  ]);
  expect(items[3]?.offers).toHaveLength(1);
});

test('a tie makes one item of each layer', () => {
  const items = planItems(candidates, [['attn_k', 'attn_v']], () => 1);
  expect(items.map((item) => item.tensors.map(({ name }) => name))).toEqual([
    ['blk.0.attn_k.weight', 'blk.0.attn_v.weight'],
    ['blk.1.attn_k.weight'],
    ['output.weight'],
  ]);
  expect(items[0]?.offers[0]).toEqual({ type: 'Q4_0', bytes: 128, cost: 2 });
});

test('sizes are those of the file', () => {
  const [tensor] = tensors;
  expect(tensor === undefined ? 0 : storedBytes(tensor, 'F16')).toBe(192);
});
