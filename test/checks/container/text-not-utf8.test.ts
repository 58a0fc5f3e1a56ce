import { describe } from 'vitest';
import { textNotUtf8 } from '../../../src/checks/container/text-not-utf8.js';
import { cleanFile, testRule } from '../rule-test.js';

const latin1 = Buffer.from('caf\u00e9', 'latin1');

describe('container/text-not-utf8', () => {
  testRule(textNotUtf8, [
    {
      title: 'a value',
      bytes: cleanFile().metadata('general.author', { type: 'string', value: latin1 }).bytes(),
      message: /^the value of 'general\.author' is no UTF-8/,
      name: 'general.author',
    },
    {
      title: 'a key',
      bytes: cleanFile().metadata(latin1, { type: 'uint8', value: 1 }).bytes(),
      data: { what: 'key' },
    },
    {
      title: 'a tensor name',
      bytes: cleanFile().tensor(latin1, 'F32', [8]).bytes(),
      message: /^the tensor name 'caf.' is no UTF-8/,
    },
    {
      title: 'strings of an array',
      bytes: cleanFile()
        .metadata('a', { type: 'array', itemType: 'string', items: ['x', latin1, latin1] })
        .bytes(),
      message: /^2 strings of 'a' are no UTF-8, the first at index 1/,
    },
  ]);
});
