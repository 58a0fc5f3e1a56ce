import type { Finding, Rule } from '../../../src/checks/check.js';
import type { ShardSet } from '../../../src/checks/shard/shard-set.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { shardName } from '../../../src/sources/shard-name.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { findingsWith } from '../rule-test.js';

/** A sound shard of a set of `count` with one tensor each. */
export function shard(number: number, count: number, tensors: number = count): GgufBuilder {
  const start = gguf();
  const file = number === 1 ? start.metadata('general.architecture', { type: 'string', value: 'llama' }) : start;
  return file
    .metadata('split.no', { type: 'uint16', value: number - 1 })
    .metadata('split.count', { type: 'uint16', value: count })
    .metadata('split.tensors.count', { type: 'int32', value: tensors })
    .tensor(`blk.${number}.ffn_up.weight`, 'F32', [8]);
}

/** The set of these files, seen from shard `number`; an absent one is missing. */
export function shardSet(files: readonly (GgufBuilder | undefined)[], number: number): ShardSet {
  const count = files.length;
  const shards = files.map((file, index) => ({
    name: shardName('model', index + 1, count),
    number: index + 1,
    ...(file === undefined ? {} : { header: parseHeader(file.bytes()) }),
  }));
  return { prefix: 'model', count, number, shards };
}

/** What a rule says of shard `number` of these files. */
export function findingsOfShard(rule: Rule, files: readonly (GgufBuilder | undefined)[], number: number): Finding[] {
  return findingsWith(rule, files[number - 1]!, { shards: shardSet(files, number) });
}
