import { expect, test } from 'vitest';
import { spreadSensitivities } from '../../../../src/quantizer/planner/sensitivity/spread.js';

const group = (part: string, ...layers: number[]) => ({
  name: `${part} ${layers[0]}-`,
  tensors: layers.map((layer) => `blk.${layer}.${part}.weight`),
});

test('between the middles of bands by equal factors, outside of them level', () => {
  const spread = spreadSensitivities([group('ffn_up', 0, 1, 2), group('ffn_up', 3, 4, 5)], [1, 8]);
  const values = [0, 1, 2, 3, 4, 5].map((layer) => spread.get(`blk.${layer}.ffn_up.weight`) ?? 0);
  expect(values.map((value) => Number(value.toFixed(9)))).toEqual([1, 1, 2, 4, 8, 8]);
});

test('parts do not mix, tensors outside of layers keep their own, what was not measured is left out', () => {
  const groups = [
    { name: 'output.weight', tensors: ['output.weight'] },
    group('attn_q', 0, 1),
    group('attn_k', 0, 1),
    group('attn_k', 2, 3),
  ];
  const spread = spreadSensitivities(groups, [5, 2, 3, undefined]);
  expect(Object.fromEntries(spread)).toEqual({
    'output.weight': 5,
    'blk.0.attn_q.weight': 2,
    'blk.1.attn_q.weight': 2,
    'blk.0.attn_k.weight': 3,
    'blk.1.attn_k.weight': 3,
  });
});

test('a band of no sensitivity at all does not undo its neighbour', () => {
  const spread = spreadSensitivities([group('proj', 0), group('proj', 1), group('proj', 2)], [0, 1, 1]);
  expect(spread.get('blk.0.proj.weight')).toBeLessThan(1e-6);
  expect(spread.get('blk.1.proj.weight')).toBe(1);
});
