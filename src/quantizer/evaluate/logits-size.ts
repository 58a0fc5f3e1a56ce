/** What a file of scores is of. */
export interface LogitsShape {
  /** Tokens of a chunk. */
  readonly contextSize: number;
  /** Tokens of the vocabulary. */
  readonly vocabularySize: number;
  readonly chunks: number;
}

/** Magic, context size, vocabulary size, number of chunks. */
export const LOGITS_HEADER_BYTES = 20;

/** Tokens of a chunk that get scores: the second half, without the last, which has nothing after it. */
export function scoredTokens({ contextSize }: Pick<LogitsShape, 'contextSize'>): number {
  return contextSize - 1 - Math.floor(contextSize / 2);
}

/**
 * Bytes of the file that `llama-perplexity --kl-divergence-base` writes: the header, the text's tokens as i32, then for
 * each scored token two floats and a u16 for each token of the vocabulary, rounded up to an even number
 * (tools/perplexity/perplexity.cpp in llama.cpp 0.7.0).
 */
export function logitsBytes(shape: LogitsShape): number {
  const { contextSize, vocabularySize, chunks } = shape;
  const bytesOfToken = 2 * (2 * Math.floor((vocabularySize + 1) / 2) + 4);
  return LOGITS_HEADER_BYTES + chunks * (4 * contextSize + scoredTokens(shape) * bytesOfToken);
}
