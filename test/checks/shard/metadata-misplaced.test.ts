import { expect, test } from 'vitest';
import { metadataMisplaced } from '../../../src/checks/shard/metadata-misplaced.js';
import { gguf } from '../../support/gguf-builder.js';
import { findingsOfShard, shard } from './shard-test.js';

test.each([1, 2])('passes on a sound shard %i', (number) => {
  expect(findingsOfShard(metadataMisplaced, [shard(1, 2), shard(2, 2)], number)).toEqual([]);
});

test('finds a first shard without an architecture', () => {
  const findings = findingsOfShard(metadataMisplaced, [gguf().tensor('a', 'F32', [8]), shard(2, 2)], 1);
  expect(findings).toMatchObject([{ severity: 'error', data: { kind: 'missing' } }]);
});

test('finds a later shard of another model', () => {
  const other = shard(2, 2).metadata('general.architecture', { type: 'string', value: 'qwen2' });
  const [finding] = findingsOfShard(metadataMisplaced, [shard(1, 2), other], 2);
  expect(finding!.message).toMatch(/^'general\.architecture' is 'qwen2', but the first shard says 'llama'/);
});
