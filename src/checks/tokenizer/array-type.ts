import { entryPlace, type MetadataEntry } from '../../gguf/model.js';
import { type ItemTypeName, isIntegerType } from '../../gguf/value-types.js';
import { arrayItems } from '../../gguf/values.js';
import { defineRule } from '../check.js';
import { entryOf, textOf } from '../facts/keys.js';
import { TOKEN_TYPE_KEY } from '../facts/tokens.js';

/** An array of the tokenizer whose elements have another type than readers ask for. */
interface MistypedArray {
  readonly key: string;
  readonly found: string;
  readonly expected: ItemTypeName;
  /** Whether every element is the same number in the expected type. */
  readonly isExact: boolean;
}

const EXPECTED: ReadonlyMap<string, ItemTypeName> = new Map([
  [TOKEN_TYPE_KEY, 'int32'],
  ['tokenizer.ggml.scores', 'float32'],
  ['tokenizer.ggml.suppress_tokens', 'int32'],
  ['tokenizer.ggml.merges', 'string'],
]);

/** Types, scores or merges of tokens in another type than the one that llama.cpp insists on. */
export const tokenizerArrayType = defineRule<MistypedArray>({
  id: 'tokenizer/array-type',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'Token types and suppressed tokens are arrays of int32, scores of float32, merges of strings.',
    why: 'llama.cpp refuses the file: `invalid gguf type for tokenizer.ggml.token_type`.',
    example: '`tokenizer.ggml.token_type` is an array of uint32, as some home-made writers store it.',
    remedy: 'Apply the fix, or convert the model again with a current converter.',
    fix: 'Safe: the same numbers are written in the expected type. Nothing where an element would change, or is no number.',
    sources: ['llama.cpp 0.7.0, measured on the smallest model that loads'],
  },
  *find({ header }) {
    for (const [key, expected] of EXPECTED) {
      const entry = entryOf(header, key);
      if (entry === undefined || entry.itemType === expected) continue;
      // Only a gpt2 tokenizer reads its merges.
      if (expected === 'string' && textOf(header, 'tokenizer.ggml.model') !== 'gpt2') continue;
      // Newest readers take int32 scores.
      if (expected === 'float32' && entry.itemType === 'int32') continue;
      const found = entry.type === 'array' ? `array of ${entry.itemType}` : entry.type;
      yield { place: entryPlace(entry), data: { key, found, expected, isExact: isExact(entry, expected) } };
    }
  },
  describe: ({ key, found, expected }) =>
    `'${key}' is ${found}, expected array of ${expected}: llama.cpp refuses to load the file`,
  fix: ({ key, found, expected, isExact: exact }) =>
    exact
      ? {
          safety: 'safe',
          title: `Write ${key} as array of ${expected} instead of ${found}`,
          edits: [{ op: 'retype-metadata', key, to: expected }],
        }
      : undefined,
});

function isExact(entry: MetadataEntry, expected: ItemTypeName): boolean {
  if (entry.itemType === undefined || entry.count === 0 || expected === 'string') return false;
  const isWhole = expected === 'int32';
  if (isWhole ? !isIntegerType(entry.itemType) : entry.itemType !== 'float64') return false;
  for (const item of arrayItems(entry)) {
    const value = Number(item);
    if (isWhole ? value !== (value | 0) : !Object.is(Math.fround(value), value)) return false;
  }
  return true;
}
