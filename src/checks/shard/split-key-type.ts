import { entryPlace, type MetadataEntry } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { isFloatType, isIntegerType } from '../../gguf/value-types.js';
import { scalarValue } from '../../gguf/values.js';
import { defineRule, type Found } from '../check.js';
import { GGML_READERS } from '../readers.js';
import { SPLIT_KEYS, type SplitKey, splitEntries } from './split-keys.js';

interface Mistyped {
  readonly key: SplitKey;
  readonly found: string;
  readonly expected: (typeof SPLIT_KEYS)[SplitKey];
  /** Whether the value fits the right type exactly. */
  readonly fits: boolean;
}

const RANGES = { uint16: [0, 2 ** 16 - 1], int32: [-(2 ** 31), 2 ** 31 - 1] } as const;

/** A split key in another integer type than llama.cpp asks for. */
export const splitKeyType = defineRule<Mistyped>({
  id: 'shard/split-key-type',
  severity: 'error',
  needs: 'header',
  affects: GGML_READERS,
  docs: {
    summary: '`split.no` and `split.count` are uint16, `split.tensors.count` is int32.',
    why: 'llama.cpp asks for exactly these types and refuses the model otherwise, even where the number is right.',
    example: '`split.count` is uint32 3: a script wrote all integers as uint32.',
    remedy: 'Apply the fix to each shard of the set.',
    fix: 'Safe: the same number is written in the right type. None where the value is no number or does not fit.',
    sources: ['llama.cpp 0.7.0, src/llama-model-loader.cpp', 'gguf-py, gguf_writer.py: add_shard_kv_data'],
  },
  find: ({ header }) =>
    splitEntries(header)
      .filter(({ key, type }) => type !== SPLIT_KEYS[key as SplitKey])
      .map(judge),
  describe: ({ key, found, expected }) =>
    `${quoted(key)} is ${found}, expected ${expected}: llama.cpp refuses to load the model`,
  fix: ({ key, found, expected, fits }) =>
    fits
      ? {
          safety: 'safe',
          title: `Write ${key} as ${expected} instead of ${found}`,
          edits: [{ op: 'retype-metadata', key, to: expected }],
        }
      : undefined,
});

function judge(entry: MetadataEntry): Found<Mistyped> {
  // `splitEntries` gives only these keys.
  const key = entry.key as SplitKey;
  const expected = SPLIT_KEYS[key];
  const isNumber = isIntegerType(entry.type) || isFloatType(entry.type);
  const value = isNumber ? Number(scalarValue(entry)) : Number.NaN;
  const [lowest, highest] = RANGES[expected];
  const fits = Number.isInteger(value) && value >= lowest && value <= highest;
  const found = isNumber ? `${entry.type} ${scalarValue(entry)}` : entry.type;
  return { place: entryPlace(entry), data: { key, found, expected, fits } };
}
