import { expect, test } from 'vitest';
import { trialsOf } from '../../../../src/quantizer/planner/errors/error-jobs.js';
import { bareHeader } from '../../recipes/support/header-only.js';

test('types that are searched for slowly are tried on fewer rows, the others all on the same', () => {
  const { tensors } = bareHeader({ metadata: [], tensors: [{ name: 'a', type: 'F16', dims: [2048, 1000] }] });
  const [tensor] = tensors;
  if (tensor === undefined) throw new Error('no tensor');
  const trials = trialsOf(tensor, ['Q4_K', 'Q8_0', 'IQ4_XS', 'IQ2_XXS', 'IQ3_S'], 1);
  expect(trials.map(({ rows }) => rows.length)).toEqual([32, 32, 32, 8, 8]);
  expect(trials[0]?.rows).toEqual(trials[1]?.rows);
});
