import { entryPlace, fatalProblem } from '../../gguf/model.js';
import { parseShardName } from '../../sources/shard-name.js';
import { type CheckContext, defineRule, type Fix, type Found } from '../check.js';
import { entryOf } from '../facts/keys.js';
import { GGML_READERS } from '../readers.js';
import { splitEntries, splitValue } from './split-keys.js';

interface Stale {
  /** `split.count` of the file. */
  readonly count: number;
  /** Tensors in the file, and in the whole model as far as `split.tensors.count` says. */
  readonly tensors: number;
  readonly allTensors?: number;
}

/** Split keys in a file whose name is no shard's. */
export const staleSplitKeys = defineRule<Stale>({
  id: 'shard/stale-split-keys',
  severity: 'error',
  needs: 'name',
  affects: GGML_READERS,
  docs: {
    summary: 'A file with `split.count` above 1 is named as a shard: `NAME-00001-of-00003.gguf`.',
    why: 'llama.cpp derives the names of the other shards from this one and refuses the model with `invalid split file name`.',
    example: 'A shard was renamed; or a merged or requantized model kept the keys of its first shard.',
    remedy: 'Give a shard its name back. A file that holds the whole model needs no split keys.',
    fix: 'Safe where `split.tensors.count` says that the file has all tensors: the split keys are removed. None otherwise: the other tensors are in other files.',
    sources: ['llama.cpp 0.7.0, src/llama-model-loader.cpp', 'ggml-org/llama.cpp#6548'],
  },
  find: ({ header, evidence }) => find(header, evidence.name),
  describe: ({ count, tensors, allTensors }) =>
    `'split.count' is ${count}, but the file is not named as a shard: llama.cpp refuses to load it; ` +
    (allTensors === tensors
      ? `it has all ${tensors} tensors, so the split keys are left over`
      : `it has ${tensors} of ${allTensors ?? 'an unknown number of'} tensors`),
  fix: ({ tensors, allTensors }, { header }) => (allTensors === tensors ? removeSplitKeys(header) : undefined),
});

function find(header: CheckContext['header'], name: string | undefined): Found<Stale>[] {
  const entry = entryOf(header, 'split.count');
  const count = splitValue(header, 'split.count');
  if (name === undefined || entry === undefined || count === undefined || count < 2) return [];
  if (parseShardName(name) !== undefined || fatalProblem(header) !== undefined) return [];
  const allTensors = splitValue(header, 'split.tensors.count');
  const tensors = header.tensors.length;
  return [{ place: entryPlace(entry), data: { count, tensors, ...(allTensors === undefined ? {} : { allTensors }) } }];
}

function removeSplitKeys(header: CheckContext['header']): Fix {
  const edits = splitEntries(header).map(({ key }) => ({ op: 'remove-metadata', key }) as const);
  return { safety: 'safe', title: 'Remove the left-over split keys', edits };
}
