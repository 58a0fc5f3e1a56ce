import { expect, test } from 'vitest';
import { planSplit } from '../../../src/edit/split/plan-split.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { MAX_SHARDS } from '../../../src/sources/shard-name.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { smallModel } from '../../support/models.js';

const headerOf = (model: GgufBuilder) => parseHeader(model.bytes());

test('shards and their sum', () => {
  const { shards, bytes } = planSplit(headerOf(smallModel()), { maxTensors: 2 });
  expect(shards.map(({ tensors }) => tensors)).toEqual([2, 2, 1]);
  expect(bytes).toBe(shards.reduce((sum, { plan }) => sum + plan.newSize, 0));
});

const shardOf = (count: number, tensors: number): GgufBuilder =>
  smallModel()
    .metadata('split.no', { type: 'uint16', value: 0 })
    .metadata('split.count', { type: 'uint16', value: count })
    .metadata('split.tensors.count', { type: 'int32', value: tensors });

test('a file that is a shard itself is refused', () => {
  expect(() => planSplit(headerOf(shardOf(3, 12)), {})).toThrow(
    expect.objectContaining({
      code: 'refused-by-writer',
      message: 'the file is a shard of a set of 3: join them first, with llama-gguf-split --merge',
    }),
  );
});

test.each([
  ['a merged file', shardOf(0, 5)],
  ['a set of one', shardOf(1, 5)],
  ['left-over keys', shardOf(3, 5)],
])('%s is not', (_, model) => {
  expect(planSplit(headerOf(model), {}).shards).toHaveLength(1);
});

test('a set of more shards than anything reads is refused', () => {
  const model = (tensors: number): GgufBuilder =>
    Array.from({ length: tensors }).reduce<GgufBuilder>((all, _, i) => all.tensor(`t${i}`, 'I8', [1]), gguf());
  const limit = { maxTensors: 1 };
  expect(planSplit(headerOf(model(MAX_SHARDS)), limit).shards).toHaveLength(MAX_SHARDS);
  expect(() => planSplit(headerOf(model(MAX_SHARDS)), { ...limit, metadataOnlyFirst: true })).toThrow(
    expect.objectContaining({
      code: 'over-limit',
      message: 'there would be 4097 shards, expected at most 4096: allow more bytes or tensors for each',
    }),
  );
});

test('a tensor that is there twice is refused, also where its shards would be good by themselves', () => {
  const model = gguf().tensor('a', 'I8', [32]).tensor('a', 'I8', [32]);
  expect(() => planSplit(headerOf(model), { maxTensors: 1 })).toThrow(
    "llama.cpp would refuse the shards: the file has tensor 'a' twice",
  );
});

test('a tensor whose bytes are missing is refused', () => {
  expect(() => planSplit(headerOf(smallModel().cutAt(-64)), { maxTensors: 1 })).toThrow("tensor 'blk.4.weight'");
});

test('what an alignment of 2 GiB takes is room on the disk, not memory', () => {
  const model = gguf()
    .metadata('general.alignment', { type: 'uint32', value: 2 ** 31 })
    .tensor('a', 'I8', [1])
    .tensor('b', 'I8', [1], { offset: 2 ** 31 });
  const header = parseHeader(model.alignTo(1).bytes(), 6 * 2 ** 30);
  const { shards, bytes } = planSplit(header, { maxTensors: 1 });
  expect(bytes).toBe(4 * 2 ** 31);
  for (const { plan } of shards) expect(plan.header.byteLength).toBeLessThan(1000);
});
