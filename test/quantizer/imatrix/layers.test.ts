import { expect, test } from 'vitest';
import { importanceByLayer } from '../../../src/quantizer/imatrix/layers.js';

test('energies add up by layer, in the order of the layers, and what belongs to none comes last', () => {
  const scans = [
    { name: 'output.weight', energy: 9 },
    { name: 'blk.10.attn_q.weight', energy: 1 },
    { name: 'blk.2.attn_q.weight', energy: 2 },
    { name: 'blk.2.attn_k.weight', energy: 3 },
    { name: 'enc.blk.2.attn_k.weight', energy: 4 },
  ];
  expect(importanceByLayer(scans)).toEqual([
    { layer: 2, entries: 2, energy: 5 },
    { layer: 10, entries: 1, energy: 1 },
    { layer: undefined, entries: 2, energy: 13 },
  ]);
});
