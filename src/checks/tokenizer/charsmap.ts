import { entryPlace, type Header, type MetadataEntry } from '../../gguf/model.js';
import { isIntegerType } from '../../gguf/value-types.js';
import { arrayItems, valueBytes } from '../../gguf/values.js';
import { defineRule, type Found } from '../check.js';
import { type CharsmapFault, charsmapFault } from '../facts/charsmap.js';
import { entryOf, flagOf, textOf } from '../facts/keys.js';

const KEY = 'tokenizer.ggml.precompiled_charsmap';

/** A table of characters that llama.cpp cannot read, or that is not there. */
interface BadCharsmap {
  readonly fault: CharsmapFault | 'type' | 'missing';
  /** Type of the value, where that is what is wrong. */
  readonly found?: string;
  readonly bytes: number;
}

/** The table by which a T5 tokenizer normalizes characters. */
export const charsmap = defineRule<BadCharsmap>({
  id: 'tokenizer/charsmap',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama >=0.30.0'],
  docs: {
    summary: 'The character map of a t5 tokenizer is an array of uint8 whose tables stay inside it.',
    why: 'llama.cpp refuses another type, fewer than 4 bytes and a table longer than the map. Where a table points outside, it aborts the whole process at the first text that gets there. Without a map it does not normalize text: that is an info, and only where the tokenizer removes extra whitespace, as all those with a map do. Other tokenizers do not read the key.',
    example:
      '`tokenizer.ggml.precompiled_charsmap` is an array of int32, after a name was edited with a GUI of 2025; or of strings, one letter of base64 each.',
    remedy: 'Apply the fix, or convert the model again with the `tokenizer.model` beside it.',
    fix: 'Safe for integers that are bytes, and for base64 in pieces: the same bytes are written as uint8. Nothing for a damaged map: its bytes are nowhere else in the file.',
    sources: [
      'ggml-org/llama.cpp, src/llama-vocab.cpp: LLM_KV_TOKENIZER_PRECOMPILED_CHARSMAP, llm_tokenizer_ugm_session',
      'llama.cpp 0.7.0, measured with llama-tokenize',
      'ggml-org/llama.cpp#13534, #13557, ollama/ollama#9535',
      'ollama/ollama, llama/compat/llama-ollama-compat.cpp: handle_snowflake_arctic_embed2',
    ],
  },
  find: ({ header }) => (textOf(header, 'tokenizer.ggml.model') === 't5' ? [...judge(header)] : []),
  describe: ({ fault, found, bytes }) => `'${KEY}' ${WORDS[fault]({ found: found ?? '', bytes })}`,
  fix: ({ fault }, { header }) => {
    const entry = entryOf(header, KEY);
    const items = fault === 'type' && entry !== undefined ? bytesOf(entry) : undefined;
    if (items === undefined || charsmapFault(items) !== undefined) return undefined;
    return {
      safety: 'safe',
      title: `Write ${KEY} as array of uint8`,
      edits: [{ op: 'set-metadata', key: KEY, value: { type: 'array', itemType: 'uint8', items: Array.from(items) } }],
    };
  },
});

const WORDS: Readonly<Record<BadCharsmap['fault'], (data: { found: string; bytes: number }) => string>> = {
  type: ({ found }) => `is ${found}, expected array of uint8: llama.cpp refuses to load the file`,
  missing: () => 'is missing: llama.cpp does not normalize text',
  'too-small': ({ bytes }) => `has ${bytes} bytes, expected at least 4: llama.cpp refuses to load the file`,
  'blob-size': ({ bytes }) => `has ${bytes} bytes, fewer than its table needs: llama.cpp refuses to load the file`,
  unit: () => 'has a table that leads outside of itself: llama.cpp aborts at a text that gets there',
  replacement: () => 'has a replacement outside of its texts: llama.cpp aborts at a text that gets there',
};

function* judge(header: Header): Generator<Found<BadCharsmap>> {
  const entry = entryOf(header, KEY);
  if (entry === undefined) {
    const whitespace = entryOf(header, 'tokenizer.ggml.remove_extra_whitespaces');
    if (whitespace === undefined || flagOf(header, whitespace.key) !== true) return;
    yield { place: entryPlace(whitespace), data: { fault: 'missing', bytes: 0 }, severity: 'info' };
    return;
  }
  const place = entryPlace(entry);
  const bytes = entry.count ?? 0;
  if (entry.itemType !== 'uint8' && entry.itemType !== 'int8') {
    const found = entry.type === 'array' ? `array of ${entry.itemType}` : entry.type;
    yield { place, data: { fault: 'type', found, bytes } };
    return;
  }
  const fault = charsmapFault(valueBytes(entry));
  if (fault !== undefined) yield { place, data: { fault, bytes } };
}

/** Longest map that is put right: six times the only one in use. */
const MAX_BYTES = 2 ** 21;

/** The bytes that the elements of another type stand for. */
function bytesOf(entry: MetadataEntry): Uint8Array | undefined {
  const { itemType, count = 0, raw } = entry;
  // A piece of base64 takes 9 bytes with its length.
  if (itemType === undefined || count > MAX_BYTES || raw.byteLength > 16 * MAX_BYTES) return undefined;
  if (itemType === 'string') return fromBase64(entry);
  if (!isIntegerType(itemType)) return undefined;
  const bytes = new Uint8Array(count);
  let at = 0;
  for (const item of arrayItems(entry)) {
    const value = Number(item);
    if (value < -128 || value > 255) return undefined;
    bytes[at] = value;
    at += 1;
  }
  return bytes;
}

function fromBase64(entry: MetadataEntry): Uint8Array | undefined {
  const letters: string[] = [];
  for (const item of arrayItems(entry)) letters.push(String(item));
  const text = letters.join('');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length <= MAX_BYTES ? Buffer.from(text, 'base64') : undefined;
}
