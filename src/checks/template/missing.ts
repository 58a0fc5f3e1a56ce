import { fatalProblem, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { isTemplateKey } from '../../templates/templates-of.js';
import { defineRule } from '../check.js';
import { kindOf, textOf } from '../facts/keys.js';

/** A chat model without a chat template. */
interface Missing {
  /** The key and the word in it by which the model calls itself one for chats. */
  readonly key: string;
  readonly word: string;
}

/** A model that calls itself one for chats and does not say how. */
export const missing = defineRule<Missing>({
  id: 'template/missing',
  severity: 'info',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'A model for chats has a chat template.',
    why: 'llama.cpp then formats the chat as ChatML, which the model may never have seen in training.',
    example:
      '`general.finetune` is "Instruct" and there is no `tokenizer.chat_template`: files of before 2024 have none.',
    remedy:
      'Write the template of the original model: `ggufix meta set FILE tokenizer.chat_template --file template.jinja`.',
    fix: 'None: the template has to come from the original model.',
    sources: ['nomic-ai/gpt4all#3287'],
  },
  find: ({ header }) => {
    if (fatalProblem(header) !== undefined || kindOf(header) !== 'model') return [];
    if (header.metadata.some(({ key }) => isTemplateKey(key))) return [];
    const data = chatWord(header);
    return data === undefined ? [] : [{ place: { kind: 'file', offset: 0, length: 0 }, data }];
  },
  describe: ({ key, word }) =>
    `there is no chat template, though ${quoted(key)} calls the model ${quoted(word)}: llama.cpp uses ChatML`,
});

const NAMING = ['general.finetune', 'general.name', 'general.basename'];
const CHAT_WORD = /(?:^|[\s_.-])(instruct|chat|it)(?=$|[\s_.-])/i;

function chatWord(header: Header): Missing | undefined {
  for (const key of NAMING) {
    const word = CHAT_WORD.exec(textOf(header, key)?.slice(0, 1000) ?? '')?.[1];
    if (word !== undefined) return { key, word };
  }
  return undefined;
}
