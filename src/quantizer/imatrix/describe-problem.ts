import { quoted } from '../../gguf/printable.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import type { ImatrixProblem } from './coverage.js';
import { IMATRIX_TYPES } from './requires-imatrix.js';
import type { UnseenReason } from './unseen.js';

/** A problem in one sentence: lower case, no full stop. Safe to print. */
export function describeImatrixProblem(problem: ImatrixProblem): string {
  switch (problem.kind) {
    case 'non-finite': {
      const { tensor, matrix, column, value } = problem;
      const where = matrix === 0 ? `column ${column}` : `column ${column} of matrix ${matrix}`;
      return `the weight of ${where} of ${quoted(tensor)} is ${value}, expected a finite number: llama-quantize refuses the imatrix`;
    }
    case 'size': {
      const { tensor, found, expected } = problem;
      return `the imatrix has ${found} values of ${quoted(tensor)}, expected ${expected}: it was made from another model`;
    }
    case 'no-data': {
      const { tensor, type, why, isNeeded } = problem;
      return `the imatrix has nothing of ${quoted(tensor)}${REASONS[why]}: ${effectText(type, isNeeded)}`;
    }
    case 'uncounted': {
      const { tensor, count, of, first } = problem;
      if (of === 1) return `no token reached ${quoted(tensor)}: all its columns count the same`;
      const which = first.length < count ? `${first.join(', ')} …` : first.join(', ');
      return `no token reached ${count} of ${of} matrices of ${quoted(tensor)} (${which}): all their columns count the same`;
    }
    case 'unmatched': {
      const { entries, of } = problem;
      const [first = ''] = entries;
      if (entries.length === of)
        return `the model has none of the ${of} tensors of the imatrix, such as ${quoted(first)}`;
      return `the model lacks ${entries.length} of the ${of} tensors of the imatrix, such as ${quoted(first)}`;
    }
  }
}

function effectText(type: TensorTypeName | undefined, isNeeded: boolean): string {
  if (type === undefined) return `it cannot become ${IMATRIX_TYPES.join(', ')}`;
  return isNeeded ? `llama-quantize makes no ${type} without` : `it becomes ${type} without`;
}

const REASONS: Readonly<Record<UnseenReason, string>> = {
  'shared-kv': ', whose layer uses keys and values of an earlier one, so that llama.cpp never reads it',
  prediction: ', whose layer predicts further tokens, which llama-imatrix leaves out unless --nextn is given',
  output: ', which llama-imatrix leaves out unless --process-output is given',
  unknown: '',
};
