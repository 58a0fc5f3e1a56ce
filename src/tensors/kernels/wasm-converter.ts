import { TENSOR_TYPES } from '../../gguf/tensor-types.js';
import { type Converter, TILE_WEIGHTS, type Verdict } from './converter.js';
import { GRIDS } from './grids.js';
import type { DequantizableType } from './index.js';
import { instantiateKernels, type KernelExports } from './instantiate.js';

/** Bits of what `convert` returns. */
const BAD_SOURCE = 1;
const BAD_RESULT = 2;

/** A converter made of the SIMD kernels, or `undefined` where WebAssembly has no SIMD. */
export function createWasmConverter(): Converter | undefined {
  const kernels = instantiateKernels();
  if (kernels === undefined) return undefined;
  const buffer = (start: number) => new Uint8Array(kernels.memory.buffer, start, TILE_WEIGHTS * 4);
  const input = buffer(kernels.input.value);
  const output = buffer(kernels.output.value);
  const prepare = gridWriter(kernels);
  return {
    input,
    output,
    convert: (from, to, weights) => {
      prepare(from);
      return verdict(kernels.convert(TENSOR_TYPES[from].id, TENSOR_TYPES[to].id, weights));
    },
    measure: (from, to, weights) => {
      prepare(from);
      kernels.measure(TENSOR_TYPES[from].id, TENSOR_TYPES[to].id, weights);
      return { sumSquared: kernels.sumSquared.value, sumSquaredError: kernels.sumSquaredError.value };
    },
  };
}

/** Writes the codebooks when the first type comes that is read with them: making them takes longer than all the rest. */
function gridWriter({ memory, grids }: KernelExports): (type: DequantizableType) => void {
  let isWritten = false;
  return (type) => {
    if (isWritten || !/^IQ[123]_/.test(type)) return;
    writeGrids(new Uint8Array(memory.buffer), grids.value);
    isWritten = true;
  };
}

/** The codebooks one after another, in the order of assembly/grids.ts. */
function writeGrids(memory: Uint8Array, start: number): void {
  const { IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ1 } = GRIDS;
  let at = start;
  for (const grid of [IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ1]) {
    const points = grid();
    memory.set(new Uint8Array(points.buffer), at);
    at += points.length;
  }
}

function verdict(bits: number): Verdict {
  if ((bits & BAD_SOURCE) !== 0) return 'bad-source';
  return (bits & BAD_RESULT) !== 0 ? 'bad-result' : 'ok';
}
