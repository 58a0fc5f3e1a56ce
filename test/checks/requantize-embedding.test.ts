import { describe, expect, test } from 'vitest';
import { autoTarget, PER_LAYER_EMBEDDING, READABLE_TYPES } from '../../src/checks/requantize-embedding.js';
import { bitsPerWeight, TENSOR_TYPES, type TensorTypeName } from '../../src/gguf/tensor-types.js';

const all = Object.keys(TENSOR_TYPES) as TensorTypeName[];

describe('autoTarget', () => {
  test.each<[TensorTypeName, TensorTypeName]>([
    ['Q2_K', 'Q4_0'],
    ['Q3_K', 'Q4_0'],
    ['IQ3_S', 'Q4_0'],
    ['IQ4_XS', 'Q5_1'],
    ['Q4_K', 'Q5_1'],
    ['IQ4_NL', 'Q5_1'],
    ['MXFP4', 'Q5_1'],
    ['Q5_K', 'Q8_0'],
    ['Q6_K', 'Q8_0'],
    ['Q8_1', 'F16'],
    ['BF16', 'F16'],
  ])('%s becomes %s', (from, to) => {
    expect(autoTarget(from)).toBe(to);
  });

  test.each(all)('%s never gets fewer bits, and only a type that Ollama reads', (from) => {
    const to = autoTarget(from);
    if (to === undefined) {
      expect(bitsPerWeight(from)).toBeGreaterThan(32);
    } else {
      expect(bitsPerWeight(to)).toBeGreaterThanOrEqual(bitsPerWeight(from));
      expect(READABLE_TYPES).toContain(to);
    }
  });

  test('the tensor is named as in the files', () => {
    expect(PER_LAYER_EMBEDDING).toBe('per_layer_token_embd.weight');
  });
});
