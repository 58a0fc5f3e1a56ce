import { blockBytes } from '../../gguf/tensor-types.js';
import { bfloatToFloat, halfToFloat, isSpecialHalf, scatteredHalf } from '../kernels/half.js';
import { viewOf } from '../kernels/kernel.js';
import type { PieceScan, Scanner } from './scanner.js';
import { type BlockUnit, isFloat, type PlainUnit, type ScanUnit } from './units.js';

/** As large as the SIMD kernels' buffer. */
const INPUT_BYTES = 2 ** 20;

/** A scanner in TypeScript, which finds what the SIMD kernels find. For machines without SIMD, and to test them. */
export function createReferenceScanner(): Scanner {
  const input = new Uint8Array(INPUT_BYTES);
  return {
    input,
    scan: (unit, units, hasPrevious) => {
      const bytes = input.subarray(0, (units + Number(hasPrevious)) * unit.bytes);
      return scanUnits(unit, units, bytes, hasPrevious);
    },
  };
}

/** What is found in one unit. `bad` are places in the unit. */
interface UnitScan {
  readonly nan: number;
  readonly infinite: number;
  readonly bad: readonly number[];
  readonly maxAbs: number;
  readonly isZero: boolean;
}

function scanUnits(unit: ScanUnit, units: number, bytes: Uint8Array, hasPrevious: boolean): PieceScan {
  const skipped = Number(hasPrevious);
  const at = (index: number): Uint8Array => bytes.subarray(index * unit.bytes, (index + 1) * unit.bytes);
  const indexes = Array.from({ length: units }, (_, i) => i);
  const scans = indexes.map((i) => scanOne(unit, at(i + skipped)));
  const repeats = indexes.map(
    (i) => i + skipped > 0 && !scans[i]!.isZero && Buffer.compare(at(i + skipped), at(i + skipped - 1)) === 0,
  );
  const firstUnit = scans.findIndex(({ bad }) => bad.length > 0);
  const perUnit = unit.kind === 'plain' ? unit.weights : 1;
  const runs = runsOf(repeats);
  return {
    units,
    nan: sum(scans.map(({ nan }) => nan)),
    infinite: sum(scans.map(({ infinite }) => infinite)),
    badBlocks: unit.kind === 'plain' ? 0 : sum(scans.map(({ bad }) => bad.length)),
    firstBad: firstUnit < 0 ? -1 : firstUnit * perUnit + scans[firstUnit]!.bad[0]!,
    maxAbs: scans.reduce((most, { maxAbs }) => Math.max(most, maxAbs), 0),
    isZero: scans.every(({ isZero }) => isZero),
    leading: runs[0]!,
    trailing: runs.at(-1)!,
    longest: runs.reduce((a, b) => Math.max(a, b)),
  };
}

/** Lengths of the runs of `true` between each two `false`, before the first and after the last. */
function runsOf(repeats: readonly boolean[]): number[] {
  const runs = [0];
  for (const isRepeat of repeats) {
    if (isRepeat) runs[runs.length - 1]! += 1;
    else runs.push(0);
  }
  return runs;
}

function scanOne(unit: ScanUnit, bytes: Uint8Array): UnitScan {
  return unit.kind === 'plain' ? scanPlain(unit, bytes) : scanBlock(unit, bytes);
}

function scanPlain({ type, weights }: PlainUnit, bytes: Uint8Array): UnitScan {
  if (!isFloat(type)) return { nan: 0, infinite: 0, bad: [], maxAbs: 0, isZero: bytes.every((byte) => byte === 0) };
  const view = viewOf(bytes);
  const width = blockBytes(type);
  const values = Array.from({ length: weights }, (_, i) => {
    if (type === 'F16') return halfToFloat(view.getUint16(i * width, true));
    if (type === 'BF16') return bfloatToFloat(view.getUint16(i * width, true));
    return type === 'F32' ? view.getFloat32(i * width, true) : view.getFloat64(i * width, true);
  });
  // ggml looks at F64 values as floats, so 1e300 is infinite.
  const isBad = (value: number): boolean => !Number.isFinite(Math.fround(value));
  return {
    nan: values.filter(Number.isNaN).length,
    infinite: values.filter((value) => isBad(value) && !Number.isNaN(value)).length,
    bad: values.flatMap((value, i) => (isBad(value) ? [i] : [])),
    maxAbs: values.reduce((most, value) => (isBad(value) ? most : Math.max(most, Math.abs(value))), 0),
    isZero: values.every((value) => value === 0),
  };
}

function scanBlock(unit: BlockUnit, bytes: Uint8Array): UnitScan {
  const { isBad, isZero } = JUDGES[unit.kind](viewOf(bytes), unit.scales);
  return { nan: 0, infinite: 0, bad: isBad ? [0] : [], maxAbs: 0, isZero };
}

type Judge = (block: DataView, scales: readonly [number, number]) => { isBad: boolean; isZero: boolean };

const JUDGES: Readonly<Record<BlockUnit['kind'], Judge>> = {
  half: (block, [first, second]) => {
    const halves = [block.getUint16(first, true), block.getUint16(second, true)];
    return { isBad: halves.some(isSpecialHalf), isZero: halves.every((half) => (half & 0x7fff) === 0) };
  },
  float: (block, [at]) => {
    const scale = block.getFloat32(at, true);
    return { isBad: !Number.isFinite(scale), isZero: scale === 0 };
  },
  'spread-half': (block, [at]) => {
    const half = scatteredHalf(block, at);
    return { isBad: isSpecialHalf(half), isZero: (half & 0x7fff) === 0 };
  },
  exponent: (block, [at]) => ({
    isBad: block.getUint8(at) === 0xff,
    isZero: Array.from({ length: 16 }, (_, i) => block.getUint8(1 + i) & 0x77).every((codes) => codes === 0),
  }),
  tiny: (block, [at]) => ({
    isBad: false,
    isZero: [0, 1, 2, 3].every((i) => [0, 0x7f, 0x80].includes(block.getUint8(at + i))),
  }),
};

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
