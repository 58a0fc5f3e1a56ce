import { describe, expect, test } from 'vitest';
import { oversized } from '../../../src/checks/template/oversized.js';
import { REAL } from '../../templates/real-templates.js';
import { cleanFile, findingsOf, testRule } from '../rule-test.js';
import { templateFile } from './template-file.js';

describe('template/oversized', () => {
  testRule(oversized, [
    {
      title: 'a megabyte',
      bytes: templateFile('x'.repeat(2 ** 20)).bytes(),
      message: /has 1048576 bytes, expected at/,
    },
    {
      title: 'many templates that are too long together',
      bytes: Array.from({ length: 9 }, (_, index) => `tokenizer.chat_template.t${index}`)
        .reduce((file, key) => file.metadata(key, { type: 'string', value: 'x'.repeat(2 ** 16) }), cleanFile())
        .bytes(),
      name: 'tokenizer.chat_template.t8',
      message: /up to 'tokenizer.chat_template.t8' have 589824 bytes together, expected at most 524288/,
    },
  ]);

  test.each(Object.entries(REAL))('accepts a template like %s', (_, text) => {
    expect(findingsOf(oversized, templateFile(text).bytes())).toEqual([]);
  });
});
