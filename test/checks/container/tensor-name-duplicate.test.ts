import { describe } from 'vitest';
import { tensorNameDuplicate } from '../../../src/checks/container/tensor-name-duplicate.js';
import { cleanFile, testRule } from '../rule-test.js';

describe('container/tensor-name-duplicate', () => {
  testRule(tensorNameDuplicate, [
    {
      title: 'a second tensor of a name',
      bytes: cleanFile().tensor('output_norm.weight', 'F32', [8]).bytes(),
      data: { code: 'tensor-name-duplicate', data: { name: 'output_norm.weight' } },
      name: 'output_norm.weight',
    },
  ]);
});
