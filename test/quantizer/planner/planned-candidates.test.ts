import { expect, test } from 'vitest';
import { plannedCandidates } from '../../../src/quantizer/planner/planned-candidates.js';
import { bareHeader } from '../recipes/support/header-only.js';

const header = bareHeader({
  metadata: [],
  tensors: [
    { name: 'blk.0.attn_q.weight', type: 'F16', dims: [64, 2] },
    { name: 'blk.0.attn_norm.weight', type: 'F32', dims: [64] },
    { name: 'blk.0.ffn_down.weight', type: 'F32', dims: [172, 2] },
  ],
});

test('tensors that llama-quantize quantizes, each with its types', () => {
  const candidates = plannedCandidates(header, undefined, { types: ['Q4_0', 'Q8_0', 'Q4_K'] });
  expect(candidates.map(({ tensor, types }) => [tensor.name, types])).toEqual([
    ['blk.0.attn_q.weight', ['Q4_0', 'Q8_0']],
    // What llama-quantize makes of rows that no block divides.
    ['blk.0.ffn_down.weight', ['F16']],
  ]);
});

test('a pin is the only candidate', () => {
  const [first] = plannedCandidates(header, undefined, { pins: { 'blk.0.attn_q.weight': 'Q5_1' } });
  expect(first?.types).toEqual(['Q5_1']);
});

test('pins that cannot be are all named', () => {
  const pins = { 'blk.0.attn_norm.weight': 'F16', nothing: 'F16', 'blk.0.attn_q.weight': 'Q4_K' } as const;
  expect(() => plannedCandidates(header, undefined, { pins })).toThrow(
    expect.objectContaining({
      code: 'bad-option',
      details: {
        problems: [
          expect.stringContaining('no tensor of this name is quantized'),
          expect.stringContaining('no tensor of this name is quantized'),
          expect.stringContaining("its rows of 64 are no multiple of Q4_K's 256"),
        ],
      },
    }),
  );
});
