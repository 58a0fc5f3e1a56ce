import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { entryOf, flagOf, textOf } from '../facts/keys.js';
import { beginsWithBos, bosText } from './begins-with-bos.js';
import { eachTemplate } from './each-template.js';

/** A template that begins with the token which the tokenizer adds as well. */
interface DoubleBos {
  readonly key: string;
  readonly token: string;
  /** Whether `add_bos_token` says so, or only the default of the tokenizer. */
  readonly isExplicit: boolean;
}

const ADD_BOS = 'tokenizer.ggml.add_bos_token';

/** A prompt that would begin with two BOS tokens. */
export const doubleBos = defineRule<DoubleBos>({
  id: 'template/double-bos',
  severity: 'info',
  needs: 'header',
  affects: [],
  docs: {
    summary: 'Either the chat template or the tokenizer adds the BOS token, not both.',
    why: 'A program that renders the template and then tokenizes the prompt in the usual way begins with two BOS tokens, which costs quality. llama.cpp and Ollama take one of them out, so there the file is right; it matters to those who build prompts themselves. The Unsloth guide for Gemma 3n warns of it.',
    example: 'The template of Gemma 3n begins with `{{ bos_token }}` and `tokenizer.ggml.add_bos_token` is true.',
    remedy:
      'Leave the file as it is and let the program add BOS once. For a program that cannot: set `add_bos_token` to false, or take the token out of the template, but never both.',
    fix: 'None: with `add_bos_token` false, chats have one BOS everywhere, but plain completion, perplexity and imatrix runs get none unless the prompt names it, which Gemma answers badly.',
    sources: ['Unsloth, "Gemma 3n: how to run and fine-tune"', 'ggml-org/llama.cpp#7332, #15086'],
  },
  find: ({ header }) => {
    const adds = addsBos(header);
    const token = adds === undefined ? '' : bosText(header);
    if (adds === undefined || isGlm(textOf(header, 'tokenizer.ggml.pre'))) return [];
    return eachTemplate(header, ({ entry, text }) =>
      beginsWithBos(text, token) ? { key: entry.key, token, isExplicit: adds === 'explicit' } : undefined,
    ).slice(0, 1);
  },
  describe: ({ key, token, isExplicit }) =>
    `${quoted(key)} begins with the BOS token ${quoted(token)}, and ${isExplicit ? `'${ADD_BOS}' is true` : 'the tokenizer adds it by default'}: a program that does both starts with two`,
});

/** Whether the tokenizer adds BOS: because the key says so, or as SPM tokenizers do without it. */
function addsBos(header: Parameters<typeof flagOf>[0]): 'explicit' | 'default' | undefined {
  if (entryOf(header, ADD_BOS) !== undefined) return flagOf(header, ADD_BOS) === true ? 'explicit' : undefined;
  return textOf(header, 'tokenizer.ggml.model') === 'llama' ? 'default' : undefined;
}

/** GLM templates begin with tokens of their own that only look like BOS. */
function isGlm(pre: string | undefined): boolean {
  return pre === 'glm4' || pre === 'chatglm-bpe';
}
