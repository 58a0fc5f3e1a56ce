import type { Header, MetadataEntry } from '../../gguf/model.js';
import { isIntegerType } from '../../gguf/value-types.js';
import { scalarValue } from '../../gguf/values.js';
import { entryOf } from '../facts/keys.js';

/** The keys that a shard has, and the only type that llama.cpp accepts for each. */
export const SPLIT_KEYS = {
  'split.no': 'uint16',
  'split.count': 'uint16',
  'split.tensors.count': 'int32',
} as const;

/** Name of a key of a shard. */
export type SplitKey = keyof typeof SPLIT_KEYS;

/** The entries of the split keys that a file has. */
export function splitEntries(header: Header): MetadataEntry[] {
  return header.metadata.filter(({ key }) => Object.hasOwn(SPLIT_KEYS, key));
}

/** The value of a split key, whatever its integer type; `undefined` where it is missing or no integer. */
export function splitValue(header: Header, key: SplitKey): number | undefined {
  const entry = entryOf(header, key);
  return entry !== undefined && isIntegerType(entry.type) ? Number(scalarValue(entry)) : undefined;
}
