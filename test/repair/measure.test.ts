import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Edit } from '../../src/edit/edits.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { rowBytes, type TensorTypeName } from '../../src/gguf/tensor-types.js';
import { type MeasuredConversion, measureConversions } from '../../src/repair/measure.js';
import { memorySource } from '../../src/sources/memory.js';
import { QUANTIZE, type QuantizableType } from '../../src/tensors/kernels/index.js';
import { gguf } from '../support/gguf-builder.js';

const ROW = 256;

/** Weights like a real tensor's: some hundredths, no pattern. */
function weights(count: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return (state / 2147483647 - 0.5) / 10;
  });
}

function stored(values: Float32Array, type: QuantizableType): Uint8Array {
  const bytes = new Uint8Array(rowBytes(type, values.length));
  QUANTIZE[type](values, bytes);
  return bytes;
}

interface Stored {
  readonly type: QuantizableType;
  readonly values: Float32Array;
}

function fileWith({ type, values }: Stored): Uint8Array {
  const dims = [ROW, values.length / ROW];
  return gguf()
    .tensor('first', 'F32', [8])
    .tensor('t', type, dims, { bytes: stored(values, type) })
    .bytes();
}

const retype = (to: TensorTypeName): Edit => ({ op: 'retype-tensor', name: 't', to });

async function measured(file: Stored, edit: Edit): Promise<MeasuredConversion> {
  const bytes = fileWith(file);
  const [conversion, ...others] = await measureConversions(memorySource(bytes), parseHeader(bytes), [edit]);
  expect(others).toEqual([]);
  return conversion!;
}

describe('measureConversions', () => {
  const values = weights(4 * ROW);

  test('finds no error where the new type holds every weight', async () => {
    const file = { type: 'Q4_0', values } as const;
    const common = { tensor: 't', from: 'Q4_0', isSampled: false };
    expect(await measured(file, retype('F32'))).toEqual({ ...common, to: 'F32', relativeRmse: 0 });
    expect((await measured(file, retype('F16'))).relativeRmse).toBeLessThan(1e-3);
  });

  test('finds the error of each type, as uniform weights have it: step / sqrt(12) against range / sqrt(12)', async () => {
    const error = async (to: TensorTypeName): Promise<number> =>
      (await measured({ type: 'F32', values }, retype(to))).relativeRmse;
    expect(await error('Q8_0')).toBeCloseTo(1 / 254, 3);
    expect(await error('Q5_1')).toBeCloseTo(1 / 31, 2);
    expect(await error('Q4_0')).toBeCloseTo(1 / 16, 2);
  });

  test('measures nothing where no tensor is converted', async () => {
    const bytes = fileWith({ type: 'F32', values });
    const edits: Edit[] = [{ op: 'remove-metadata', key: 'a' }];
    expect(await measureConversions(memorySource(bytes), parseHeader(bytes), edits)).toEqual([]);
  });

  test('of two edits of one tensor the last one counts', async () => {
    const bytes = fileWith({ type: 'F32', values });
    const found = await measureConversions(memorySource(bytes), parseHeader(bytes), [retype('Q4_0'), retype('F32')]);
    expect(found).toMatchObject([{ to: 'F32', relativeRmse: 0 }]);
  });

  test('reads a million weights of a large tensor, spread over it, in whole rows', async () => {
    const rows = 3 * 4096;
    const file = { type: 'F16', values: weights(rows * ROW) } as const;
    const bytes = fileWith(file);
    const reads: { offset: number; length: number }[] = [];
    const source = memorySource(bytes);
    const counted = {
      ...source,
      read: (offset: number, length: number) => {
        reads.push({ offset, length });
        return source.read(offset, length);
      },
    };
    const header = parseHeader(bytes);
    const start = header.dataOffset + 32;
    expect(await measureConversions(counted, header, [retype('Q8_0')])).toMatchObject([{ isSampled: true }]);
    expect(reads).toHaveLength(4096);
    expect(new Set(reads.map(({ length }) => length))).toEqual(new Set([2 * ROW]));
    expect(reads.map(({ offset }) => (offset - start) / (2 * ROW))).toEqual(
      Array.from({ length: 4096 }, (_, i) => 3 * i),
    );
  });

  test('takes the weights from another file where the edit says so', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'ggufix-measure-'));
    try {
      const other = path.join(folder, 'better.gguf');
      const better = fileWith({ type: 'F32', values });
      writeFileSync(other, better);
      const offset = parseHeader(better).dataOffset + 32;
      const edit: Edit = { op: 'retype-tensor', name: 't', to: 'F32', origin: { path: other, offset, type: 'F32' } };
      const found = await measured({ type: 'Q4_0', values: new Float32Array(values.length) }, edit);
      expect(found).toMatchObject({ from: 'F32', to: 'F32', relativeRmse: 0 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, 'Inf'],
  ])('names a weight that is %d', async (weight, value) => {
    const spoiled = values.with(2 * ROW + 5, weight);
    const details = { tensor: 't', row: 2, element: 5, value };
    await expect(measured({ type: 'F32', values: spoiled }, retype('Q8_0'))).rejects.toMatchObject({
      code: 'non-finite-weight',
      details,
    });
  });

  test('names a weight that the new type cannot hold', async () => {
    const large = values.with(ROW + 7, 70_000);
    await expect(measured({ type: 'BF16', values: large }, retype('F16'))).rejects.toMatchObject({
      code: 'unsupported-conversion',
      message: "weight 7 of row 1 of tensor 't' is 70144, beyond the range of F16",
    });
  });

  test('a tensor of zeros has no error', async () => {
    expect(await measured({ type: 'F32', values: new Float32Array(ROW) }, retype('Q5_1'))).toMatchObject({
      relativeRmse: 0,
    });
  });

  test('refuses types that it cannot read or write', async () => {
    await expect(measured({ type: 'F32', values }, retype('Q4_K'))).rejects.toMatchObject({
      code: 'unsupported-conversion',
    });
  });
});
