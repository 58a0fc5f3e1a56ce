import { expect, test } from 'vitest';
import { isQuantizable } from '../../../src/quantizer/recipes/quantizable.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { tempFolder } from '../../support/temp.js';
import { dryRunTypes } from './support/dry-run.js';
import { type BareModel, bareHeader, writeBare } from './support/header-only.js';
import { llama } from './support/shapes.js';

/** Names that end a rule or just miss one, and shapes that ggml counts dimensions of. */
const NAMES = [
  ...['blk.0.attn_q.weight', 'blk.0.attn_q.weight2', 'blk.0.attn_q.scale', 'weight', 'a_norm.weight', 'a_norm.weights'],
  ...['blk.0.altup_proj.weight', 'blk.0.laurel_l.weight', 'per_layer_model_proj.weight', 'blk.0.ffn_gate_inp.weight'],
  ...[
    'blk.0.ffn_gate_tid2eid.weight',
    'blk.0.ssm_conv1d.weight',
    'blk.0.shortconv.conv.weight',
    'blk.0.ssm_out.weight',
  ],
  ...[
    'blk.0.indexer.k_proj.weight',
    'blk.0.indexer.attn_k.weight',
    'blk.0.time_mix_w1.weight',
    'blk.0.time_mix_key.weight',
  ],
  ...['blk.0.time_mix_lerp_fused.weight', 'blk.0.attn_rel_b.weight', 'v.position_embd.weight', 'v.patch_embd.weight'],
  ...[
    'v.patch_merger.weight',
    'v.sam.pos_embd.weight',
    'v.sam.neck.0.weight',
    'v.sam.net_2.weight',
    'v.rel_pos_h.weight',
  ],
  ...['a.rvq.codebook.weight', 'mm.a.code_embd.weight', 'output.weight', 'token_types.weight'],
];

const SHAPES = [[256], [256, 1], [256, 1, 1, 1], [256, 2], [256, 1, 2], [1, 2]];

describeWithTools('the real llama-quantize', ['llama-quantize'], () => {
  test('touches the same tensors', () => {
    const { metadata } = llama({ architecture: 'bert', layers: 1 });
    const named = NAMES.map((name) => ({ name, type: 'F32', dims: [256, 4] }) as const);
    const shaped = SHAPES.map((dims) => ({ name: `blk.0.s${dims.join('x')}.weight`, type: 'F32', dims }) as const);
    const model: BareModel = { metadata, tensors: [...named, ...shaped] };
    const types = dryRunTypes(writeBare(model, tempFolder()), 'BF16');
    const { tensors } = bareHeader(model);
    expect(types.size).toBe(tensors.length);
    for (const tensor of tensors) {
      expect([tensor.name, isQuantizable(tensor)]).toEqual([tensor.name, types.get(tensor.name) === 'BF16']);
    }
  });
});

test('what it never touches, without llama-quantize', () => {
  const { tensors } = bareHeader(llama({ layers: 1 }));
  expect(tensors.filter(isQuantizable).map(({ name }) => name)).not.toContain('output_norm.weight');
});
