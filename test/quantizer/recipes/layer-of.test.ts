import { expect, test } from 'vitest';
import { layerOf } from '../../../src/quantizer/recipes/layer-of.js';

test.each([
  ['blk.0.attn_q.weight', 0],
  ['blk.127.ffn_up.weight', 127],
  ['enc.blk.3.attn_q.weight', undefined],
  ['output.weight', undefined],
  ['blk.x.attn_q.weight', undefined],
  ['blk.1234567890.attn_q.weight', undefined],
])('%s', (name, layer) => {
  expect(layerOf(name)).toBe(layer);
});
