import type { ModelShape } from './model-shape.js';
import type { TensorRole } from './tensor-class.js';

/** Whether no token ever meets the tensor: keys and values of layers that use those of an earlier one. */
export function isUnusedKv({ class: kind, layer = -1 }: TensorRole, { depth, firstSharedLayer }: ModelShape): boolean {
  return (kind === 'attn_k' || kind === 'attn_v') && layer >= firstSharedLayer && layer < depth;
}
