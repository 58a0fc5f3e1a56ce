import type { LlamaTool } from '../process/llama-tool.js';
import { type BaseLogits, type BaseOptions, openBaseLogits } from './base-logits.js';
import type { RunOptions } from './compute-logits.js';
import type { Divergence } from './divergence.js';
import { scoredTokens } from './logits-size.js';
import { matchVocabulary } from './match-logits.js';
import { measureDivergence } from './measure-divergence.js';
import { type ModelSize, readModelSize } from './model-size.js';
import { openPerplexity } from './perplexity.js';

/** A quant, measured. */
export interface QuantEvaluation extends Divergence {
  readonly size: ModelSize;
  /** Tokens of a chunk. */
  readonly contextSize: number;
  readonly chunks: number;
  /** Tokens of all chunks whose predictions were compared. */
  readonly tokens: number;
}

/** What `evaluateQuant` needs besides the quant. */
export interface EvaluateOptions extends BaseOptions {
  /** Path of llama-perplexity; `$LLAMA_PERPLEXITY` or PATH where absent. */
  readonly llamaPerplexity?: string | undefined;
}

/**
 * Measures how far a quant is from its base: computes or takes the base's scores for a text, compares, and removes what
 * is not to be kept. For several quants open the scores once and call `compareQuant`. Progress counts the chunks of the
 * base first, then those of the quant.
 */
export async function evaluateQuant(quant: string, options: EvaluateOptions): Promise<QuantEvaluation> {
  const perplexity = await openPerplexity(options.llamaPerplexity, options.signal);
  await using logits = await openBaseLogits(perplexity, options);
  return await compareQuant(perplexity, quant, logits, options);
}

/** Compares one quant with scores that are there. */
export async function compareQuant(
  perplexity: LlamaTool,
  quant: string,
  { file, shape }: BaseLogits,
  { threads, ...options }: RunOptions & Pick<EvaluateOptions, 'threads'>,
): Promise<QuantEvaluation> {
  const size = await readModelSize(quant, options.signal);
  matchVocabulary(quant, size, shape);
  const divergence = await measureDivergence(perplexity, { model: quant, logits: file, threads }, shape, options);
  const { contextSize, chunks } = shape;
  return { ...divergence, size, contextSize, chunks, tokens: chunks * scoredTokens(shape) };
}
