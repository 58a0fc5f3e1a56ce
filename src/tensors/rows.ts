import { rowBytes } from '../gguf/tensor-types.js';
import { addSums, type ConversionError, TILE_WEIGHTS } from './kernels/converter.js';
import { DEQUANTIZE, type DequantizableType, QUANTIZE, type QuantizableType } from './kernels/index.js';
import { loadConverter } from './kernels/load.js';

/** The weights of whole blocks, infinite and NaN ones included. */
export function dequantizeRows(type: DequantizableType, blocks: Uint8Array): Float32Array {
  const converter = loadConverter();
  const weights = new Float32Array(blocks.byteLength / rowBytes(type, 1));
  eachTile(weights.length, (start, count) => {
    const source = blocks.subarray(rowBytes(type, start), rowBytes(type, start + count));
    const target = weights.subarray(start, start + count);
    converter.input.set(source);
    const verdict = converter.convert(type, 'F32', count);
    if (verdict === 'ok') bytesOf(target).set(converter.output.subarray(0, count * 4));
    else DEQUANTIZE[type](source, target);
  });
  return weights;
}

/** Weights as whole blocks. Non-finite weights give what the reference kernel makes of them. */
export function quantizeRows(type: QuantizableType, weights: Float32Array): Uint8Array {
  const converter = loadConverter();
  const blocks = new Uint8Array(rowBytes(type, weights.length));
  eachTile(weights.length, (start, count) => {
    const source = weights.subarray(start, start + count);
    const target = blocks.subarray(rowBytes(type, start), rowBytes(type, start + count));
    converter.input.set(bytesOf(source));
    const verdict = converter.convert('F32', type, count);
    if (verdict !== 'bad-source') target.set(converter.output.subarray(0, target.byteLength));
    else QUANTIZE[type](source, target);
  });
  return blocks;
}

/**
 * The error that converting these blocks adds. Relative RMSE is the square root of `sumSquaredError / sumSquared`.
 * Both are NaN where a weight is not finite, or too large for the new type.
 */
export function measureConversion(from: DequantizableType, to: QuantizableType, blocks: Uint8Array): ConversionError {
  const converter = loadConverter();
  const sums = { sumSquared: 0, sumSquaredError: 0 };
  eachTile(blocks.byteLength / rowBytes(from, 1), (start, count) => {
    converter.input.set(blocks.subarray(rowBytes(from, start), rowBytes(from, start + count)));
    const verdict = converter.convert(from, to, count);
    const unknown = { sumSquared: Number.NaN, sumSquaredError: Number.NaN };
    addSums(sums, verdict === 'ok' ? converter.measure(from, to, count) : unknown);
  });
  return sums;
}

function eachTile(weights: number, act: (start: number, count: number) => void): void {
  for (let start = 0; start < weights; start += TILE_WEIGHTS) act(start, Math.min(TILE_WEIGHTS, weights - start));
}

function bytesOf(floats: Float32Array): Uint8Array {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
}
