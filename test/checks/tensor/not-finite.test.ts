import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { notFinite } from '../../../src/checks/tensor/not-finite.js';
import { parseTensorType } from '../../../src/gguf/tensor-types.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { gguf } from '../../support/gguf-builder.js';
import { testRule } from '../rule-test.js';
import { findingsWithData, floats } from './check-with-data.js';

describe('tensor/not-finite', () => {
  testRule(notFinite, []);

  test('names type, counts and the first weight', async () => {
    const bytes = floats(1, 2, Number.NEGATIVE_INFINITY, Number.NaN, Number.NaN);
    const file = gguf().tensor('good', 'F32', [4]).tensor('a\u001b', 'F32', [5], { bytes }).bytes();
    expect(await findingsWithData(notFinite, file)).toMatchObject([
      {
        severity: 'error',
        place: { kind: 'tensor', name: 'a\u001b' },
        data: { nan: 2, infinite: 1, badBlocks: 0, first: 2 },
        message:
          "tensor 'a\\u001b' (F32) has 2 NaN and 1 infinite weights, the first is weight 2: the model computes NaN and llama.cpp refuses the file with --check-tensors",
      },
    ]);
  });

  test('a second tensor of the same name does not hide the first, nor the first the second', async () => {
    const bad = floats(1, Number.NaN);
    for (const [first, second] of [
      [bad, floats(1, 2)],
      [floats(1, 2), bad],
    ] as const) {
      const file = gguf().tensor('a', 'F32', [2], { bytes: first }).tensor('a', 'F32', [2], { bytes: second }).bytes();
      expect(await findingsWithData(notFinite, file)).toMatchObject([{ data: { tensor: 'a', nan: 1, first: 1 } }]);
    }
    const both = gguf().tensor('a', 'F32', [2], { bytes: bad }).tensor('a', 'F32', [2], { bytes: bad }).bytes();
    const places = (await findingsWithData(notFinite, both)).map(({ place }) => place.offset);
    expect(new Set(places).size).toBe(2);
  });

  test('names the first bad block', async () => {
    const bytes = new Uint8Array(144 * 4);
    new DataView(bytes.buffer).setUint16(144 * 2 + 2, 0xfc00, true);
    const file = gguf().tensor('a', 'Q4_K', [256, 4], { bytes }).bytes();
    expect((await findingsWithData(notFinite, file)).map(({ message }) => message)).toEqual([
      "tensor 'a' (Q4_K) has 1 block whose scale is NaN or infinite, the first is block 2: the model computes NaN and llama.cpp refuses the file with --check-tensors",
    ]);
  });

  test('finds nothing where there is no data, and none in integers and NVFP4', async () => {
    const bytes = new Uint8Array(36 * 2).fill(0xff);
    const file = gguf()
      .tensor('a', 'NVFP4', [64, 2], { bytes })
      .tensor('b', 'I8', [64], { bytes: bytes.subarray(0, 64) });
    expect(await findingsWithData(notFinite, file.bytes())).toEqual([]);
  });
});

interface Vector {
  readonly name: string;
  readonly bin: string;
  readonly validate: 'valid' | 'invalid';
  readonly nrows: number;
}

describeWithData('quantized vectors', () => {
  test('are not finite where ggml_validate_row_data says so', async () => {
    const { files }: { files: Vector[] } = JSON.parse(readFileSync(dataPath('quant', 'index.json'), 'utf8'));
    expect(files.length).toBeGreaterThan(40);
    for (const { name, bin, validate, nrows } of files) {
      const bytes = new Uint8Array(readFileSync(dataPath('quant', bin)));
      const file = gguf().tensor('a', parseTensorType(name)!, [512, nrows], { bytes }).bytes();
      expect((await findingsWithData(notFinite, file)).length, bin).toBe(validate === 'valid' ? 0 : 1);
    }
  });
});
