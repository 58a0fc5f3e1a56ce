import { describe, expect, test } from 'vitest';
import { ropeScalingType } from '../../../src/checks/metadata/rope-scaling-type.js';
import { testRule } from '../rule-test.js';
import { type Difference, findingsIn, text, wholeModel } from './whole-model.js';

describe('metadata/rope-scaling-type', () => {
  testRule(ropeScalingType, [
    {
      title: 'an old name',
      bytes: wholeModel({ keys: { '*.rope.scaling.type': text('su') } }),
      message: /is 'su', expected none, linear, yarn or longrope: llama.cpp aborts/,
    },
  ]);

  test.each<Difference>([{ keys: { '*.rope.scaling.type': text('yarn') } }])('accepts %#', (difference) => {
    expect(findingsIn(ropeScalingType, difference)).toEqual([]);
  });
});
