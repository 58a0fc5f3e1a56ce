import { KERNELS_BASE64 } from './generated/kernels.js';

/** What assembly/index.ts exports. Places are addresses in the memory; types are the ids of the file format. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly tileWeights: WebAssembly.Global<'i32'>;
  readonly input: WebAssembly.Global<'i32'>;
  readonly output: WebAssembly.Global<'i32'>;
  readonly grids: WebAssembly.Global<'i32'>;
  readonly sumSquared: WebAssembly.Global<'f64'>;
  readonly sumSquaredError: WebAssembly.Global<'f64'>;
  readonly scanResult: WebAssembly.Global<'i32'>;
  convert(from: number, to: number, weights: number): number;
  measure(from: number, to: number, weights: number): void;
  scanPlain(type: number, at: number, groups: number, hasPrevious: number): void;
  scanBlocks(
    kind: number,
    at: number,
    blocks: number,
    size: number,
    first: number,
    second: number,
    hasPrevious: number,
  ): void;
}

let compiled: WebAssembly.Module | undefined;

/** The SIMD kernels with 2.5 MB of memory of their own, or `undefined` where WebAssembly has no SIMD. */
export function instantiateKernels(): KernelExports | undefined {
  const bytes = Buffer.from(KERNELS_BASE64, 'base64');
  if (compiled === undefined && !WebAssembly.validate(bytes)) return undefined;
  // Workers need not be sent the module: V8 compiles the same bytes once for all threads (0.1 ms in the second one).
  compiled ??= new WebAssembly.Module(bytes);
  // The module has no imports, and its exports are those of its source.
  return new WebAssembly.Instance(compiled).exports as unknown as KernelExports;
}
