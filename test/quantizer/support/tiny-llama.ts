import { type BuilderValue, type GgufBuilder, gguf } from '../../support/gguf-builder.js';

const EMBEDDING = 32;
const FEED_FORWARD = 64;
/** Rows of the embedding, since the model has no tokenizer. */
export const TINY_VOCABULARY = 16;

const SHAPES: Readonly<Record<string, readonly number[]>> = {
  'token_embd.weight': [EMBEDDING, TINY_VOCABULARY],
  'output_norm.weight': [EMBEDDING],
  'blk.0.attn_norm.weight': [EMBEDDING],
  'blk.0.attn_q.weight': [EMBEDDING, EMBEDDING],
  'blk.0.attn_k.weight': [EMBEDDING, EMBEDDING],
  'blk.0.attn_v.weight': [EMBEDDING, EMBEDDING],
  'blk.0.attn_output.weight': [EMBEDDING, EMBEDDING],
  'blk.0.ffn_norm.weight': [EMBEDDING],
  'blk.0.ffn_gate.weight': [EMBEDDING, FEED_FORWARD],
  'blk.0.ffn_up.weight': [EMBEDDING, FEED_FORWARD],
  'blk.0.ffn_down.weight': [FEED_FORWARD, EMBEDDING],
};

/** What a tiny model may differ in from a good one. */
export interface TinyLlamaOptions {
  readonly blockCount?: BuilderValue;
  /** Tensor to leave out. */
  readonly without?: string;
  /** Added to every weight, so that two models compute different scores. */
  readonly shift?: number;
  /** Keys besides. */
  readonly keys?: Readonly<Record<string, BuilderValue>>;
}

/** Number of metadata keys and tensors of a good tiny model. */
export const TINY_COUNTS = { keyCount: 9, tensorCount: Object.keys(SHAPES).length } as const;

/** A llama of one layer with fixed pseudo-random weights that llama.cpp loads and runs. */
export function tinyLlama({ blockCount, without, shift = 0, keys = {} }: TinyLlamaOptions = {}): Uint8Array {
  const header = gguf()
    .metadata('general.architecture', { type: 'string', value: 'llama' })
    .metadata('llama.vocab_size', { type: 'uint32', value: TINY_VOCABULARY })
    .metadata('llama.context_length', { type: 'uint32', value: 128 })
    .metadata('llama.embedding_length', { type: 'uint32', value: EMBEDDING })
    .metadata('llama.block_count', blockCount ?? { type: 'uint32', value: 1 })
    .metadata('llama.feed_forward_length', { type: 'uint32', value: FEED_FORWARD })
    .metadata('llama.attention.head_count', { type: 'uint32', value: 2 })
    .metadata('llama.attention.layer_norm_rms_epsilon', { type: 'float32', value: 1e-5 })
    .metadata('tokenizer.ggml.model', { type: 'string', value: 'no_vocab' });
  const start = Object.entries(keys).reduce((file, [key, value]) => file.metadata(key, value), header);
  return Object.entries(SHAPES)
    .filter(([name]) => name !== without)
    .reduce<GgufBuilder>((file, [name, dims], seed) => {
      const weights = pseudoRandom(
        dims.reduce((product, dim) => product * dim, 1),
        seed + 1,
        shift,
      );
      return file.tensor(name, 'F32', dims, { bytes: new Uint8Array(weights.buffer) });
    }, start)
    .bytes();
}

/** Weights in −0.5 … 0.5, plus `shift`, from a linear congruential generator. */
function pseudoRandom(count: number, seed: number, shift: number): Float32Array<ArrayBuffer> {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5 + shift;
  });
}
