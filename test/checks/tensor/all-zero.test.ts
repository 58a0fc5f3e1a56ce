import { describe, expect, test } from 'vitest';
import { allZero } from '../../../src/checks/tensor/all-zero.js';
import { gguf } from '../../support/gguf-builder.js';
import { testRule } from '../rule-test.js';
import { findingsWithData, floats } from './check-with-data.js';

const model = gguf().metadata('general.architecture', { type: 'string', value: 'llama' });

describe('tensor/all-zero', () => {
  testRule(allZero, []);

  test('finds a matrix of zeros, negative ones among them', async () => {
    const file = model.tensor('blk.0.ffn_up.weight', 'F32', [2, 2], { bytes: floats(0, -0, 0, 0) }).bytes();
    expect(await findingsWithData(allZero, file)).toMatchObject([
      {
        severity: 'warning',
        message:
          "all weights of tensor 'blk.0.ffn_up.weight' (F32, 16 bytes) are zero: its layer adds nothing, as if the data had never been written",
      },
    ]);
  });

  test('finds blocks whose scales are zero, whatever their codes', async () => {
    const bytes = new Uint8Array(18 * 2).fill(0x88);
    bytes.fill(0, 0, 2).fill(0, 18, 20);
    const file = model.tensor('blk.0.ffn_up.weight', 'Q4_0', [32, 2], { bytes }).bytes();
    expect(await findingsWithData(allZero, file)).toHaveLength(1);
  });

  test('leaves vectors, biases, tables, empty tensors and companions alone', async () => {
    const file = model
      .tensor('blk.0.attn_norm.weight', 'F32', [32])
      .tensor('blk.0.ffn_up.bias', 'F32', [4, 4])
      .tensor('rope_table', 'F32', [4, 4])
      .tensor('empty.weight', 'F32', [4, 0])
      .tensor('good.weight', 'F32', [2, 2], { bytes: floats(0, 0, 0, 1e-30) });
    expect(await findingsWithData(allZero, file.bytes())).toEqual([]);
    const adapter = gguf()
      .metadata('general.type', { type: 'string', value: 'adapter' })
      .tensor('blk.0.attn_q.weight.lora_b.weight', 'F32', [4, 4]);
    expect(await findingsWithData(allZero, adapter.bytes())).toEqual([]);
  });
});
