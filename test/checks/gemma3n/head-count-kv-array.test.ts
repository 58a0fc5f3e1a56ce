import { describe, expect, test } from 'vitest';
import { headCountKvArray } from '../../../src/checks/gemma3n/head-count-kv-array.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import type { BuilderValue } from '../../support/gguf-builder.js';
import { changedNames, cleanFile, findingsOf, fixedHeader, testRule } from '../rule-test.js';

const KEY = 'gemma3n.attention.head_count_kv';
const heads = (value: BuilderValue): Uint8Array => cleanFile().metadata(KEY, value).bytes();
const array = (...items: number[]): BuilderValue => ({ type: 'array', itemType: 'int32', items });

describe('gemma3n/head-count-kv-array', () => {
  testRule(headCountKvArray, [
    {
      title: 'an array',
      bytes: heads(array(2, 2, 2)),
      data: { count: 3, value: 2 },
      message: /is an array of 3, expected one/,
    },
    { title: 'an array of several numbers', bytes: heads(array(2, 4)), data: { count: 2 } },
  ]);

  test('accepts one number', () => {
    expect(findingsOf(headCountKvArray, heads({ type: 'uint32', value: 2 }))).toEqual([]);
  });

  test('the fix writes the one number and changes nothing else', () => {
    const header = parseHeader(heads(array(2, 2)));
    const [finding] = findingsOf(headCountKvArray, heads(array(2, 2)));
    const after = fixedHeader(header, finding!);
    expect(finding!.fix).toMatchObject({ safety: 'safe', edits: [{ value: { type: 'uint32', value: 2 } }] });
    expect(findingsOf(headCountKvArray, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: [KEY], tensors: [] });
  });

  test.each([array(2, 4), array(0, 0), array(), { type: 'array', itemType: 'float32', items: [2, 2] } as const])(
    'nothing is offered where there is no one number (%#)',
    (value) => {
      expect(findingsOf(headCountKvArray, heads(value))[0]!.fix).toBeUndefined();
    },
  );
});
