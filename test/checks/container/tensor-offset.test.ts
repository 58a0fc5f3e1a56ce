import { describe } from 'vitest';
import { tensorOffset } from '../../../src/checks/container/tensor-offset.js';
import { gguf } from '../../support/gguf-builder.js';
import { testRule } from '../rule-test.js';

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
});
