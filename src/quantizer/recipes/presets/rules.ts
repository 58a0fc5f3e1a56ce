import type { RecipeFile } from '../schema.js';
import type { PresetTypes } from './types.js';

type Rule = NonNullable<RecipeFile['rules']>[number];

/** The rules of a preset: the same for all, with its own types, for any decoder. */
export function presetRules(types: PresetTypes): Rule[] {
  return [embeddings, special, mixtureOfExperts, attention, feedForward, rest].flatMap((rules) => rules(types));
}

function embeddings({ perLayer, tied, embedding, output }: PresetTypes): Rule[] {
  return [
    {
      tensors: 'per_layer_token_embd',
      type: perLayer,
      why: 'a third to a half of all weights, read one row a token; no imatrix covers it, and engines look rows up in few types',
    },
    { tensors: 'token_embd', when: 'tied', type: tied, why: 'input and output of every token' },
    { tensors: 'token_embd', type: embedding, why: 'read one row a token; no imatrix covers it' },
    { tensors: 'output', type: output, why: 'scores every token; sensitive, and small against the layers' },
  ];
}

function special({ careful }: PresetTypes): Rule[] {
  return [
    {
      tensors: ['attn_k', 'attn_v'],
      layers: 'kv-shared',
      type: 'q2_K',
      why: 'never executed, since the layer uses the keys and values of an earlier one; the smallest type that needs no imatrix',
    },
    {
      pattern: '*',
      layers: 'predicting',
      type: careful,
      why: 'predicts further tokens and is not executed when an imatrix is made, so that it must not need one',
    },
  ];
}

function mixtureOfExperts({ shared }: PresetTypes): Rule[] {
  const whole = [
    'attn_q',
    'attn_k',
    'attn_v',
    'attn_output',
    'attn_qkv',
    'attn_gate',
    'ffn_gate',
    'ffn_up',
    'ffn_down',
  ] as const;
  return [
    {
      tensors: [...whole],
      when: 'experts',
      type: shared,
      why: 'every token passes it, and it is small against the experts',
    },
    {
      tensors: ['ffn_gate_shexp', 'ffn_up_shexp', 'ffn_down_shexp'],
      type: shared,
      why: 'the shared expert; every token passes it, and it is small against the others',
    },
  ];
}

function attention({ v, k, q, o, fused }: PresetTypes): Rule[] {
  return [
    { tensors: 'attn_v', type: v, why: 'the most sensitive matrix of attention, and a small one' },
    { tensors: 'attn_k', type: k, why: 'more sensitive than the queries, and smaller' },
    { tensors: 'attn_q', type: q, why: 'the least sensitive matrix of attention' },
    { tensors: 'attn_output', type: o, why: 'more sensitive than the queries' },
    { tensors: ['attn_qkv', 'attn_gate'], type: fused, why: 'holds the values too, or opens and shuts attention' },
  ];
}

function feedForward({ edge, middle, down, gateUp }: PresetTypes): Rule[] {
  return [
    {
      tensors: ['ffn_down', 'ffn_down_exps'],
      layers: ['first', { start: 2, share: 0.125 }, 'last'],
      type: edge,
      why: 'first and last layers suffer most from coarse weights',
    },
    {
      tensors: ['ffn_down', 'ffn_down_exps'],
      layers: { from: 0.42, to: 0.6 },
      type: middle,
      why: 'a band in the middle that published files raise',
    },
    { tensors: ['ffn_down', 'ffn_down_exps'], type: down, why: 'more sensitive than gate and up' },
    {
      tensors: ['ffn_gate', 'ffn_up', 'ffn_gate_exps', 'ffn_up_exps'],
      type: gateUp,
      why: 'most of the weights, and the least sensitive',
    },
  ];
}

function rest({ inputs, careful }: PresetTypes): Rule[] {
  const small = (pattern: string): Rule => ({ pattern, type: 'q8_0', why: 'tiny, and steers the recurrent state' });
  return [
    { tensors: ['inp_gate', 'proj'], type: inputs, why: 'small; carries the per-layer input' },
    ...['*.ssm_alpha.weight', '*.ssm_beta.weight', '*.ssm_ba.weight'].map(small),
    { tensors: 'ssm', type: careful, why: 'recurrent state adds its errors up' },
    { tensors: 'other', type: careful, why: 'of a kind that nothing is known of' },
  ];
}
