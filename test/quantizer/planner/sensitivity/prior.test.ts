import { describe, expect, test } from 'vitest';
import { priorSensitivity } from '../../../../src/quantizer/planner/sensitivity/prior.js';
import { type ModelShape, modelShape } from '../../../../src/quantizer/recipes/model-shape.js';
import { bareHeader } from '../../recipes/support/header-only.js';
import { gemma3n, llama } from '../../recipes/support/shapes.js';

const shape: ModelShape = modelShape(bareHeader(llama({ layers: 10 })));
const of = (name: string, given = shape): number => priorSensitivity(name, given);

test('the output matters most, and a tied embedding is one', () => {
  expect(of('output.weight')).toBe(2);
  expect(of('token_embd.weight')).toBeCloseTo(0.2, 12);
  expect(of('token_embd.weight', { ...shape, isTied: true })).toBe(2);
});

test('layers share one amount among them: twice as many matter half as much each', () => {
  const sum = (layers: number): number => {
    const own = { ...shape, layers, depth: layers, firstSharedLayer: layers };
    return Array.from({ length: layers }, (_, i) => of(`blk.${i}.ffn_gate.weight`, own)).reduce((a, b) => a + b, 0);
  };
  expect(sum(10)).toBeCloseTo(1, 9);
  expect(sum(40)).toBeCloseTo(1, 9);
  expect(of('blk.9.ffn_gate.weight')).toBeGreaterThan(of('blk.0.ffn_gate.weight'));
});

test('values before keys before queries', () => {
  const [v, k, q] = ['v', 'k', 'q'].map((part) => of(`blk.3.attn_${part}.weight`));
  expect(v).toBeGreaterThan(k ?? 0);
  expect(k).toBeGreaterThan(q ?? 0);
});

test('factors multiply classes', () => {
  expect(priorSensitivity('output.weight', shape, { output: 3 })).toBe(6);
  expect(priorSensitivity('blk.1.attn_q.weight', shape, { output: 3 })).toBe(of('blk.1.attn_q.weight'));
});

describe('what no token meets', () => {
  const ofGemma = modelShape(bareHeader(gemma3n('E2B')));
  test('keys and values of layers that use those of earlier ones', () => {
    expect(['k', 'v', 'q'].map((part) => of(`blk.25.attn_${part}.weight`, ofGemma) === 0)).toEqual([true, true, false]);
  });

  test('layers for multi-token prediction count little', () => {
    const own = { ...shape, layers: 11 };
    expect(of('blk.10.ffn_up.weight', own)).toBeLessThan(of('blk.0.ffn_up.weight', own));
    expect(of('blk.10.ffn_up.weight', own)).toBeGreaterThan(0);
  });
});
