import type { Edit } from '../../edit/edits.js';
import { findTensor, type Header, type MetadataEntry } from '../../gguf/model.js';
import { isUtf8 } from '../../gguf/text.js';
import { isIntegerType } from '../../gguf/value-types.js';
import { arrayItems, type Scalar, scalarValue, valueBytes } from '../../gguf/values.js';
import type { Fix } from '../check.js';
import { entryOf } from '../facts/keys.js';
import { TOKEN_TYPE_KEY, TOKEN_TYPES, TOKENS_KEY, tokensEntry } from '../facts/tokens.js';

const SCORES_KEY = 'tokenizer.ggml.scores';

/** Tensors with a row for each token. */
const TABLES = ['token_embd.weight', 'per_layer_token_embd.weight', 'output.weight'];

/** Largest vocabulary that is written: four times the largest known. */
const MAX_TOKENS = 2 ** 20;

/** Most tokens that are made up; known files lack a few hundred. */
const MAX_PADDING = 2 ** 16;

/** The score of a token that is never chosen, as llama.cpp's converter gives it to padding. */
const PADDING_SCORE = -10_000;

/** Cuts or pads the vocabulary to the rows of the embedding, where that is all that is wrong. */
export function fitVocabulary(header: Header, rows: number): Fix | undefined {
  const tokens = tokensEntry(header);
  if (tokens?.count === undefined || rows < 1 || rows > MAX_TOKENS || rows - tokens.count > MAX_PADDING)
    return undefined;
  const doAgree = TABLES.every((name) => (findTensor(header, name)?.dims[1] ?? BigInt(rows)) === BigInt(rows));
  // A text that is no UTF-8 could not be written back.
  if (!doAgree || !isUtf8(valueBytes(tokens)) || namesTokenFrom(header, rows)) return undefined;
  const items = fitted(tokens, rows, (id) => `[PAD${id}]`);
  if (new Set(items).size !== items.length) return undefined;
  return {
    safety: 'unsafe',
    title: rows < tokens.count ? `Cut the vocabulary to ${rows} tokens` : `Pad the vocabulary to ${rows} tokens`,
    edits: [
      { op: 'set-metadata', key: TOKENS_KEY, value: { type: 'array', itemType: 'string', items } },
      ...fitArray(entryOf(header, SCORES_KEY), 'float32', rows, PADDING_SCORE),
      ...fitArray(entryOf(header, TOKEN_TYPE_KEY), 'int32', rows, TOKEN_TYPES.unused),
    ],
  };
}

/** Whether a special token would be cut off. */
function namesTokenFrom(header: Header, rows: number): boolean {
  return header.metadata.some(
    (entry) =>
      /^tokenizer\.ggml\.\w{1,20}_token_id$/.test(entry.key) &&
      isIntegerType(entry.type) &&
      Number(scalarValue(entry)) >= rows &&
      Number(scalarValue(entry)) < (tokensEntry(header)?.count ?? 0),
  );
}

/** The edit of an array with one number for each token; none where there is no such array. */
function fitArray(
  entry: MetadataEntry | undefined,
  itemType: 'float32' | 'int32',
  rows: number,
  padding: number,
): Edit[] {
  if (entry?.itemType !== itemType) return [];
  const items = fitted(entry, rows, () => padding);
  return [{ op: 'set-metadata', key: entry.key, value: { type: 'array', itemType, items } }];
}

/** The first `count` elements, with more behind them where there are fewer. */
function fitted<T extends Scalar>(entry: MetadataEntry, count: number, padding: (index: number) => T): T[] {
  const items: T[] = [];
  for (const item of arrayItems(entry)) {
    if (items.length === count) break;
    // The caller asks for the type of the entry's elements.
    items.push(item as T);
  }
  for (let index = items.length; index < count; index += 1) items.push(padding(index));
  return items;
}
