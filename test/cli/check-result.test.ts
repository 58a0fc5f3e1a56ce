import { expect, test } from 'vitest';
import { checkResults } from '../../src/cli/check-result.js';
import { lazyPool } from '../../src/evidence/lazy-pool.js';
import { fakeTerminal } from '../support/run-cli.js';
import { tempFile } from '../support/temp.js';
import { gemma } from './support/gemma.js';

const FLAGS = { json: false, quiet: false, verbose: false, threads: 0, progress: 'none' } as const;

async function rulesFor(...files: readonly Uint8Array[]): Promise<string[]> {
  const terminal = fakeTerminal();
  await using pool = lazyPool(FLAGS);
  const paths = files.map((bytes) => tempFile(bytes));
  const findings = await checkResults(terminal, FLAGS, pool, paths);
  expect(findings.filter(({ severity }) => severity === 'info')).toEqual([]);
  return findings.map(({ rule }) => rule).filter((rule) => rule.startsWith('gemma3n/'));
}

test('errors and warnings of every file come together, infos are left out', async () => {
  const broken = gemma({ embedding: 'Q4_K' }).bytes();
  const good = gemma({ embedding: 'Q8_0', sharedLayers: { type: 'uint32', value: 10 } }).bytes();
  const rules = ['gemma3n/per-layer-token-embd-type', 'gemma3n/shared-kv-layers-type'];
  expect(await rulesFor(good)).toEqual([]);
  expect((await rulesFor(broken, good, broken)).sort()).toEqual([...rules, ...rules].sort());
});
