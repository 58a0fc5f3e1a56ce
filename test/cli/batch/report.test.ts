import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../support/run-cli.js';
import { tempFolder } from '../../support/temp.js';
import { gemma } from '../support/gemma.js';

const RESULT_NAMES = ['results.json', 'results.md', 'SHA256SUMS'];

/** A folder with two models to be fixed in place, one of them damaged, and the manifest for it. */
function folderToFix(): { readonly folder: string; readonly manifest: string } {
  const folder = tempFolder();
  mkdirSync(path.join(folder, 'models'));
  writeFileSync(path.join(folder, 'models', 'good.gguf'), gemma({ embedding: 'F16' }).bytes());
  writeFileSync(path.join(folder, 'models', 'page.gguf'), '<!doctype html>');
  const manifest = path.join(folder, 'ggufix.batch.yaml');
  writeFileSync(manifest, 'models: [models]\noutputs: [{fix: safe, inPlace: true}]\n');
  return { folder, manifest };
}

/** A repaired file is another one to the next plan; its record is of a few milliseconds before the step's end. */
function withoutTimes(text: string): string {
  return text.replace(/"seconds": 0\.\d+/g, '"seconds": some');
}

describe('batch report', () => {
  test('makes the results of a run again, as they were', async () => {
    const { folder, manifest } = folderToFix();
    const run = await runCli(['batch', 'run', manifest, '--threads', '1']);
    expect(run.out).toContain('models/good.gguf');
    const read = (): string[] =>
      RESULT_NAMES.map((name) => withoutTimes(readFileSync(path.join(folder, name), 'utf8')));
    const written = read();
    for (const name of RESULT_NAMES) rmSync(path.join(folder, name));
    const { out, exit } = await runCli(['batch', 'report', manifest]);
    expect(exit).toBe(0);
    expect(read()).toEqual(written);
    expect(out).toBe(written[1]);
    expect(out).toContain('## What was changed');
    expect(out).toContain('models/page.gguf');
  });

  test('prints a document that the shipped schema takes', async () => {
    const { folder, manifest } = folderToFix();
    const { out } = await runCli(['batch', 'report', manifest, '--json']);
    expect(out).toBe(readFileSync(path.join(folder, 'results.json'), 'utf8'));
    const schema: object = JSON.parse(readFileSync('schemas/batch.schema.json', 'utf8'));
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
    validate(JSON.parse(out));
    expect(validate.errors).toBeNull();
    expect(JSON.parse(out)).toMatchObject({ summary: { outputs: 1, open: 1, unreadableModels: 1 } });
  });

  test('before anything was made it says so, and makes no folder', async () => {
    const { folder, manifest } = folderToFix();
    writeFileSync(manifest, 'models: [models]\noutput: out\noutputs: fix\n');
    const { err, exit } = await runCli(['batch', 'report', manifest]);
    expect(err).toBe(`ggufix: nothing was made yet: there is no folder ${path.join(folder, 'out')}\n`);
    expect(exit).toBe(3);
    expect(readdirSync(folder).toSorted()).toEqual(['ggufix.batch.yaml', 'models']);
  });
});
