import { expect, test } from 'vitest';
import { elementCount, isContiguous, parseTensor } from '../../../../src/quantizer/planner/sensitivity/ggml-tensor.js';
import { tensorStruct } from './support/tensor-struct.js';

test('reads the members where ggml has them', () => {
  const tensor = parseTensor(
    tensorStruct({
      typeId: 30,
      operationId: 29,
      shape: [64, 3],
      sources: [4096n, 8192n],
      data: 2n ** 40n,
      name: 'Qcur-0',
    }),
  );
  expect(tensor).toEqual({
    ...{ typeId: 30, operationId: 29, name: 'Qcur-0', data: 2n ** 40n },
    shape: [64, 3, 1, 1],
    strides: [4, 256, 768, 768],
    sources: [4096n, 8192n, 0n],
  });
  expect(elementCount(tensor)).toBe(192);
});

test('gaps show, but not in dimensions of one', () => {
  const tensor = parseTensor(tensorStruct({ shape: [64, 3] }));
  expect(isContiguous(tensor, 4)).toBe(true);
  expect(isContiguous(tensor, 2)).toBe(false);
  expect(isContiguous({ ...tensor, strides: [4, 512, 1536, 1536] }, 4)).toBe(false);
  expect(isContiguous({ ...tensor, strides: [4, 256, 1, 1] }, 4)).toBe(true);
});

test('a name of the full length has no zero behind it', () => {
  expect(parseTensor(tensorStruct({ name: 'x'.repeat(64) })).name).toBe('x'.repeat(64));
});
