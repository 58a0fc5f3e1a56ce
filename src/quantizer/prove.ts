import { isGgufError } from '../errors.js';
import { compareLogits, type LogitsComparison } from './embedded/compare-logits.js';
import { type LlamaProbe, type ProbeOutcome, probeModel } from './embedded/probe.js';

/**
 * Most that the answers of a repaired file may differ, as mean KL divergence in nats over the prompt's positions.
 * Requantizing one embedding table moves them by about 0.001 (Q8_0) to 0.02 (Q4_0); a tensor in the wrong place moves
 * them by whole nats.
 */
export const MAX_MEAN_KL = 0.05;

/** Whether llama.cpp takes two files for the same model. */
export type Proof =
  | { readonly kind: 'same-answers' | 'other-answers'; readonly llama: Loaded; readonly logits: LogitsComparison }
  /** llama.cpp refused one of them, or died of it. */
  | { readonly kind: 'not-loaded'; readonly file: string; readonly why: string }
  /** llama.cpp cannot run on this machine. */
  | { readonly kind: 'unavailable'; readonly why: string };

/** What llama.cpp read from the repaired file. */
export type Loaded = Pick<
  LlamaProbe,
  'llamaVersion' | 'description' | 'keyCount' | 'tensorCount' | 'layers' | 'vocabularySize'
>;

/**
 * Loads both files in llama.cpp itself, in child processes, gives both the same prompt and compares the scores of every
 * token at every position. Rejects with `aborted` only.
 */
export async function proveSameAnswers(before: string, after: string, signal: AbortSignal): Promise<Proof> {
  try {
    const old = await probeModel(before, { signal });
    if (old.kind !== 'loaded') return notLoaded(before, old);
    const repaired = await probeModel(after, { signal, tokens: old.probe.tokens });
    if (repaired.kind !== 'loaded') return notLoaded(after, repaired);
    const logits = compareLogits(old.probe.logits, repaired.probe.logits);
    const { llamaVersion, description, keyCount, tensorCount, layers, vocabularySize } = repaired.probe;
    const llama = { llamaVersion, description, keyCount, tensorCount, layers, vocabularySize };
    return { kind: logits.meanKl <= MAX_MEAN_KL ? 'same-answers' : 'other-answers', llama, logits };
  } catch (error) {
    if (isGgufError(error, 'unavailable')) return { kind: 'unavailable', why: error.details.what };
    throw error;
  }
}

function notLoaded(file: string, outcome: Exclude<ProbeOutcome, { kind: 'loaded' }>): Proof {
  const how = {
    refused: 'llama.cpp refuses it',
    crashed: 'llama.cpp died of it',
    'timed-out': 'llama.cpp did not answer in time',
  }[outcome.kind];
  const words = outcome.words.slice(-3).join('; ');
  return { kind: 'not-loaded', file, why: words === '' ? how : `${how}: ${words}` };
}
