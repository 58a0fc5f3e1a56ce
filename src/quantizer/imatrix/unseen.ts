import type { Header } from '../../gguf/model.js';
import { modelShape } from '../recipes/model-shape.js';
import { tensorRole } from '../recipes/tensor-class.js';
import { isUnusedKv } from '../recipes/unused-kv.js';

/**
 * Why an imatrix may know nothing of a tensor: llama.cpp never uses the keys and values of layers that share those of
 * an earlier one, nor, in a plain pass, the layers that predict further tokens (MTP, NextN); the output matrix is left
 * out unless `llama-imatrix --process-output` is asked.
 */
export type UnseenReason = 'shared-kv' | 'prediction' | 'output' | 'unknown';

/** For the tensors of a model: why an imatrix knows nothing of one. */
export function unseenReasons(header: Header): (name: string) => UnseenReason {
  const shape = modelShape(header);
  return (name) => {
    const role = tensorRole(name);
    if (role.class === 'output') return 'output';
    if (role.layer !== undefined && role.layer >= shape.depth) return 'prediction';
    return isUnusedKv(role, shape) ? 'shared-kv' : 'unknown';
  };
}
