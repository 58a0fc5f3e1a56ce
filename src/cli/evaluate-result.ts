import { openBaseLogits } from '../quantizer/evaluate/base-logits.js';
import { compareQuant, type QuantEvaluation } from '../quantizer/evaluate/evaluate-quant.js';
import { openPerplexity } from '../quantizer/evaluate/perplexity.js';
import type { LlamaTool } from '../quantizer/process/llama-tool.js';
import { chunkProgress } from './chunk-progress.js';
import type { SharedFlags } from './flags.js';
import type { Terminal } from './terminal.js';

/** What a quant that was just made is to be measured with. */
export interface ResultEvaluation {
  /** The model that it was made of, or its first shard. */
  readonly base: string;
  readonly text: string;
  readonly chunks: number | undefined;
}

/** Finds llama-perplexity, which must be there before hours are spent on the quant. Rejects with `unavailable`. */
export async function requirePerplexity({ signal }: Terminal): Promise<LlamaTool> {
  return await openPerplexity(undefined, signal);
}

/** Measures how far a quant is from the model that it was made of. The base's scores are not kept. */
export async function evaluateResult(
  terminal: Terminal,
  flags: SharedFlags,
  perplexity: LlamaTool,
  quant: string,
  wanted: ResultEvaluation,
): Promise<QuantEvaluation> {
  const { signal } = terminal;
  const { threads } = flags;
  const scores = chunkProgress(terminal, flags, 'scores of the model');
  const comparison = chunkProgress(terminal, flags, 'compare');
  try {
    await using logits = await openBaseLogits(perplexity, { ...wanted, threads, signal, onProgress: scores.update });
    scores.end();
    return await compareQuant(perplexity, quant, logits, { threads, signal, onProgress: comparison.update });
  } finally {
    scores.end();
    comparison.end();
  }
}
