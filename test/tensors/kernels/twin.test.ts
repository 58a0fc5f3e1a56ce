import { describe, expect, test } from 'vitest';
import { blockWeights, rowBytes } from '../../../src/gguf/tensor-types.js';
import type { Converter } from '../../../src/tensors/kernels/converter.js';
import {
  DEQUANTIZE,
  type DequantizableType,
  QUANTIZE,
  type QuantizableType,
} from '../../../src/tensors/kernels/index.js';
import { createReferenceConverter } from '../../../src/tensors/kernels/reference-converter.js';
import { createWasmConverter } from '../../../src/tensors/kernels/wasm-converter.js';
import { blocksOfScale, HALVES, randomBlocks } from '../support/blocks.js';
import { expectSameBlocks, expectSameWeights } from '../support/compare.js';
import { SAMPLE_WEIGHTS, WEIGHTS } from '../support/weights.js';

const SOURCES = Object.keys(DEQUANTIZE) as DequantizableType[];
const TARGETS = Object.keys(QUANTIZE) as QuantizableType[];
/** Types with a half as scale: the others have scales of their own, below. */
const SCALED = SOURCES.filter((type) => blockWeights(type) > 1 && HALVES[type].length > 0);
const PLAIN = ['F32', 'F16', 'BF16'] as const;

const reference = createReferenceConverter();
const twin = createWasmConverter()!;

describe.each(SOURCES)('from %s the twin gives the bits of the reference', (from) => {
  test.each(TARGETS)('to %s', (to) => {
    for (const [name, blocks] of Object.entries(samplesOf(from))) {
      expectSameConversion(name, from, to, blocks, SAMPLE_WEIGHTS);
    }
  });

  test('for any number of blocks', () => {
    const blocks = randomBlocks(from, SAMPLE_WEIGHTS, 40);
    const step = Math.max(blockWeights(from), 32);
    for (let weights = step; weights <= SAMPLE_WEIGHTS; weights += step) {
      expectSameConversion(`${weights} weights`, from, 'Q8_0', blocks, weights);
      expectSameConversion(`${weights} weights`, from, 'Q5_1', blocks, weights);
    }
  });
});

describe('scales', () => {
  test.each(SCALED)('every half as scale of %s', (type) => {
    // All halves for small blocks, every seventh for large ones; those of infinity and NaN are tested apart.
    const step = blockWeights(type) < 256 ? 1 : 7;
    const perTile = Math.floor(65_536 / blockWeights(type));
    for (let half = 0; half < 0x10000; half += step * perTile) {
      const halves = Array.from({ length: perTile }, (_, i) => half + i * step).filter(isFiniteHalf);
      const blocks = blocksOfScale(type, halves, half);
      expectSameConversion(`halves from ${half}`, type, 'F32', blocks, halves.length * blockWeights(type));
    }
  });

  test.each(SCALED)('%s with an infinite or NaN scale is refused', (type) => {
    for (const half of [0x7c00, 0xfc00, 0x7e00, 0xffff]) {
      for (const bad of [0, 5, 10]) {
        const halves = Array.from({ length: 11 }, (_, i) => (i === bad ? half : 0x1234));
        // The scale alone, and where the type has a minimum that alone.
        for (const place of HALVES[type]) {
          const blocks = blocksOfScale(type, halves, half, [place]);
          const verdicts = [reference, twin].map(
            (converter) => run(converter, type, 'Q8_0', blocks, 11 * blockWeights(type)).verdict,
          );
          expect(verdicts, `${half} at byte ${place} of block ${bad}`).toEqual(['bad-source', 'bad-source']);
        }
      }
    }
  });
});

describe('scales that are no halves', () => {
  const codes = Uint8Array.from({ length: 32 }, (_, i) => i * 37);

  test('every exponent of MXFP4, with every code: what overflows is refused, one block or one code alone', () => {
    for (let e = 0; e < 256; e += 1) {
      for (let code = 0; code < 16; code += 1) {
        const block = Uint8Array.from({ length: 17 }, (_, i) => (i === 0 ? e : i === 5 ? code << 4 : 0));
        expectSameConversion(`2^(${e} - 127), code ${code}`, 'MXFP4', 'F32', block, 32);
      }
      expectSameConversion(`2^(${e} - 127)`, 'MXFP4', 'F32', Uint8Array.from([e, ...codes.subarray(0, 16)]), 32);
    }
  });

  test('every scale of NVFP4', () => {
    for (let byte = 0; byte < 256; byte += 1) {
      const block = Uint8Array.from([byte, 0x38, byte ^ 0x80, 255 - byte, ...codes]);
      expectSameConversion(`scale ${byte}`, 'NVFP4', 'F32', block, 64);
    }
  });
});

describe('codebooks', () => {
  const types = SOURCES.filter((type) => /^IQ[123]/.test(type));

  test.each(types)('a new converter reads %s, and compares it', (type) => {
    expectSameConversion('new', type, 'F32', randomBlocks(type, 256, 43), 256, createWasmConverter()!);
    const measured = [reference, createWasmConverter()!].map(({ input, output, measure }) => {
      input.set(randomBlocks(type, 256, 44));
      output.fill(0, 0, 1024);
      return measure(type, 'F32', 256);
    });
    expect(measured[1]).toEqual(measured[0]);
    expect(measured[0]!.sumSquared).toBeGreaterThan(0);
  });
});

