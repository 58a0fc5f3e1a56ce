import { expect, test } from 'vitest';
import type { ImatrixProblem } from '../../src/quantizer/imatrix/coverage.js';
import { type ImatrixCheck, imatrixCheckJson, renderImatrixCheck } from '../../src/report/imatrix-check.js';
import { PLAIN } from '../../src/report/styles.js';

const PAGE = { width: 80, styles: PLAIN };

function check(problems: readonly ImatrixProblem[]): ImatrixCheck {
  return { imatrix: 'i.gguf', model: 'm.gguf', recipe: 'Q4_K_M', entries: 340, problems };
}

const size = (tensor: string): ImatrixProblem => ({ kind: 'size', tensor, found: 3, expected: 2 });
const SEEN: ImatrixProblem = { kind: 'uncounted', tensor: 'x', count: 1, of: 2, first: [1] };
const NOTE: ImatrixProblem = { kind: 'no-data', tensors: ['k'], type: 'Q4_K', why: 'shared-kv', isNeeded: false };

test('what ends a run comes first, then what costs quality, then what is as it must be', () => {
  expect(renderImatrixCheck(check([NOTE, SEEN, size('a')]), false, PAGE)).toBe(
    [
      'i.gguf for m.gguf as Q4_K_M',
      "  ✗ the imatrix has 3 values of 'a', expected 2: it was made from another model",
      "  ! no token reached 1 of 2 matrices of 'x' (1): all their columns count the",
      '    same',
      "  · the imatrix has nothing of 'k', keys and values of a layer that uses those",
      '    of an earlier one, so that llama.cpp never reads them: it becomes Q4_K',
      '    without',
      '340 tensors: 1 ends a run, 1 costs quality, 1 note',
      '',
    ].join('\n'),
  );
});

test('a good one is said to be good', () => {
  expect(renderImatrixCheck({ ...check([]), recipe: undefined }, false, PAGE)).toBe(
    'i.gguf for m.gguf\n340 tensors: nothing ends a run, 0 cost quality, 0 notes\n',
  );
});

test('many of one severity are cut, unless all are asked for', () => {
  const many = check(Array.from({ length: 15 }, (_, i) => size(`tensor${i}`)));
  const text = renderImatrixCheck(many, false, PAGE);
  expect(text.match(/✗/g)).toHaveLength(10);
  expect(text).toContain('    and 5 more like these, --verbose shows them\n');
  expect(text).toContain('15 end a run');
  expect(renderImatrixCheck(many, true, PAGE).match(/✗/g)).toHaveLength(15);
});

test('the document has all of it, with a verdict', () => {
  expect(imatrixCheckJson(check([NOTE]))).toEqual({
    imatrix: 'i.gguf',
    model: 'm.gguf',
    recipe: 'Q4_K_M',
    entries: 340,
    verdict: 'pass',
    problems: [{ severity: 'note', message: expect.stringContaining("'k'"), ...NOTE }],
  });
  const bad: ImatrixProblem = {
    kind: 'non-finite',
    tensor: 'a',
    matrix: 0,
    column: 1,
    value: Number.NEGATIVE_INFINITY,
  };
  expect(imatrixCheckJson({ ...check([bad]), recipe: undefined })).toMatchObject({
    recipe: null,
    verdict: 'fail',
    problems: [{ severity: 'aborts', value: '-Infinity' }],
  });
});
