import { tensorPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { defineRule, type Found } from '../check.js';
import { kindOf } from '../facts/keys.js';
import { type ScannedTensor, scannedTensors } from './scanned.js';

/** Weights or scales of a tensor that are no finite numbers. */
interface NotFinite {
  readonly tensor: string;
  readonly type: TensorTypeName;
  readonly nan: number;
  readonly infinite: number;
  readonly badBlocks: number;
  /** The first such block, or weight of a type without blocks. */
  readonly first: number;
}

/** Weights that are NaN or infinite, by the rule of ggml's own check. */
export const notFinite = defineRule<NotFinite>({
  id: 'tensor/not-finite',
  severity: 'error',
  needs: 'data',
  affects: ['llama.cpp *', 'ollama *'],
  docs: {
    summary: 'No weight and no scale of a block is NaN or infinite.',
    why: 'One such weight makes every activation after it NaN, so the model answers with nonsense or one repeated token. llama.cpp refuses the file with `--check-tensors` and says nothing without. Common causes are a faulty importance matrix, weights above 65504 that were converted to F16, and a damaged download.',
    example: 'blk.3.ffn_down.weight is Q4_K and the scale of its block 1207 is NaN.',
    remedy: 'Quantize again from the original weights; where those are above 65504, use BF16 or F32 between.',
    fix: 'None: the right weights are not in the file.',
    sources: [
      'llama.cpp 0.7.0, ggml/src/ggml-quants.c: ggml_validate_row_data (measured with --check-tensors)',
      'ggml-org/llama.cpp#6884, #7311, #8661',
    ],
  },
  find: function* (context) {
    // An imatrix may say by NaN that it has no statistics of a kind; only its sums and counts are computed with.
    const isImatrix = kindOf(context.header) === 'imatrix';
    for (const scanned of scannedTensors(context)) {
      const { name } = scanned.tensor;
      if (isImatrix ? /\.(?:in_sum2|counts)$/.test(name) : !BOUND.test(name)) yield* judge(scanned);
    }
  },
  describe: ({ tensor, type, nan, infinite, badBlocks, first }) => {
    const consequence = 'the model computes NaN and llama.cpp refuses the file with --check-tensors';
    if (badBlocks > 0) {
      const blocks = badBlocks === 1 ? '1 block' : `${badBlocks} blocks`;
      return `tensor ${quoted(tensor)} (${type}) has ${blocks} whose scale is NaN or infinite, the first is block ${first}: ${consequence}`;
    }
    return `tensor ${quoted(tensor)} (${type}) has ${nan} NaN and ${infinite} infinite weights, the first is weight ${first}: ${consequence}`;
  },
});

/** A bound that a layer clamps its input or output to; infinite where it has none. */
const BOUND = /\.(?:in|out)put_(?:min|max)$/;

function judge({ tensor, type, scan }: ScannedTensor): Found<NotFinite>[] {
  const { nan, infinite, badBlocks, firstBad } = scan;
  if (firstBad === undefined) return [];
  const data = { tensor: tensor.name, type, nan, infinite, badBlocks, first: firstBad };
  return [{ place: tensorPlace(tensor), data }];
}
