import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openModel } from '../../../src/quantizer/quantize/open-model.js';
import { gguf } from '../../support/gguf-builder.js';
import { smallModel } from '../../support/models.js';
import { tempFile, tempFolder } from '../../support/temp.js';
import { splitModel } from '../support/split-model.js';

test('one file is a model', async () => {
  const file = tempFile(smallModel().bytes());
  await using model = await openModel(file);
  expect(model.files.map(({ source }) => source.path)).toEqual([file]);
  expect(model.header).toEqual(model.files[0].header);
});

test('any shard stands for the whole set: metadata of the first, tensors of all', async () => {
  const shards = splitModel();
  for (const shard of shards) {
    await using model = await openModel(shard);
    expect(model.files.map(({ source }) => source.path)).toEqual(shards);
    expect(model.header.metadata).toEqual(model.files[0].header.metadata);
    const names = model.files.flatMap(({ header }) => header.tensors.map(({ name }) => name));
    expect(model.header.tensors.map(({ name }) => name)).toEqual(names);
    expect(names).toContain('blk.0.attn_q.weight');
  }
});

test('a missing shard is named', async () => {
  const [first = ''] = splitModel();
  const alone = path.join(tempFolder(), path.basename(first));
  copyFileSync(first, alone);
  await expect(openModel(alone)).rejects.toMatchObject({
    code: 'source-unreadable',
    message: expect.stringContaining('-00002-of-00002.gguf'),
  });
});

test('a shard of too many is refused before one is looked for', async () => {
  const file = path.join(tempFolder(), 'm-00001-of-99999.gguf');
  writeFileSync(file, gguf().bytes());
  await expect(openModel(file)).rejects.toMatchObject({ code: 'over-limit' });
});

test('a file that is no model is refused with the reason', async () => {
  const file = tempFile(Buffer.from('<!DOCTYPE html>'));
  await expect(openModel(file)).rejects.toMatchObject({
    code: 'header-unreadable',
    message: expect.stringMatching(new RegExp(`^${file}: .*HTML`)),
  });
});
