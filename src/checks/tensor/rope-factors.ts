import { entryPlace, findTensor, type Header, type MetadataEntry } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule, type Found } from '../check.js';
import { integerOf, modelEntry } from '../facts/hyperparameters.js';
import { architectureOf, kindOf, numberOf } from '../facts/keys.js';
import { tokensEntry } from '../facts/tokens.js';
import { isWholeModel } from '../facts/whole-model.js';

/** A model for long texts without the factors that scale its RoPE. */
interface NoFactors {
  readonly key: string;
  readonly contextLength: number;
  readonly tensor: string;
}

/** Missing RoPE factors of Llama 3.1 and of Phi 3 for long texts. */
export const ropeFactors = defineRule<NoFactors>({
  id: 'tensor/rope-factors',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary:
      'A Llama 3.1 or later with a context of 131072 has the tensor `rope_freqs.weight`, a Phi 3 for long texts `rope_factors_long.weight` and `rope_factors_short.weight`.',
    why: 'The tensors say by how much each frequency of RoPE is scaled. Without them llama.cpp does not scale: it says nothing, and answers get worse with the length of the text.',
    example: 'A Llama 3.1 file of July 2024 with 291 tensors instead of 292.',
    remedy: 'Convert the model again with a current converter.',
    fix: 'None: the factors follow from `rope_scaling` in config.json, which differs from model to model, and no edit adds a tensor.',
    sources: [
      'ggml-org/llama.cpp#8676, #24820',
      'ikawrakow/ik_llama.cpp#402',
      'ggml-org/llama.cpp, conversion/llama.py and conversion/phi.py: generate_extra_tensors',
    ],
  },
  find: ({ header }) => (kindOf(header) === 'model' && isWholeModel(header) ? judge(header) : []),
  describe: ({ key, contextLength, tensor }) =>
    `${quoted(key)} is ${contextLength}, but tensor ${quoted(tensor)} is missing: llama.cpp does not scale RoPE, and long texts suffer`,
});

const LONG = 131_072;

function judge(header: Header): Found<NoFactors>[] {
  const entry = modelEntry(header, 'context_length');
  const contextLength = integerOf(header, 'context_length') ?? 0;
  if (entry === undefined || contextLength < LONG) return [];
  const tensor = missingTensor(header, entry);
  return tensor === undefined ? [] : [{ place: entryPlace(entry), data: { key: entry.key, contextLength, tensor } }];
}

function missingTensor(header: Header, { key }: MetadataEntry): string | undefined {
  const has = (name: string): boolean => findTensor(header, name) !== undefined;
  const hasScaling = header.metadata.some((other) => /\.rope\.scaling\.(type|factor)$/.test(other.key));
  if (architectureOf(header) === 'llama') {
    // Llama 3.0 has the same tokens and base, but a context of 8192.
    const isLlama3 = tokensEntry(header)?.count === 128_256 && numberOf(header, 'llama.rope.freq_base') === 500_000;
    return isLlama3 && !hasScaling && !has('rope_freqs.weight') ? 'rope_freqs.weight' : undefined;
  }
  const original = numberOf(header, key.replace('context_length', 'rope.scaling.original_context_length')) ?? LONG;
  const isLongPhi = architectureOf(header) === 'phi3' && original < LONG;
  return isLongPhi && !has('rope_factors_long.weight') ? 'rope_factors_long.weight' : undefined;
}
