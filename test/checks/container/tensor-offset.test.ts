import { describe, expect, test } from 'vitest';
import { tensorOffset } from '../../../src/checks/container/tensor-offset.js';
import { runChecks } from '../../../src/checks/run.js';
import { applyEdits, simulate } from '../../../src/edit/draft.js';
import { planWrite } from '../../../src/edit/plan.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { gguf } from '../../support/gguf-builder.js';
import { changedNames, findingsOf, testRule } from '../rule-test.js';

const second = (offset: number): Uint8Array =>
  gguf().tensor('a', 'F32', [16]).tensor('b', 'F32', [8], { offset }).trailing(new Uint8Array(64)).bytes();

describe('container/tensor-offset', () => {
  testRule(tensorOffset, [
    {
      title: 'a gap',
      bytes: second(96),
      data: { code: 'tensor-offset', data: { found: '96', expected: '64', kind: 'gap' } },
      name: 'b',
    },
    {
      title: 'an overlap',
      bytes: second(32),
      data: { code: 'tensor-offset', data: { found: '32', expected: '64', kind: 'overlap' } },
    },
  ]);

  test.each([
    ['a gap', second(96)],
    ['another order', gguf().tensor('a', 'F32', [8], { offset: 32 }).tensor('b', 'F32', [8], { offset: 0 }).bytes()],
  ])('the fix of %s writes the same bytes at other places', (_, bytes) => {
    const header = parseHeader(bytes);
    const [finding] = runChecks(header, { rules: [tensorOffset] });
    expect(finding!.fix).toMatchObject({ safety: 'safe', edits: [{ op: 'repack' }] });
    const draft = applyEdits(header, finding!.fix!.edits);
    expect(planWrite(draft)).toMatchObject({ strategy: 'rewrite', conversions: [] });
    const after = simulate(draft);
    expect(after.problems).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: [], tensors: [] });
  });

  test.each([
    ['an overlap', second(32)],
    [
      'a tensor past the end of the file',
      gguf()
        .tensor('a', 'F32', [8], { offset: 2 ** 40 })
        .bytes(),
    ],
  ])('nothing is offered for %s', (_, bytes) => {
    for (const { fix } of findingsOf(tensorOffset, bytes)) expect(fix).toBeUndefined();
  });
});
