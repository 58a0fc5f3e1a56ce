import { describe, expect, test } from 'vitest';
import { controlTokenNormal } from '../../../src/checks/tokenizer/control-token-normal.js';
import { findEntry } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { arrayItems } from '../../../src/gguf/values.js';
import { gguf } from '../../support/gguf-builder.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { ints, text, texts, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/control-token-normal', () => {
  testRule(controlTokenNormal, [
    {
      title: 'a marker as text',
      bytes: tokenizerFile({ token_type: ints(2, 6, 1, 1) }).bytes(),
      message: /'<\|im_end\|>' \(2\) is normal/,
    },
  ]);

  test.each([
    tokenizerFile(),
    tokenizerFile({ token_type: ints(2, 6, 4, 1) }),
    tokenizerFile({ token_type: ints(2, 6) }),
  ])('accepts good file %#', (file) => {
    expect(findingsOf(controlTokenNormal, file.bytes())).toEqual([]);
  });

  test("the fix gives Gemma's markers type 3 and changes nothing else", () => {
    const bytes = gguf()
      .metadata('general.architecture', text('gemma3'))
      .metadata('tokenizer.ggml.tokens', texts('a', '<start_of_turn>', '<end_of_turn>'))
      .metadata('tokenizer.ggml.token_type', ints(1, 1, 1))
      .bytes();
    const header = parseHeader(bytes);
    const [finding] = findingsOf(controlTokenNormal, bytes);
    const after = fixedHeader(header, finding!);
    expect([...arrayItems(findEntry(after, 'tokenizer.ggml.token_type')!)]).toEqual([1, 3, 3]);
    expect(findingsOf(controlTokenNormal, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: ['tokenizer.ggml.token_type'], tensors: [] });
  });

  test('offers no fix for other models', () => {
    const [finding] = findingsOf(controlTokenNormal, tokenizerFile({ token_type: ints(2, 6, 1, 1) }).bytes());
    expect(finding!.fix).toBeUndefined();
  });
});
