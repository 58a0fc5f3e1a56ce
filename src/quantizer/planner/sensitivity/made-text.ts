import { type RandomWords, randomFraction } from '../random.js';
import { toLogProbabilities } from './divergence.js';

/** A token drawn with the probabilities that a model's scores stand for. The scores are changed. */
export function drawToken(scores: Float32Array, next: RandomWords): number {
  toLogProbabilities(scores);
  let left = randomFraction(next);
  let last = 0;
  for (let token = 0; token < scores.length; token += 1) {
    const probability = Math.exp(scores[token] ?? Number.NEGATIVE_INFINITY);
    if (probability > 0) last = token;
    left -= probability;
    if (left < 0) break;
  }
  return last; // also where rounding leaves a rest
}
