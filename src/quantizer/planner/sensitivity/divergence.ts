/**
 * Turns scores of a vocabulary into logarithms of probabilities, in place. Scores of minus infinity stay impossible.
 */
export function toLogProbabilities(scores: Float32Array): void {
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > most) most = score;
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - most);
  const all = most + Math.log(sum);
  for (let i = 0; i < scores.length; i += 1) scores[i] = (scores[i] ?? 0) - all;
}

/** The KL divergence of `other` from `base` in nats; both are logarithms of probabilities. */
export function divergence(base: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < base.length; i += 1) {
    const own = base[i] ?? Number.NEGATIVE_INFINITY;
    if (own > LEAST_LOG) sum += Math.exp(own) * (own - (other[i] ?? Number.NEGATIVE_INFINITY));
  }
  return sum;
}

/** What is less likely adds less than the rounding of the rest. */
const LEAST_LOG = -60;
