import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { entryOf, textOf } from '../facts/keys.js';
import { preTokenizerOf } from '../facts/pre-tokenizer.js';

const KEY = 'tokenizer.ggml.pre';

/** A gpt2 tokenizer that is split by llama.cpp's default instead of the family's own pre-tokenizer. */
interface DefaultPre {
  readonly name: string;
}

/** `default` as the pre-tokenizer of a family that has its own. */
export const preDefault = defineRule<DefaultPre>({
  id: 'tokenizer/pre-default',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'The pre-tokenizer of Llama 3, Qwen, Mistral 3, gpt-oss and LFM2 is their own, not `default`.',
    why: 'llama.cpp splits numbers and words by rules that the model was not trained with, and says nothing: with the key missing it at least prints a warning. gpt-oss then writes malformed headers of its messages.',
    example: "Ollama's gpt-oss: `tokenizer.ggml.pre` is `default`, expected `gpt-4o`.",
    remedy: 'Apply the fix with `--unsafe`, or convert the model again with a current converter.',
    fix: 'Unsafe: the one name that the family has is written; text is then split otherwise than before.',
    sources: [
      'ollama/ollama, llama/compat/llama-ollama-compat.cpp: string_kv_missing_or_default',
      'ggml-org/llama.cpp, src/llama-vocab.cpp: LLAMA_VOCAB_PRE_TYPE_DEFAULT',
    ],
  },
  *find({ header }) {
    const entry = entryOf(header, KEY);
    if (entry === undefined || textOf(header, 'tokenizer.ggml.model') !== 'gpt2') return;
    // llama.cpp takes an empty text for a missing key.
    if (textOf(header, KEY) !== 'default' && textOf(header, KEY) !== '') return;
    const name = preTokenizerOf(header);
    if (name !== undefined) yield { place: entryPlace(entry), data: { name } };
  },
  describe: ({ name }) =>
    `'${KEY}' is no pre-tokenizer of its own, expected ${quoted(name)}: llama.cpp splits text otherwise than in training`,
  fix: ({ name }) => ({
    safety: 'unsafe',
    title: `Set ${KEY} to ${name}`,
    edits: [{ op: 'set-metadata', key: KEY, value: { type: 'string', value: name } }],
  }),
});
