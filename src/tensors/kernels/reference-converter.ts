import { rowBytes } from '../../gguf/tensor-types.js';
import { type ConversionError, type Converter, TILE_WEIGHTS, type Verdict } from './converter.js';
import { DEQUANTIZE, type DequantizableType, QUANTIZE, type QuantizableType } from './index.js';

/** A converter made of the reference kernels: for machines without SIMD in WebAssembly, and to test the other one. */
export function createReferenceConverter(): Converter {
  const input = new Uint8Array(TILE_WEIGHTS * Float32Array.BYTES_PER_ELEMENT);
  const output = new Uint8Array(TILE_WEIGHTS * Float32Array.BYTES_PER_ELEMENT);
  return {
    input,
    output,
    convert: (from, to, weights) => convert(input, from, output, to, weights),
    measure: (from, to, weights) => compare(dequantize(from, input, weights), dequantize(to, output, weights)),
  };
}

function convert(
  input: Uint8Array,
  from: DequantizableType,
  output: Uint8Array,
  to: QuantizableType,
  weights: number,
): Verdict {
  const values = dequantize(from, input, weights);
  if (!values.every(Number.isFinite)) return 'bad-source';
  QUANTIZE[to](values, output.subarray(0, rowBytes(to, weights)));
  return dequantize(to, output, weights).every(Number.isFinite) ? 'ok' : 'bad-result';
}

function dequantize(type: DequantizableType, blocks: Uint8Array, weights: number): Float32Array {
  const values = new Float32Array(weights);
  DEQUANTIZE[type](blocks.subarray(0, rowBytes(type, weights)), values);
  return values;
}

/** Sums of squares; even and odd weights are added up apart, as the two lanes of the SIMD twin do. */
function compare(before: Float32Array, after: Float32Array): ConversionError {
  const squared = [0, 0];
  const errors = [0, 0];
  for (const [i, x] of before.entries()) {
    const lane = i % 2;
    squared[lane]! += x * x;
    errors[lane]! += (x - after[i]!) ** 2;
  }
  return { sumSquared: squared[0]! + squared[1]!, sumSquaredError: errors[0]! + errors[1]! };
}
