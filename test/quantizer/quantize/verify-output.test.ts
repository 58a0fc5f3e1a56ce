import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openModel } from '../../../src/quantizer/quantize/open-model.js';
import { verifySizes, verifyTensors } from '../../../src/quantizer/quantize/verify-output.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { tempFile } from '../../support/temp.js';
import { splitModel } from '../support/split-model.js';

const start = gguf().metadata('general.architecture', { type: 'string', value: 'llama' });
const source = start
  .tensor('token_embd.weight', 'F16', [256, 4])
  .tensor('output_norm.weight', 'F32', [256])
  .tensor('blk.0.experts.weight', 'F16', [256, 4, 1]);
const good = start
  .tensor('output_norm.weight', 'F32', [256])
  .tensor('token_embd.weight', 'Q6_K', [256, 4])
  .tensor('blk.0.experts.weight', 'Q4_K', [256, 4]);

/** Compares a file with what Q4_K_M makes of `source`. */
async function verify(output: GgufBuilder): Promise<void> {
  await using model = await openModel(tempFile(source.bytes(), 'in.gguf'));
  await using made = await openModel(tempFile(output.bytes(), 'out.gguf'));
  verifyTensors(made, model, resolveStock('Q4_K_M', model.header));
}

describe('verifyTensors', () => {
  test('takes what was planned, in any order, without dimensions of 1', async () => {
    await verify(good);
  });

  test.each<readonly [string, GgufBuilder, string]>([
    ['lacks a tensor', start.tensor('token_embd.weight', 'Q6_K', [256, 4]), "tensor 'output_norm.weight' is missing"],
    ['has one more', good.tensor('stranger', 'F32', [1]), "tensor 'stranger' is not in the source"],
    [
      'has another type',
      start.tensor('token_embd.weight', 'Q5_K', [256, 4]),
      "tensor 'token_embd.weight' is Q5_K, planned is Q6_K",
    ],
    [
      'changed a tensor that was to stay',
      start.tensor('output_norm.weight', 'F16', [256]),
      "tensor 'output_norm.weight' is F16, planned is F32",
    ],
    [
      'has another shape',
      start.tensor('token_embd.weight', 'Q6_K', [512, 2]),
      "tensor 'token_embd.weight' is [512, 2], expected [256, 4]",
    ],
    ['is cut off', good.cutAt(-200), 'blk.0.experts.weight'],
    ['has a key twice', good.metadata('general.architecture', { type: 'string', value: 'x' }), 'general.architecture'],
  ])('refuses a file that %s', async (_what, output, words) => {
    await expect(verify(output)).rejects.toMatchObject({
      code: 'verification-failed',
      message: expect.stringContaining(words),
    });
  });
});

describe('verifySizes', () => {
  test('compares each shard', async () => {
    const shards = splitModel();
    await using model = await openModel(shards[0]);
    const sizes = model.files.map((file) => file.source.size);
    verifySizes(model, sizes);
    expect(() => verifySizes(model, [sizes[0] ?? 0, (sizes[1] ?? 0) + 32])).toThrow(
      `split-00002-of-00002.gguf is not as planned: it has ${sizes[1]} bytes, expected ${(sizes[1] ?? 0) + 32}`,
    );
    expect(() => verifySizes(model, sizes.slice(0, 1))).toThrow('expected no such file');
  });

  test('sees a byte too many', async () => {
    const file = tempFile(good.bytes());
    writeFileSync(file, Buffer.concat([good.bytes(), Buffer.alloc(1)]));
    await using model = await openModel(file);
    expect(() => verifySizes(model, [good.bytes().byteLength])).toThrow(
      expect.objectContaining({ code: 'verification-failed' }),
    );
  });
});
