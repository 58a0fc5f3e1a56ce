import { describe, expect, test } from 'vitest';
import { readQuantizeFlags } from '../../src/cli/quantize-flags.js';
import { decide as decideByFlags, inputsOf, outputPlan } from '../../src/cli/quantize-plan.js';
import { openModel } from '../../src/quantizer/quantize/open-model.js';
import { ggufImatrix } from '../quantizer/support/imatrix.js';
import { splitModel } from '../quantizer/support/split-model.js';
import { tinyLlama } from '../quantizer/support/tiny-llama.js';
import { fakeTerminal } from '../support/run-cli.js';
import { tempFile } from '../support/temp.js';

const flags = (given: object) => readQuantizeFlags({ sidecar: true, ...given });

describe('outputPlan', () => {
  test('names what the result is made of', async () => {
    const source = tempFile(tinyLlama());
    await using model = await openModel(source);
    const given = flags({ like: 'other.gguf', imatrix: 'im.gguf', evaluate: true, text: 't.txt', force: true });
    expect(outputPlan(model, 'out.gguf', given)).toEqual({
      out: 'out.gguf',
      shards: 1,
      sidecar: true,
      force: true,
      inputs: [source, 'im.gguf', 'other.gguf', 't.txt'],
    });
  });

  test('counts shards where they are kept', async () => {
    const shards = splitModel();
    await using model = await openModel(shards[0]);
    expect(outputPlan(model, 'out.gguf', flags({ type: 'Q8_0' }))).toMatchObject({ shards: 1, inputs: shards });
    expect(outputPlan(model, 'out.gguf', flags({ type: 'Q8_0', keepSplit: true }))).toMatchObject({ shards: 2 });
  });

  test.each([
    [{ type: 'f16' }, false],
    [{ type: 'Q8_0' }, true],
    [{ type: 'Q8_0', sidecar: false }, false],
    [{ recipe: 'UD-Q4_K_XL' }, true],
  ])('%j: a recipe beside it: %s', async (given, sidecar) => {
    await using model = await openModel(tempFile(tinyLlama()));
    expect(outputPlan(model, 'out.gguf', flags(given)).sidecar).toBe(sidecar);
  });
});

test('inputsOf are the files that types and text come from', () => {
  expect(inputsOf(flags({ recipe: 'mine.yaml' }))).toEqual(['mine.yaml']);
  expect(inputsOf(flags({ type: 'Q8_0' }))).toEqual([]);
});

describe('decide', () => {
  const decide = async (given: object) => {
    await using model = await openModel(tempFile(tinyLlama()));
    return await decideByFlags(fakeTerminal(), model, flags(given));
  };

  test('chooses types, with pins, and predicts the size', async () => {
    const { recipe, preparation, imatrix } = await decide({ type: 'Q8_0', tensor: ['token_embd.weight=f16'] });
    expect(recipe.choices.map(({ type }) => type)).toEqual(['F16', ...new Array(7).fill('Q8_0')]);
    expect(preparation.written).toEqual([preparation.bytes]);
    expect(imatrix).toBeUndefined();
  });

  test('holds them against the importance matrix', async () => {
    const entry = (columns: number) => ({ sums: [new Array(columns).fill(1)], counts: [1] });
    const matrix = (columns: number) =>
      tempFile(ggufImatrix({ 'blk.0.attn_q.weight': entry(columns) }).bytes(), 'im.gguf');
    const { notes } = await decide({ type: 'Q4_0', imatrix: matrix(32) });
    expect(notes).toEqual([expect.stringContaining('blk.0.attn_k.weight')]);
    await expect(decide({ type: 'Q4_0', imatrix: matrix(3) })).rejects.toMatchObject({ code: 'mismatch' });
  });
});