test.each(SOURCES.filter((type) => blockWeights(type) > 1))('a block of zero bytes of %s', (type) => {
  const weights = blockWeights(type) * 2;
  expectSameConversion('zeros', type, 'F32', new Uint8Array(rowBytes(type, weights)), weights);
});

describe('plain types', () => {
  test.each(PLAIN)('any number of %s weights, not only whole blocks', (from) => {
    const blocks = randomBlocks(from, 300, 41);
    for (const to of PLAIN) {
      for (let weights = 1; weights <= 300; weights += 1) {
        expectSameConversion(`${weights} weights`, from, to, blocks, weights);
      }
    }
  });

  test('every finite half and bfloat16 reads as the same float', () => {
    const all = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
    const halves = all.filter(isFiniteHalf);
    const bfloats = all.filter((bits) => (bits & 0x7f80) !== 0x7f80);
    expectSameConversion('halves', 'F16', 'F32', new Uint8Array(halves.buffer), halves.length);
    expectSameConversion('bfloats', 'BF16', 'F32', new Uint8Array(bfloats.buffer), bfloats.length);
  });

  test.each(PLAIN)('a NaN or an infinity anywhere in %s is a bad source', (from) => {
    const weights = 1300;
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (const place of [0, 7, 31, 640, 1023, 1024, 1299]) {
        const values = Float32Array.from({ length: weights }, (_, i) => (i === place ? bad : 0.5));
        const blocks = new Uint8Array(rowBytes(from, weights));
        QUANTIZE[from](values, blocks);
        for (const converter of [reference, twin]) {
          expect(run(converter, from, 'F32', blocks, weights).verdict, `${bad} at ${place}`).toBe('bad-source');
        }
      }
    }
  });

  test.each(PLAIN)('what lies behind the last %s weight is not looked at', (from) => {
    const blocks = new Uint8Array(rowBytes(from, 64)).fill(0xff);
    blocks.fill(0, 0, rowBytes(from, 33));
    for (const converter of [reference, twin]) expect(run(converter, from, 'F16', blocks, 33).verdict).toBe('ok');
  });
});

describe.each(SOURCES)('from %s both measure the same error', (from) => {
  test.each(TARGETS)('to %s', (to) => {
    const blocks = moderateBlocks(from);
    const measured = [reference, twin].map((converter) => {
      expect(run(converter, from, to, blocks, SAMPLE_WEIGHTS).verdict).toBe('ok');
      return converter.measure(from, to, SAMPLE_WEIGHTS);
    });
    expect(measured[1]).toEqual(measured[0]);
    expect(measured[0]!.sumSquared).toBeGreaterThan(0);
  });
});

/** Random blocks whose weights fit every type. */
function moderateBlocks(type: DequantizableType): Uint8Array {
  if (type in QUANTIZE) return asType(type, WEIGHTS['normal, as in a model']!);
  const blocks = blocksOfScale(type, Array<number>(SAMPLE_WEIGHTS / blockWeights(type)).fill(0x1c00), 42);
  // The scale of MXFP4 is a byte: 2^-7.
  return type === 'MXFP4' ? blocks.map((byte, i) => (i % 17 === 0 ? 120 : byte)) : blocks;
}

function samplesOf(type: DequantizableType): Record<string, Uint8Array> {
  const random = Object.fromEntries(
    [1, 2, 3].map((seed) => [`random blocks ${seed}`, randomBlocks(type, SAMPLE_WEIGHTS, seed)]),
  );
  if (!(type in QUANTIZE)) return random;
  return {
    ...random,
    ...Object.fromEntries(Object.entries(WEIGHTS).map(([name, weights]) => [name, asType(type, weights)])),
  };
}

/** The weights in a type; where they do not fit it, the conversions from it have to refuse them alike. */
function asType(type: DequantizableType, weights: Float32Array): Uint8Array {
  const blocks = new Uint8Array(rowBytes(type, weights.length));
  QUANTIZE[type as QuantizableType](weights, blocks);
  return blocks;
}

function expectSameConversion(
  name: string,
  from: DequantizableType,
  to: QuantizableType,
  blocks: Uint8Array,
  weights: number,
  converter = twin,
): void {
  const want = run(reference, from, to, blocks, weights);
  const got = run(converter, from, to, blocks, weights);
  expect(got.verdict, `${name}, ${from} to ${to}`).toBe(want.verdict);
  if (want.verdict === 'bad-source') return;
  const values = (bytes: Uint8Array) => new Float32Array(bytes.buffer);
  if (to === 'F32') expectSameWeights(from, values(got.bytes), values(want.bytes), `${name}, ${from} to ${to}`);
  else expectSameBlocks(to, got.bytes, want.bytes, `${name}, ${from} to ${to}`);
}

function run(
  converter: Converter,
  from: DequantizableType,
  to: QuantizableType,
  blocks: Uint8Array,
  weights: number,
): { readonly verdict: string; readonly bytes: Uint8Array } {
  converter.input.fill(0xa5, 0, blocks.length + 1024);
  converter.input.set(blocks);
  const verdict = converter.convert(from, to, weights);
  return { verdict, bytes: converter.output.slice(0, rowBytes(to, weights)) };
}

function isFiniteHalf(half: number): boolean {
  return half < 0x10000 && (half & 0x7c00) !== 0x7c00;
}
