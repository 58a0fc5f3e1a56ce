import { describe, expect, test } from 'vitest';
import { requiredKeys } from '../../../src/checks/companion/required-keys.js';
import { gguf } from '../../support/gguf-builder.js';
import { findingsOf, testRule } from '../rule-test.js';
import { adapter, companion } from './companion-test.js';

const imatrix = companion('imatrix')
  .metadata('imatrix.datasets', { type: 'array', itemType: 'string', items: ['a.txt'] })
  .metadata('imatrix.chunk_count', { type: 'uint32', value: 2 });

describe('companion/required-keys', () => {
  testRule(requiredKeys, [
    {
      title: 'a missing key',
      bytes: imatrix.bytes(),
      message: /^the imatrix has no 'imatrix\.chunk_size', expected uint32/,
    },
    {
      title: 'a key of another type',
      bytes: imatrix.metadata('imatrix.chunk_size', { type: 'int32', value: 512 }).bytes(),
      message: /^'imatrix\.chunk_size' is int32, expected uint32/,
    },
  ]);

  test('accepts a whole adapter', () => {
    expect(findingsOf(requiredKeys, adapter().bytes())).toEqual([]);
  });

  test('knows an adapter that does not call itself one', () => {
    const bytes = gguf()
      .metadata('general.architecture', { type: 'string', value: 'llama' })
      .metadata('adapter.type', { type: 'string', value: 'lora' })
      .tensor('blk.0.attn_q.weight.lora_a', 'F32', [8, 2])
      .bytes();
    expect(findingsOf(requiredKeys, bytes).map(({ message }) => message)).toEqual([
      "the adapter has no 'general.type', expected string: llama.cpp refuses the file",
    ]);
  });
});
