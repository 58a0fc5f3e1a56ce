import type { TensorInfo } from '../../gguf/model.js';
import { layerOf } from './layer-of.js';
import type { ModelShape } from './model-shape.js';

/** What the mixture rules tell apart. */
export type Kind =
  | 'output'
  | 'embedding'
  | 'attnV'
  | 'attnK'
  | 'attnQ'
  | 'attnOutput'
  | 'ffnUp'
  | 'ffnGate'
  | 'ffnDown'
  | 'other';

/** The kind of a tensor: by parts of the name and in this order, as `tensor_get_category` does; a shared embedding counts as output. */
export function kindOf(name: string, { isTied }: ModelShape): Kind {
  if (name === 'output.weight') return 'output';
  if (name === 'token_embd.weight' || name === 'per_layer_token_embd.weight') return isTied ? 'output' : 'embedding';
  return PARTS.find(([part]) => name.includes(part))?.[1] ?? 'other';
}

const PARTS: readonly (readonly [part: string, kind: Kind])[] = [
  ['attn_qkv.weight', 'attnV'],
  ['attn_kv_b.weight', 'attnV'],
  ['attn_v.weight', 'attnV'],
  ['attn_k.weight', 'attnK'],
  ['attn_q.weight', 'attnQ'],
  ['attn_output.weight', 'attnOutput'],
  ['ffn_up', 'ffnUp'],
  ['ffn_gate', 'ffnGate'],
  ['ffn_down', 'ffnDown'],
];

/** Whether it belongs to a feed-forward network, of experts or not. */
export function isFeedForward(kind: Kind): boolean {
  return kind === 'ffnUp' || kind === 'ffnGate' || kind === 'ffnDown';
}

/** Tensors without a layer first, then by layer, then by name: the order in which llama-quantize counts. */
export function inQuantizingOrder(a: TensorInfo, b: TensorInfo): number {
  const difference = (layerOf(a.name) ?? -1) - (layerOf(b.name) ?? -1);
  return difference !== 0 ? difference : a.name < b.name ? -1 : 1;
}
