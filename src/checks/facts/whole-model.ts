import { fatalProblem, type Header } from '../../gguf/model.js';
import { kindOf, numberOf } from './keys.js';
import { perHeader } from './per-header.js';

/**
 * Whether the file claims to be a whole language model, so that something missing is a defect: it has tensors of
 * layers, its header could be read to the end, and it is no later shard of a set, which holds tensors only.
 */
export const isWholeModel = perHeader((header: Header): boolean => {
  if (fatalProblem(header) !== undefined || kindOf(header) !== 'model') return false;
  if ((numberOf(header, 'split.no') ?? 0) > 0) return false;
  return header.tensors.some(({ name }) => isLayerTensor(name));
});

/** `blk.0.attn_q.weight`, `enc.blk.0.ffn_up.weight`: a block, its number, a part of it. */
function isLayerTensor(name: string): boolean {
  return /^(?:enc\.|dec\.)?blk\.\d+\.[a-z]\w*\.\w/.test(name);
}
