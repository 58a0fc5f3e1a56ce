/** What every architecture needs before anything else is looked at. */
const ALWAYS = ['context_length', 'embedding_length', 'block_count'] as const;
/** Without these llama.cpp takes 0 and then finds the tensors' shapes wrong. */
const TRANSFORMER = [...ALWAYS, 'feed_forward_length', 'attention.head_count'] as const;
const RMS = [...TRANSFORMER, 'attention.layer_norm_rms_epsilon'] as const;
const LAYER_NORM = [...TRANSFORMER, 'attention.layer_norm_epsilon'] as const;
/** All layers may be of experts, which have a length of their own. */
const SPARSE = [
  ...ALWAYS,
  'attention.head_count',
  'attention.layer_norm_rms_epsilon',
  'expert_count',
  'expert_used_count',
] as const;
const EXPERTS = ['expert_count', 'expert_used_count'] as const;

/**
 * Keys without their architecture that llama.cpp 0.7.0 needs. Mostly what its loader asked for, given files with more
 * and more keys. Not asked for by name, but needed for the tensors' shapes: `feed_forward_length` and `head_count`
 * (measured for llama, taken over for the others) and the counts of experts (not measured). deepseek2 asks for
 * `attention.q_lora_rank` only in its larger models.
 */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  bert: LAYER_NORM,
  'command-r': LAYER_NORM,
  deepseek2: [...RMS, 'attention.kv_lora_rank', 'expert_feed_forward_length', 'expert_shared_count', ...EXPERTS],
  exaone4: RMS,
  falcon: LAYER_NORM,
  gemma: RMS,
  gemma2: RMS,
  gemma3: RMS,
  gemma3n: [...RMS, 'attention.sliding_window'],
  gemma4: [
    ...RMS,
    'attention.sliding_window',
    'attention.sliding_window_pattern',
    'attention.key_length_swa',
    'attention.value_length_swa',
    'embedding_length_per_layer_input',
  ],
  glm4: RMS,
  'gpt-oss': [...SPARSE, 'expert_feed_forward_length', 'attention.sliding_window'],
  gpt2: LAYER_NORM,
  'hunyuan-dense': RMS,
  llama: RMS,
  mistral3: RMS,
  'nomic-bert': LAYER_NORM,
  olmo2: RMS,
  phi2: LAYER_NORM,
  phi3: RMS,
  qwen2: RMS,
  qwen2moe: SPARSE,
  // Without the epsilon of its norms it is loaded, and computes with 0.
  qwen2vl: [...TRANSFORMER, 'rope.dimension_sections'],
  qwen3: RMS,
  qwen3moe: SPARSE,
  smollm3: RMS,
  starcoder2: LAYER_NORM,
};

/** The required keys of an architecture, without its name; of one that is not in the table, those of all. */
export function requiredKeys(architecture: string): readonly string[] {
  return Object.hasOwn(REQUIRED, architecture) ? REQUIRED[architecture]! : ALWAYS;
}

/** Whether the table tells of the architecture more than what all need: a plain transformer whose keys we know. */
export function isTabled(architecture: string | undefined): boolean {
  return architecture !== undefined && Object.hasOwn(REQUIRED, architecture);
}
