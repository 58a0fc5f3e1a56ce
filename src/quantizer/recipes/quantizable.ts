import type { TensorInfo } from '../../gguf/model.js';

/** Parts of names that llama-quantize never quantizes (`tensor_allows_quantization`, llama.cpp 0.7.0). */
const NEVER: readonly string[] = [
  ...['_norm.weight', 'ffn_gate_inp.weight', 'ffn_gate_tid2eid.weight'],
  ...['altup', 'laurel', 'per_layer_model_proj'],
  ...['ssm_conv1d', 'shortconv.conv.weight', 'indexer.k_proj.weight', 'indexer.q_proj.weight'],
  ...['time_mix_first.weight', 'time_mix_w0.weight', 'time_mix_w1.weight', 'time_mix_w2.weight'],
  ...['time_mix_v0.weight', 'time_mix_v1.weight', 'time_mix_v2.weight'],
  ...['time_mix_a0.weight', 'time_mix_a1.weight', 'time_mix_a2.weight'],
  ...['time_mix_g1.weight', 'time_mix_g2.weight', 'time_mix_decay_w1.weight', 'time_mix_decay_w2.weight'],
  ...['time_mix_lerp_fused.weight', 'attn_rel_b.weight'],
  ...['.position_embd', 'sam.pos_embd', 'sam.neck.', 'sam.net_', '.rel_pos', '.patch_embd', '.patch_merger'],
  ...['a.rvq.codebook', 'mm.a.code_embd'],
];

/** Names that it keeps as they are. */
const KEPT: readonly string[] = ['position_embd.weight', 'token_types.weight'];

/** Whether llama-quantize may change this tensor's type at all; no override can make it where this says no. */
export function isQuantizable({ name, dims }: TensorInfo): boolean {
  // A dimension of 1 at the end is none to ggml.
  const isMatrix = dims.slice(1).some((dim) => dim > 1n);
  return isMatrix && name.endsWith('weight') && !KEPT.includes(name) && !NEVER.some((part) => name.includes(part));
}
