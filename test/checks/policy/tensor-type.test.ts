import { expect, test } from 'vitest';
import { tensorType } from '../../../src/checks/policy/tensor-type.js';
import { found } from './policy-test.js';

test('allows what is listed, and everything where nothing is', () => {
  expect(found(tensorType)).toEqual([]);
  expect(found(tensorType, {})).toEqual([]);
  expect(found(tensorType, { types: ['F32', 'Q4_0', 'Q8_0'] })).toEqual([]);
});

test('names each other type once, with its first tensor', () => {
  const findings = found(tensorType, { types: ['F32'] });
  expect(findings.map(({ message }) => message)).toEqual([
    "tensor 'a' and 1 more are Q8_0, the policy allows F32",
    "tensor 'c' is Q4_0, the policy allows F32",
  ]);
  expect(findings[0]).toMatchObject({
    rule: 'policy/tensor-type',
    severity: 'error',
    place: { kind: 'tensor', name: 'a' },
    data: { type: 'Q8_0', first: 'a', tensors: 2 },
  });
});
