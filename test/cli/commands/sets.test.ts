import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../../support/run-cli.js';
import { tempFolder } from '../../support/temp.js';
import { gemma } from '../support/gemma.js';

/** A set of shards with the documented defects, one tensor each. */
async function brokenSet(): Promise<readonly string[]> {
  const folder = tempFolder();
  const source = path.join(folder, 'source.gguf');
  writeFileSync(source, gemma().bytes());
  const { exit } = await runCli(['split', source, path.join(folder, 'm'), '--max-tensors', '1', '--quiet']);
  expect(exit).toBe(0);
  const shards = readdirSync(folder).filter((name) => name.startsWith('m-'));
  expect(shards.length).toBeGreaterThan(1);
  return shards.toSorted().map((name) => path.join(folder, name));
}

test('check of a shard looks at its whole set', async () => {
  const [first = '', ...others] = await brokenSet();
  const last = others.at(-1) ?? '';
  truncateSync(last, 200);
  const { out, exit } = await runCli(['check', first, '--json']);
  const { files } = JSON.parse(out);
  expect(files.map(({ source }: { source: string }) => source)).toEqual([first, ...others]);
  expect(files.at(-1).verdict).toBe('fail');
  expect(exit).toBe(1);
});

test('fix of a shard repairs its whole set; with -o one file', async () => {
  const [first = '', second = ''] = await brokenSet();
  const out = path.join(path.dirname(first), 'out.gguf');
  expect((await runCli(['fix', second, '-o', out, '--json'])).exit).toBe(0);
  const { files } = JSON.parse((await runCli(['fix', second, '--json'])).out);
  expect(files[0]).toMatchObject({ source: first, status: 'fixed' });
  expect(files.map(({ source }: { source: string }) => source)).toContain(second);
});
