import { describe, expect, test } from 'vitest';
import { alignment } from '../../../src/checks/container/alignment.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import type { BuilderValue } from '../../support/gguf-builder.js';
import { gguf } from '../../support/gguf-builder.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';

const aligned = (value: BuilderValue) => gguf().metadata('general.alignment', value).tensor('a', 'F32', [8]);
const isFixable = (bytes: Uint8Array): boolean => findingsOf(alignment, bytes)[0]!.fix !== undefined;

describe('container/alignment', () => {
  testRule(alignment, [
    {
      title: 'another type',
      bytes: aligned({ type: 'int32', value: 32 }).bytes(),
      data: { code: 'alignment-type', data: { type: 'int32' } },
      name: 'general.alignment',
    },
    {
      title: 'no power of two',
      bytes: aligned({ type: 'uint32', value: 13 }).bytes(),
      data: { code: 'alignment-value', data: { value: 13 } },
    },
  ]);

  test('the fix writes the value as uint32 and changes nothing else', () => {
    const header = parseHeader(aligned({ type: 'uint64', value: 32 }).bytes());
    const [finding] = findingsOf(alignment, aligned({ type: 'uint64', value: 32 }).bytes());
    const after = fixedHeader(header, finding!);
    expect(finding!.fix!.safety).toBe('safe');
    expect(after.problems).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: ['general.alignment'], tensors: [] });
  });

  test('there is no fix where the value would put the data section elsewhere', () => {
    const bytes = aligned({ type: 'int32', value: 4096 }).bytes();
    expect(isFixable(bytes)).toBe(false);
  });

  test('there is no fix where the offsets do not fit the default', () => {
    const value = { type: 'int32', value: 64 } as const;
    const bytes = aligned(value).tensor('b', 'F32', [8]).tensor('c', 'F32', [8]).alignTo(64).bytes();
    expect(isFixable(bytes)).toBe(false);
  });

  test('there is no fix for a value that is no alignment', () => {
    expect(isFixable(aligned({ type: 'float32', value: 32.5 }).bytes())).toBe(false);
    expect(isFixable(aligned({ type: 'string', value: '32' }).bytes())).toBe(false);
    expect(isFixable(aligned({ type: 'uint32', value: 13 }).bytes())).toBe(false);
  });
});
