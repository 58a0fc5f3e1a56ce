import type { Estimate } from '../../quantizer/evaluate/divergence.js';
import type { QuantEvaluation } from '../../quantizer/evaluate/evaluate-quant.js';

/** A figure of a quant as text. */
export interface Figure {
  readonly label: string;
  readonly text: string;
}

/** Stands where llama-perplexity did not print a figure. */
export const MISSING = '–';

/** All figures of a quant, each with its error where it has one and with as many digits as llama-perplexity gives. */
export function figuresOf(evaluation: QuantEvaluation): Figure[] {
  const { meanKld, medianKld, kld999, sameTop, rmsDeltaP, perplexity, basePerplexity, perplexityRatio } = evaluation;
  return [
    { label: 'mean KLD', text: withError(meanKld, 6) },
    { label: 'median KLD', text: fixed(medianKld, 6) },
    { label: '99.9 % KLD', text: fixed(kld999, 6) },
    { label: 'same top token', text: `${withError(sameTop, 2)} %` },
    { label: 'RMS Δp', text: `${withError(rmsDeltaP, 2)} %` },
    { label: 'perplexity', text: withError(perplexity, 4) },
    { label: 'base perplexity', text: basePerplexity === undefined ? MISSING : withError(basePerplexity, 4) },
    { label: 'perplexity ratio', text: withError(perplexityRatio, 5) },
  ];
}

/** `0.016606 ± 0.000092`. */
export function withError({ value, error }: Estimate, digits: number): string {
  return `${value.toFixed(digits)} ± ${error.toFixed(digits)}`;
}

/** The figure, or a dash. */
export function fixed(value: number | undefined, digits: number): string {
  return value === undefined ? MISSING : value.toFixed(digits);
}
