import { expect, test } from 'vitest';
import { measuringExtent, measuringWork } from '../../../../src/quantizer/planner/sensitivity/extent.js';
import { bareHeader } from '../../recipes/support/header-only.js';
import { gemma3n, llama } from '../../recipes/support/shapes.js';

test('the scores of large vocabularies fit the memory, with less text', () => {
  const extent = measuringExtent(bareHeader(gemma3n('E2B')));
  expect(extent).toEqual({ sequences: 4, unscored: 32, scored: 32 });
  expect(extent.sequences * extent.scored * 262_144 * 4).toBeLessThanOrEqual(128 * 2 ** 20);
  expect(measuringExtent(bareHeader({ metadata: [], tensors: [] })).scored).toBe(224);
});

test('two operations for each weight that a token meets, and each token and pass', () => {
  const header = bareHeader({
    metadata: [],
    tensors: [
      { name: 'token_embd.weight', type: 'F16', dims: [32, 100] },
      { name: 'output.weight', type: 'F16', dims: [32, 100] },
      { name: 'blk.0.ffn_up.weight', type: 'F16', dims: [32, 64] },
    ],
  });
  const extent = { sequences: 2, unscored: 1, scored: 4 };
  expect(measuringWork(header, extent, 3)).toBe(2 * (3200 + 2048) * 10 * 3);
});

test('a large model is too much to measure unasked, a small one is not', () => {
  const workOf = (header: ReturnType<typeof bareHeader>) => measuringWork(header, measuringExtent(header), 60);
  expect(workOf(bareHeader(gemma3n('E2B')))).toBeGreaterThan(2e13);
  expect(workOf(bareHeader(llama({ layers: 2 })))).toBeGreaterThan(0);
});
