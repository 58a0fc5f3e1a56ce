import { tensorPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { defineRule } from '../check.js';
import { scannedMatrices } from './scanned.js';

/** A matrix without any weight. */
interface AllZero {
  readonly tensor: string;
  readonly type: TensorTypeName;
  readonly bytes: number;
}

/** A matrix of zeros. */
export const allZero = defineRule<AllZero>({
  id: 'tensor/all-zero',
  severity: 'warning',
  needs: 'data',
  affects: [],
  docs: {
    summary: 'No matrix of weights is zero throughout.',
    why: 'A layer multiplied with zeros adds nothing, so the model has lost it. It comes from a file that was preallocated and never filled, an interrupted download, or weights that were missing when the file was made.',
    example: 'blk.17.ffn_down.weight is Q6_K and every scale in it is 0.',
    remedy: 'Compare the file with its published checksum and download or make it again.',
    fix: 'None: the right weights are not in the file.',
    sources: ['llama.cpp 0.7.0: zeros are loaded without a message, also with --check-tensors (measured)'],
  },
  find: function* (context) {
    for (const { tensor, type, scan } of scannedMatrices(context)) {
      if (scan.isZero)
        yield { place: tensorPlace(tensor), data: { tensor: tensor.name, type, bytes: Number(tensor.bytes) } };
    }
  },
  describe: ({ tensor, type, bytes }) =>
    `all weights of tensor ${quoted(tensor)} (${type}, ${bytes} bytes) are zero: its layer adds nothing, as if the data had never been written`,
});
