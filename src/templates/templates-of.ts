import type { Header, MetadataEntry } from '../gguf/model.js';
import { decodeText } from '../gguf/text.js';
import { stringBytes } from '../gguf/values.js';
import { MAX_TEMPLATE_BYTES, MAX_TEMPLATES_BYTES } from '../limits.js';

const KEY = 'tokenizer.chat_template';

/** A chat template of a file. */
export interface ChatTemplate {
  readonly entry: MetadataEntry;
  /** Its length in the file. */
  readonly bytes: number;
  /** What of it is read: the beginning of a long one, nothing where the templates before it were too long together. */
  readonly text: string;
  /** Whether that is all of it. */
  readonly isWhole: boolean;
}

/** Whether a key holds a chat template: the default one, or a named one such as `tokenizer.chat_template.tool_use`. */
export function isTemplateKey(key: string): boolean {
  return key === KEY || key.startsWith(`${KEY}.`);
}

/** Every chat template of a file that is text: the default one, which every program uses, then the others in file order. */
export function templatesOf(header: Header): ChatTemplate[] {
  let left = MAX_TEMPLATES_BYTES;
  return header.metadata
    .filter(({ key, type }) => isTemplateKey(key) && type === 'string')
    .sort((a, b) => Number(b.key === KEY) - Number(a.key === KEY))
    .map((entry) => {
      const whole = stringBytes(entry, 0);
      const read = whole.subarray(0, Math.min(MAX_TEMPLATE_BYTES, left));
      left -= read.byteLength;
      return {
        entry,
        bytes: whole.byteLength,
        text: decodeText(read),
        isWhole: read.byteLength === whole.byteLength,
      };
    });
}
