import { entryPlace, fatalProblem, type Header } from '../../gguf/model.js';
import { defineRule, type Fix, type Found } from '../check.js';
import { architectureOf, entryOf, kindOf, textOf } from '../facts/keys.js';
import { preTokenizerOf } from '../facts/pre-tokenizer.js';

const KEY = 'tokenizer.ggml.pre';

/** A tokenizer that does not say how text is split first. */
interface NoPre {
  readonly key: string;
  /** Whether the tokenizer is one that has a pre-tokenizer; Gemma's has none. */
  readonly isNeeded: boolean;
  /** The name that all models of this family have. */
  readonly name?: string;
}

/** A tokenizer without the name of its pre-tokenizer. */
export const preMissing = defineRule<NoPre>({
  id: 'tokenizer/pre-missing',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'A gpt2 tokenizer names its pre-tokenizer.',
    why: 'llama.cpp prints `GENERATION QUALITY WILL BE DEGRADED!` and splits numbers and words by a default that the model was not trained with. For Gemma 1 to 3n, which has no pre-tokenizer, a missing key is an info: tinygrad and the like want it all the same.',
    example:
      "A Llama 3 file of April 2024: `tokenizer.ggml.model` is `gpt2`, `tokenizer.ggml.pre` is missing. Google's own Gemma 3 QAT files lack it as well.",
    remedy:
      'Set the name that current files of the same model have, such as `llama-bpe`, `qwen2` or `tekken`: `ggufix meta set FILE tokenizer.ggml.pre llama-bpe`.',
    fix: 'Safe for Gemma: `default` is written, which llama.cpp does not look at. Unsafe for Llama 3, Qwen 2 and 3, Mistral 3, gpt-oss and LFM2, told by their tokens or architecture: the one name that the family has is written, and text is then split otherwise than before. Nothing for others: models of one architecture have different pre-tokenizers.',
    sources: [
      'ggml-org/llama.cpp#7476, microsoft/BitNet#508',
      'tinygrad/tinygrad#17659',
      'ollama/ollama, llama/compat/llama-ollama-compat.cpp: handle_llama3_metadata, handle_mistral3, handle_gptoss, handle_lfm2',
    ],
  },
  find: ({ header }) => (fatalProblem(header) === undefined && entryOf(header, KEY) === undefined ? judge(header) : []),
  describe: ({ key, isNeeded }) =>
    isNeeded
      ? `'${key}' is missing, which a gpt2 tokenizer needs: llama.cpp splits text by a default, and answers get worse`
      : `'${key}' is missing: llama.cpp does not need it for Gemma, other readers do`,
  affectsOf: ({ isNeeded }) => (isNeeded ? ['llama.cpp *'] : []),
  fix: ({ key, isNeeded, name }) => (name === undefined ? undefined : setPre(key, name, isNeeded ? 'unsafe' : 'safe')),
});

function judge(header: Header): Found<NoPre>[] {
  const model = entryOf(header, 'tokenizer.ggml.model');
  if (model === undefined) return [];
  const place = entryPlace(model);
  const kind = textOf(header, model.key);
  if (kind === 'gpt2') {
    const name = preTokenizerOf(header);
    return [{ place, data: { key: KEY, isNeeded: true, ...(name === undefined ? {} : { name }) } }];
  }
  const isGemma = /^gemma(2|3|3n)?$/.test(architectureOf(header) ?? '') && kindOf(header) === 'model';
  return kind === 'llama' && isGemma
    ? [{ place, data: { key: KEY, isNeeded: false, name: 'default' }, severity: 'info' }]
    : [];
}

function setPre(key: string, name: string, safety: 'safe' | 'unsafe'): Fix {
  return {
    safety,
    title: `Set ${key} to ${name}`,
    edits: [{ op: 'set-metadata', key, value: { type: 'string', value: name } }],
  };
}
