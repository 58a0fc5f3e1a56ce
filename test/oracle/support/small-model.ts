import type { GgufBuilder } from '../../support/gguf-builder.js';
import { BYTE_TOKENS, vocabularyFile } from './vocabulary.js';

/** The tokens of a SentencePiece vocabulary as small as can be. */
export const SPM = ['<unk>', '<s>', '</s>', ...BYTE_TOKENS, '▁', 'a', 'b'];

/** The tensors of one layer that llama.cpp asks for, by architecture: 32 wide, two heads, 64 in the feed-forward part. */
const LAYERS: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  llama: { attn_norm: [32], ffn_norm: [32] },
  olmo2: { attn_q_norm: [32], attn_k_norm: [32], post_attention_norm: [32], post_ffw_norm: [32] },
};

const MATRICES: Readonly<Record<string, readonly number[]>> = {
  attn_q: [32, 32],
  attn_k: [32, 32],
  attn_v: [32, 32],
  attn_output: [32, 32],
  ffn_gate: [32, 64],
  ffn_up: [32, 64],
  ffn_down: [64, 32],
};

/** A model of one layer with this vocabulary and an embedding of `rows` rows. */
export function smallModel(
  layout: 'llama' | 'olmo2',
  name: string,
  tokens: readonly string[],
  rows: number,
): GgufBuilder {
  const weights = (dims: readonly number[]): Uint8Array => {
    const count = dims.reduce((product, dim) => product * dim, 1);
    return new Uint8Array(Float32Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 101 - 0.5).buffer);
  };
  const shapes = Object.entries({ ...LAYERS[layout], ...MATRICES }).map(
    ([part, dims]) => [`blk.0.${part}.weight`, dims] as const,
  );
  return [
    ['token_embd.weight', [32, rows]] as const,
    ['output.weight', [32, rows]] as const,
    ['output_norm.weight', [32]] as const,
    ...shapes,
  ].reduce<GgufBuilder>(
    (file, [tensor, dims]) => file.tensor(tensor, 'F32', dims, { bytes: weights(dims) }),
    vocabularyFile(name, 'llama', tokens),
  );
}
