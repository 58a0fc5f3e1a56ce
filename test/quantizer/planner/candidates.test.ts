import { expect, test } from 'vitest';
import type { TensorInfo } from '../../../src/gguf/model.js';
import type { TensorTypeName } from '../../../src/gguf/tensor-types.js';
import { candidateTypes, PLANNED_TYPES } from '../../../src/quantizer/planner/candidates.js';
import { bareHeader } from '../recipes/support/header-only.js';

function tensor(name: string, type: TensorTypeName, row: number): TensorInfo {
  const [made] = bareHeader({ metadata: [], tensors: [{ name, type, dims: [row, 2] }] }).tensors;
  if (made === undefined) throw new Error('no tensor');
  return made;
}

const all = { architecture: 'llama', types: PLANNED_TYPES, hasImportance: true };

test('fewest bits first, up to what the tensor is now', () => {
  const types = candidateTypes(tensor('blk.0.attn_q.weight', 'BF16', 256), all);
  expect(types).toHaveLength(21);
  expect([types[0], types.at(-1)]).toEqual(['IQ1_S', 'BF16']);
  expect(candidateTypes(tensor('blk.0.attn_q.weight', 'F32', 256), all).slice(-3)).toEqual(['F16', 'BF16', 'F32']);
  expect(candidateTypes(tensor('blk.0.attn_q.weight', 'Q4_K', 256), all).slice(-3)).toEqual(['Q4_0', 'Q4_K', 'IQ4_NL']);
});

test('without data no type that needs it', () => {
  const types = candidateTypes(tensor('blk.0.attn_k.weight', 'F16', 256), { ...all, hasImportance: false });
  expect(types.filter((type) => /^IQ[12]|IQ3_XXS/.test(type))).toEqual([]);
  expect(types[0]).toBe('Q2_K');
});

test('only blocks that divide the rows', () => {
  expect(candidateTypes(tensor('blk.0.attn_k.weight', 'F16', 96), all)).toEqual([
    ...['Q4_0', 'IQ4_NL', 'Q4_1', 'Q5_0', 'Q5_1', 'Q8_0', 'F16', 'BF16'],
  ]);
  expect(candidateTypes(tensor('blk.0.attn_k.weight', 'F16', 31), all)).toEqual(['F16', 'BF16']);
});

test("the per-layer embedding of Gemma 3n gets types that Ollama's engine looks up", () => {
  const table = tensor('per_layer_token_embd.weight', 'BF16', 256);
  const context = { ...all, architecture: 'gemma3n' };
  expect(candidateTypes(table, context)).toEqual(['Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q8_0', 'F16']);
  expect(candidateTypes(table, all).length).toBeGreaterThan(10);
});
