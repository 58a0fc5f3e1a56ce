import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseImatrix, findBatchModels } from '../../../src/cli/batch/find-models.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { tempFolder } from '../../support/temp.js';

const signal = new AbortController().signal;

function model(type: 'F32' | 'F16' | 'BF16' | 'Q4_0'): GgufBuilder {
  return gguf()
    .metadata('general.architecture', { type: 'string', value: 'llama' })
    .tensor('blk.0.attn_q.weight', type, [64]);
}

function folderOf(files: Readonly<Record<string, Uint8Array>>): string {
  const folder = tempFolder();
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), bytes);
  }
  return folder;
}

describe('models that quants can be made of', () => {
  test('by what they hold, at any depth, shards as their first one', async () => {
    const folder = folderOf({
      'a-BF16.gguf': model('BF16').bytes(),
      'sub/b.gguf': model('F16').bytes(),
      'sub/c-00001-of-00002.gguf': model('F32').bytes(),
      'sub/c-00002-of-00002.gguf': model('F32').bytes(),
      'named-F16.gguf': model('Q4_0').bytes(),
      'imatrix.gguf': gguf()
        .metadata('general.type', { type: 'string', value: 'imatrix' })
        .tensor('x', 'F32', [4])
        .bytes(),
      'mmproj.gguf': model('F16').metadata('general.type', { type: 'string', value: 'mmproj' }).bytes(),
      'vocab.gguf': gguf().bytes(),
      'damaged-F16.gguf': model('F16').cutAt(30).bytes(),
      'empty.gguf': new Uint8Array(),
      'notes.txt': new Uint8Array(3),
    });
    const found = await findBatchModels(folder, signal);
    expect(found.map(({ source }) => path.relative(folder, source))).toEqual([
      'a-BF16.gguf',
      path.join('sub', 'b.gguf'),
      path.join('sub', 'c-00001-of-00002.gguf'),
    ]);
  });

  test('none', async () => {
    expect(await findBatchModels(tempFolder(), signal)).toEqual([]);
    await expect(findBatchModels(path.join(tempFolder(), 'x'), signal)).rejects.toMatchObject({
      code: 'source-unreadable',
    });
  });

  test('with the imatrix beside them', async () => {
    const folder = folderOf({
      'a/x-BF16.gguf': model('BF16').bytes(),
      'a/imatrix.dat': new Uint8Array(1),
      'b/y-BF16.gguf': model('BF16').bytes(),
      'b/z-BF16.gguf': model('BF16').bytes(),
      'b/z.imatrix.gguf': new Uint8Array(1),
      'b/imatrix.txt': new Uint8Array(1),
    });
    expect(await findBatchModels(folder, signal)).toEqual([
      { source: path.join(folder, 'a/x-BF16.gguf'), imatrix: path.join(folder, 'a/imatrix.dat') },
      { source: path.join(folder, 'b/y-BF16.gguf') },
      { source: path.join(folder, 'b/z-BF16.gguf'), imatrix: path.join(folder, 'b/z.imatrix.gguf') },
    ]);
  });
});

describe('the imatrix of a model', () => {
  test.each([
    [['gemma-3n.imatrix.gguf', 'gemma-3.imatrix.gguf'], false, 'gemma-3n.imatrix.gguf'],
    [['imatrix-GEMMA-3n-BF16.dat', 'x.imatrix'], false, 'imatrix-GEMMA-3n-BF16.dat'],
    [['gemma-3n-it.imatrix.gguf'], false, undefined],
    [['gemma-3n.imatrix.gguf', 'imatrix_gemma-3n.dat'], true, undefined],
    [['imatrix.dat'], false, undefined],
    [['imatrix.dat'], true, 'imatrix.dat'],
    [['imatrix.dat', 'imatrix.gguf'], true, undefined],
    [[], true, undefined],
  ])('%j, alone: %s', (files, isAlone, chosen) => {
    expect(chooseImatrix('dir/gemma-3n-BF16.gguf', files, isAlone)).toBe(chosen);
  });
});
