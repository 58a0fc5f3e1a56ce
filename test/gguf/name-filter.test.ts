import { expect, test } from 'vitest';
import { nameFilter } from '../../src/gguf/name-filter.js';

const keys = ['general.name', 'gemma3n.block_count', 'tokenizer.ggml.tokens', 'a+b'];

test.each([
  [[], keys],
  [['general.name'], ['general.name']],
  [['general'], []],
  [['tokenizer.*'], ['tokenizer.ggml.tokens']],
  [
    ['*.*_count', 'a?b'],
    ['gemma3n.block_count', 'a+b'],
  ],
  [['a+b'], ['a+b']],
  [['*'], keys],
])('%j keeps %j', (patterns, kept) => {
  expect(keys.filter(nameFilter(patterns))).toEqual(kept);
});
