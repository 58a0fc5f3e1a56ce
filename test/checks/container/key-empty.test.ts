import { describe, expect, test } from 'vitest';
import { keyEmpty } from '../../../src/checks/container/key-empty.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { changedNames, cleanFile, findingsOf, fixedHeader, testRule } from '../rule-test.js';

const broken = cleanFile().metadata('', { type: 'uint32', value: 7 }).bytes();

describe('container/key-empty', () => {
  testRule(keyEmpty, [
    { title: 'an entry without a key', bytes: broken, data: { code: 'key-empty', data: { index: 2 } } },
  ]);

  test('the unsafe fix removes that entry and nothing else', () => {
    const [finding] = findingsOf(keyEmpty, broken);
    const after = fixedHeader(parseHeader(broken), finding!);
    expect(finding!.fix!.safety).toBe('unsafe');
    expect(after.problems).toEqual([]);
    expect(changedNames(parseHeader(cleanFile().bytes()), after)).toEqual({ keys: [], tensors: [] });
  });
});
