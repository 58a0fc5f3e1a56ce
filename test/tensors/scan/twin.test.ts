import { describe, expect, test } from 'vitest';
import { TENSOR_TYPES, type TensorTypeName } from '../../../src/gguf/tensor-types.js';
import { createReferenceScanner } from '../../../src/tensors/scan/reference-scanner.js';
import { EMPTY_SCAN, joinScans, type PieceScan, type Scanner } from '../../../src/tensors/scan/scanner.js';
import { type ScanUnit, unitOf } from '../../../src/tensors/scan/units.js';
import { createWasmScanner } from '../../../src/tensors/scan/wasm-scanner.js';
import { createRandom } from '../support/random.js';

const wasm = createWasmScanner()!;
const reference = createReferenceScanner();
const types = Object.keys(TENSOR_TYPES) as TensorTypeName[];
const UNITS = 40;

function scan(scanner: Scanner, unit: ScanUnit, bytes: Uint8Array, hasPrevious = false): PieceScan {
  scanner.input.fill(0xff, 0, bytes.length + 1024);
  scanner.input.set(bytes);
  return scanner.scan(unit, bytes.length / unit.bytes - Number(hasPrevious), hasPrevious);
}

/** Units of random bytes, among them zero ones, runs of equal ones, and ones with all bits of some bytes set. */
function mixed(unit: ScanUnit, seed: number): Uint8Array {
  const random = createRandom(seed);
  const bytes = new Uint8Array(unit.bytes * UNITS);
  for (let at = 0; at < bytes.length; at += unit.bytes) {
    const kind = random();
    const block = bytes.subarray(at, at + unit.bytes);
    if (kind < 0.4) for (let i = 0; i < block.length; i += 1) block[i] = Math.floor(random() * 256);
    else if (kind < 0.7 && at > 0) block.set(bytes.subarray(at - unit.bytes, at));
    else if (kind < 0.8) block.fill(0xff, 0, Math.floor(random() * block.length));
    else if (kind < 0.9) block[Math.floor(random() * block.length)] = 1 << Math.floor(random() * 8);
  }
  return bytes;
}

describe.each(types)('%s', (type) => {
  const unit = unitOf(type);

  test('the SIMD scanner finds what the reference finds', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const bytes = mixed(unit, seed);
      expect(scan(wasm, unit, bytes), `seed ${seed}`).toEqual(scan(reference, unit, bytes));
      expect(scan(wasm, unit, bytes, true), `seed ${seed}`).toEqual(scan(reference, unit, bytes, true));
    }
  });

  test('scans of parts join to the scan of the whole', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const bytes = mixed(unit, seed);
      const cut = (1 + (seed % (UNITS - 1))) * unit.bytes;
      const first = scan(wasm, unit, bytes.subarray(0, cut));
      const second = scan(wasm, unit, bytes.subarray(cut - unit.bytes), true);
      const whole = scan(wasm, unit, bytes);
      expect(joinScans(unit, first, second), `seed ${seed}`).toEqual(whole);
      expect(joinScans(unit, EMPTY_SCAN, whole)).toEqual(whole);
    }
  });

  test('zeros are zero and no run', () => {
    const zeros = scan(wasm, unit, new Uint8Array(unit.bytes * UNITS));
    expect(zeros).toEqual({ ...EMPTY_SCAN, units: UNITS });
  });

  test('equal blocks are a run', () => {
    const random = createRandom(3);
    const one = Uint8Array.from({ length: unit.bytes }, () => 1 + Math.floor(random() * 100));
    const bytes = Buffer.concat(Array.from({ length: UNITS }, () => one));
    expect(scan(wasm, unit, bytes)).toMatchObject({ leading: 0, trailing: UNITS - 1, longest: UNITS - 1 });
    expect(scan(wasm, unit, bytes, true)).toMatchObject({ leading: UNITS - 1, trailing: UNITS - 1 });
  });
});

describe('units', () => {
  test.each([
    ['Q4_0', 0, 0],
    ['Q4_1', 0, 2],
    ['Q5_1', 0, 2],
    ['Q2_K', 80, 82],
    ['Q3_K', 108, 108],
    ['Q4_K', 0, 2],
    ['Q6_K', 208, 208],
    ['Q8_K', 0, 0],
    ['IQ1_M', 48, 48],
    ['TQ1_0', 52, 52],
    ['TQ2_0', 64, 64],
    ['MXFP4', 0, 0],
    ['Q1_0', 0, 0],
  ] as const)('%s has its scales at %i and %i', (type, first, second) => {
    expect(unitOf(type)).toMatchObject({ scales: [first, second] });
  });
});

describe('values', () => {
  test('a float beyond single precision in F64 is infinite, as for ggml', () => {
    const bytes = new Uint8Array(new Float64Array([1, -3.5, 1e300, Number.NaN, 2 ** 127, 0, 0, 0]).buffer);
    const expected = { nan: 1, infinite: 1, firstBad: 2, maxAbs: 2 ** 127, isZero: false };
    expect(scan(wasm, unitOf('F64'), bytes)).toMatchObject(expected);
  });

  test('the largest F32 among infinite and NaN ones is found, and the first of those', () => {
    const values = new Float32Array(64);
    values.set([-98, 3], 5);
    values.set([Number.NaN, Number.NEGATIVE_INFINITY, -101, 1], 40);
    const expected = { nan: 1, infinite: 1, firstBad: 40, maxAbs: 101 };
    expect(scan(wasm, unitOf('F32'), new Uint8Array(values.buffer))).toMatchObject(expected);
  });

  test('negative zeros are zeros', () => {
    const bytes = new Uint8Array(new Float32Array(16).fill(-0).buffer);
    expect(scan(wasm, unitOf('F32'), bytes)).toMatchObject({ isZero: true, maxAbs: 0 });
  });
});
