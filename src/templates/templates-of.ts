import type { Header, MetadataEntry } from '../gguf/model.js';
import { decodeText } from '../gguf/text.js';
import { stringBytes } from '../gguf/values.js';

const KEY = 'tokenizer.chat_template';

/** A chat template of a file. */
export interface ChatTemplate {
  readonly entry: MetadataEntry;
  readonly text: string;
}

/** Whether a key holds a chat template: the default one, or a named one such as `tokenizer.chat_template.tool_use`. */
export function isTemplateKey(key: string): boolean {
  return key === KEY || key.startsWith(`${KEY}.`);
}

/** Every chat template of a file that is text, in file order. */
export function templatesOf(header: Header): ChatTemplate[] {
  return header.metadata
    .filter(({ key, type }) => isTemplateKey(key) && type === 'string')
    .map((entry) => ({ entry, text: decodeText(stringBytes(entry, 0)) }));
}
