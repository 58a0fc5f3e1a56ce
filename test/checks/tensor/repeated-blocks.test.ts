import { describe, expect, test } from 'vitest';
import { repeatedBlocks } from '../../../src/checks/tensor/repeated-blocks.js';
import { gguf } from '../../support/gguf-builder.js';
import { testRule } from '../rule-test.js';
import { findingsWithData } from './check-with-data.js';

/** Q4_K blocks that differ, with a run of equal ones in the middle. */
function blocks(count: number, run: number): Uint8Array {
  const bytes = Buffer.alloc(144 * count, 0x35);
  for (let i = 0; i < count; i += 1) bytes.writeUInt32LE(i < 10 || i >= 10 + run ? i : 10, i * 144 + 20);
  return bytes;
}

const fileOf = (bytes: Uint8Array, dims: number[], name = 'blk.0.attn_q.weight'): Uint8Array =>
  gguf().tensor(name, 'Q4_K', dims, { bytes }).bytes();

describe('tensor/repeated-blocks', () => {
  testRule(repeatedBlocks, []);

  test('finds a page of equal blocks', async () => {
    expect(await findingsWithData(repeatedBlocks, fileOf(blocks(100, 30), [256, 100]))).toMatchObject([
      {
        severity: 'warning',
        data: { count: 30, bytes: 30 * 144 },
        message:
          "tensor 'blk.0.attn_q.weight' (Q4_K) repeats the same 144 bytes 30 times in a row: trained weights do not, the data looks damaged",
      },
    ]);
  });

  test('leaves shorter runs, zeros, vectors and tables alone', async () => {
    const files = [
      fileOf(blocks(100, 28), [256, 100]),
      fileOf(new Uint8Array(144 * 100), [256, 100]),
      fileOf(blocks(100, 50), [25600]),
      fileOf(blocks(100, 50), [256, 100], 'rope_table'),
    ];
    for (const file of files) expect(await findingsWithData(repeatedBlocks, file)).toEqual([]);
  });
});
