import { integerOf, layerCount } from '../../checks/facts/hyperparameters.js';
import { modelKey, numberOf } from '../../checks/facts/keys.js';
import type { Header } from '../../gguf/model.js';

/**
 * Why an imatrix may know nothing of a tensor: llama.cpp never uses the keys and values of layers that share those of
 * an earlier one, nor, in a plain pass, the layers that predict further tokens (MTP, NextN); the output matrix is left
 * out unless `llama-imatrix --process-output` is asked.
 */
export type UnseenReason = 'shared-kv' | 'prediction' | 'output' | 'unknown';

/** For the tensors of a model: why an imatrix knows nothing of one. */
export function unseenReasons(header: Header): (name: string) => UnseenReason {
  const layers = layerCount(header) ?? 0;
  const predicting = layers - (integerOf(header, 'nextn_predict_layers') ?? 0);
  const key = modelKey(header, 'attention.shared_kv_layers');
  const sharing = layers - (key === undefined ? 0 : (numberOf(header, key) ?? 0));
  return (name) => {
    if (name === 'output.weight') return 'output';
    const [, block, part = ''] = /^blk\.(\d{1,4})\.(.*)$/s.exec(name) ?? [];
    if (block === undefined) return 'unknown';
    if (Number(block) >= predicting) return 'prediction';
    return Number(block) >= sharing && /^attn_[kv]\b/.test(part) ? 'shared-kv' : 'unknown';
  };
}
