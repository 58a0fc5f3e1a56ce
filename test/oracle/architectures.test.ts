import { expect, test } from 'vitest';
import { runChecks } from '../../src/checks/run.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { describeWithData } from '../support/data.js';
import type { BuilderValue } from '../support/gguf-builder.js';
import { describeWithTools } from '../support/llama-tools.js';
import { grownModel } from './support/grown-model.js';

const u32 = (value: number): BuilderValue => ({ type: 'uint32', value });
const perLayer = (...items: number[]): BuilderValue => ({ type: 'array', itemType: 'int32', items });

const EXPERTS = { expert_count: u32(4), expert_used_count: u32(2), expert_feed_forward_length: u32(32) };
const DENSE_FIRST = { ...EXPERTS, leading_dense_block_count: u32(1) };
const LATENT = {
  ...DENSE_FIRST,
  'attention.head_count_kv': u32(1),
  'attention.key_length': u32(24),
  'attention.value_length': u32(16),
  'attention.key_length_mla': u32(24),
  'attention.value_length_mla': u32(16),
  'attention.kv_lora_rank': u32(16),
  'rope.dimension_count': u32(8),
};
const RECURRENT = { 'attention.head_count': u32(0), 'attention.head_count_kv': u32(0), feed_forward_length: u32(0) };

/** Architectures of published files, and those whose tensors differ from what their keys say elsewhere. */
const ARCHITECTURES: readonly [string, Readonly<Record<string, BuilderValue>>][] = [
  ...[
    'llama qwen qwen2 qwen2vl qwen3 qwen3vl gemma gemma2 gemma3 gemma3n gemma4 gemma-embedding phi2 mistral3',
    'glm4 chatglm bert modern-bert nomic-bert jina-bert-v3 gpt2 starcoder2 command-r cohere2 olmo2 exaone4 granite',
    'smollm3 t5 t5encoder internlm2 baichuan minicpm stablelm bloom nemotron falcon-h1',
  ].flatMap((line) => line.split(' ').map((name): [string, Readonly<Record<string, BuilderValue>>] => [name, {}])),
  ...['llama', 'qwen3moe', 'phimoe', 'olmoe', 'gpt-oss', 'arctic'].map((name): [string, typeof EXPERTS] => [
    name,
    EXPERTS,
  ]),
  ['deepseek', DENSE_FIRST],
  ['glm4moe', DENSE_FIRST],
  ['deepseek2', LATENT],
  ['mamba', RECURRENT],
  ['rwkv7', { ...RECURRENT, feed_forward_length: u32(96), 'attention.gate_lora_rank': u32(8) }],
  ['lfm2', { 'attention.head_count_kv': perLayer(0, 2) }],
  ['jamba', { ...EXPERTS, 'attention.head_count_kv': perLayer(0, 2) }],
  [
    'openelm',
    {
      'attention.head_count': perLayer(4, 8),
      'attention.head_count_kv': perLayer(2, 4),
      'attention.key_length': u32(16),
      'attention.value_length': u32(16),
      feed_forward_length: perLayer(96, 128),
    },
  ],
];

describeWithData('a model that llama.cpp loads', () => {
  describeWithTools('has no error', ['llama-simple'], () => {
    test.each(ARCHITECTURES)('%s (%#)', (architecture, keys) => {
      const findings = runChecks(parseHeader(grownModel(architecture, keys)));
      const bad = findings.filter(({ severity }) => severity !== 'info');
      expect(bad.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
    });
  });
});
