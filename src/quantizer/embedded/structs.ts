import { TENSOR_TYPE_COUNT } from '../../gguf/tensor-types.js';

/** A member of a C struct: its type, and the value that llama.cpp's own defaults function gives it. */
export interface StructMember {
  readonly type: string;
  readonly initial: number | boolean | null;
}

/** A C struct by its members in order, and the function that returns one filled with defaults. */
export interface StructLayout {
  readonly defaultsFunction: string;
  readonly members: Readonly<Record<string, StructMember>>;
}

/**
 * Releases whose structs are laid out as below, read in the disassembly of their defaults functions. The comparison
 * with the defaults cannot see every change (a flag appended at the end, say), so the release has to be known too.
 */
const KNOWN_RELEASES: readonly string[] = ['0.4.0', '0.5.0'];

const pointer: StructMember = { type: 'void *', initial: null };
const flag = (initial: boolean): StructMember => ({ type: 'bool', initial });
const int32 = (initial: number): StructMember => ({ type: 'int32_t', initial });
const uint32 = (initial: number): StructMember => ({ type: 'uint32_t', initial });
const float = (initial: number): StructMember => ({ type: 'float', initial });
const size = (initial: number): StructMember => ({ type: 'size_t', initial });

/** `struct llama_model_params`, 80 bytes on 64-bit systems. */
export const MODEL_PARAMS: StructLayout = {
  defaultsFunction: 'llama_model_default_params',
  members: {
    devices: pointer,
    tensor_buft_overrides: pointer,
    n_gpu_layers: int32(-1),
    split_mode: int32(1),
    load_mode: int32(-1),
    lazy_mode: int32(1),
    main_gpu: int32(0),
    tensor_split: pointer,
    progress_callback: pointer,
    progress_callback_user_data: pointer,
    kv_overrides: pointer,
    vocab_only: flag(false),
    check_tensors: flag(false),
    use_extra_bufts: flag(true),
    no_host: flag(false),
    no_alloc: flag(false),
    load_mtp: flag(false),
  },
};

/** `struct llama_context_params`, 160 bytes on 64-bit systems. */
export const CONTEXT_PARAMS: StructLayout = {
  defaultsFunction: 'llama_context_default_params',
  members: {
    n_ctx: uint32(512),
    n_batch: uint32(2048),
    n_ubatch: uint32(512),
    n_seq_max: uint32(1),
    n_rs_seq: uint32(0),
    n_outputs_max: uint32(0),
    n_outputs_max_per_seq: uint32(1),
    n_threads: int32(4),
    n_threads_batch: int32(4),
    ctx_type: int32(0),
    rope_scaling_type: int32(-1),
    pooling_type: int32(-1),
    attention_type: int32(-1),
    flash_attn_type: int32(-1),
    rope_freq_base: float(0),
    rope_freq_scale: float(0),
    yarn_ext_factor: float(-1),
    yarn_attn_factor: float(-1),
    yarn_beta_fast: float(-1),
    yarn_beta_slow: float(-1),
    yarn_orig_ctx: uint32(0),
    defrag_thold: float(-1),
    cb_eval: pointer,
    cb_eval_user_data: pointer,
    type_k: int32(1), // GGML_TYPE_F16
    type_v: int32(1),
    abort_callback: pointer,
    abort_callback_data: pointer,
    embeddings: flag(false),
    offload_kqv: flag(true),
    no_perf: flag(true),
    op_offload: flag(true),
    swa_full: flag(true),
    kv_unified: flag(false),
    samplers: pointer,
    n_samplers: size(0),
    ctx_other: pointer,
  },
};

/**
 * `struct llama_model_quantize_params`, 64 bytes on 64-bit systems. Releases without `max_buf_size` (spring 2026) return
 * a shorter struct, and fail the comparison at that member.
 */
export const QUANTIZE_PARAMS: StructLayout = {
  defaultsFunction: 'llama_model_quantize_default_params',
  members: {
    nthread: int32(0),
    ftype: int32(7), // Q8_0
    output_tensor_type: int32(TENSOR_TYPE_COUNT),
    token_embedding_type: int32(TENSOR_TYPE_COUNT),
    allow_requantize: flag(false),
    quantize_output_tensor: flag(true),
    only_copy: flag(false),
    pure: flag(false),
    keep_split: flag(false),
    dry_run: flag(false),
    imatrix: pointer,
    kv_overrides: pointer,
    tt_overrides: pointer,
    prune_layers: pointer,
    max_buf_size: size(8 * 2 ** 30),
  },
};

/** The release in what `llama_version` returns, such as `0.5.0-dev`; `undefined` if its structs are not known here. */
export function knownRelease(version: string): string | undefined {
  return KNOWN_RELEASES.find((release) => version === release || version.startsWith(`${release}-`));
}

/** What differs between the defaults that the library returned and those of the layout; empty if it is the one we know. */
export function layoutMismatches(layout: StructLayout, defaults: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(layout.members)
    .filter(([member, { initial }]) => defaults[member] !== initial)
    .map(([member, { initial }]) => `${member} is ${String(defaults[member])}, expected ${String(initial)}`);
}
