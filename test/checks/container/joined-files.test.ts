import { expect, test } from 'vitest';
import type { Finding } from '../../../src/checks/check.js';
import { joinedFiles } from '../../../src/checks/container/joined-files.js';
import { runChecks } from '../../../src/checks/run.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { readEdges } from '../../../src/gguf/read-edges.js';
import { memorySource } from '../../../src/sources/memory.js';
import { cleanFile } from '../rule-test.js';

async function check(bytes: Uint8Array): Promise<Finding[]> {
  const header = parseHeader(bytes);
  return runChecks(header, { rules: [joinedFiles], evidence: { edges: await readEdges(memorySource(bytes), header) } });
}

const clean = cleanFile().bytes();

test('passes on one file, and on one with other bytes behind it', async () => {
  expect(await check(clean)).toEqual([]);
  expect(await check(cleanFile().trailing(new Uint8Array(64)).bytes())).toEqual([]);
});

test('finds a second file behind the first', async () => {
  const findings = await check(Buffer.concat([clean, clean]));
  expect(findings).toMatchObject([{ severity: 'error', data: { at: clean.byteLength } }]);
  expect(findings[0]!.message).toContain(`begins at byte ${clean.byteLength}`);
});
