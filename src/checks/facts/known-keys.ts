import { requiredKeys } from './required-keys.js';
import type { TypeLabel } from './type-label.js';

/** The types that a key may have; the first is the one that converters write. */
export interface KnownKey {
  readonly types: readonly TypeLabel[];
  /** Whether llama.cpp 0.7.0 reads it for this architecture and so refuses any other type. */
  readonly isRead: boolean;
}

/** What is known of a key; `undefined` for keys that nobody but their writer knows. */
export function knownKey(key: string, architecture: string | undefined): KnownKey | undefined {
  const fixed = FIXED.get(key);
  if (fixed !== undefined) return fixed;
  if (NUMBERED.test(key)) return { types: ['string'], isRead: false };
  const isModelKey = architecture !== undefined && key.startsWith(`${architecture}.`);
  if (!isModelKey) return undefined;
  const name = key.slice(architecture.length + 1);
  const known = OF_MODEL.get(name);
  return known === undefined || known.isRead ? known : { ...known, isRead: isReadFor(architecture, name) };
}

/** Optional keys that llama.cpp reads for some architectures only. */
const ALSO_READ: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'deepseek2',
    new Set([
      ...['attention.key_length_mla', 'attention.q_lora_rank', 'attention.temperature_scale', 'expert_gating_func'],
      ...['expert_weights_norm', 'expert_weights_scale', 'leading_dense_block_count'],
      ...['rope.scaling.yarn_log_multiplier', 'vocab_size'],
    ]),
  ],
  ['llama', new Set(['vocab_size'])],
  ['llama-embed', new Set(['vocab_size'])],
  ['mistral4', new Set(['vocab_size'])],
  ['gemma3n', new Set(['rope.freq_base_swa'])],
  ['gemma4', new Set(['expert_feed_forward_length', 'final_logit_softcapping', 'rope.freq_base_swa'])],
]);

function isReadFor(architecture: string, name: string): boolean {
  return requiredKeys(architecture).includes(name) || (ALSO_READ.get(architecture)?.has(name) ?? false);
}

/** Where a model or its data came from: `general.base_model.0.name`. */
const NUMBERED =
  /^general\.(?:base_model|dataset)\.\d{1,9}\.(?:name|author|version|organization|description|url|doi|uuid|repo_url)$/;

const INTEGERS = ['array of int32', 'array of uint32'] as const;
const PER_LAYER = ['uint32', ...INTEGERS] as const;
const FLOATS = ['float32', 'array of float32'] as const;

function rows(types: readonly TypeLabel[], isRead: boolean, names: string): [string, KnownKey][] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => [name, { types, isRead }]);
}

const under = (prefix: string, names: string): string =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => prefix + name)
    .join(' ');

/** Keys that are not the architecture's. Arrays of the vocabulary are `tokenizer/` rules, `split.*` `shard/` rules. */
const FIXED: ReadonlyMap<string, KnownKey> = new Map([
  ...rows(['uint32'], true, 'general.file_type'),
  ...rows(['string'], true, 'general.architecture general.name tokenizer.ggml.model tokenizer.ggml.pre'),
  ...rows(
    ['uint32'],
    true,
    under(
      'tokenizer.ggml.',
      `token_type_count bos_token_id eos_token_id eot_token_id eom_token_id unknown_token_id seperator_token_id
      padding_token_id mask_token_id fim_pre_token_id fim_suf_token_id fim_mid_token_id fim_pad_token_id
      fim_rep_token_id fim_sep_token_id prefix_token_id suffix_token_id middle_token_id`,
    ),
  ),
  ...rows(
    ['bool'],
    true,
    under(
      'tokenizer.ggml.',
      `add_bos_token add_eos_token add_sep_token add_space_prefix remove_extra_whitespaces normalizer.nfc
      normalizer.lowercase normalizer.strip_accents`,
    ),
  ),
  ...rows(['uint32'], false, 'general.quantization_version general.base_model.count general.dataset.count'),
  ...rows(
    ['string'],
    false,
    under(
      'general.',
      `type author version organization finetune basename description quantized_by size_label license license.name
      license.link url doi uuid repo_url source.url source.doi source.uuid source.repo_url
      source.huggingface.repository sampling.sequence`,
    ),
  ),
  ...rows(['array of string'], false, 'general.tags general.languages'),
  ...rows(['int32'], false, under('general.sampling.', 'top_k penalty_last_n mirostat')),
  ...rows(
    ['float32'],
    false,
    under(
      'general.sampling.',
      'top_p min_p xtc_probability xtc_threshold temp penalty_repeat mirostat_tau mirostat_eta',
    ),
  ),
  ...rows(['string'], false, 'quantize.imatrix.file quantize.imatrix.dataset'),
  ...rows(['uint32', 'int32'], false, 'quantize.imatrix.entries_count quantize.imatrix.chunks_count'),
  ...rows(['string'], false, 'tokenizer.huggingface.json tokenizer.rwkv.world'),
  ...rows(['uint32'], false, 'tokenizer.ggml.cls_token_id'),
  ...rows(['bool'], false, 'tokenizer.ggml.add_padding_token tokenizer.ggml.add_unknown_token'),
]);

