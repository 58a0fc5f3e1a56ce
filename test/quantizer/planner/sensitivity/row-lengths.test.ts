import { expect, test } from 'vitest';
import { TENSOR_TYPES } from '../../../../src/gguf/tensor-types.js';
import { rowLengths } from '../../../../src/quantizer/planner/sensitivity/row-lengths.js';
import { dequantizeRows, quantizeRows } from '../../../../src/tensors/rows.js';

const weights = Float32Array.from({ length: 96 }, (_, i) => Math.sin(i));

test.each(['F32', 'F16', 'BF16', 'Q8_0'] as const)('rows of %s', (type) => {
  const data = quantizeRows(type, weights);
  const read = dequantizeRows(type, data);
  const lengths = rowLengths({ typeId: TENSOR_TYPES[type].id, columns: 32, rows: 3 }, (length) =>
    data.subarray(0, length),
  );
  for (const row of [0, 1, 2]) {
    const square = read.subarray(row * 32, row * 32 + 32).reduce((sum, each) => sum + each * each, 0);
    expect(lengths?.[row]).toBeCloseTo(Math.sqrt(square), 4);
  }
});

test('many rows are read in pieces', () => {
  const columns = 64;
  const rows = 20_000;
  const data = new Uint8Array(new Float32Array(columns * rows).fill(0.5).buffer);
  const lengths = rowLengths({ typeId: 0, columns, rows }, () => data);
  expect(lengths?.every((length) => length === 4)).toBe(true);
});

test('a type that is not read', () => {
  expect(rowLengths({ typeId: TENSOR_TYPES.I8.id, columns: 4, rows: 1 }, () => new Uint8Array(4))).toBeUndefined();
});
