import { describe, expect, test } from 'vitest';
import { codeEscape } from '../../../src/checks/template/code-escape.js';
import { REAL } from '../../templates/real-templates.js';
import { findingsOf, testRule } from '../rule-test.js';
import { templateFile } from './template-file.js';

describe('template/code-escape', () => {
  testRule(codeEscape, [
    {
      title: 'the way to the classes',
      bytes: templateFile('{{ ().__class__.__base__.__subclasses__() }}').bytes(),
      message: /'__class__', '__base__', '__subclasses__'/,
      name: 'tokenizer.chat_template',
    },
    {
      title: 'a name in a string',
      bytes: templateFile("{{ x['__globals__'] }}").bytes(),
      data: { words: ['__globals__'] },
    },
    { title: 'the attr filter', bytes: templateFile('{{ x|attr(y) }}').bytes(), data: { words: ['attr'] } },
    { title: 'an import', bytes: templateFile("{%- import 'os' as os %}").bytes(), data: { words: ['import'] } },
    { title: 'a member', bytes: templateFile('{{ x.mro() }}').bytes(), data: { words: ['mro'] } },
  ]);

  test.each(Object.entries(REAL))('accepts a template like %s', (_, text) => {
    expect(findingsOf(codeEscape, templateFile(text).bytes())).toEqual([]);
  });

  test('does not mind such words in text, comments and raw blocks', () => {
    const text = '{# __class__ #}__class__ import{% raw %}{{ x.__class__ }}{% endraw %}{% set from = 1 %}{{ from }}';
    expect(findingsOf(codeEscape, templateFile(text).bytes())).toEqual([]);
  });
});
