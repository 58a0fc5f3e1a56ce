import { entryPlace, fatalProblem } from '../../gguf/model.js';
import { defineRule } from '../check.js';
import { entryOf, textOf } from '../facts/keys.js';

const KEY = 'tokenizer.ggml.pre';

/** A BPE tokenizer that does not say how text is split first. */
interface NoPre {
  readonly key: string;
}

/** A gpt2 tokenizer without the name of its pre-tokenizer. */
export const preMissing = defineRule<NoPre>({
  id: 'tokenizer/pre-missing',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'A gpt2 tokenizer names its pre-tokenizer.',
    why: 'llama.cpp prints `GENERATION QUALITY WILL BE DEGRADED!` and splits numbers and words by a default that the model was not trained with.',
    example: 'A Llama 3 file of April 2024: `tokenizer.ggml.model` is `gpt2`, `tokenizer.ggml.pre` is missing.',
    remedy:
      'Set the name that current files of the same model have, such as `llama-bpe`, `qwen2` or `tekken`: `ggufix meta set FILE tokenizer.ggml.pre llama-bpe`.',
    fix: 'None: models of one architecture have different pre-tokenizers, and the tokens do not tell which.',
    sources: ['llama.cpp#7476, BitNet#508'],
  },
  *find({ header }) {
    const model = entryOf(header, 'tokenizer.ggml.model');
    if (model === undefined || textOf(header, model.key) !== 'gpt2' || fatalProblem(header) !== undefined) return;
    if (entryOf(header, KEY) === undefined) yield { place: entryPlace(model), data: { key: KEY } };
  },
  describe: ({ key }) =>
    `'${key}' is missing, which a gpt2 tokenizer needs: llama.cpp splits text by a default, and answers get worse`,
});
