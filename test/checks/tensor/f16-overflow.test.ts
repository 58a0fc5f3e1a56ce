import { describe, expect, test } from 'vitest';
import { f16Overflow } from '../../../src/checks/tensor/f16-overflow.js';
import { gguf } from '../../support/gguf-builder.js';
import { testRule } from '../rule-test.js';
import { findingsWithData, floats } from './check-with-data.js';

const fileOf = (dims: number[], ...weights: number[]): Uint8Array =>
  gguf()
    .tensor('v.conv.weight', 'F32', dims, { bytes: floats(...weights) })
    .bytes();

describe('tensor/f16-overflow', () => {
  testRule(f16Overflow, []);

  test('finds a weight beyond F16', async () => {
    expect(await findingsWithData(f16Overflow, fileOf([2, 1], 1, -65536))).toMatchObject([
      {
        severity: 'warning',
        message:
          "tensor 'v.conv.weight' (F32) has weights up to 65536, beyond 65504: in F16, and in quantized types with F16 scales, they become infinite",
      },
    ]);
  });

  test('names large weights of a convolution, as info', async () => {
    expect(await findingsWithData(f16Overflow, fileOf([1, 1, 1, 2], 1, -98))).toMatchObject([
      {
        severity: 'info',
        data: { what: 'sum', maxAbs: 98 },
        message: expect.stringContaining('weights up to 98 in a'),
      },
    ]);
  });

  test('leaves the sums of an importance matrix alone', async () => {
    const file = gguf()
      .metadata('general.type', { type: 'string', value: 'imatrix' })
      .tensor('blk.0.ffn_up.weight.in_sum2', 'F32', [1], { bytes: floats(1e9) });
    expect(await findingsWithData(f16Overflow, file.bytes())).toEqual([]);
  });

  test('leaves the factors of RoPE alone: Gemma 4 has 1e30 there', async () => {
    const file = gguf().tensor('rope_freqs.weight', 'F32', [2], { bytes: floats(1, 1e30) });
    expect(await findingsWithData(f16Overflow, file.bytes())).toEqual([]);
  });

  test('leaves the largest half, small convolutions and infinities alone', async () => {
    expect(await findingsWithData(f16Overflow, fileOf([2], 65504, Number.POSITIVE_INFINITY))).toEqual([]);
    expect(await findingsWithData(f16Overflow, fileOf([1, 1, 1, 2], 1, 31))).toEqual([]);
  });
});
