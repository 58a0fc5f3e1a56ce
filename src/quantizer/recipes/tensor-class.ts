/** Kinds of tensors that recipes tell apart. */
export const TENSOR_CLASSES = [
  ...(['token_embd', 'per_layer_token_embd', 'output'] as const),
  ...(['attn_q', 'attn_k', 'attn_v', 'attn_qkv', 'attn_output', 'attn_gate'] as const),
  ...(['ffn_gate', 'ffn_up', 'ffn_down'] as const),
  ...(['ffn_gate_exps', 'ffn_up_exps', 'ffn_down_exps'] as const),
  ...(['ffn_gate_shexp', 'ffn_up_shexp', 'ffn_down_shexp'] as const),
  ...(['ssm', 'inp_gate', 'proj', 'other'] as const),
] as const;

/** One of the kinds. */
export type TensorClass = (typeof TENSOR_CLASSES)[number];

/** What a tensor's name says of it. */
export interface TensorRole {
  readonly class: TensorClass;
  /** The layer that it belongs to. */
  readonly layer: number | undefined;
  /** The name without prefix, layer number and `.weight`: `ffn_down` of `blk.3.ffn_down.weight`. */
  readonly part: string;
}

/** The role of a tensor by its name, for any architecture that llama.cpp names its tensors of. */
export function tensorRole(name: string): TensorRole {
  const [, block, part = ''] = /^(?:(?:(?:enc|dec)\.)?blk\.(\d{1,4})\.)?(.*?)(?:\.weight)?$/s.exec(name) ?? [];
  const layer = block === undefined ? undefined : Number(block);
  return { class: layer === undefined ? globalClass(part) : layerClass(part), layer, part };
}

function globalClass(part: string): TensorClass {
  return part === 'token_embd' || part === 'per_layer_token_embd' || part === 'output' ? part : 'other';
}

function layerClass(part: string): TensorClass {
  const plain = part.replace(/^cross_/, '');
  return BY_PART.get(plain) ?? expertClass(plain) ?? (RECURRENT.test(plain) ? 'ssm' : 'other');
}

/** `ffn_up.3` is how Mixtral's first files name the matrix of one expert; `chexps` are the small experts of GroveMoE. */
function expertClass(part: string): TensorClass | undefined {
  const [, matrix] = /^ffn_(gate|up|down)(?:\.\d{1,4}|_chexps)$/.exec(part) ?? [];
  return matrix === undefined ? undefined : BY_PART.get(`ffn_${matrix}_exps`);
}

/** Mamba and its kin, RWKV's time mixing, the short convolutions of LFM2. */
const RECURRENT = /^(?:ssm_|time_mix_|shortconv\.)/;

/** Names that are a class, and others by what they do. */
const BY_PART: ReadonlyMap<string, TensorClass> = new Map([
  ...TENSOR_CLASSES.filter((name) => /^(?:attn|ffn)_|^inp_gate$|^proj$/.test(name)).map(
    (name) => [name, name] as const,
  ),
  // DeepSeek's latent attention: queries and keys come in two factors; what holds both keys and values is a value.
  ...(['attn_q_a', 'attn_q_b'] as const).map((part) => [part, 'attn_q'] as const),
  ...(['attn_v_b', 'attn_kv_b', 'attn_kv_a_mqa'] as const).map((part) => [part, 'attn_v'] as const),
  ['attn_k_b', 'attn_k'],
  ['ffn_gate_up_exps', 'ffn_gate_exps'],
  // RWKV's channel mixing is its feed-forward network.
  ['channel_mix_key', 'ffn_up'],
  ['channel_mix_receptance', 'ffn_gate'],
  ['channel_mix_value', 'ffn_down'],
]);
