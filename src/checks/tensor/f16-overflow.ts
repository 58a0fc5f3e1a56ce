import { tensorPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { defineRule, type Found } from '../check.js';
import { type ScannedTensor, scannedWeights } from './scanned.js';

/** A tensor with weights that are large for 16-bit floats. */
interface F16Overflow {
  readonly tensor: string;
  readonly type: TensorTypeName;
  readonly maxAbs: number;
  /** `weight`: a weight itself is beyond F16. `sum`: sums of products of a convolution may be. */
  readonly what: 'weight' | 'sum';
}

/** Factors of frequencies, never converted: Gemma 4 switches dimensions off with 1e30. */
const ROPE_FACTORS = /(?:^|\.)rope_(?:freqs|factors_long|factors_short)\.weight$/;

/** The largest finite F16. */
const LARGEST_HALF = 65504;

/** The convolutions of Gemma 3n that overflow on F16 hardware have weights from 33.75 to 98. */
const LARGE_CONVOLUTION = 32;

/** Weights that F16, or an engine that computes in F16, cannot hold. */
export const f16Overflow = defineRule<F16Overflow>({
  id: 'tensor/f16-overflow',
  severity: 'warning',
  needs: 'data',
  affects: [],
  docs: {
    summary: `No weight is beyond ${LARGEST_HALF}, and no weight of a convolution beyond ${LARGE_CONVOLUTION}.`,
    why: `${LARGEST_HALF} is the largest number of F16. A larger weight becomes infinite where the file is converted to F16, where the scale of a quantized block is stored, and where an engine multiplies in F16. Convolutions add up many products: those of Gemma 3n's vision encoder with weights from 33.75 to 98 become infinite on GPUs without BF16, such as the Tesla T4. That is only a hint and reported as info.`,
    example: 'v.blk.2.21.attn.key.down_conv.weight is BF16 and its largest weight is 37.',
    remedy:
      'Keep the tensor in BF16 or F32, and have the engine compute it in BF16 or F32. For a convolution nothing is wrong where the engine does.',
    fix: 'None: smaller weights would be another model.',
    sources: ['Unsloth, "Gemma 3n: how to run and fine-tune": the table of large Conv2D weights', 'IEEE 754: binary16'],
  },
  find: function* (context) {
    for (const scanned of scannedWeights(context)) if (!ROPE_FACTORS.test(scanned.tensor.name)) yield* judge(scanned);
  },
  describe: ({ tensor, type, maxAbs, what }) => {
    const found = `tensor ${quoted(tensor)} (${type}) has weights up to ${maxAbs}`;
    return what === 'weight'
      ? `${found}, beyond ${LARGEST_HALF}: in F16, and in quantized types with F16 scales, they become infinite`
      : `${found} in a convolution, where more than ${LARGE_CONVOLUTION} can add up to more than ${LARGEST_HALF}: compute it in BF16 or F32, not in F16`;
  },
});

function judge({ tensor, type, scan: { maxAbs = 0 } }: ScannedTensor): Found<F16Overflow>[] {
  const place = tensorPlace(tensor);
  if (maxAbs > LARGEST_HALF) return [{ place, data: { tensor: tensor.name, type, maxAbs, what: 'weight' } }];
  const isConvolution = tensor.dims.length === 4 && maxAbs > LARGE_CONVOLUTION;
  return isConvolution ? [{ place, severity: 'info', data: { tensor: tensor.name, type, maxAbs, what: 'sum' } }] : [];
}
