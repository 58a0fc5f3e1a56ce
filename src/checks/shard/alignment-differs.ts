import { defineRule } from '../check.js';
import { WHOLE_FILE } from '../whole-file.js';

interface Differs {
  readonly found: number;
  readonly first: number;
}

/** A shard with another alignment than the first. */
export const alignmentDiffers = defineRule<Differs>({
  id: 'shard/alignment-differs',
  severity: 'warning',
  needs: 'shards',
  affects: [],
  docs: {
    summary: 'All shards of a set have the same alignment.',
    why: 'Each shard is read with its own `general.alignment`, so the model may load, but tools that merge the shards write a file with the wrong offsets.',
    example: '`llama-gguf-split` keeps `general.alignment` 64 in the first shard only, and pads the data to 32.',
    remedy: 'Split the model again with an alignment of 32, the default.',
    fix: 'None: the tensors of the shard would have to be moved.',
    sources: ['llama.cpp 0.7.0, tools/gguf-split: files with alignments of 16 and 64 tried'],
  },
  *find({ header, evidence }) {
    const first = evidence.shards?.shards.find(({ number }) => number === 1)?.header?.alignment;
    if (first === undefined || first === header.alignment || evidence.shards?.number === 1) return;
    yield { place: WHOLE_FILE, data: { found: header.alignment, first } };
  },
  describe: ({ found, first }) =>
    `the shard is aligned to ${found} bytes, the first one to ${first}: merging them gives wrong offsets`,
});
