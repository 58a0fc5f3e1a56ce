import { expect, test } from 'vitest';
import type { Finding } from '../../../src/checks/check.js';
import { paddingNotZero } from '../../../src/checks/container/padding-not-zero.js';
import { runChecks } from '../../../src/checks/run.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { readEdges } from '../../../src/gguf/read-edges.js';
import { memorySource } from '../../../src/sources/memory.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';

async function check(file: GgufBuilder): Promise<Finding[]> {
  const header = parseHeader(file.bytes());
  const edges = await readEdges(memorySource(file.bytes()), header);
  return runChecks(header, { rules: [paddingNotZero], evidence: { edges } });
}

const padded = gguf().tensor('a', 'F32', [3]);

test('passes on zeros', async () => {
  expect(await check(padded)).toEqual([]);
});

test('finds another byte, as information', async () => {
  const [finding, ...others] = await check(padded.paddingByte(7));
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ severity: 'info', data: { at: finding!.place.offset, value: 7 } });
});

test('does not read the gigabytes that a hostile alignment asks for', async () => {
  const hostile = gguf()
    .metadata('general.alignment', { type: 'uint32', value: 2 ** 31 })
    .tensor('a', 'F32', [3]);
  const bytes = hostile.alignTo(32).paddingByte(7).bytes();
  const edges = await readEdges(memorySource(bytes), parseHeader(bytes));
  expect(edges.headerPadding.byteLength).toBeLessThanOrEqual(4096);
});
