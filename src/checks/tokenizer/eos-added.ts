import { entryPlace } from '../../gguf/model.js';
import { defineRule } from '../check.js';
import { modelEntry } from '../facts/hyperparameters.js';
import { entryOf, flagOf, kindOf, textOf } from '../facts/keys.js';
import { templates } from '../template/each-template.js';

const KEY = 'tokenizer.ggml.add_eos_token';

/** A chat model whose prompts end before the answer begins. */
interface EosAdded {
  readonly key: string;
}

/** EOS behind every prompt of a chat. */
export const eosAdded = defineRule<EosAdded>({
  id: 'tokenizer/eos-added',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'The tokenizer of a chat model puts no EOS behind a prompt.',
    why: 'The prompt ends with `<start_of_turn>model` and the like, and the model goes on from there. With an EOS behind it the text is over: answers are empty or begin a new text. Models of T5 and for embeddings want it and are not judged.',
    example:
      '`tokenizer.ggml.add_eos_token` is true in a file with a chat template: it was fine-tuned with EOS behind each sample, and the setting was kept.',
    remedy: 'Apply the fix with `--unsafe`, and set `add_eos_token` to false in `tokenizer_config.json`.',
    fix: 'Unsafe: the key is set to false, which changes what every prompt ends with.',
    sources: ['ggml-org/llama.cpp, src/llama-vocab.cpp: add_eos; measured with llama-tokenize 0.7.0'],
  },
  *find({ header }) {
    const entry = entryOf(header, KEY);
    if (entry === undefined || flagOf(header, KEY) !== true || kindOf(header) !== 'model') return;
    const kind = textOf(header, 'tokenizer.ggml.model') ?? '';
    const isEmbedding = modelEntry(header, 'pooling_type') !== undefined;
    if (!GENERATES.has(kind) || isEmbedding || templates(header).length === 0) return;
    yield { place: entryPlace(entry), data: { key: KEY } };
  },
  describe: ({ key }) =>
    `'${key}' is true in a model with a chat template: every prompt ends with EOS before the answer begins`,
  fix: ({ key }) => ({
    safety: 'unsafe',
    title: `Set ${key} to false`,
    edits: [{ op: 'set-metadata', key, value: { type: 'bool', value: false } }],
  }),
});

/** Tokenizers of models that continue a text. */
const GENERATES: ReadonlySet<string> = new Set(['llama', 'gpt2', 'gemma4']);
