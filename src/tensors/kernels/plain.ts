import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from './half.js';
import { type Dequantize, type Quantize, viewOf } from './kernel.js';

// F32, F16 and BF16 have no blocks: one value is one weight.

export const dequantizeF32: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let i = 0; i < out.length; i += 1) out[i] = view.getFloat32(i * 4, true);
};

export const quantizeF32: Quantize = (weights, out) => {
  const view = viewOf(out);
  for (const [i, weight] of weights.entries()) view.setFloat32(i * 4, weight, true);
};

export const dequantizeF16: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let i = 0; i < out.length; i += 1) out[i] = halfToFloat(view.getUint16(i * 2, true));
};

export const quantizeF16: Quantize = (weights, out) => {
  const view = viewOf(out);
  for (const [i, weight] of weights.entries()) view.setUint16(i * 2, floatToHalf(weight), true);
};

export const dequantizeBF16: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let i = 0; i < out.length; i += 1) out[i] = bfloatToFloat(view.getUint16(i * 2, true));
};

export const quantizeBF16: Quantize = (weights, out) => {
  const view = viewOf(out);
  for (const [i, weight] of weights.entries()) view.setUint16(i * 2, floatToBfloat(weight), true);
};
