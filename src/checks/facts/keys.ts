import type { Header, MetadataEntry } from '../../gguf/model.js';
import { decodeText } from '../../gguf/text.js';
import { isFloatType, isIntegerType } from '../../gguf/value-types.js';
import { scalarValue, stringBytes } from '../../gguf/values.js';
import { perHeader } from './per-header.js';

/** Longer than every key that a rule asks for. V8 takes quadratic time for a map of many that are very long. */
const MAX_KEY = 1024;

/**
 * The metadata by key, without keys that are too long to be asked for; of two entries with one key the first, as for
 * ggml's own look-up.
 */
export const entriesByKey = perHeader((header): ReadonlyMap<string, MetadataEntry> => {
  const entries = new Map<string, MetadataEntry>();
  for (const entry of header.metadata) {
    if (entry.key.length <= MAX_KEY && !entries.has(entry.key)) entries.set(entry.key, entry);
  }
  return entries;
});

/** The entry with this key. */
export function entryOf(header: Header, key: string): MetadataEntry | undefined {
  return entriesByKey(header).get(key);
}

/** The value of a string key; `undefined` where it is missing or no string. */
export function textOf(header: Header, key: string): string | undefined {
  const entry = entryOf(header, key);
  return entry?.type === 'string' ? String(scalarValue(entry)) : undefined;
}

/** The value of an integer or float key as a number, whatever its width; `undefined` where it is missing or no number. */
export function numberOf(header: Header, key: string): number | undefined {
  const entry = entryOf(header, key);
  if (entry === undefined || !(isIntegerType(entry.type) || isFloatType(entry.type))) return undefined;
  return Number(scalarValue(entry));
}

/** The value of a bool key; `undefined` where it is missing or no bool. */
export function flagOf(header: Header, key: string): boolean | undefined {
  const entry = entryOf(header, key);
  return entry?.type === 'bool' ? scalarValue(entry) === true : undefined;
}

/** Longer than every name of an architecture. The keys of a model are made of it, so a hostile one costs much. */
const MAX_ARCHITECTURE_BYTES = 256;

/** The value of `general.architecture`, cut where it is absurdly long; `undefined` where it is missing or no string. */
export const architectureOf = perHeader((header): string | undefined => {
  const entry = entryOf(header, 'general.architecture');
  return entry?.type === 'string' ? decodeText(stringBytes(entry, 0).subarray(0, MAX_ARCHITECTURE_BYTES)) : undefined;
});

/** The model's own key of this name: `gemma3n.block_count` for `block_count`; `undefined` without an architecture. */
export function modelKey(header: Header, name: string): string | undefined {
  const architecture = architectureOf(header);
  return architecture === undefined ? undefined : `${architecture}.${name}`;
}

/** What kind of file it is: a model, or a companion that other rules are for. */
export type FileKind = 'model' | 'adapter' | 'imatrix' | 'mmproj' | 'vocabulary';

/** The kind of a file, from `general.type`, the architecture and its tensors. */
export const kindOf = perHeader((header): FileKind => {
  const type = textOf(header, 'general.type');
  if (isAdapter(header, type)) return 'adapter';
  if (type === 'imatrix' || type === 'mmproj') return type;
  if (architectureOf(header) === 'clip') return 'mmproj';
  return header.tensors.length === 0 ? 'vocabulary' : 'model';
});

/**
 * An adapter has pairs of matrices, whatever it calls itself, and may have whole norms besides. llama.cpp goes by what it
 * was asked to load: a whole model, last norm included, that calls itself an adapter is loaded as a model.
 */
function isAdapter({ tensors }: Header, type: string | undefined): boolean {
  if (tensors.some(({ name }) => /\.lora_[ab]$/.test(name))) return true;
  return type === 'adapter' && !tensors.some(({ name }) => name === 'output_norm.weight');
}
