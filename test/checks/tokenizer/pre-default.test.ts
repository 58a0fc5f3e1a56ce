import { describe, expect, test } from 'vitest';
import { preDefault } from '../../../src/checks/tokenizer/pre-default.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { text, tokenizerFile } from './tokenizer-file.js';

const file = (pre: string, architecture = 'gpt-oss') =>
  tokenizerFile({ model: text('gpt2'), pre: text(pre) }, 4, architecture);

describe('tokenizer/pre-default', () => {
  testRule(preDefault, [
    {
      title: 'gpt-oss with default',
      bytes: file('default').bytes(),
      data: { name: 'gpt-4o' },
      message: /is no pre-tokenizer of its own, expected 'gpt-4o'/,
    },
    { title: 'an empty text', bytes: file('').bytes() },
    { title: 'LFM2 with default', bytes: file('default', 'lfm2').bytes(), data: { name: 'lfm2' } },
    { title: 'Mistral 3 with default', bytes: file('default', 'mistral3').bytes(), data: { name: 'tekken' } },
  ]);

  test.each([
    file('gpt-4o'),
    file('default', 'llama'),
    file('default', 'qwen2'),
    tokenizerFile({ pre: text('default') }, 4, 'lfm2'),
    tokenizerFile({ model: text('gpt2') }, 4, 'lfm2'),
  ])('accepts good file %#', (good) => {
    expect(findingsOf(preDefault, good.bytes())).toEqual([]);
  });

  test('the fix removes the finding and changes nothing else', () => {
    const bytes = file('default').bytes();
    const header = parseHeader(bytes);
    const [finding] = findingsOf(preDefault, bytes);
    const after = fixedHeader(header, finding!);
    expect(finding!.fix).toMatchObject({ safety: 'unsafe' });
    expect(findingsOf(preDefault, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: ['tokenizer.ggml.pre'], tensors: [] });
  });
});
