import { type TensorInfo, tensorPlace } from '../../gguf/model.js';
import { excerpt, quoted } from '../../gguf/printable.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { isDequantizable } from '../../tensors/kernels/supported.js';
import { defineRule } from '../check.js';
import { isLlamaCppModel } from '../facts/llama-cpp-model.js';
import { isVector } from './one-dimensional.js';

/** A vector in a type that engines do not multiply or add. */
interface QuantizedNorm {
  readonly tensor: string;
  readonly type: TensorTypeName;
}

/** Norms and biases in a type other than F32. */
export const quantizedNorm = defineRule<QuantizedNorm>({
  id: 'tensor/quantized-norm',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama *'],
  docs: {
    summary: 'Norms and biases are F32.',
    why: 'llama.cpp multiplies with norms and adds biases as vectors of F32. With F16, BF16 or a quantized type it loads the file and aborts at the first token: `binary_op: unsupported types`. Some GPU code takes F16.',
    example: 'A converter wrote the whole model as BF16, blk.0.attn_norm.weight included.',
    remedy:
      'Apply the fix, which makes the file a few KB larger, and make the next file with a converter that keeps vectors in F32.',
    fix: 'Safe: F32 holds every value of the present type, so nothing is lost. Nothing is done where ggufix cannot read the type.',
    sources: ['llama.cpp 0.7.0, ggml/src/ggml-cpu/binary-ops.cpp (measured with F16, BF16 and Q8_0 norms)'],
  },
  find: function* ({ header }) {
    if (!isLlamaCppModel(header)) return;
    for (const tensor of header.tensors) {
      const { name, type } = tensor;
      if (type !== undefined && type !== 'F32' && isNormOrBias(tensor)) {
        yield { place: tensorPlace(tensor), data: { tensor: name, type } };
      }
    }
  },
  describe: ({ tensor, type }) =>
    `tensor ${quoted(tensor)} is ${type}, expected F32: llama.cpp aborts when it computes with a norm or bias of another type`,
  fix: ({ tensor, type }) =>
    isDequantizable(type)
      ? {
          safety: 'safe',
          title: `Convert ${excerpt(tensor)} from ${type} to F32`,
          edits: [{ op: 'retype-tensor', name: tensor, to: 'F32' }],
        }
      : {
          safety: 'manual',
          title: `Make ${excerpt(tensor)} anew as F32: ggufix cannot read ${type} weights`,
          edits: [],
        },
});

/** The vision and audio parts of a model, where engines differ, begin with one letter. */
function isNormOrBias(tensor: TensorInfo): boolean {
  const { name } = tensor;
  const isOfText = name.startsWith('blk.') || name.startsWith('output_norm.');
  return isOfText && isVector(tensor) && (name.endsWith('norm.weight') || name.endsWith('.bias'));
}
