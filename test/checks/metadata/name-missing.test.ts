import { describe, expect, test } from 'vitest';
import { nameMissing } from '../../../src/checks/metadata/name-missing.js';
import { testRule } from '../rule-test.js';
import { type Difference, findingsIn, text, wholeModel } from './whole-model.js';

describe('metadata/name-missing', () => {
  testRule(nameMissing, [
    {
      title: 'no name',
      bytes: wholeModel({ keys: { 'general.name': undefined } }),
      message: /^'general.name' is missing or empty/,
    },
    {
      title: 'an empty size',
      bytes: wholeModel({ keys: { 'general.size_label': text('') } }),
      message: /^'general.size_label' is missing or empty/,
    },
  ]);

  test.each<Difference>([{}])('accepts %#', (difference) => {
    expect(findingsIn(nameMissing, difference)).toEqual([]);
  });
});
