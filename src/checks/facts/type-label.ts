import type { MetadataEntry } from '../../gguf/model.js';
import type { ItemTypeName } from '../../gguf/value-types.js';

/** A type of metadata as rules and messages name it: `uint32`, `array of string`. */
export type TypeLabel = ItemTypeName | `array of ${ItemTypeName}`;

/** The type of an entry; `array of array` where arrays are nested. */
export function typeLabel({ type, itemType }: MetadataEntry): TypeLabel | 'array of array' {
  if (type !== 'array') return type;
  return itemType === undefined ? 'array of array' : `array of ${itemType}`;
}
