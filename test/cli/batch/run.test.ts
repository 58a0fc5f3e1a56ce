import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../../support/run-cli.js';
import { tempFolder } from '../../support/temp.js';
import { gemma } from '../support/gemma.js';

test.each([
  ['all can be done', [], 0],
  ['a source is missing', ['none.gguf'], 4],
  ['a source is not on this machine', ['hf:owner/model'], 4],
])('batch run --dry-run where %s', async (_title, more, code) => {
  const folder = tempFolder();
  const manifest = path.join(folder, 'ggufix.batch.yaml');
  writeFileSync(path.join(folder, 'm.gguf'), gemma().bytes());
  writeFileSync(manifest, `models: ${JSON.stringify(['m.gguf', ...more])}\noutput: out\noutputs: fix\n`);
  const { out, exit } = await runCli(['batch', 'run', manifest, '--dry-run']);
  expect(out).toContain('m-fixed.gguf');
  for (const source of more) expect(out).toContain(`${source}\n  first: source (cannot)\n`);
  expect(exit).toBe(code);
  expect(readdirSync(folder).toSorted()).toEqual(['ggufix.batch.yaml', 'm.gguf']);
});
