import { expect, test } from 'vitest';
import { compareDryRun } from '../../../src/quantizer/recipes/compare-dry-run.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { bareHeader } from './support/header-only.js';
import { llama } from './support/shapes.js';

test('tensors that it makes otherwise, or does not name', () => {
  const resolved = resolveStock('Q8_0', bareHeader(llama({ layers: 1, isTied: true })));
  const found = new Map(resolved.choices.map(({ tensor, type }) => [tensor.name, type]));
  expect(compareDryRun(resolved, found)).toEqual([]);
  found.set('token_embd.weight', 'Q6_K');
  found.delete('blk.0.attn_q.weight');
  expect(compareDryRun(resolved, found)).toEqual([
    { name: 'token_embd.weight', expected: 'Q8_0', found: 'Q6_K' },
    { name: 'blk.0.attn_q.weight', expected: 'Q8_0', found: undefined },
  ]);
});
