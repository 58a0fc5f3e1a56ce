import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dealTensors, type ShardLimits } from '../../../src/edit/split/deal-tensors.js';

/** Lengths of the tensors in each shard. */
function deal(lengths: readonly number[], limits: ShardLimits): number[][] {
  return dealTensors(
    lengths.map((length) => ({ length })),
    32,
    limits,
  ).map((shard) => shard.map(({ length }) => length));
}

test.each<[string, number[], ShardLimits, number[][]]>([
  ['no limit: one shard', [32, 64], {}, [[32, 64]]],
  ['no tensors: one shard', [], { maxBytes: 1, metadataOnlyFirst: true }, [[]]],
  ['a shard may be full to the byte', [32, 32, 32], { maxBytes: 64 }, [[32, 32], [32]]],
  ['padding counts', [33, 32], { maxBytes: 95 }, [[33], [32]]],
  ['a larger tensor is alone, also as the first', [96, 8, 96, 8], { maxBytes: 64 }, [[96], [8], [96], [8]]],
  ['so many tensors', [1, 2, 3, 4, 5], { maxTensors: 2 }, [[1, 2], [3, 4], [5]]],
  ['whichever limit comes first', [32, 32, 32, 96, 1], { maxTensors: 2, maxBytes: 96 }, [[32, 32], [32], [96], [1]]],
  ['metadata first', [1, 2, 3], { maxTensors: 2, metadataOnlyFirst: true }, [[], [1, 2], [3]]],
  ['a tensor without weights needs no room', [64, 0, 1], { maxBytes: 64 }, [[64, 0], [1]]],
])('%s', (_, lengths, limits, shards) => {
  expect(deal(lengths, limits)).toEqual(shards);
});

test('every tensor once and in order; no shard passes its limits unless it holds one tensor; none could take the next', () => {
  const lengths = fc.array(fc.nat(300), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(
      lengths,
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 9 }),
      (all, maxBytes, maxTensors) => {
        const shards = deal(all, { maxBytes, maxTensors });
        expect(shards.flat()).toEqual(all);
        const size = (shard: readonly number[]): number =>
          shard.reduce((sum, length) => sum + Math.ceil(length / 32) * 32, 0);
        const isOver = (shard: readonly number[]): boolean => size(shard) > maxBytes || shard.length > maxTensors;
        for (const [index, shard] of shards.entries()) {
          expect(shard.length === 1 || !isOver(shard)).toBe(true);
          const next = shards[index + 1]?.[0];
          if (next !== undefined) expect(isOver([...shard, next])).toBe(true);
        }
      },
    ),
  );
});
