import { entryPlace, fatalProblem, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule, type Found } from '../check.js';
import { architectureOf, entryOf } from '../facts/keys.js';
import { GGML_READERS } from '../readers.js';
import { WHOLE_FILE } from '../whole-file.js';
import type { ShardSet } from './shard-set.js';

type Misplaced =
  | { readonly kind: 'missing' }
  | { readonly kind: 'differs'; readonly found: string; readonly expected: string };

/** A first shard without the model's metadata, or a later one with another model's. */
export const metadataMisplaced = defineRule<Misplaced>({
  id: 'shard/metadata-misplaced',
  severity: 'error',
  needs: 'shards',
  affects: GGML_READERS,
  docs: {
    summary: 'The first shard has the metadata of the model; no other shard names another architecture.',
    why: 'llama.cpp reads metadata from the first shard only and refuses a model without an architecture there. A later shard of another architecture belongs to another model.',
    example: 'A tool wrote the metadata into the last shard.',
    remedy: 'Split the model again with `llama-gguf-split`.',
    fix: 'None: metadata has to be moved from one file to another.',
    sources: ['llama.cpp 0.7.0, src/llama-model-loader.cpp and tools/gguf-split'],
  },
  find: ({ header, evidence }) =>
    evidence.shards === undefined || fatalProblem(header) !== undefined ? [] : judge(header, evidence.shards),
  describe: (data) =>
    data.kind === 'missing'
      ? "the first shard has no 'general.architecture': llama.cpp reads metadata from it alone and refuses the model"
      : `'general.architecture' is ${quoted(data.found)}, but the first shard says ${quoted(data.expected)}: the shards are of different models`,
});

function judge(header: Header, { number, shards }: ShardSet): Found<Misplaced>[] {
  const found = architectureOf(header);
  if (number === 1) return found === undefined ? [{ place: WHOLE_FILE, data: { kind: 'missing' } }] : [];
  const first = shards.find((shard) => shard.number === 1)?.header;
  const expected = first === undefined ? undefined : architectureOf(first);
  const entry = entryOf(header, 'general.architecture');
  if (found === undefined || expected === undefined || found === expected || entry === undefined) return [];
  return [{ place: entryPlace(entry), data: { kind: 'differs', found, expected } }];
}
