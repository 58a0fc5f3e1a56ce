import { describe, expect, test } from 'vitest';
import { blockWeights } from '../../../src/gguf/tensor-types.js';
import {
  DEQUANTIZE,
  type DequantizableType,
  QUANTIZE,
  type QuantizableType,
} from '../../../src/tensors/kernels/index.js';
import { quantizeRows } from '../../../src/tensors/rows.js';
import { blocksOfScale, randomBlocks } from '../support/blocks.js';
import { expectSameBlocks, expectSameWeights } from '../support/compare.js';
import { loadGgml } from '../support/ggml.js';
import { createRandom, normals } from '../support/random.js';
import { WEIGHTS } from '../support/weights.js';

const ggml = loadGgml();
const title = 'missing' in ggml ? `ggml itself (skipped: ${ggml.missing})` : 'ggml itself';

// F32 is what ggml converts from and to, so there is nothing to compare.
const SOURCES = (Object.keys(DEQUANTIZE) as DequantizableType[]).filter((type) => type !== 'F32');
const TARGETS = (Object.keys(QUANTIZE) as QuantizableType[]).filter((type) => type !== 'F32');

describe.skipIf('missing' in ggml)(title, () => {
  if ('missing' in ggml) return;

  test.each(TARGETS)('quantizes every kind of weights to the same %s', (type) => {
    for (const [name, weights] of Object.entries(WEIGHTS)) {
      expectSameBlocks(type, quantizeRows(type, weights), ggml.quantize(type, weights), `${name} to ${type}`);
    }
  });

  test.each(TARGETS)('quantizes 200000 normal weights of each of 12 deviations to the same %s', (type) => {
    for (let exponent = -20; exponent < 4; exponent += 2) {
      const weights = normals(200_192, 2 ** exponent, createRandom(exponent));
      expectSameBlocks(type, quantizeRows(type, weights), ggml.quantize(type, weights), `2^${exponent}`);
    }
  });

  test('dequantizes every scale byte of MXFP4 and NVFP4 with random codes to the same weights', () => {
    for (const [type, scales] of [
      ['MXFP4', 1],
      ['NVFP4', 4],
    ] as const) {
      const blocks = randomBlocks(type, 256 * blockWeights(type), 8);
      const size = blocks.length / 256;
      for (let i = 0; i < 256; i += 1) blocks.fill(i, i * size, i * size + scales);
      const got = new Float32Array(256 * blockWeights(type));
      DEQUANTIZE[type](blocks, got);
      expectSameWeights(type, got, ggml.dequantize(type, blocks, got.length), type);
    }
  });

  test.each(SOURCES)('dequantizes random blocks and special scales of %s to the same weights', (type) => {
    const halves = [0, 0x8000, 1, 0x8001, 0x3ff, 0x400, 0x7bff, 0xfbff, 0x7c00, 0xfc00, 0x7e01, 0x3c00];
    const scales = Array.from({ length: 256 }, (_, i) => halves[i % halves.length]!);
    const size = blockWeights(type);
    const cases = { random: randomBlocks(type, 256 * 256, 5), 'special scales': blocksOfScale(type, scales, 6) };
    for (const [name, blocks] of Object.entries(cases)) {
      const weights = name === 'random' ? 256 * 256 : scales.length * size;
      const got = new Float32Array(weights);
      DEQUANTIZE[type](blocks, got);
      expectSameWeights(type, got, ggml.dequantize(type, blocks, weights), `${name} of ${type}`);
    }
  });
});

test('says why ggml is missing, if it is', () => {
  if ('missing' in ggml) console.log(`skipped: comparison with ggml itself (${ggml.missing})`);
  expect('missing' in ggml ? ggml.missing : 'present').not.toBe('');
});
