import type { TypedValue } from '../../../../src/gguf/encode-value.js';
import type { BareModel, BareTensor } from './header-only.js';
import { f32, text, u32 } from './header-only.js';

/** The shape of Gemma 3n's published sizes, BF16 with norms in F32: `facts/gemma3n.md` §3, 262144 tokens. */
export function gemma3n(size: 'E2B' | 'E4B'): BareModel {
  const [layers, feedForward, shared] = size === 'E2B' ? [30, 8192, 10] : [35, 16384, 15];
  const width = 2048;
  const vocabulary = 262_144;
  const globals: BareTensor[] = [
    weight('token_embd', [width, vocabulary]),
    weight('per_layer_token_embd', [256 * layers, vocabulary]),
    weight('per_layer_model_proj', [width, 256 * layers]),
    norm('per_layer_proj_norm', [256]),
    weight('altup_proj', [width, width, 3]),
    weight('altup_unembd_proj', [width, width, 3]),
    norm('output_norm', [width]),
  ];
  const block = (i: number): BareTensor[] => {
    const inBlock = { weight: blockWeight(i), norm: blockNorm(i) };
    return [
      inBlock.weight('attn_q', [width, width]),
      inBlock.weight('attn_k', [width, 512]),
      inBlock.weight('attn_v', [width, 512]),
      inBlock.weight('attn_output', [width, width]),
      inBlock.weight('ffn_gate', [width, feedForward]),
      inBlock.weight('ffn_up', [width, feedForward]),
      inBlock.weight('ffn_down', [feedForward, width]),
      inBlock.weight('inp_gate', [width, 256]),
      inBlock.weight('proj', [256, width]),
      inBlock.weight('altup_router', [width, 4]),
      inBlock.weight('laurel_l', [width, 64]),
      inBlock.weight('laurel_r', [64, width]),
      ...['attn_q_norm', 'attn_k_norm'].map((name) => inBlock.norm(name, [256])),
      ...['attn_norm', 'post_attention_norm', 'ffn_norm', 'post_ffw_norm', 'post_norm'].map((name) =>
        inBlock.norm(name, [width]),
      ),
      ...['altup_router_norm', 'altup_correct_scale', 'laurel_post_norm'].map((name) => inBlock.norm(name, [width])),
      inBlock.norm('altup_correct_coef', [4, 4]),
      inBlock.norm('altup_predict_coef', [4, 16]),
    ];
  };
  return {
    metadata: [
      ['general.architecture', text('gemma3n')],
      ['general.file_type', u32(32)],
      ...hyperparameters('gemma3n', { layers, width, feedForward, heads: 8, kvHeads: 2 }),
      ['gemma3n.attention.shared_kv_layers', u32(shared)],
      ['gemma3n.attention.sliding_window', u32(512)],
      ['gemma3n.attention.key_length', u32(256)],
      ['gemma3n.attention.value_length', u32(256)],
      ['gemma3n.embedding_length_per_layer_input', u32(256)],
      ['gemma3n.altup.num_inputs', u32(4)],
      ['gemma3n.altup.active_idx', u32(0)],
      ['gemma3n.vocab_size', u32(vocabulary)],
    ],
    tensors: [...globals, ...Array.from({ length: layers }, (_, i) => block(i)).flat()],
  };
}

/** What a llama of this test may look like. */
export interface LlamaShape {
  readonly architecture?: string;
  readonly layers: number;
  readonly width?: number;
  readonly feedForward?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly experts?: number;
  readonly isTied?: boolean;
}

/** A llama, or another architecture with the same tensors, in F16. */
export function llama({
  architecture = 'llama',
  layers,
  width = 512,
  feedForward = 1024,
  heads = 8,
  kvHeads = 8,
  experts = 0,
  isTied = false,
}: LlamaShape): BareModel {
  const kvWidth = (width / heads) * kvHeads;
  const f16 = (name: string, dims: readonly number[]): BareTensor => ({ name: `${name}.weight`, type: 'F16', dims });
  const block = (i: number): BareTensor[] => [
    f16(`blk.${i}.attn_q`, [width, width]),
    f16(`blk.${i}.attn_k`, [width, kvWidth]),
    f16(`blk.${i}.attn_v`, [width, kvWidth]),
    f16(`blk.${i}.attn_output`, [width, width]),
    ...feedForwardOf(i, { width, feedForward, experts }),
    blockNorm(i)('attn_norm', [width]),
    blockNorm(i)('ffn_norm', [width]),
  ];
  return {
    metadata: [
      ['general.architecture', text(architecture)],
      ...hyperparameters(architecture, { layers, width, feedForward, heads, kvHeads }),
      ...(experts === 0
        ? []
        : ([
            [`${architecture}.expert_count`, u32(experts)],
            [`${architecture}.expert_used_count`, u32(2)],
          ] as const)),
      [`${architecture}.vocab_size`, u32(1024)],
    ],
    tensors: [
      f16('token_embd', [width, 1024]),
      norm('output_norm', [width]),
      ...(isTied ? [] : [f16('output', [width, 1024])]),
      // As converters write them: blk.10 is not last.
      ...Array.from({ length: layers }, (_, i) => block(i)).flat(),
    ],
  };
}

function feedForwardOf(
  i: number,
  { width, feedForward, experts }: { readonly width: number; readonly feedForward: number; readonly experts: number },
): BareTensor[] {
  const f16 = (name: string, dims: readonly number[]): BareTensor => {
    return { name: `blk.${i}.${name}.weight`, type: 'F16', dims: experts === 0 ? dims : [...dims, experts] };
  };
  const suffix = experts === 0 ? '' : '_exps';
  const router = experts === 0 ? [] : [blockNorm(i)('ffn_gate_inp', [width, experts])];
  return [
    ...router,
    f16(`ffn_gate${suffix}`, [width, feedForward]),
    f16(`ffn_up${suffix}`, [width, feedForward]),
    f16(`ffn_down${suffix}`, [feedForward, width]),
  ];
}

interface Hyperparameters {
  readonly layers: number;
  readonly width: number;
  readonly feedForward: number;
  readonly heads: number;
  readonly kvHeads: number;
}

function hyperparameters(
  architecture: string,
  { layers, width, feedForward, heads, kvHeads }: Hyperparameters,
): (readonly [string, TypedValue])[] {
  return [
    [`${architecture}.block_count`, u32(layers)],
    [`${architecture}.context_length`, u32(1024)],
    [`${architecture}.embedding_length`, u32(width)],
    [`${architecture}.feed_forward_length`, u32(feedForward)],
    [`${architecture}.attention.head_count`, u32(heads)],
    [`${architecture}.attention.head_count_kv`, u32(kvHeads)],
    [`${architecture}.attention.layer_norm_rms_epsilon`, f32(0.5)],
    [`${architecture}.attention.layer_norm_epsilon`, f32(0.5)],
  ];
}

const weight = (name: string, dims: readonly number[]): BareTensor => ({ name: `${name}.weight`, type: 'BF16', dims });
const norm = (name: string, dims: readonly number[]): BareTensor => ({ name: `${name}.weight`, type: 'F32', dims });
const blockWeight = (i: number) => (name: string, dims: readonly number[]) => weight(`blk.${i}.${name}`, dims);
const blockNorm = (i: number) => (name: string, dims: readonly number[]) => norm(`blk.${i}.${name}`, dims);
