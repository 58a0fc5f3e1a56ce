import { describe, expect, test } from 'vitest';
import { tokenizerArrayLength } from '../../../src/checks/tokenizer/array-length.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { floats, ints, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/array-length', () => {
  testRule(tokenizerArrayLength, [
    {
      title: 'too few scores',
      bytes: tokenizerFile({ scores: floats(0) }).bytes(),
      message: /has 1 elements, expected 4/,
    },
    {
      title: 'too few types',
      bytes: tokenizerFile({ token_type: ints(1, 1, 1) }).bytes(),
      message: /has 3 elements, expected 4/,
    },
  ]);

  test.each([tokenizerFile()])('accepts good file %#', (file) => {
    expect(findingsOf(tokenizerArrayLength, file.bytes())).toEqual([]);
  });

  test.each([
    ['scores', floats(0, 0, 0, -1, -2)],
    ['token_type', ints(2, 6, 3, 1, 1, 1)],
  ])('spare %s are a warning, and the fix cuts them off and changes nothing else', (name, value) => {
    const bytes = tokenizerFile({ [name]: value }).bytes();
    const header = parseHeader(bytes);
    const [finding] = findingsOf(tokenizerArrayLength, bytes);
    expect(finding).toMatchObject({ severity: 'warning', fix: { safety: 'safe' } });
    const after = fixedHeader(header, finding!);
    expect(findingsOf(tokenizerArrayLength, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: [`tokenizer.ggml.${name}`], tensors: [] });
    expect(changedNames(parseHeader(tokenizerFile().bytes()), after)).toEqual({ keys: [], tensors: [] });
  });

  test('nothing is offered where elements are missing', () => {
    expect(findingsOf(tokenizerArrayLength, tokenizerFile({ scores: floats(0) }).bytes())[0]!.fix).toBeUndefined();
  });
});
