import { describe, expect, test } from 'vitest';
import { giantRange } from '../../../src/checks/template/giant-range.js';
import { REAL } from '../../templates/real-templates.js';
import { findingsOf, testRule } from '../rule-test.js';
import { templateFile } from './template-file.js';

describe('template/giant-range', () => {
  testRule(giantRange, [
    {
      title: 'a billion',
      bytes: templateFile('{% for i in range(1000000000) %}x{% endfor %}').bytes(),
      message: /'1000000000' items/,
    },
    { title: 'a power', bytes: templateFile('{{ range(10**9) }}').bytes(), data: { count: '10**9' } },
    { title: 'an exponent', bytes: templateFile('{{ range(0, (1e9)|int) }}').bytes(), data: { count: '1e9' } },
  ]);

  test.each(Object.entries(REAL))('accepts a template like %s', (_, text) => {
    expect(findingsOf(giantRange, templateFile(text).bytes())).toEqual([]);
  });

  test('does not mind large numbers elsewhere', () => {
    expect(findingsOf(giantRange, templateFile('{{ range(3) }}{{ 1000000000 }} range(1000000000)').bytes())).toEqual(
      [],
    );
  });
});
