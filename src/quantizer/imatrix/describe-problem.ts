import { quoted } from '../../gguf/printable.js';
import type { ImatrixProblem, NoData } from './coverage.js';
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
    case 'no-data':
      return `the imatrix has nothing of ${namesText(problem.tensors)}${REASONS[problem.why]}: ${effectText(problem)}`;
    case 'uncounted': {
      const { tensor, count, of, first } = problem;
      if (of === 1) return `no token reached ${quoted(tensor)}: all its columns count the same`;
      const which = first.length < count ? `${first.join(', ')} …` : first.join(', ');
      return `no token reached ${count} of ${of} matrices of ${quoted(tensor)} (${which}): all their columns count the same`;
    }
    case 'unmatched': {
      const { entries, of } = problem;
      const [first = ''] = entries;
      if (entries.length === of) return `the model has no tensor of the imatrix, such as ${quoted(first)}`;
      return `the model lacks ${entries.length} of the ${of} tensors of the imatrix, such as ${quoted(first)}`;
    }
  }
}

/** More names than these hide the rest of the sentence. */
const MAX_NAMES = 3;

function namesText(names: readonly string[]): string {
  const [first = ''] = names;
  if (names.length === 1) return quoted(first);
  const shown = names.slice(0, MAX_NAMES).map(quoted).join(', ');
  return `${names.length} tensors (${shown}${names.length > MAX_NAMES ? ' …' : ''})`;
}

function effectText({ tensors, type, why, isNeeded }: NoData): string {
  const they = tensors.length === 1 ? 'it' : 'they';
  if (type === undefined) {
    return why === 'output'
      ? `${they} can only be quantized without`
      : `${they} cannot become ${IMATRIX_TYPES.join(', ')}`;
  }
  if (isNeeded) return `llama-quantize makes no ${type} without`;
  return `${they} become${they === 'it' ? 's' : ''} ${type} without`;
}

const REASONS: Readonly<Record<UnseenReason, string>> = {
  'shared-kv': ', keys and values of a layer that uses those of an earlier one, so that llama.cpp never reads them',
  prediction: ', of a layer that predicts further tokens, which llama-imatrix leaves out',
  output: ', which llama-imatrix leaves out unless --process-output is given',
  unknown: '',
};
