import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { placeJob } from '../../../src/quantizer/quantize/engine-job.js';
import { openModel } from '../../../src/quantizer/quantize/open-model.js';
import { prepare } from '../../../src/quantizer/quantize/prepare.js';
import type { BaseType } from '../../../src/quantizer/recipes/base-types.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { tempFile, tempFolder } from '../../support/temp.js';
import { splitModel } from '../support/split-model.js';
import { tinyLlama } from '../support/tiny-llama.js';

async function place({
  file,
  type = 'Q8_0',
  imatrix,
  keepSplit = false,
  out = 'sub/out.gguf',
}: {
  file: string;
  type?: BaseType;
  imatrix?: string;
  keepSplit?: boolean;
  out?: string;
}) {
  await using model = await openModel(file);
  const folder = tempFolder();
  const recipe = resolveStock(type, model.header);
  const preparation = prepare(model, recipe, { version: '1', keepSplit });
  const job = await placeJob(folder, {
    model,
    out,
    recipe,
    preparation,
    imatrix,
    allowRequantize: false,
    sidecar: true,
    force: false,
    threads: 3,
    maxBufferMiB: 9,
  });
  return { job, folder, preparation };
}

test('the result is made in the folder under its own name, by a type for every tensor', async () => {
  const file = tempFile(tinyLlama(), 'in.gguf');
  const { job, folder, preparation } = await place({ file });
  expect(job).toEqual({
    folder,
    imatrix: undefined,
    input: file,
    output: path.join(folder, 'out.gguf'),
    fileType: 'Q8_0',
    threads: 3,
    dryRun: false,
    tensorTypeFile: path.join(folder, 'tensor-types.txt'),
    keys: preparation.keys,
    allowRequantize: false,
    keepSplit: false,
    maxBufferMiB: 9,
  });
  expect(readFileSync(job.tensorTypeFile ?? '', 'utf8').split('\n')).toContain('^blk\\.0\\.attn_q\\.weight$=q8_0');
});

test('an importance matrix is named without its folder, in which the engine runs', async () => {
  const { job } = await place({ file: tempFile(tinyLlama()), imatrix: '/home/me/my matrix.gguf' });
  expect(job).toMatchObject({ folder: '/home/me', imatrix: 'my matrix.gguf' });
});

test('trap: types of tensors are ignored for a plain file type, so none are given', async () => {
  const { job } = await place({ file: tempFile(tinyLlama()), type: 'F16' });
  expect(job.tensorTypeFile).toBeUndefined();
});

test('of a split model the first shard is named, and the shards are kept where that is wanted', async () => {
  const [first, second] = splitModel();
  expect((await place({ file: second, keepSplit: true })).job).toMatchObject({ input: first, keepSplit: true });
  expect((await place({ file: second })).job).toMatchObject({ input: first, keepSplit: false });
  expect((await place({ file: tempFile(tinyLlama()), keepSplit: true })).job.keepSplit).toBe(false);
});

test.each([
  ['sub/out', 'out.gguf'],
  ['OUT.GGUF', 'OUT.gguf'],
  ['out.gguf', 'out.gguf'],
  ['out.gguf.new', 'out.gguf.new.gguf'],
])('trap: llama-quantize cuts the name of a set however it ends; for %s it is told %s', async (out, name) => {
  const [file] = splitModel();
  const { job, folder } = await place({ file, keepSplit: true, out });
  expect(job.output).toBe(path.join(folder, name));
  expect((await place({ file, out })).job.output).toMatch(new RegExp(`/${path.basename(out)}$`));
});
