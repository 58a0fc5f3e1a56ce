import { entryPlace, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule, type Found } from '../check.js';
import { integerOf, modelEntry, valuesByLayer } from '../facts/hyperparameters.js';
import { architectureOf } from '../facts/keys.js';
import { isTabled } from '../facts/required-keys.js';
import { isWholeModel } from '../facts/whole-model.js';

/** A number of heads that attention cannot be computed with. */
type OddHeads =
  | { readonly cause: 'zero'; readonly key: string }
  | { readonly cause: 'width'; readonly key: string; readonly heads: number; readonly width: number }
  | { readonly cause: 'groups'; readonly key: string; readonly heads: number; readonly kvHeads: number };

/** Attention heads that are none, do not divide the width, or do not form groups. */
export const headCount = defineRule<OddHeads>({
  id: 'metadata/head-count',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama *'],
  docs: {
    summary:
      'A model has attention heads; they divide its width, unless `key_length` is given, and the key-value heads divide them.',
    why: 'llama.cpp refuses the file, since the tensors then have other shapes than expected, or stops when it computes the first token. Layers without attention (a 0 in a per-layer array) are fine.',
    example: '`llama.attention.head_count` is 0, or 32 heads with 5 key-value heads.',
    remedy: "Take the numbers from the model's config.json: num_attention_heads and num_key_value_heads.",
    fix: 'None: the right number cannot be told from the file alone.',
    sources: ['llama.cpp 0.7.0 (files with changed head counts)', 'ggml/src/ggml.c: ggml_can_mul_mat'],
  },
  find: ({ header }) => (isWholeModel(header) && isTabled(architectureOf(header)) ? oddHeads(header) : []),
  describe: (data) => `${quoted(data.key)} ${consequence(data)}`,
});

const HEADS = 'attention.head_count';
const KV_HEADS = 'attention.head_count_kv';

function consequence(data: OddHeads): string {
  switch (data.cause) {
    case 'zero':
      return 'is 0: llama.cpp expects empty tensors and refuses the file';
    case 'width':
      return `is ${data.heads}, which does not divide the embedding length ${data.width}: llama.cpp refuses the file`;
    case 'groups':
      return `is ${data.kvHeads}, which does not divide the ${data.heads} heads of the layer: llama.cpp aborts on the first token`;
  }
}

function* oddHeads(header: Header): Generator<Found<OddHeads>> {
  const heads = valuesByLayer(header, HEADS);
  const kvHeads = valuesByLayer(header, KV_HEADS);
  const zero = [HEADS, KV_HEADS].filter((name) => integerOf(header, name) === 0);
  for (const name of zero) yield* foundAt(header, name, (key) => ({ cause: 'zero', key }));
  if (zero.length > 0) return;
  yield* oddWidth(header, heads);
  const layer = Array.from({ length: Math.max(heads.length, kvHeads.length) }, (_, index) => index);
  const ungrouped = layer.find((index) => !isGrouped(atLayer(heads, index), atLayer(kvHeads, index)));
  if (ungrouped === undefined) return;
  const data = { heads: atLayer(heads, ungrouped)!, kvHeads: atLayer(kvHeads, ungrouped)! };
  yield* foundAt(header, KV_HEADS, (key) => ({ cause: 'groups', key, ...data }));
}

function* oddWidth(header: Header, [heads]: readonly number[]): Generator<Found<OddHeads>> {
  const width = integerOf(header, 'embedding_length');
  if (heads === undefined || heads <= 0 || width === undefined || width % heads === 0) return;
  // The length of a head is then no quotient.
  if (integerOf(header, 'attention.key_length') !== undefined) return;
  yield* foundAt(header, HEADS, (key) => ({ cause: 'width', key, heads, width }));
}

function* foundAt(header: Header, name: string, data: (key: string) => OddHeads): Generator<Found<OddHeads>> {
  const entry = modelEntry(header, name);
  if (entry !== undefined) yield { place: entryPlace(entry), data: data(entry.key) };
}

/** One number stands for all layers. */
function atLayer(values: readonly number[], layer: number): number | undefined {
  return values.length === 1 ? values[0] : values[layer];
}

function isGrouped(heads: number | undefined, kvHeads: number | undefined): boolean {
  return heads === undefined || kvHeads === undefined || heads <= 0 || kvHeads <= 0 || heads % kvHeads === 0;
}
