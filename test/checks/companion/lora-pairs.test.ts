import { describe, expect, test } from 'vitest';
import { loraPairs } from '../../../src/checks/companion/lora-pairs.js';
import { runChecks } from '../../../src/checks/run.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { testRule } from '../rule-test.js';
import { adapter } from './companion-test.js';

const a = adapter().tensor('x.weight.lora_a', 'F32', [32, 4]);

describe('companion/lora-pairs', () => {
  testRule(loraPairs, [
    { title: 'a missing partner', bytes: a.bytes(), message: /has no partner 'x\.weight\.lora_b': llama\.cpp refuses/ },
    {
      title: 'another rank',
      bytes: a.tensor('x.weight.lora_b', 'F32', [8, 32]).bytes(),
      message: /^tensor 'x\.weight\.lora_a' has rank 4, but its partner has 8/,
    },
    {
      title: 'another number of experts',
      bytes: adapter()
        .tensor('x.weight.lora_a', 'F32', [32, 4, 8])
        .tensor('x.weight.lora_b', 'F32', [4, 32, 2])
        .bytes(),
      data: { kind: 'experts' },
      message: /has 8 matrices, but its partner has 2/,
    },
    { title: 'another suffix', bytes: adapter().tensor('x.weight', 'F32', [8]).bytes(), data: { kind: 'suffix' } },
  ]);

  test('accepts pairs and norms, and no other rule takes the file for a model', () => {
    const pair = adapter()
      .tensor('blk.0.attn_q.weight.lora_a', 'F32', [32, 4])
      .tensor('blk.0.attn_q.weight.lora_b', 'F32', [4, 32]);
    const bytes = pair.tensor('blk.0.attn_norm.weight', 'F32', [8]).tensor('output_norm.weight', 'F32', [8]).bytes();
    expect(runChecks(parseHeader(bytes))).toEqual([]);
  });
});
