import { entryPlace, fatalProblem } from '../../gguf/model.js';
import { defineRule } from '../check.js';
import { entryOf, textOf } from '../facts/keys.js';

const KEY = 'tokenizer.ggml.merges';

/** A BPE vocabulary without merges. */
interface NoMerges {
  readonly key: string;
}

/** A gpt2 tokenizer that cannot put bytes together. */
export const tokenizerMerges = defineRule<NoMerges>({
  id: 'tokenizer/merges',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'A gpt2 tokenizer has its merges.',
    why: 'llama.cpp refuses to load the file: `cannot find tokenizer merges in model file`. Only the pre-tokenizer `kimi-k2` needs none.',
    example: '`tokenizer.ggml.model` is `gpt2` and there is no `tokenizer.ggml.merges`.',
    remedy: 'Convert the model again, with the `merges.txt` or `tokenizer.json` beside it.',
    fix: 'None: the merges are nowhere else in the file.',
    sources: ['llama.cpp 0.7.0, llama-vocab.cpp; llama.cpp fails with this message in many reports'],
  },
  *find({ header }) {
    if (textOf(header, 'tokenizer.ggml.model') !== 'gpt2' || fatalProblem(header) !== undefined) return;
    if (textOf(header, 'tokenizer.ggml.pre') === 'kimi-k2' || entryOf(header, KEY) !== undefined) return;
    const model = entryOf(header, 'tokenizer.ggml.model');
    if (model !== undefined) yield { place: entryPlace(model), data: { key: KEY } };
  },
  describe: ({ key }) => `'${key}' is missing, which a gpt2 tokenizer needs: llama.cpp refuses to load the file`,
});
