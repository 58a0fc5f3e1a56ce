import type { Header, MetadataEntry } from '../../gguf/model.js';
import { decodeText } from '../../gguf/text.js';
import { entryOf } from './keys.js';
import { perHeader } from './per-header.js';

/** The key of the vocabulary. */
export const TOKENS_KEY = 'tokenizer.ggml.tokens';

/** The key of the tokens' types. */
export const TOKEN_TYPE_KEY = 'tokenizer.ggml.token_type';

/** Values of `tokenizer.ggml.token_type`. */
export const TOKEN_TYPES = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** Texts that end or begin a turn, so that a chat breaks where they are split into pieces. */
export const CONTROL_TEXTS: ReadonlySet<string> = new Set([
  '<start_of_turn>',
  '<end_of_turn>',
  '<|im_start|>',
  '<|im_end|>',
  '<|eot_id|>',
  '<|start_header_id|>',
  '<|end_header_id|>',
  '<|begin_of_text|>',
  '<|end_of_text|>',
  '<|endoftext|>',
  '<end_of_utterance>',
]);

/** Texts whose ids rules ask for. */
const MARKER_TEXTS: ReadonlySet<string> = new Set([...CONTROL_TEXTS, '<|return|>', '<|call|>', '<|calls|>', '<bos>']);

/** What one pass over the bytes of the vocabulary tells. */
export interface TokenFacts {
  /** The entry of the vocabulary. */
  readonly entry: MetadataEntry;
  readonly count: number;
  /** Ids of tokens without text: how many, and the first. */
  readonly empty: { readonly count: number; readonly first: number };
  /** Tokens whose text an earlier one has: how many, and the first with its text. */
  readonly duplicates: {
    readonly count: number;
    readonly first: number;
    readonly second: number;
    readonly text: string;
  };
  /** Id of `<0x00>` to `<0xFF>`, -1 where there is none. */
  readonly byteIds: Int32Array;
  /** Ids of the markers of turns and the like that the vocabulary has, by their texts. */
  readonly markerIds: ReadonlyMap<string, number>;
}

/** The vocabulary of a header; `undefined` where it has none or it is no array of strings. */
export const tokenFacts = perHeader((header): TokenFacts | undefined => {
  const entry = tokensEntry(header);
  return entry === undefined ? undefined : walkTokens(entry);
});

/** The entry of the vocabulary, if it is an array of strings. */
export function tokensEntry(header: Header): MetadataEntry | undefined {
  const entry = entryOf(header, TOKENS_KEY);
  return entry?.itemType === 'string' ? entry : undefined;
}

/** Reads the type of a token by id; `undefined` without an int32 array or past its end. */
export function tokenTypeReader(header: Header): ((id: number) => number | undefined) | undefined {
  const entry = entryOf(header, TOKEN_TYPE_KEY);
  if (entry?.itemType !== 'int32') return undefined;
  const { raw, valueAt, count = 0 } = entry;
  const view = new DataView(raw.buffer, raw.byteOffset + valueAt, raw.byteLength - valueAt);
  return (id) => (id >= 0 && id < count ? view.getInt32(id * 4, true) : undefined);
}

/** Whether it is a family of SentencePiece vocabularies, which fall back to byte tokens. */
export function isSentencePiece(header: Header): boolean {
  const entry = entryOf(header, 'tokenizer.ggml.model');
  return entry?.type === 'string' && decodeText(entry.raw.subarray(entry.valueAt + 8)) === 'llama';
}

/** Tells equal texts apart by a table of ids: 12 bytes a token, where a set of strings takes some 80. */
function walkTokens(entry: MetadataEntry): TokenFacts {
  const { raw, valueAt, count = 0 } = entry;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const starts = new Uint32Array(count);
  const size = tableSize(count);
  const table = new Int32Array(size);
  const byteIds = new Int32Array(256).fill(-1);
  const markerIds = new Map<string, number>();
  const empty = { count: 0, first: -1 };
  const duplicates = { count: 0, first: -1, second: -1, text: '' };
  // Nobody can prepare a vocabulary whose texts all fall on one place; what is found does not depend on it.
  const seed = Math.floor(Math.random() * 2 ** 32);
  let at = valueAt;
  for (let id = 0; id < count; id += 1) {
    starts[id] = at;
    const start = at + 8;
    const end = start + Number(view.getUint32(at, true));
    at = end;
    if (start === end) {
      if (empty.count === 0) empty.first = id;
      empty.count += 1;
      continue;
    }
    const earlier = enter(table, starts, raw, view, id, seed);
    if (earlier >= 0) {
      if (duplicates.count === 0) {
        Object.assign(duplicates, {
          first: earlier,
          second: id,
          text: decodeText(raw.subarray(start, Math.min(end, start + 512))),
        });
      }
      duplicates.count += 1;
    } else if (raw[start] === 0x3c) noteSpecial(raw, start, end, id, byteIds, markerIds);
  }
  return { entry, count, empty, duplicates, byteIds, markerIds };
}

function tableSize(count: number): number {
  let size = 16;
  while (size < count * 2) size *= 2;
  return size;
}

/** Enters a token in the table, or gives the id of the earlier token with the same bytes; else -1. */
function enter(
  table: Int32Array,
  starts: Uint32Array,
  raw: Uint8Array,
  view: DataView,
  id: number,
  seed: number,
): number {
  const mask = table.length - 1;
  const at = starts[id] ?? 0;
  const length = view.getUint32(at, true);
  let hash = seed;
  for (let i = at + 8; i < at + 8 + length; i += 1) {
    hash = Math.imul(hash ^ (raw[i] ?? 0), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  for (let slot = (hash >>> 0) & mask; ; slot = (slot + 1) & mask) {
    const other = table[slot] ?? 0;
    if (other === 0) {
      table[slot] = id + 1;
      return -1;
    }
    if (isSameText(raw, view, starts[other - 1] ?? 0, at, length)) return other - 1;
  }
}

function isSameText(raw: Uint8Array, view: DataView, a: number, b: number, length: number): boolean {
  if (view.getUint32(a, true) !== length) return false;
  for (let i = 8; i < 8 + length; i += 1) if (raw[a + i] !== raw[b + i]) return false;
  return true;
}

const LONGEST_MARKER = Math.max(...[...MARKER_TEXTS].map(({ length }) => length));

function noteSpecial(
  raw: Uint8Array,
  start: number,
  end: number,
  id: number,
  byteIds: Int32Array,
  markerIds: Map<string, number>,
): void {
  if (end - start > LONGEST_MARKER || raw[end - 1] !== 0x3e) return;
  const text = decodeText(raw.subarray(start, end));
  if (MARKER_TEXTS.has(text)) markerIds.set(text, id);
  else if (/^<0x[0-9A-F]{2}>$/.test(text)) byteIds[Number.parseInt(text.slice(3, 5), 16)] = id;
}
