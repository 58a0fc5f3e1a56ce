import { describe, expect, test } from 'vitest';
import { LAYOUTS } from '../../../src/checks/tensor/layouts.js';
import { shape } from '../../../src/checks/tensor/shape.js';
import { findingsOf, testRule } from '../rule-test.js';
import { modelFile, tensorNames } from './models.js';

const Q = 'blk.0.attn_q.weight';

describe('tensor/shape', () => {
  testRule(shape, [
    {
      title: 'one tensor of another shape',
      bytes: modelFile('llama', { dims: { [Q]: [64, 16] } }).bytes(),
      message: `tensor '${Q}' is 64 × 16, expected 64 × 128 from llama.attention.head_count × attention.key_length: llama.cpp refuses the file`,
      name: Q,
    },
    {
      title: 'a wrong key once for all tensors that it shapes',
      bytes: modelFile('llama', { keys: { feed_forward_length: 97 } }).bytes(),
      message:
        "tensor 'blk.0.ffn_gate.weight' (and 5 more alike) is 64 × 96, expected 64 × 97 from llama.feed_forward_length",
    },
    {
      title: 'a missing feed-forward length',
      bytes: modelFile('llama', { keys: { feed_forward_length: undefined } }).bytes(),
      message: 'expected 64 × 0 from llama.feed_forward_length',
    },
    {
      title: 'tokens without rows',
      bytes: modelFile('gemma', { dims: { 'token_embd.weight': [64, 19] } }).bytes(),
      message: "tensor 'token_embd.weight' is 64 × 19, expected 64 × 20 from the number of tokenizer.ggml.tokens",
    },
    {
      title: 'a dimension too many',
      bytes: modelFile('llama', { dims: { [Q]: [64, 128, 2] } }).bytes(),
      data: { found: ['64', '128', '2'], expected: [64, 128] },
    },
    {
      title: 'a norm of another length',
      bytes: modelFile('gemma3n', { dims: { 'blk.1.laurel_l.weight': [64, 32] } }).bytes(),
      message: "tensor 'blk.1.laurel_l.weight' is 64 × 32, expected 64 × 64 from the architecture",
    },
  ]);

  test.each(Object.keys(LAYOUTS))('a whole %s is clean, and each tensor of another shape is found', (architecture) => {
    expect(findingsOf(shape, modelFile(architecture).bytes())).toEqual([]);
    for (const name of tensorNames(architecture)) {
      const bytes = modelFile(architecture, { dims: { [name]: [7] } }).bytes();
      expect(findingsOf(shape, bytes), name).toHaveLength(1);
    }
  });

  test('reads keys that are arrays of layers', () => {
    const base = modelFile('llama', {
      keys: { 'attention.head_count_kv': undefined },
      dims: { 'blk.1.attn_k.weight': [64, 32], 'blk.1.attn_v.weight': [64, 32] },
    });
    const array = (items: number[]): Uint8Array =>
      base.metadata('llama.attention.head_count_kv', { type: 'array', itemType: 'uint32', items }).bytes();
    expect(findingsOf(shape, array([2, 1]))).toEqual([]);
    expect(findingsOf(shape, array([2, 2]))).toMatchObject([
      { place: { name: 'blk.1.attn_k.weight' } },
      { data: { count: 1 } },
    ]);
  });

  test('says nothing where a key or the tokens are missing', () => {
    const bytes = modelFile('llama', { keys: { embedding_length: undefined } }).bytes();
    expect(findingsOf(shape, bytes).filter(({ message }) => message.includes('embedding_length'))).toEqual([]);
  });

  test('takes hostile sizes', () => {
    const bytes = modelFile('llama', { keys: { embedding_length: 2 ** 32 - 1, block_count: 512 } }).bytes();
    expect(findingsOf(shape, bytes).length).toBeGreaterThan(0);
  });
});
