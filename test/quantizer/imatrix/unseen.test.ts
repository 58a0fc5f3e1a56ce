import { expect, test } from 'vitest';
import { parseHeader } from '../../../src/gguf/parse.js';
import { unseenReasons } from '../../../src/quantizer/imatrix/unseen.js';
import { gguf } from '../../support/gguf-builder.js';

test('a tensor that llama-imatrix does not see has a reason', () => {
  const file = gguf()
    .metadata('general.architecture', { type: 'string', value: 'gemma4' })
    .metadata('gemma4.block_count', { type: 'uint32', value: 6 })
    .metadata('gemma4.attention.shared_kv_layers', { type: 'uint32', value: 3 })
    .metadata('gemma4.nextn_predict_layers', { type: 'uint32', value: 1 });
  const reasonOf = unseenReasons(parseHeader(file.bytes()));
  expect(
    [
      'blk.2.attn_k.weight',
      'blk.3.attn_k.weight',
      'blk.4.attn_v.weight',
      'blk.4.attn_q.weight',
      'blk.5.attn_k.weight',
      'blk.5.ffn_up.weight',
      'output.weight',
      'blk.0.attn_output.weight',
      'anything',
    ].map(reasonOf),
  ).toEqual([
    'unknown',
    'shared-kv',
    'shared-kv',
    'unknown',
    'prediction',
    'prediction',
    'output',
    'unknown',
    'unknown',
  ]);
});
