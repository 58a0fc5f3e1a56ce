import { expect, test } from 'vitest';
import {
  DEQUANTIZE,
  type DequantizableType,
  QUANTIZE,
  type QuantizableType,
} from '../../../src/tensors/kernels/index.js';
import { createWasmConverter } from '../../../src/tensors/kernels/wasm-converter.js';
import { describeWithData } from '../../support/data.js';
import { bytesOf, floatsOf } from '../support/bytes.js';
import { expectSameBlocks, expectSameWeights } from '../support/compare.js';
import { countGoldenVectors, readGoldenInput, readGoldenVectors, readPlainVector } from '../support/golden.js';

// The vectors hold no F32: it is what the others are compared in.
const SOURCES = (Object.keys(DEQUANTIZE) as DequantizableType[]).filter((type) => type !== 'F32');
const TARGETS = (Object.keys(QUANTIZE) as QuantizableType[]).filter((type) => type !== 'F32');

describeWithData('kernels against vectors made by ggml', () => {
  test('every vector belongs to a type with a kernel', () => {
    const vectors = SOURCES.flatMap((type) => readGoldenVectors(type));
    expect(vectors).toHaveLength(countGoldenVectors());
  });

  test.each(SOURCES)('the reference dequantizes %s', (type) => {
    for (const { blocks, weights, name } of readGoldenVectors(type)) {
      const got = new Float32Array(weights.length);
      DEQUANTIZE[type](blocks, got);
      expectSameWeights(type, got, weights, name);
    }
  });

  // Rows where C leaves the bytes open are compared too: the kernels follow x86-64, which made the vectors.
  test.each(TARGETS)('the reference quantizes %s', (type) => {
    const { blocks } = readPlainVector(type);
    const got = new Uint8Array(blocks.length);
    QUANTIZE[type](readGoldenInput(), got);
    expectSameBlocks(type, got, blocks);
  });

  test.each(SOURCES)('the twin dequantizes %s', (type) => {
    const converter = createWasmConverter()!;
    for (const { blocks, weights, name } of readGoldenVectors(type)) {
      // The large row overflows the scale of some types: such blocks are refused, so there is nothing to compare.
      const finite = weights.findIndex((weight) => !Number.isFinite(weight));
      const count = finite < 0 ? weights.length : Math.floor(finite / 512) * 512;
      converter.input.set(blocks);
      expect(converter.convert(type, 'F32', count)).toBe('ok');
      expectSameWeights(type, floatsOf(converter.output, count), weights.subarray(0, count), name);
    }
  });

  test.each(TARGETS)('the twin quantizes %s', (type) => {
    const converter = createWasmConverter()!;
    const { blocks } = readPlainVector(type);
    const input = readGoldenInput();
    converter.input.set(bytesOf(input));
    converter.convert('F32', type, input.length);
    expectSameBlocks(type, converter.output.slice(0, blocks.length), blocks);
  });
});
