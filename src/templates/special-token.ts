import { findEntry, type Header } from '../gguf/model.js';
import { isIntegerType } from '../gguf/value-types.js';
import { arrayItems, scalarValue } from '../gguf/values.js';

/** The text of the token that begins or ends a text; empty where the file does not tell it. */
export function specialToken(header: Header, name: 'bos' | 'eos'): string {
  const id = findEntry(header, `tokenizer.ggml.${name}_token_id`);
  const tokens = findEntry(header, 'tokenizer.ggml.tokens');
  if (id === undefined || !isIntegerType(id.type) || tokens?.itemType !== 'string') return '';
  let left = Number(scalarValue(id));
  if (left < 0 || left >= (tokens.count ?? 0)) return '';
  for (const token of arrayItems(tokens)) {
    if (left === 0) return String(token);
    left -= 1;
  }
  return '';
}
