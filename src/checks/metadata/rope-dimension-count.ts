import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule, type Found } from '../check.js';
import { integerOf, modelEntry, valuesByLayer } from '../facts/hyperparameters.js';
import { architectureOf } from '../facts/keys.js';
import { isWholeModel } from '../facts/whole-model.js';

/** A rotated part of another length than a head. */
interface OddDimensions {
  readonly key: string;
  readonly count: number;
  readonly headLength: number;
}

/** RoPE dimensions that are not the length of a head, where llama.cpp demands it. */
export const ropeDimensionCount = defineRule<OddDimensions>({
  id: 'metadata/rope-dimension-count',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama >=0.30.0'],
  docs: {
    summary: '`*.rope.dimension_count` of llama, deci and falcon is the length of a head.',
    why: 'llama.cpp refuses the file: `invalid n_rot`. Other architectures may rotate only a part of a head and are not judged.',
    example: '`llama.rope.dimension_count` is 64 in a model with heads of 128.',
    remedy: 'Set it to `attention.key_length`, or to `embedding_length` divided by `attention.head_count`.',
    fix: 'Safe: the length of a head is written, the only value that loads.',
    sources: ['llama.cpp 0.7.0, src/llama-model.cpp', 'its loader, asked with changed files'],
  },
  find: ({ header }): Found<OddDimensions>[] => {
    const entry = modelEntry(header, 'rope.dimension_count');
    const count = integerOf(header, 'rope.dimension_count');
    const headLength = lengthOfHead(
      integerOf(header, 'attention.key_length'),
      integerOf(header, 'embedding_length'),
      valuesByLayer(header, 'attention.head_count')[0],
    );
    if (!WHOLE_HEADS.has(architectureOf(header) ?? '') || !isWholeModel(header)) return [];
    if (entry === undefined || count === undefined || headLength === undefined || count === headLength) return [];
    return [{ place: entryPlace(entry), data: { key: entry.key, count, headLength } }];
  },
  describe: ({ key, count, headLength }) =>
    `${quoted(key)} is ${count}, expected ${headLength}, the length of a head: llama.cpp refuses the file`,
  fix: ({ key, headLength }) => ({
    safety: 'safe',
    title: `Set ${key} to ${headLength}`,
    edits: [{ op: 'set-metadata', key, value: { type: 'uint32', value: headLength } }],
  }),
});

const WHOLE_HEADS: ReadonlySet<string> = new Set(['llama', 'deci', 'falcon', 'llama-embed']);

/** Heads that do not divide the width are `metadata/head-count`. */
function lengthOfHead(key?: number, width?: number, heads?: number): number | undefined {
  if (key !== undefined) return key;
  if (width === undefined || heads === undefined || heads <= 0 || width % heads !== 0) return undefined;
  return width / heads;
}
