import { describe, expect, test } from 'vitest';
import { type Imatrix, readCounts, readImatrix, readImportance } from '../../../src/quantizer/imatrix/imatrix.js';
import { openFile } from '../../../src/sources/file.js';
import { memorySource } from '../../../src/sources/memory.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { datImatrix, ggufImatrix } from '../support/imatrix.js';

/** A file in memory with what it holds of one tensor. */
async function entryIn(bytes: Uint8Array, name: string) {
  const source = memorySource(bytes);
  const entry = (await readImatrix(source)).entries.get(name);
  if (entry === undefined) throw new Error(`no ${name}`);
  return { entry, weights: await readImportance(source, entry), counts: await readCounts(source, entry) };
}

describe('GGUF', () => {
  test('weights are the sums by the counts of their matrix, 1 where no token came', async () => {
    const file = ggufImatrix({
      'blk.0.ffn_up_exps.weight': {
        sums: [
          [3, 1],
          [7, 7],
          [1, 0.5],
        ],
        counts: [3, 0, 4],
      },
    });
    const { entry, weights, counts } = await entryIn(file.bytes(), 'blk.0.ffn_up_exps.weight');
    expect(entry).toMatchObject({ columns: 2, matrices: 3, counts: { kind: 'tokens' } });
    expect(weights).toEqual(Float32Array.of(1, 1 / 3, 1, 1, 0.25, 0.125));
    expect(counts).toEqual(Float32Array.of(3, 0, 4));
  });

  test('a count that is no number counts as none, as llama-quantize rounds it', async () => {
    const file = ggufImatrix({ a: { sums: [[2], [2], [2]], counts: [Number.NaN, -1, 1.6] } });
    expect((await entryIn(file.bytes(), 'a')).weights).toEqual(Float32Array.of(1, 1, 1));
  });

  test('a dense tensor of three dimensions has one count for all its values', async () => {
    const file = ggufImatrix({})
      .tensor('a.in_sum2', 'F32', [2, 3], { bytes: new Uint8Array(24) })
      .tensor('a.counts', 'F32', [1]);
    expect((await entryIn(file.bytes(), 'a')).entry).toMatchObject({ columns: 6, matrices: 1 });
  });

  test('what later releases add is of no concern', async () => {
    const file = ggufImatrix({ a: { sums: [[4]], counts: [2] } })
      .tensor('a.in_sum', 'F32', [1])
      .tensor('a.stats', 'F32', [12]);
    const imatrix = await readImatrix(memorySource(file.bytes(), 'x.gguf'));
    expect([...imatrix.entries.keys()]).toEqual(['a']);
    expect(imatrix).toMatchObject({
      uri: 'x.gguf',
      format: 'gguf',
      datasets: ['text.txt'],
      chunkCount: 10,
      chunkSize: 512,
    });
  });
});

describe('.dat', () => {
  const name = 'blk.0.attn_q.weight';

  test('weights are the values by the calls', async () => {
    const { entry, weights, counts } = await entryIn(datImatrix([{ name, calls: 3, values: [1, 6, 0.3] }]), name);
    expect(entry).toMatchObject({ columns: 3, matrices: 1, counts: { kind: 'calls', calls: 3 } });
    expect(weights).toEqual(Float32Array.of(1 / 3, 2, Math.fround(0.3) / 3));
    expect(counts).toEqual(Float32Array.of(3));
  });

  test('without calls the values are the weights', async () => {
    expect((await entryIn(datImatrix([{ name, calls: 0, values: [2, 6] }]), name)).weights).toEqual(
      Float32Array.of(2, 6),
    );
  });
});

describeWithData('the imatrix of the trained model', () => {
  test('has an entry for what is multiplied, and none for shared keys and values', async () => {
    await using source = await openFile(dataPath('model/tiny-gemma3n.imatrix.gguf'));
    const imatrix: Imatrix = await readImatrix(source);
    expect(imatrix).toMatchObject({ format: 'gguf', datasets: ['calibration.txt'], chunkCount: 1500, chunkSize: 512 });
    expect(imatrix.entries.size).toBe(340);
    expect(imatrix.entries.has('blk.20.attn_k.weight')).toBe(false);
    const entry = imatrix.entries.get('blk.0.ffn_down.weight');
    expect(entry).toMatchObject({ columns: 512, matrices: 1 });
    if (entry === undefined) return;
    expect(await readCounts(source, entry)).toEqual(Float32Array.of(384_000)); // 750 chunks of 512
    expect((await readImportance(source, entry)).every((weight) => weight > 0)).toBe(true);
  });
});
