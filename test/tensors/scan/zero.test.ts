import { describe, expect, test } from 'vitest';
import { blockBytes, blockWeights, TENSOR_TYPES, type TensorTypeName } from '../../../src/gguf/tensor-types.js';
import { DEQUANTIZE, isDequantizable } from '../../../src/tensors/kernels/index.js';
import { viewOf } from '../../../src/tensors/kernels/kernel.js';
import { createReferenceScanner } from '../../../src/tensors/scan/reference-scanner.js';
import { SCALE_KINDS, type ScaleKind, type ScanUnit, unitOf } from '../../../src/tensors/scan/units.js';
import { createWasmScanner } from '../../../src/tensors/scan/wasm-scanner.js';
import { createRandom } from '../support/random.js';

const scanners = { wasm: createWasmScanner()!, reference: createReferenceScanner() };
// Q8_1 is no type of stored tensors: nothing reads it as weights.
const types = (Object.keys(TENSOR_TYPES) as TensorTypeName[]).filter((type) => type !== 'Q8_1');

/** Bytes of a scale of each kind; of IQ1_M all that the half is spread over, of MXFP4 the codes as well. */
const SCALE_BYTES: Readonly<Record<ScaleKind, number>> = { half: 2, float: 4, 'spread-half': 8, exponent: 17, tiny: 4 };

describe.each(types)('%s', (type) => {
  const unit = unitOf(type);

  test('is zero where every weight is read as zero, for each value of each byte of its scales', () => {
    const { places, blank } = blankUnit(unit);
    let zeros = 0;
    for (const place of places) {
      for (let value = 0; value < 256; value += 1) {
        const bytes = blank.slice();
        bytes[place] = value;
        const isZero = readsAsZero(type, bytes);
        zeros += Number(isZero);
        expect(isZeroIn(unit, bytes), `byte ${place} is ${value}`).toEqual({ wasm: isZero, reference: isZero });
      }
    }
    // At least where the value is 0, and not everywhere.
    expect(zeros).toBeGreaterThanOrEqual(places.length);
    expect(zeros).toBeLessThan(places.length * 256);
  });
});

test('every kind of scale is among them', () => {
  expect(new Set(types.map((type) => unitOf(type).kind))).toEqual(new Set(['plain', ...SCALE_KINDS]));
});

test('no exponent of MXFP4 makes a code zero', () => {
  const unit = unitOf('MXFP4');
  for (let e = 0; e < 256; e += 1) {
    const bytes = Uint8Array.from({ length: unit.bytes }, (_, i) => (i === 0 ? e : i === 9 ? 0x10 : 0x88));
    expect(readsAsZero('MXFP4', bytes)).toBe(false);
    expect(isZeroIn(unit, bytes), `2^(${e} - 127)`).toEqual({ wasm: false, reference: false });
  }
});

/** A unit whose weights are all zero, though only for its scales, and the places of the bytes that make it so. */
function blankUnit(unit: ScanUnit): { readonly blank: Uint8Array; readonly places: readonly number[] } {
  if (unit.kind === 'plain') {
    // The last weight of 64 bits, the last two of 32, and so on.
    const places = Array.from({ length: 8 }, (_, i) => unit.bytes - 8 + i);
    return { places, blank: new Uint8Array(unit.bytes) };
  }
  const random = createRandom(5);
  const blank = Uint8Array.from({ length: unit.bytes }, () => 1 + random() * 255);
  const bytes = SCALE_BYTES[unit.kind];
  const places = [...new Set(unit.scales)].flatMap((at) => Array.from({ length: bytes }, (_, i) => at + i));
  for (const place of places) blank[place] = 0;
  return { places, blank };
}

function isZeroIn(unit: ScanUnit, bytes: Uint8Array): Record<keyof typeof scanners, boolean> {
  const judge = (name: keyof typeof scanners): boolean => {
    scanners[name].input.set(bytes);
    return scanners[name].scan(unit, 1, false).isZero;
  };
  return { wasm: judge('wasm'), reference: judge('reference') };
}

/** Whether all weights are zero as the kernels read them, which is as ggml does; of types without a kernel by format. */
function readsAsZero(type: TensorTypeName, bytes: Uint8Array): boolean {
  if (isDequantizable(type)) {
    const weights = new Float32Array((bytes.length / blockBytes(type)) * blockWeights(type));
    DEQUANTIZE[type](bytes, weights);
    return weights.every((weight) => weight === 0);
  }
  if (type === 'Q8_K') return viewOf(bytes).getFloat32(0, true) === 0;
  if (type === 'F64') return new Float64Array(bytes.slice().buffer).every((weight) => weight === 0);
  return bytes.every((byte) => byte === 0);
}
