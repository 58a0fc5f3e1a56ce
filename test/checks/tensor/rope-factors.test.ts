import { describe, expect, test } from 'vitest';
import { ropeFactors } from '../../../src/checks/tensor/rope-factors.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { findingsOf, testRule } from '../rule-test.js';

const TOKENS = Array.from({ length: 128_256 }, (_, id) => `t${id}`);

function model(architecture: string, keys: Readonly<Record<string, number>>, tokens = TOKENS): GgufBuilder {
  const start = gguf()
    .metadata('general.architecture', { type: 'string', value: architecture })
    .metadata('tokenizer.ggml.tokens', { type: 'array', itemType: 'string', items: tokens })
    .tensor('blk.0.attn_norm.weight', 'F32', [32]);
  return Object.entries(keys).reduce(
    (file, [key, value]) =>
      file.metadata(`${architecture}.${key}`, { type: key.endsWith('freq_base') ? 'float32' : 'uint32', value }),
    start,
  );
}

const LLAMA31 = { context_length: 131_072, 'rope.freq_base': 500_000 };
const PHI3 = { context_length: 131_072, 'rope.scaling.original_context_length': 4096 };

describe('tensor/rope-factors', () => {
  testRule(ropeFactors, [
    {
      title: 'a Llama 3.1 without its factors',
      bytes: model('llama', LLAMA31).bytes(),
      message: "'llama.context_length' is 131072, but tensor 'rope_freqs.weight' is missing",
    },
    {
      title: 'a Phi 3 without its factors',
      bytes: model('phi3', PHI3, []).bytes(),
      data: { tensor: 'rope_factors_long.weight' },
    },
  ]);

  test.each([
    model('llama', LLAMA31).tensor('rope_freqs.weight', 'F32', [64]),
    model('llama', LLAMA31).metadata('llama.rope.scaling.type', { type: 'string', value: 'linear' }),
    model('llama', { ...LLAMA31, context_length: 8192 }),
    model('llama', { ...LLAMA31, 'rope.freq_base': 10_000 }),
    model('llama', LLAMA31, TOKENS.slice(1)),
    model('phi3', { ...PHI3, 'rope.scaling.original_context_length': 131_072 }, []),
    model('phi3', PHI3, []).tensor('rope_factors_long.weight', 'F32', [48]),
    model('qwen2', LLAMA31),
  ])('accepts good file %#', (file) => {
    expect(findingsOf(ropeFactors, file.bytes())).toEqual([]);
  });
});
