import { describe } from 'vitest';
import { valueType } from '../../../src/checks/template/value-type.js';
import { cleanFile, testRule } from '../rule-test.js';

describe('template/value-type', () => {
  testRule(valueType, [
    {
      title: 'an array',
      bytes: cleanFile()
        .metadata('tokenizer.chat_template', { type: 'array', itemType: 'string', items: ['a'] })
        .bytes(),
      message: /'tokenizer\.chat_template' is an array, expected string/,
      name: 'tokenizer.chat_template',
    },
    {
      title: 'a number under a named key',
      bytes: cleanFile().metadata('tokenizer.chat_template.tool_use', { type: 'uint32', value: 1 }).bytes(),
      data: { found: 'uint32' },
    },
  ]);
});
