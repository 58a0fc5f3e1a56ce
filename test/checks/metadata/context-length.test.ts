import { describe, expect, test } from 'vitest';
import { contextLength } from '../../../src/checks/metadata/context-length.js';
import { testRule } from '../rule-test.js';
import { type Difference, findingsIn, u32, wholeModel } from './whole-model.js';

describe('metadata/context-length', () => {
  testRule(contextLength, [
    { title: '0', bytes: wholeModel({ keys: { '*.context_length': u32(0) } }), message: /is 0: programs cannot tell/ },
  ]);

  test.each<Difference>([{}])('accepts %#', (difference) => {
    expect(findingsIn(contextLength, difference)).toEqual([]);
  });
});
