import { expect, test } from 'vitest';
import { sensitivityGroups } from '../../../../src/quantizer/planner/sensitivity/groups.js';

const shape = {
  ...{ architecture: 'llama', layers: 8, depth: 7, firstSharedLayer: 7, experts: 0, isTied: true, headsPerKv: 1 },
};
const names = [
  'token_embd.weight',
  ...Array.from({ length: 8 }, (_, i) => [`blk.${i}.attn_q.weight`, `blk.${i}.ffn_up.weight`]).flat(),
];

test('a group for each part and band of layers, one for each tensor outside of layers', () => {
  const groups = sensitivityGroups(names, shape, 3);
  expect(groups.map(({ name }) => name)).toEqual([
    ...['token_embd.weight', 'attn_q 0-2', 'ffn_up 0-2', 'attn_q 3-4', 'ffn_up 3-4', 'attn_q 5-6', 'ffn_up 5-6'],
    ...['attn_q 7-', 'ffn_up 7-'],
  ]);
  expect(groups[3]?.tensors).toEqual(['blk.3.attn_q.weight', 'blk.4.attn_q.weight']);
  expect(groups.flatMap(({ tensors }) => tensors).sort()).toEqual([...names].sort());
});

test('never more bands than layers', () => {
  expect(sensitivityGroups(names, { ...shape, depth: 8 }, 100)).toHaveLength(names.length);
});
