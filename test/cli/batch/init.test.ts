import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readManifest } from '../../../src/batch/manifest/read.js';
import { type BatchInitFlags, batchInit } from '../../../src/cli/batch/init.js';
import { batchInitDocumentSchema } from '../../../src/report/document-schemas.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { gguf } from '../../support/gguf-builder.js';
import { type CliResult, fakeTerminal } from '../../support/run-cli.js';
import { tempFolder } from '../../support/temp.js';

async function init(folder: string, flags: Partial<BatchInitFlags> = {}): Promise<CliResult> {
  const terminal = fakeTerminal();
  await batchInit(terminal, folder, { json: false, quiet: false, force: false, ...flags });
  return terminal.result();
}

function folderWithModel(name = 'a-F16.gguf'): string {
  const folder = tempFolder();
  writeFileSync(path.join(folder, name), gguf().tensor('blk.0.attn_q.weight', 'F16', [64]).bytes());
  return folder;
}

test('writes a manifest that can be read', async () => {
  const folder = folderWithModel();
  const file = path.join(folder, 'ggufix.batch.yaml');
  expect((await init(folder)).out).toBe(`${file}: 1 model\n  a-F16.gguf\n`);
  expect((await readManifest(file)).settings.models).toEqual([{ source: 'a-F16.gguf' }]);
  expect(readdirSync(folder).sort()).toEqual(['a-F16.gguf', 'ggufix.batch.yaml']);
});

test('elsewhere, with paths seen from there', async () => {
  const [folder, other] = [folderWithModel(), tempFolder()];
  const file = path.join(other, 'm.yaml');
  const { out } = await init(folder, { output: file, json: true });
  expect(batchInitDocumentSchema.safeParse(JSON.parse(out)).error).toBeUndefined();
  const source = `../${path.basename(folder)}/a-F16.gguf`;
  expect(JSON.parse(out)).toEqual({ schema: 'ggufix.batch-init/1', manifest: file, models: [{ source }] });
  expect((await readManifest(file)).settings.models).toEqual([{ source }]);
});

test('quietly', async () => {
  expect(await init(folderWithModel(), { quiet: true })).toEqual({ out: '', err: '', exit: 0 });
});

test('never replaces a manifest, but by force', async () => {
  const folder = folderWithModel();
  const file = path.join(folder, 'ggufix.batch.yaml');
  writeFileSync(file, 'mine');
  await expect(init(folder)).rejects.toThrow(`will not write ${file}: it is there already; --force replaces it`);
  expect(readFileSync(file, 'utf8')).toBe('mine');
  await init(folder, { force: true });
  expect((await readManifest(file)).settings.models).toHaveLength(1);
});

test('never replaces a model, even by force', async () => {
  const folder = folderWithModel();
  const file = path.join(folder, 'a-F16.gguf');
  await expect(init(folder, { output: file, force: true })).rejects.toMatchObject({ code: 'not-writable' });
});

test('a folder without models, and none', async () => {
  const folder = tempFolder();
  await expect(init(folder)).rejects.toThrow(`no model in F32, F16 or BF16 in folder ${folder}`);
  expect(readdirSync(folder)).toEqual([]);
  await expect(init(path.join(folder, 'x'))).rejects.toThrow('cannot read folder');
});

test('a name that steers a terminal', async () => {
  const folder = folderWithModel('a\u001b[2J.gguf');
  expect((await init(folder)).out).not.toContain('\u001b');
});

describeWithData('real models', () => {
  test('are found with their imatrix', async () => {
    const folder = tempFolder();
    for (const name of ['stories260K.gguf', 'tiny-gemma3n-BF16.gguf', 'tiny-gemma3n.imatrix.gguf']) {
      copyFileSync(dataPath('model', name), path.join(folder, name));
    }
    await init(folder);
    const { settings } = await readManifest(path.join(folder, 'ggufix.batch.yaml'));
    expect(settings.models).toEqual([
      { source: 'stories260K.gguf' },
      { source: 'tiny-gemma3n-BF16.gguf', imatrix: { file: 'tiny-gemma3n.imatrix.gguf' } },
    ]);
  });
});
