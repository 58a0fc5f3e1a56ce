import { describe, expect, test } from 'vitest';
import { quantizedNorm } from '../../../src/checks/tensor/quantized-norm.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { gguf } from '../../support/gguf-builder.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';

const NORM = 'blk.0.attn_norm.weight';
const model = gguf().metadata('general.architecture', { type: 'string', value: 'llama' });

describe('tensor/quantized-norm', () => {
  testRule(quantizedNorm, [
    {
      title: 'a BF16 norm',
      bytes: model.tensor(NORM, 'BF16', [64]).bytes(),
      message: `tensor '${NORM}' is BF16, expected F32: llama.cpp aborts when it computes with a norm or bias of another type`,
      name: NORM,
    },
    { title: 'a quantized norm', bytes: model.tensor('output_norm.weight', 'Q8_0', [64, 1]).bytes() },
    { title: 'an F16 bias', bytes: model.tensor('blk.3.attn_q.bias', 'F16', [64]).bytes() },
  ]);

  test('leaves F32, matrices, other vectors, encoders and companions alone', () => {
    const file = model
      .tensor(NORM, 'F32', [64])
      .tensor('blk.0.ffn_up.weight', 'Q8_0', [64, 2])
      .tensor('blk.0.ssm_a', 'F16', [64])
      .tensor('v.blk.0.ln1.bias', 'F16', [64])
      .tensor('blk.0.ffn_exps.bias', 'BF16', [64, 4]);
    expect(findingsOf(quantizedNorm, file.bytes())).toEqual([]);
    const adapter = gguf().metadata('general.type', { type: 'string', value: 'adapter' }).tensor(NORM, 'F16', [64]);
    expect(findingsOf(quantizedNorm, adapter.bytes())).toEqual([]);
    const whisper = gguf().metadata('general.architecture', { type: 'string', value: 'whisper' });
    expect(findingsOf(quantizedNorm, whisper.tensor(NORM, 'F16', [64]).bytes())).toEqual([]);
  });

  test('the fix makes the tensor F32 and changes nothing else', () => {
    const header = parseHeader(model.tensor(NORM, 'F16', [64]).tensor('output.weight', 'F16', [64, 2]).bytes());
    const [finding] = findingsOf(quantizedNorm, Buffer.from(model.tensor(NORM, 'F16', [64]).bytes()));
    expect(finding!.fix).toMatchObject({ safety: 'safe', title: `Convert ${NORM} from F16 to F32` });
    const after = fixedHeader(header, finding!);
    expect(after.tensors[0]!.type).toBe('F32');
    expect(changedNames(header, after)).toEqual({ keys: [], tensors: [NORM] });
  });

  test('says so where ggufix cannot read the type', () => {
    const [finding] = findingsOf(quantizedNorm, model.tensor(NORM, 'I8', [64]).bytes());
    expect(finding!.fix).toMatchObject({ safety: 'manual', edits: [] });
  });
});
