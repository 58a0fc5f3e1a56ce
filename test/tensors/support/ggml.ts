import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { rowBytes, TENSOR_TYPES, type TensorTypeName } from '../../../src/gguf/tensor-types.js';
import type { DequantizableType, QuantizableType } from '../../../src/tensors/kernels/index.js';

/** The block functions of ggml itself. */
export interface Ggml {
  quantize(type: QuantizableType, weights: Float32Array): Uint8Array;
  dequantize(type: DequantizableType, blocks: Uint8Array, weights: number): Float32Array;
  /** Whether `--check-tensors` accepts the bytes. What it finds goes to stderr. */
  validate(type: TensorTypeName, bytes: Uint8Array): boolean;
}

/** Why ggml is not at hand. */
interface Missing {
  readonly missing: string;
}

/** What koffi's native functions look like to us: arrays are passed as pointers to their bytes. */
type Native = (...values: readonly unknown[]) => unknown;

const FILES = ['libggml-base.so', 'libggml-base.dylib', 'ggml-base.dll'];

/** ggml's functions that read types into floats, where they are not named after the type. */
const READERS: Readonly<Partial<Record<DequantizableType, string>>> = {
  F16: 'ggml_fp16_to_fp32_row',
  BF16: 'ggml_bf16_to_fp32_row',
};

/**
 * ggml as the optional package of this platform brings it. Only on x86-64: elsewhere C's undefined conversions, which
 * tiny scales reach, give other bytes.
 */
export function loadGgml(): Ggml | Missing {
  const place = `${process.platform}-${process.arch}`;
  if (process.arch !== 'x64') return { missing: `the reference is x86-64, this is ${place}` };
  const require = createRequire(import.meta.url);
  try {
    const entry = require.resolve(`@node-llama-cpp/${place}`);
    const bins = path.join(path.dirname(entry), '..', 'bins', place);
    const file = FILES.map((name) => path.join(bins, name)).find((candidate) => existsSync(candidate));
    if (file === undefined) return { missing: `no ggml-base in ${bins}` };
    const library = require('koffi').load(file);
    return bind((signature) => library.func(signature) as Native);
  } catch (error) {
    return { missing: error instanceof Error ? error.message.split('\n')[0]! : String(error) };
  }
}

function bind(declare: (signature: string) => Native): Ggml {
  const chunk = declare(
    'size_t ggml_quantize_chunk(int type, const void *src, void *dst, int64_t start, int64_t rows, int64_t columns, const void *imatrix)',
  );
  const validate = declare('bool ggml_validate_row_data(int type, const void *data, size_t nbytes)');
  return {
    quantize: (type, weights) => {
      const blocks = new Uint8Array(rowBytes(type, weights.length));
      chunk(TENSOR_TYPES[type].id, weights, blocks, 0, 1, weights.length, null);
      return blocks;
    },
    validate: (type, bytes) => Boolean(validate(TENSOR_TYPES[type].id, bytes, bytes.length)),
    dequantize: (type, blocks, weights) => {
      const out = new Float32Array(weights);
      declare(`void ${readerOf(type)}(const void *x, void *y, int64_t k)`)(blocks, out, weights);
      return out;
    },
  };
}

/** As ggml spells it: all letters are small, except the K of the K-quants. */
function readerOf(type: DequantizableType): string {
  return READERS[type] ?? `dequantize_row_${type.toLowerCase().replace(/k$/, 'K')}`;
}
