import type { TensorInfo } from '../../gguf/model.js';

/** Values that an imatrix must have of a tensor: ne0 × ne2, which llama-quantize compares with. */
export function expectedValues({ dims }: Pick<TensorInfo, 'dims'>): number {
  return Number((dims[0] ?? 1n) * (dims[2] ?? 1n));
}
