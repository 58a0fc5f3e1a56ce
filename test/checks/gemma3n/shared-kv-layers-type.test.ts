import { describe, expect, test } from 'vitest';
import { sharedKvLayersType } from '../../../src/checks/gemma3n/shared-kv-layers-type.js';
import { applyEdits } from '../../../src/edit/draft.js';
import { planWrite } from '../../../src/edit/plan.js';
import { findEntry } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { scalarValue } from '../../../src/gguf/values.js';
import type { BuilderValue } from '../../support/gguf-builder.js';
import { changedNames, cleanFile, findingsOf, fixedHeader, testRule } from '../rule-test.js';

const KEY = 'gemma3n.attention.shared_kv_layers';
const shared = (value: BuilderValue, key = KEY): Uint8Array => cleanFile().metadata(key, value).bytes();
const float = (value: number): Uint8Array => shared({ type: 'float32', value });

describe('gemma3n/shared-kv-layers-type', () => {
  testRule(sharedKvLayersType, [
    {
      title: 'a float',
      bytes: float(10),
      message: /^'gemma3n\.attention\.shared_kv_layers' is float32 10, expected uint32: Ollama before 0\.30 /,
      name: KEY,
    },
    { title: 'a signed integer', bytes: shared({ type: 'int32', value: 10 }), message: /is int32 10, expected uint32/ },
    { title: 'a fraction', bytes: float(10.5), message: /no fix, as 10.5 is no whole number/ },
    { title: 'NaN', bytes: float(Number.NaN), message: /no fix, as NaN is no whole number/ },
    { title: 'infinity', bytes: float(Number.NEGATIVE_INFINITY), message: /no fix, as -Infinity is no whole number/ },
    { title: 'a negative number', bytes: float(-1), message: /no fix, as -1 is negative/ },
    { title: 'more layers than there are', bytes: float(31), message: /no fix, as 31 is more than the 30 layers/ },
    {
      title: 'a string',
      bytes: shared({ type: 'string', value: '10' }),
      message: /is string.*no fix, as a string is no number/,
    },
    { title: 'a truth value', bytes: shared({ type: 'bool', value: true }), message: /no fix, as a bool is no number/ },
    {
      title: 'an array',
      bytes: shared({ type: 'array', itemType: 'int32', items: [10] }),
      message: /is array of int32.*no fix, as an array holds no single count/,
    },
    {
      title: 'a count beyond 2^53',
      bytes: shared({ type: 'uint64', value: 2n ** 63n }),
      message: /is uint64 9223372036854775808.*more than the 30 layers/,
    },
    {
      title: 'a count that nothing can be compared with',
      bytes: shared({ type: 'float32', value: 10 }, 'other.attention.shared_kv_layers'),
      message: /no fix, as the file has no block_count/,
    },
  ]);

  test('accepts a uint32, and -Infinity in activation_sparsity_scale', () => {
    const bytes = cleanFile()
      .metadata(KEY, { type: 'uint32', value: 10 })
      .metadata('gemma3n.activation_sparsity_scale', {
        type: 'array',
        itemType: 'float32',
        items: [1.6448533535003662, Number.NEGATIVE_INFINITY],
      })
      .bytes();
    expect(findingsOf(sharedKvLayersType, bytes)).toEqual([]);
  });

  test('says whom it affects: for gemma3n old Ollama, for gemma4 llama.cpp', () => {
    const gemma4 = shared({ type: 'float32', value: 18 }, 'gemma4.attention.shared_kv_layers');
    expect(findingsOf(sharedKvLayersType, float(10))[0]!.affects).toEqual(['ollama >=0.9.3 <0.30.0']);
    expect(findingsOf(sharedKvLayersType, gemma4)[0]).toMatchObject({
      affects: ['llama.cpp *', 'ollama >=0.20.0'],
      message: expect.stringContaining('llama.cpp refuses to load the file'),
    });
  });

  test.each<BuilderValue>([
    { type: 'float32', value: 10 },
    { type: 'float64', value: 10 },
    { type: 'int8', value: 10 },
    { type: 'uint16', value: 10 },
    { type: 'int32', value: 10 },
    { type: 'int64', value: 10n },
    { type: 'uint64', value: 10n },
  ])('the fix writes $type 10 as uint32 10 and changes nothing else', (value) => {
    const header = parseHeader(shared(value));
    const [finding] = findingsOf(sharedKvLayersType, shared(value));
    const after = fixedHeader(header, finding!);
    expect(finding!.fix).toMatchObject({ safety: 'safe', title: expect.stringContaining(`as uint32 instead of`) });
    expect(findEntry(after, KEY)?.type).toBe('uint32');
    expect(scalarValue(findEntry(after, KEY)!)).toBe(10);
    expect(findingsOf(sharedKvLayersType, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: [KEY], tensors: [] });
  });

  test.each([0, -0, 30])('%d is a possible count', (value) => {
    expect(findingsOf(sharedKvLayersType, float(value))[0]!.fix).toBeDefined();
  });

  test('the fix of a float32 writes the type and the value in place, at most 8 bytes', () => {
    const header = parseHeader(float(10));
    const [finding] = findingsOf(sharedKvLayersType, float(10));
    const plan = planWrite(applyEdits(header, finding!.fix!.edits));
    const { offset, length } = finding!.place;
    expect(plan).toMatchObject({ strategy: 'patch', copies: [], oldSize: header.fileSize, newSize: header.fileSize });
    for (const write of plan.strategy === 'patch' ? plan.writes : []) {
      expect(write.offset).toBeGreaterThanOrEqual(offset + length - 8);
      expect(write.offset + write.bytes.byteLength).toBeLessThanOrEqual(offset + length);
    }
  });
});
