import { TENSOR_TYPES } from '../../gguf/tensor-types.js';
import { type Converter, TILE_WEIGHTS, type Verdict } from './converter.js';
import { KERNELS_BASE64 } from './generated/kernels.js';
import { GRIDS } from './grids.js';

/** The exports of assembly/index.ts. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly tileWeights: WebAssembly.Global<'i32'>;
  readonly input: WebAssembly.Global<'i32'>;
  readonly output: WebAssembly.Global<'i32'>;
  readonly grids: WebAssembly.Global<'i32'>;
  readonly sumSquared: WebAssembly.Global<'f64'>;
  readonly sumSquaredError: WebAssembly.Global<'f64'>;
  convert(from: number, to: number, weights: number): number;
  measure(from: number, to: number, weights: number): void;
}

/** Bits of what `convert` returns. */
const BAD_SOURCE = 1;
const BAD_RESULT = 2;

let compiled: WebAssembly.Module | undefined;

/** A converter made of the SIMD kernels, or `undefined` where WebAssembly has no SIMD. */
export function createWasmConverter(): Converter | undefined {
  const bytes = Buffer.from(KERNELS_BASE64, 'base64');
  if (compiled === undefined && !WebAssembly.validate(bytes)) return undefined;
  compiled ??= new WebAssembly.Module(bytes);
  // The module has no imports, and its exports are those of its source.
  const kernels = new WebAssembly.Instance(compiled).exports as unknown as KernelExports;
  writeGrids(new Uint8Array(kernels.memory.buffer), kernels.grids.value);
  const buffer = (start: number) => new Uint8Array(kernels.memory.buffer, start, TILE_WEIGHTS * 4);
  const input = buffer(kernels.input.value);
  const output = buffer(kernels.output.value);
  return {
    input,
    output,
    convert: (from, to, weights) => verdict(kernels.convert(TENSOR_TYPES[from].id, TENSOR_TYPES[to].id, weights)),
    measure: (from, to, weights) => {
      kernels.measure(TENSOR_TYPES[from].id, TENSOR_TYPES[to].id, weights);
      return { sumSquared: kernels.sumSquared.value, sumSquaredError: kernels.sumSquaredError.value };
    },
  };
}

/** The codebooks one after another, in the order of assembly/grids.ts. */
function writeGrids(memory: Uint8Array, start: number): void {
  const { IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ1 } = GRIDS;
  let at = start;
  for (const grid of [IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ1]) {
    memory.set(new Uint8Array(grid.buffer), at);
    at += grid.length;
  }
}

function verdict(bits: number): Verdict {
  if ((bits & BAD_SOURCE) !== 0) return 'bad-source';
  return (bits & BAD_RESULT) !== 0 ? 'bad-result' : 'ok';
}
