import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { outputFiles, requireNewOutputs } from '../../../src/quantizer/quantize/output-files.js';
import { tempFile, tempFolder } from '../../support/temp.js';

describe('outputFiles', () => {
  test('of one file is that, as it was given', () => {
    expect(outputFiles('sub/out.gguf', 1)).toEqual(['sub/out.gguf']);
    expect(outputFiles('out-00001-of-00002.gguf', 1)).toEqual(['out-00001-of-00002.gguf']);
  });

  test('of several are shards, named as llama-quantize names them', () => {
    expect(outputFiles('/a/out.gguf', 2)).toEqual(['/a/out-00001-of-00002.gguf', '/a/out-00002-of-00002.gguf']);
    expect(outputFiles('out', 2)).toEqual(['out-00001-of-00002.gguf', 'out-00002-of-00002.gguf']);
  });
});

describe('requireNewOutputs', () => {
  test('looks at every shard, and at the recipe beside them', async () => {
    const folder = tempFolder();
    const plan = { out: path.join(folder, 'out.gguf'), inputs: [], force: false, shards: 2, sidecar: true };
    const files = await requireNewOutputs(plan);
    expect(files.map((file) => path.basename(file))).toEqual([
      ...['out-00001-of-00002.gguf', 'out-00002-of-00002.gguf', 'out.recipe.json'],
    ]);
    for (const file of files.toReversed()) {
      writeFileSync(file, '');
      await expect(requireNewOutputs(plan)).rejects.toThrow(`${file}: it exists already`);
    }
    await requireNewOutputs({ ...plan, force: true });
  });

  test('refuses an input, also with force', async () => {
    const input = tempFile(Buffer.from('GGUF'), 'in.gguf');
    const plan = { out: input, inputs: [input], force: true, shards: 1, sidecar: false };
    await expect(requireNewOutputs(plan)).rejects.toThrow('it is what the result is made of');
  });
});
