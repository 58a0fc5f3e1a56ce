import { describe, expect, test } from 'vitest';
import { finalPadding } from '../../../src/checks/container/final-padding.js';
import { verdictOf } from '../../../src/checks/run.js';
import { cleanFile, findingsOf, testRule } from '../rule-test.js';

const unpadded = cleanFile().tensor('odd', 'F32', [1]).withoutFinalPadding().bytes();

describe('container/final-padding', () => {
  testRule(finalPadding, [
    {
      title: 'missing padding',
      bytes: unpadded,
      data: { code: 'final-padding', data: { missing: 28 } },
      at: unpadded.byteLength,
    },
  ]);

  test('is a warning, since llama.cpp loads such files', () => {
    expect(verdictOf(findingsOf(finalPadding, unpadded))).toBe('pass');
  });
});
