import { describe, expect, test } from 'vitest';
import { keyDuplicate } from '../../../src/checks/container/key-duplicate.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { changedNames, cleanFile, findingsOf, fixedHeader, testRule } from '../rule-test.js';

const eos = (value: number) => ({ type: 'uint32', value }) as const;
const single = cleanFile().metadata('tokenizer.ggml.eos_token_id', eos(106));
const equal = single.metadata('tokenizer.ggml.eos_token_id', eos(106));
const different = single.metadata('tokenizer.ggml.eos_token_id', eos(1));

describe('container/key-duplicate', () => {
  testRule(keyDuplicate, [
    {
      title: 'a key that is there twice',
      bytes: different.bytes(),
      data: { copies: 2, isSame: false },
      name: 'tokenizer.ggml.eos_token_id',
    },
    {
      title: 'three copies once',
      bytes: equal.metadata('tokenizer.ggml.eos_token_id', eos(106)).bytes(),
      data: { copies: 3, isSame: true },
    },
  ]);

  test('the fix leaves one of three equal copies and changes nothing else', () => {
    const header = parseHeader(equal.metadata('tokenizer.ggml.eos_token_id', eos(106)).bytes());
    const [finding] = findingsOf(keyDuplicate, Buffer.from(header.bytes));
    const after = fixedHeader(header, finding!);
    expect(finding!.fix!.safety).toBe('safe');
    expect(after.metadata).toHaveLength(3);
    expect(changedNames(parseHeader(single.bytes()), after)).toEqual({ keys: [], tensors: [] });
  });

  test('there is no fix where the values differ', () => {
    expect(findingsOf(keyDuplicate, different.bytes())[0]!.fix).toBeUndefined();
  });

  test('there is no fix where keys only look equal, as bytes that are no UTF-8 do', () => {
    // The two keys differ in their last byte; the third repeats the first.
    const key = (byte: number): Uint8Array => Buffer.concat([Buffer.from('key'), Buffer.from([byte])]);
    const bytes = cleanFile()
      .metadata(key(0xff), eos(1))
      .metadata(key(0xfe), eos(1))
      .metadata(key(0xff), eos(1))
      .bytes();
    const findings = findingsOf(keyDuplicate, bytes);
    expect(findings).toHaveLength(1);
    expect(findings[0]!.fix).toBeUndefined();
  });
});
