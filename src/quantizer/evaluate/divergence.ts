/** A figure and its standard error, in the same unit. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** How far a quant's predictions are from its base's, over all scored tokens. Divergences are in nats. */
export interface Divergence {
  readonly meanKld: Estimate;
  /** This and the other optional figures are missing where llama-perplexity ended before it had printed them. */
  readonly medianKld?: number;
  /** 99.9 % of all tokens diverge less. */
  readonly kld999?: number;
  /** Percent of all tokens for which both find the same next token the most probable. */
  readonly sameTop: Estimate;
  /** Root mean square of the change of the right token's probability, in percentage points. */
  readonly rmsDeltaP: Estimate;
  readonly perplexity: Estimate;
  readonly basePerplexity?: Estimate;
  /** Perplexity of the quant divided by that of its base. */
  readonly perplexityRatio: Estimate;
}

/** Whether nothing is missing. */
export function isComplete({ medianKld, kld999, basePerplexity }: Divergence): boolean {
  return medianKld !== undefined && kld999 !== undefined && basePerplexity !== undefined;
}
