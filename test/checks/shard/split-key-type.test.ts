import { describe, expect, test } from 'vitest';
import { splitKeyType } from '../../../src/checks/shard/split-key-type.js';
import { findEntry } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import type { BuilderValue } from '../../support/gguf-builder.js';
import { changedNames, cleanFile, findingsOf, fixedHeader, testRule } from '../rule-test.js';

const count = (value: BuilderValue): Uint8Array => cleanFile().metadata('split.count', value).bytes();

describe('shard/split-key-type', () => {
  testRule(splitKeyType, [
    {
      title: 'a uint32',
      bytes: count({ type: 'uint32', value: 3 }),
      message: /^'split\.count' is uint32 3, expected uint16: llama\.cpp refuses/,
      name: 'split.count',
    },
    { title: 'a string', bytes: count({ type: 'string', value: '3' }), data: { found: 'string', fits: false } },
    { title: 'a number too large', bytes: count({ type: 'uint32', value: 65_536 }), data: { fits: false } },
    {
      title: 'a total that is no int32',
      bytes: cleanFile().metadata('split.tensors.count', { type: 'uint32', value: 2 }).bytes(),
      data: { expected: 'int32', fits: true },
    },
  ]);

  test('the fix writes the same number in the right type and changes nothing else', () => {
    const bytes = count({ type: 'uint32', value: 3 });
    const header = parseHeader(bytes);
    const after = fixedHeader(header, findingsOf(splitKeyType, bytes)[0]!);
    expect(findEntry(after, 'split.count')?.type).toBe('uint16');
    expect(findingsOf(splitKeyType, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: ['split.count'], tensors: [] });
  });

  test('has no fix where the number does not fit', () => {
    expect(findingsOf(splitKeyType, count({ type: 'int32', value: -1 }))[0]!.fix).toBeUndefined();
  });
});
