import type { TensorInfo } from '../../gguf/model.js';

/** Whether the tensor is a vector: at most its first dimension is more than 1. */
export function isVector({ dims }: TensorInfo): boolean {
  return dims.slice(1).every((dim) => dim === 1n);
}

/** Whether the tensor has rows and columns. */
export function isMatrix(tensor: TensorInfo): boolean {
  return !isVector(tensor) && tensor.dims[0] !== 1n;
}
