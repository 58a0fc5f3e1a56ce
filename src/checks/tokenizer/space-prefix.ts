import { entryPlace } from '../../gguf/model.js';
import { defineRule } from '../check.js';
import { architectureOf, entryOf, flagOf, kindOf, textOf } from '../facts/keys.js';

const KEY = 'tokenizer.ggml.add_space_prefix';

/** A Gemma tokenizer that puts a space before a text. */
interface SpacePrefix {
  /** Whether the key is missing, so that llama.cpp takes true. */
  readonly isMissing: boolean;
}

/** A space before the first word that Gemma never saw there. */
export const spacePrefix = defineRule<SpacePrefix>({
  id: 'tokenizer/space-prefix',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama >=0.30.0'],
  docs: {
    summary: 'The tokenizer of Gemma 1 to 3n puts no space before a text: `add_space_prefix` is false.',
    why: 'llama.cpp puts one there for every SentencePiece tokenizer that does not say otherwise. `Hello` then becomes the token for ` Hello`, also behind each marker of a turn, which is not what the model was trained with.',
    example: 'A Gemma file of February 2024, from before the key existed.',
    remedy: 'Apply the fix with `--unsafe`, or convert the model again.',
    fix: 'Unsafe: the key is set to false, as the converters of all these models write it. Prompts are then cut into other tokens than before.',
    sources: [
      'ggml-org/llama.cpp, conversion/gemma.py: add_add_space_prefix(False)',
      'ggml-org/llama.cpp, src/llama-vocab.cpp: add_space_prefix of SPM; measured with llama-tokenize 0.7.0',
    ],
  },
  *find({ header }) {
    const model = entryOf(header, 'tokenizer.ggml.model');
    const isGemma = /^gemma(2|3|3n)?$/.test(architectureOf(header) ?? '') && kindOf(header) === 'model';
    if (model === undefined || !isGemma || textOf(header, model.key) !== 'llama') return;
    const entry = entryOf(header, KEY);
    if (entry !== undefined && flagOf(header, KEY) !== true) return;
    yield { place: entryPlace(entry ?? model), data: { isMissing: entry === undefined } };
  },
  describe: ({ isMissing }) =>
    `'${KEY}' is ${isMissing ? 'missing, which llama.cpp takes for true' : 'true'}, expected false for Gemma: texts begin with a space that is not there`,
  fix: () => ({
    safety: 'unsafe',
    title: `Set ${KEY} to false`,
    edits: [{ op: 'set-metadata', key: KEY, value: { type: 'bool', value: false } }],
  }),
});
