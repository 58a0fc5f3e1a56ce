import { TENSOR_TYPES } from '../../gguf/tensor-types.js';
import { instantiateKernels } from '../kernels/instantiate.js';
import type { PieceScan, Scanner } from './scanner.js';
import { SCALE_KINDS } from './units.js';

/** A scanner made of the SIMD kernels, or `undefined` where WebAssembly has no SIMD. */
export function createWasmScanner(): Scanner | undefined {
  const kernels = instantiateKernels();
  if (kernels === undefined) return undefined;
  const start = kernels.input.value;
  const result = new DataView(kernels.memory.buffer, kernels.scanResult.value, 40);
  return {
    input: new Uint8Array(kernels.memory.buffer, start, kernels.tileWeights.value * 4),
    scan: (unit, units, hasPrevious) => {
      const at = start + (hasPrevious ? unit.bytes : 0);
      const before = Number(hasPrevious);
      if (unit.kind === 'plain') kernels.scanPlain(TENSOR_TYPES[unit.type].id, at, units, before);
      else kernels.scanBlocks(SCALE_KINDS.indexOf(unit.kind), at, units, unit.bytes, ...unit.scales, before);
      return readResult(result, units);
    },
  };
}

/** In the order of `scanResult` in assembly/scan.ts. */
function readResult(result: DataView, units: number): PieceScan {
  const int = (index: number): number => result.getInt32(index * 4, true);
  return {
    units,
    nan: int(0),
    infinite: int(1),
    badBlocks: int(2),
    firstBad: int(3),
    maxAbs: result.getFloat64(32, true),
    isZero: int(4) === 0,
    leading: int(5),
    trailing: int(6),
    longest: int(7),
  };
}
