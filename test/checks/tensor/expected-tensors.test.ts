import { describe, expect, test } from 'vitest';
import { unexpectedTensors } from '../../../src/checks/tensor/expected-tensors.js';
import { LAYOUTS } from '../../../src/checks/tensor/layouts.js';
import { findingsOf, testRule } from '../rule-test.js';
import { modelFile, tensorNames } from './models.js';

const architectures = Object.keys(LAYOUTS);

const part = (more: readonly string[] = []) => modelFile('llama', { without: (name) => name.startsWith('blk.'), more });

describe('tensor/expected-tensors', () => {
  testRule(
    unexpectedTensors,
    [
      {
        title: 'a missing tensor of the model',
        bytes: modelFile('llama', { without: (name) => name === 'output_norm.weight' }).bytes(),
        message: "tensor 'output_norm.weight' is missing, which every llama has: llama.cpp refuses the file",
      },
      {
        title: 'a tensor that is missing in each layer',
        bytes: modelFile('qwen3', { without: (name) => name.endsWith('attn_q_norm.weight') }).bytes(),
        message: "tensor 'blk.0.attn_q_norm.weight' and 1 more are missing",
      },
      {
        title: 'missing layers',
        bytes: modelFile('llama', { keys: { block_count: 512 } }).bytes(),
        message: '510 of 512 layers have no tensors, the first is layer 2: ',
      },
      {
        title: 'layers beyond block_count',
        bytes: modelFile('llama', { keys: { block_count: 1 } }).bytes(),
        message: /^tensor 'blk\.1\.attn_norm\.weight' and 8 more belong to layers beyond block_count 1: /,
        name: 'blk.1.attn_norm.weight',
      },
      {
        title: 'a vision encoder',
        bytes: modelFile('gemma3', { more: ['v.patch_embd.weight', 'mm.input_projection.weight'] }).bytes(),
        message: "tensor 'v.patch_embd.weight' and 1 more belong to a vision or audio encoder",
      },
      {
        title: 'a tensor that the architecture does not have',
        bytes: modelFile('gemma2', { more: ['output.weight'] }).bytes(),
        message: "tensor 'output.weight' does not belong to gemma2: llama.cpp refuses the file",
      },
      {
        title: 'a hostile name',
        bytes: modelFile('llama', { more: [`blk.0.x\u001b[31m\n`] }).bytes(),
        message: 'blk.0.x\\u001b[31m\\n',
      },
      {
        title: 'a name that only looks like a layer',
        bytes: modelFile('llama', { more: ['blk.00.attn_norm.weight'] }).bytes(),
        data: { kind: 'extra' },
      },
    ],
    modelFile('llama'),
  );

  test.each(architectures)('a whole %s is clean, and each of its tensors is missed', (architecture) => {
    expect(findingsOf(unexpectedTensors, modelFile(architecture).bytes())).toEqual([]);
    for (const name of tensorNames(architecture)) {
      const bytes = modelFile(architecture, { without: (each) => each === name }).bytes();
      expect(findingsOf(unexpectedTensors, bytes), name).toMatchObject([{ data: { kind: 'missing', first: name } }]);
    }
  });

  test.each([
    ['llama', ['output.weight', 'rope_freqs.weight', 'blk.0.attn_q.bias', 'blk.1.ffn_down.bias', 'blk.0.attn_q.scale']],
    ['qwen2', ['output.weight', 'blk.0.attn_v.bias', 'output.bias']],
    ['gemma3', ['output.weight', 'dense_2.weight']],
    ['phi3', ['rope_factors_long.weight', 'rope_factors_short.weight']],
  ])('%s may have %j', (architecture, more) => {
    expect(findingsOf(unexpectedTensors, modelFile(architecture, { more }).bytes())).toEqual([]);
  });

  test('queries, keys and values may be one tensor', () => {
    const without = (name: string): boolean => /attn_[qkv]\.weight$/.test(name);
    const more = ['blk.0.attn_qkv.weight', 'blk.1.attn_qkv.weight'];
    expect(findingsOf(unexpectedTensors, modelFile('llama', { without, more }).bytes())).toEqual([]);
  });

  test('or three where mostly they are one', () => {
    const without = (name: string): boolean => name.includes('attn_qkv');
    const parts = ['attn_q.weight', 'attn_k.weight', 'attn_v.weight', 'attn_q.bias'];
    const more = [0, 1].flatMap((layer) => parts.map((part) => `blk.${layer}.${part}`));
    expect(findingsOf(unexpectedTensors, modelFile('phi3', { without, more }).bytes())).toEqual([]);
    const withoutValues = more.filter((name) => name !== 'blk.1.attn_v.weight');
    expect(findingsOf(unexpectedTensors, modelFile('phi3', { without, more: withoutValues }).bytes())).toMatchObject([
      { data: { kind: 'missing', first: 'blk.1.attn_qkv.weight', count: 1 } },
    ]);
  });

  test('says nothing of shards, mixtures of experts and broken headers', () => {
    const without = (name: string): boolean => name === 'blk.0.attn_q.weight';
    const shard = modelFile('llama', { without }).metadata('split.count', { type: 'uint16', value: 3 });
    const experts = modelFile('llama', { without, keys: { expert_count: 8 } });
    const broken = modelFile('llama').headerBytes().slice(0, -200);
    const files = [...[shard, experts].map((builder) => builder.bytes()), broken];
    for (const bytes of files) expect(findingsOf(unexpectedTensors, bytes)).toEqual([]);
  });

  test('a file without a tensor of any layer is one info, whatever else is missing', () => {
    expect(findingsOf(unexpectedTensors, part(['model.layers.0.mlp.weight']).bytes())).toMatchObject([
      {
        severity: 'info',
        data: { kind: 'no-layers', layers: 2, count: 3, first: 'token_embd.weight' },
        message: expect.stringMatching(
          /^none of the 2 layers of a llama has tensors, the file holds only 3 tensors such as/,
        ),
      },
    ]);
    const shard = part().metadata('split.count', { type: 'uint16', value: 3 });
    const foreign = part(['blk.0.weight']);
    for (const file of [shard, foreign]) expect(findingsOf(unexpectedTensors, file.bytes())).toEqual([]);
  });
});
