import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openModel } from '../../../src/quantizer/quantize/open-model.js';
import { predictShards } from '../../../src/quantizer/quantize/predict-shards.js';
import { predictSize } from '../../../src/quantizer/recipes/predict.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { describeWithTools, runTool } from '../../support/llama-tools.js';
import { tempFolder } from '../../support/temp.js';
import { splitModel } from '../support/split-model.js';

test('one file is as large as predictSize says', async () => {
  const [shard] = splitModel();
  await using model = await openModel(shard);
  const recipe = resolveStock('Q8_0', model.header);
  const keys = [{ key: 'a', value: { type: 'string', value: 'b' } } as const];
  const sizes = predictShards(model.header, [model.header.tensors], recipe, { keys });
  expect(sizes).toEqual([predictSize(model.header, recipe, { keys }).fileBytes]);
});

describeWithTools('against llama-quantize', ['llama-quantize'], () => {
  test('shards are as large as it writes them', async () => {
    const [shard] = splitModel();
    await using model = await openModel(shard);
    const out = path.join(tempFolder(), 'out.gguf');
    const flags = ['--keep-split', '--override-kv', 'a.key=str:value'];
    runTool('llama-quantize', [...flags, shard, out, 'Q8_0', '1']);
    const files = [1, 2].map((number) => out.replace('.gguf', `-0000${number}-of-00002.gguf`));
    const sizes = predictShards(
      model.header,
      model.files.map(({ header }) => header.tensors),
      resolveStock('Q8_0', model.header),
      { keys: [{ key: 'a.key', value: { type: 'string', value: 'value' } }] },
    );
    expect(sizes).toEqual(files.map((file) => statSync(file).size));
    expect(readFileSync(files[1] ?? '').includes('a.key')).toBe(false);
  });
});
