import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { isTemplateKey } from '../../templates/templates-of.js';
import { defineRule } from '../check.js';

/** A template key that holds no text. */
interface NoText {
  readonly key: string;
  readonly found: string;
}

/** A chat template that is no string. */
export const valueType = defineRule<NoText>({
  id: 'template/value-type',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'A chat template is a string.',
    why: 'llama.cpp ignores a template of another type and formats the chat with its default, ChatML, which most models were not trained on.',
    example: '`tokenizer.chat_template` is an array of strings.',
    remedy: 'Write the template with `ggufix meta set FILE tokenizer.chat_template --file template.jinja`.',
    fix: 'None: what the text should be is unknown.',
    sources: ['llama.cpp 0.7.0, measured: a file with such a key loads, the key is ignored'],
  },
  find: ({ header }) =>
    header.metadata
      .filter(({ key, type }) => isTemplateKey(key) && type !== 'string')
      .map((entry) => ({ place: entryPlace(entry), data: { key: entry.key, found: entry.type } })),
  describe: ({ key, found }) =>
    `${quoted(key)} is ${found === 'array' ? 'an array' : found}, expected string: llama.cpp ignores it and uses its default template`,
});
