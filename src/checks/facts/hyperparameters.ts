import type { Header, MetadataEntry } from '../../gguf/model.js';
import { isIntegerType } from '../../gguf/value-types.js';
import { arrayItems, scalarValue } from '../../gguf/values.js';
import { entryOf, modelKey } from './keys.js';

/** More layers than llama.cpp has room for (LLAMA_MAX_LAYERS of 0.7.0). */
export const MAX_LAYERS = 512;

/** The model's own entry of this name: that of `llama.block_count` for `block_count`. */
export function modelEntry(header: Header, name: string): MetadataEntry | undefined {
  const key = modelKey(header, name);
  return key === undefined ? undefined : entryOf(header, key);
}

/** A hyperparameter that is one integer, of any width; `undefined` where it is missing, an array or no integer. */
export function integerOf(header: Header, name: string): number | undefined {
  const entry = modelEntry(header, name);
  return entry !== undefined && isIntegerType(entry.type) ? Number(scalarValue(entry)) : undefined;
}

/** The number of layers, where llama.cpp would take it. */
export function layerCount(header: Header): number | undefined {
  const count = integerOf(header, 'block_count');
  return count !== undefined && count > 0 && count <= MAX_LAYERS ? count : undefined;
}

/**
 * A hyperparameter that may differ from layer to layer: the value of the one integer, or the first values of the
 * array, one a layer. Empty where it is missing or no integer.
 */
export function valuesByLayer(header: Header, name: string): readonly number[] {
  const entry = modelEntry(header, name);
  if (entry === undefined) return [];
  if (isIntegerType(entry.type)) return [Number(scalarValue(entry))];
  if (entry.itemType === undefined || !isIntegerType(entry.itemType)) return [];
  const values: number[] = [];
  for (const item of arrayItems(entry)) {
    if (values.length === MAX_LAYERS) break;
    values.push(Number(item));
  }
  return values;
}
