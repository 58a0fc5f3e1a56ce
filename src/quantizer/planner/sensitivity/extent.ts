import { integerOf } from '../../../checks/facts/hyperparameters.js';
import { findTensor, type Header, weightCount } from '../../../gguf/model.js';
import { modelShape } from '../../recipes/model-shape.js';
import { isQuantizable } from '../../recipes/quantizable.js';
import { tensorRole } from '../../recipes/tensor-class.js';
import type { Extent } from './protocol.js';

/**
 * Scores that are held: 128 MiB of F32, twice while two runs are compared. A vocabulary of 32,000 has room for all that is
 * wanted, one of 262,144 for 128 tokens.
 */
const MAX_SCORES = 2 ** 25;
const SEQUENCES = 4;
const MAX_SCORED = 224;
const MIN_SCORED = 8;
/** The first tokens of a text are hard to guess for any model. */
const UNSCORED = 32;

/** How much text a model is measured on: four pieces of at most 256 tokens. */
export function measuringExtent(header: Header): Extent {
  const vocabulary = Number(findTensor(header, 'token_embd.weight')?.dims[1] ?? 1n);
  const room = Math.floor(MAX_SCORES / (SEQUENCES * Math.max(vocabulary, 1)));
  return { sequences: SEQUENCES, unscored: UNSCORED, scored: Math.max(MIN_SCORED, Math.min(MAX_SCORED, room)) };
}

/** Floating-point operations of so many passes through the model: two for each weight that a token meets. */
export function measuringWork(header: Header, { sequences, unscored, scored }: Extent, passes: number): number {
  const { experts, isTied } = modelShape(header);
  const used = integerOf(header, 'expert_used_count') ?? experts;
  const met = header.tensors.filter(isQuantizable).reduce((sum, tensor) => {
    const { class: kind } = tensorRole(tensor.name);
    if (kind === 'per_layer_token_embd' || (kind === 'token_embd' && !isTied)) return sum;
    const share = experts > 0 && kind.endsWith('_exps') ? Math.min(1, used / experts) : 1;
    return sum + share * Number(weightCount(tensor));
  }, 0);
  return 2 * met * sequences * (unscored + scored) * passes;
}