/** Keys after `{arch}.`. `attention.shared_kv_layers` is `gemma3n/shared-kv-layers-type`. */
const OF_MODEL: ReadonlyMap<string, KnownKey> = new Map([
  ...rows(
    ['uint32'],
    true,
    `context_length embedding_length embedding_length_out block_count expert_count expert_group_count
    expert_group_used_count nextn_predict_layers pooling_type attention.key_length attention.value_length
    attention.key_length_swa attention.value_length_swa rope.dimension_count rope.dimension_count_swa
    rope.scaling.original_context_length`,
  ),
  ...rows(PER_LAYER, true, 'feed_forward_length attention.head_count attention.head_count_kv expert_used_count'),
  ...rows(
    ['float32'],
    true,
    'attention.layer_norm_rms_epsilon rope.freq_base rope.scaling.factor rope.scaling.alpha rope.scaling.attn_factor',
  ),
  ...rows(['bool'], true, 'attention.causal rope.scaling.finetuned'),
  ...rows(['string'], true, 'rope.scaling.type'),
  ...rows(
    ['uint32'],
    false,
    `features_length leading_dense_block_count expert_shared_feed_forward_length expert_chunk_feed_forward_length
    expert_shared_count expert_gating_func moe_every_n_layers n_deepstack_layers decoder_start_token_id
    decoder_block_count rescale_every_n_layers time_mix_extra_dim time_decay_extra_dim token_shift_count
    interleave_moe_layer_step full_attention_interval altup.active_idx altup.num_inputs
    attention.group_norm_groups attention.q_lora_rank attention.kv_lora_rank attention.decay_lora_rank
    attention.iclr_lora_rank attention.value_residual_mix_lora_rank attention.gate_lora_rank
    attention.relative_buckets_count attention.sliding_window attention.temperature_length
    attention.key_length_mla attention.value_length_mla attention.indexer.head_count
    attention.indexer.key_length attention.indexer.top_k ssm.conv_kernel ssm.inner_size ssm.state_size
    ssm.time_step_rank ssm.group_count wkv.head_size posnet.embedding_length posnet.block_count
    convnext.embedding_length convnext.block_count shortconv.l_cache vocab_size`,
  ),
  ...rows(PER_LAYER, false, 'expert_feed_forward_length embedding_length_per_layer_input'),
  ...rows(
    ['float32'],
    false,
    `expert_weights_scale logit_scale attn_logit_softcapping router_logit_softcapping final_logit_softcapping
    residual_scale embedding_scale attention.max_alibi_bias attention.clamp_kqv attention.layer_norm_epsilon
    attention.group_norm_epsilon attention.scale attention.output_scale attention.value_scale
    attention.temperature_scale rope.freq_base_swa rope.scaling.yarn_log_multiplier
    rope.scaling.yarn_ext_factor rope.scaling.yarn_attn_factor rope.scaling.yarn_beta_fast
    rope.scaling.yarn_beta_slow`,
  ),
  ...rows(FLOATS, false, 'activation_sparsity_scale swiglu_clamp_exp swiglu_clamp_shexp'),
  ...rows(['bool'], false, 'use_parallel_residual expert_weights_norm swin_norm ssm.dt_b_c_rms'),
  ...rows(['array of bool', 'uint32', ...INTEGERS], false, 'attention.sliding_window_pattern'),
  ...rows(INTEGERS, false, 'rope.dimension_sections'),
  ...rows(['string'], false, 'tensor_data_layout'),
  ...rows(['array of string'], false, 'classifier.output_labels'),
]);
