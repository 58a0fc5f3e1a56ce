import { tensorPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { GGML_READERS } from '../readers.js';

interface Repeated {
  readonly name: string;
  /** The earlier shard that has the tensor as well. */
  readonly shard: string;
}

/** A tensor that an earlier shard of the set has too. */
export const tensorDuplicate = defineRule<Repeated>({
  id: 'shard/tensor-duplicate',
  severity: 'error',
  needs: 'shards',
  affects: GGML_READERS,
  docs: {
    summary: 'No tensor stands in two shards of a set.',
    why: 'llama.cpp refuses the model: it cannot know which of the two is meant.',
    example: 'A shard of an older upload stayed beside the new ones; or one shard was copied under two names.',
    remedy: 'Download or split the whole set again.',
    fix: 'None: which of the tensors is meant is unknown.',
    sources: ['llama.cpp 0.7.0, src/llama-model-loader.cpp'],
  },
  *find({ header, evidence }) {
    const { shards = [], number = 1 } = evidence.shards ?? {};
    const owners = new Map<string, string>();
    for (const shard of shards) {
      if (shard.number >= number) continue;
      for (const { name } of shard.header?.tensors ?? []) owners.set(name, shard.name);
    }
    for (const tensor of header.tensors) {
      const shard = owners.get(tensor.name);
      if (shard !== undefined) yield { place: tensorPlace(tensor), data: { name: tensor.name, shard } };
    }
  },
  describe: ({ name, shard }) =>
    `tensor ${quoted(name)} is in ${quoted(shard)} as well: llama.cpp refuses to load the model`,
});
