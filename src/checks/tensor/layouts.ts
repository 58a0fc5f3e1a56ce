import type { DimensionName } from './dimensions.js';

/** What llama.cpp creates for one architecture: names with dimensions, fastest first, `?` for what may be absent. */
export interface Layout {
  /** Tensors of the whole model. */
  readonly model: readonly LayoutTensor[];
  /** Tensors of each layer, without their `blk.N.`. */
  readonly layer: readonly LayoutTensor[];
}

/** One tensor of a layout. */
export interface LayoutTensor {
  readonly name: string;
  /** `undefined` for tensors that may have any shape. */
  readonly dims: readonly DimensionName[] | undefined;
  readonly isOptional: boolean;
}

/** `name dims`, `name? dims` for optional ones, `*` instead of dims for any shape. */
function tensors(...lines: readonly string[]): LayoutTensor[] {
  return lines.map((line) => {
    const [name = '', ...dims] = line.split(' ');
    return {
      name: name.replace('?', ''),
      // Only this file calls the function, and a test reads each name of a dimension.
      dims: dims[0] === '*' ? undefined : (dims as DimensionName[]),
      isOptional: name.endsWith('?'),
    };
  });
}

const EMBEDDING = tensors('token_embd.weight embd vocab', 'output_norm.weight embd');
const OUTPUT = tensors('output.weight? embd vocab');
const NORMS = tensors('attn_norm.weight embd', 'ffn_norm.weight embd');
const ATTENTION = tensors(
  'attn_q.weight embd q',
  'attn_k.weight embd k',
  'attn_v.weight embd v',
  'attn_output.weight heads embd',
);
const BIASES = tensors('attn_q.bias? q', 'attn_k.bias? k', 'attn_v.bias? v');
/** Current readers take the three as one in every architecture. */
const FUSED = tensors('attn_qkv.weight? *', 'attn_qkv.bias? *');
const HEAD_NORMS = tensors('attn_q_norm.weight key', 'attn_k_norm.weight key');
const FEED_FORWARD = tensors('ffn_gate.weight embd ff', 'ffn_up.weight embd ff', 'ffn_down.weight ff embd');
const POST_NORMS = tensors('post_attention_norm.weight embd', 'post_ffw_norm.weight embd');
const ROPE_FACTORS = tensors('rope_freqs.weight? *', 'rope_factors_long.weight? *', 'rope_factors_short.weight? *');

const DENSE = [...NORMS, ...ATTENTION, ...BIASES, ...FUSED, ...FEED_FORWARD];

/** The layouts that we are sure of: each was loaded by llama.cpp 0.7.0, whole and with each of its tensors left out. */
export const LAYOUTS: Readonly<Record<string, Layout>> = {
  llama: {
    model: [...EMBEDDING, ...OUTPUT, ...ROPE_FACTORS],
    layer: [
      ...DENSE,
      ...tensors('attn_output.bias? embd', 'ffn_gate.bias? ff', 'ffn_up.bias? ff', 'ffn_down.bias? embd'),
    ],
  },
  qwen2: {
    model: [...EMBEDDING, ...OUTPUT, ...tensors('output.bias? vocab')],
    layer: DENSE,
  },
  qwen3: {
    model: [...EMBEDDING, ...OUTPUT, ...tensors('cls.output.weight? *')],
    layer: [...DENSE, ...HEAD_NORMS],
  },
  gemma: { model: EMBEDDING, layer: DENSE },
  gemma2: { model: EMBEDDING, layer: [...DENSE, ...POST_NORMS] },
  gemma3: {
    model: [...EMBEDDING, ...OUTPUT, ...tensors('dense_2.weight? *', 'dense_3.weight? *')],
    layer: [...DENSE, ...HEAD_NORMS, ...POST_NORMS],
  },
  gemma3n: {
    model: [
      ...EMBEDDING,
      ...OUTPUT,
      ...tensors(
        'per_layer_token_embd.weight per-layer-all vocab',
        'per_layer_model_proj.weight embd per-layer-all',
        'per_layer_proj_norm.weight per-layer',
        'altup_proj.weight embd embd altup-others',
        'altup_unembd_proj.weight embd embd altup-others',
      ),
    ],
    layer: [
      ...DENSE,
      ...HEAD_NORMS,
      ...POST_NORMS,
      ...tensors(
        'inp_gate.weight embd per-layer',
        'proj.weight per-layer embd',
        'post_norm.weight embd',
        'altup_router.weight embd altup',
        'altup_router_norm.weight embd',
        'altup_correct_scale.weight embd',
        'altup_correct_coef.weight altup altup',
        'altup_predict_coef.weight altup altup-square',
        'laurel_l.weight embd laurel',
        'laurel_r.weight laurel embd',
        'laurel_post_norm.weight embd',
      ),
    ],
  },
  phi3: {
    model: [...EMBEDDING, ...OUTPUT, ...ROPE_FACTORS],
    layer: [
      ...NORMS,
      ...tensors(
        'attn_qkv.weight embd qkv',
        'attn_qkv.bias? *',
        // Instead of the fused one, and of any shape that makes it up.
        'attn_q.weight? *',
        'attn_k.weight? *',
        'attn_v.weight? *',
        'attn_q.bias? *',
        'attn_k.bias? *',
        'attn_v.bias? *',
        'attn_output.weight embd embd',
        'ffn_up.weight embd ff-twice',
        'ffn_down.weight ff embd',
      ),
    ],
  },
  'gpt-oss': {
    model: [...EMBEDDING, ...tensors('output.weight embd vocab')],
    layer: [
      ...tensors('attn_norm.weight embd', 'post_attention_norm.weight embd'),
      ...ATTENTION,
      ...BIASES,
      ...FUSED,
      ...tensors(
        'attn_output.bias embd',
        'attn_sinks.weight head-count',
        'ffn_gate_inp.weight embd experts',
        'ffn_gate_inp.bias experts',
        'ffn_gate_exps.weight embd expert-ff experts',
        'ffn_up_exps.weight embd expert-ff experts',
        'ffn_down_exps.weight expert-ff embd experts',
        'ffn_gate_exps.bias expert-ff experts',
        'ffn_up_exps.bias expert-ff experts',
        'ffn_down_exps.bias embd experts',
      ),
    ],
  },
};
