import { entryPlace, fatalProblem, type Header } from '../../gguf/model.js';
import { defineRule, type Found } from '../check.js';
import { entryOf } from '../facts/keys.js';
import { GGML_READERS } from '../readers.js';
import { WHOLE_FILE } from '../whole-file.js';
import type { ShardSet } from './shard-set.js';
import { type SplitKey, splitValue } from './split-keys.js';

interface WrongValue {
  readonly key: SplitKey;
  /** Absent where the key is missing. */
  readonly found?: number;
  readonly expected: number;
  /** What the expected number comes from. */
  readonly because: string;
}

/** A split key that says something else than the file's name or its set. */
export const splitValues = defineRule<WrongValue>({
  id: 'shard/split-values',
  severity: 'error',
  needs: 'shards',
  affects: GGML_READERS,
  docs: {
    summary:
      "In each shard `split.no` is its position from 0, `split.count` the number of shards, and `split.tensors.count` the sum of all shards' tensors.",
    why: 'llama.cpp compares the numbers with the file names and with what it finds, and refuses the model where they differ. It reads `split.count` and `split.tensors.count` from the first shard only; in the others a wrong one is a warning.',
    example: 'The files were renamed in another order: `model-00002-of-00003.gguf` has `split.no` 2.',
    remedy: 'Rename the files to fit their keys, or split the model again.',
    fix: 'None: whether the name or the key is right is unknown.',
    sources: ['llama.cpp 0.7.0, src/llama-model-loader.cpp'],
  },
  find: ({ header, evidence }) =>
    evidence.shards === undefined || fatalProblem(header) !== undefined ? [] : judge(header, evidence.shards),
  describe: ({ key, found, expected, because }) =>
    `'${key}' is ${found ?? 'missing'}, expected ${expected} (${because})`,
});

function judge(header: Header, set: ShardSet): Found<WrongValue>[] {
  const isFirst = set.number === 1;
  const wanted: [SplitKey, number, string][] = [['split.no', set.number - 1, 'its position in the name, from 0']];
  wanted.push(['split.count', set.count, 'from the name']);
  const sum = tensorSum(set);
  if (sum !== undefined) wanted.push(['split.tensors.count', sum, 'the tensors of all shards']);
  // A set of one is loaded as if it were not split; its keys are looked at by nobody.
  if (set.count === 1) return [];
  return wanted.flatMap(([key, expected, because]) => {
    const entry = entryOf(header, key);
    const found = splitValue(header, key);
    // A value of a wrong type that is no integer is the business of `split-key-type`.
    if (found === expected || (entry !== undefined && found === undefined)) return [];
    const data: WrongValue = { key, expected, because, ...(found === undefined ? {} : { found }) };
    const severity = isFirst || key === 'split.no' ? 'error' : 'warning';
    return [{ place: entry === undefined ? WHOLE_FILE : entryPlace(entry), data, severity }] as const;
  });
}

/** The tensors of the whole set; `undefined` where not every shard could be read to its end. */
function tensorSum({ shards }: ShardSet): number | undefined {
  let sum = 0;
  for (const { header } of shards) {
    if (header === undefined || fatalProblem(header) !== undefined) return undefined;
    sum += header.tensors.length;
  }
  return sum;
}
