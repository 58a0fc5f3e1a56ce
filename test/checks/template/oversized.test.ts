import { describe, expect, test } from 'vitest';
import { oversized } from '../../../src/checks/template/oversized.js';
import { REAL } from '../../templates/real-templates.js';
import { findingsOf, testRule } from '../rule-test.js';
import { templateFile } from './template-file.js';

describe('template/oversized', () => {
  testRule(oversized, [
    { title: 'a megabyte', bytes: templateFile('x'.repeat(2 ** 20)).bytes(), message: /has 1048576 characters/ },
  ]);

  test.each(Object.entries(REAL))('accepts a template like %s', (_, text) => {
    expect(findingsOf(oversized, templateFile(text).bytes())).toEqual([]);
  });
});
