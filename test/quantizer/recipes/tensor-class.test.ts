import { expect, test } from 'vitest';
import { TENSOR_CLASSES, tensorRole } from '../../../src/quantizer/recipes/tensor-class.js';

test.each([
  ['token_embd.weight', 'token_embd', undefined],
  ['per_layer_token_embd.weight', 'per_layer_token_embd', undefined],
  ['output.weight', 'output', undefined],
  ['output_norm.weight', 'other', undefined],
  ['blk.0.attn_q.weight', 'attn_q', 0],
  ['blk.12.attn_k.weight', 'attn_k', 12],
  ['blk.511.attn_output.weight', 'attn_output', 511],
  ['blk.3.attn_qkv.weight', 'attn_qkv', 3],
  ['blk.3.attn_qkv.bias', 'other', 3],
  ['blk.3.attn_gate.weight', 'attn_gate', 3],
  // DeepSeek
  ['blk.3.attn_q_a.weight', 'attn_q', 3],
  ['blk.3.attn_q_b.weight', 'attn_q', 3],
  ['blk.3.attn_kv_a_mqa.weight', 'attn_v', 3],
  ['blk.3.attn_kv_b.weight', 'attn_v', 3],
  ['blk.3.attn_k_b.weight', 'attn_k', 3],
  ['blk.3.attn_v_b.weight', 'attn_v', 3],
  // Experts, in one tensor, fused, one tensor each, shared, small
  ['blk.3.ffn_down.weight', 'ffn_down', 3],
  ['blk.3.ffn_down_exps.weight', 'ffn_down_exps', 3],
  ['blk.3.ffn_gate_up_exps.weight', 'ffn_gate_exps', 3],
  ['blk.3.ffn_up.7.weight', 'ffn_up_exps', 3],
  ['blk.3.ffn_gate_shexp.weight', 'ffn_gate_shexp', 3],
  ['blk.3.ffn_gate_chexps.weight', 'ffn_gate_exps', 3],
  ['blk.3.ffn_gate_inp.weight', 'other', 3],
  // Recurrent
  ['blk.3.ssm_out.weight', 'ssm', 3],
  ['blk.3.time_mix_key.weight', 'ssm', 3],
  ['blk.3.shortconv.in_proj.weight', 'ssm', 3],
  ['blk.3.channel_mix_value.weight', 'ffn_down', 3],
  // Gemma 3n
  ['blk.3.inp_gate.weight', 'inp_gate', 3],
  ['blk.3.proj.weight', 'proj', 3],
  ['per_layer_model_proj.weight', 'other', undefined],
  // Encoder and decoder
  ['dec.blk.3.cross_attn_v.weight', 'attn_v', 3],
  ['enc.blk.3.attn_q.weight', 'attn_q', 3],
  // Names of nobody
  ['blk.x.attn_q.weight', 'other', undefined],
  ['xblk.3.attn_q.weight', 'other', undefined],
  ['blk.99999.attn_q.weight', 'other', undefined],
  ['attn_q.weight', 'other', undefined],
  ['', 'other', undefined],
  ['constructor', 'other', undefined],
  ['blk.3.constructor.weight', 'other', 3],
] as const)('%s is %s of layer %s', (name, kind, layer) => {
  expect(tensorRole(name)).toMatchObject({ class: kind, layer });
});

test('the part is the name without what surrounds it', () => {
  expect(tensorRole('blk.3.ffn_up.7.weight').part).toBe('ffn_up.7');
  expect(tensorRole('output.weight').part).toBe('output');
});

test('every class of layers is the class of a tensor of that name', () => {
  const inLayers = TENSOR_CLASSES.filter(
    (name) => !['token_embd', 'per_layer_token_embd', 'output', 'ssm'].includes(name),
  );
  expect(inLayers.map((name) => tensorRole(`blk.1.${name}.weight`).class)).toEqual(inLayers);
});
