import { applyEdits, isFiller, simulate } from '../../edit/draft.js';
import type { Edit } from '../../edit/edits.js';
import type { Header, MetadataEntry } from '../../gguf/model.js';
import { findEntry } from '../../gguf/model.js';
import { scalarValue } from '../../gguf/values.js';
import { planRepair } from '../../repair/plan.js';
import type { KeyOverride } from '../engine/engine-arguments.js';

/** The safe repairs of a header that leave tensors alone. */
export function metadataRepairs(header: Header): Edit[] {
  return planRepair(header).edits.filter(({ op }) => op.endsWith('-metadata'));
}

/** The metadata of a header after repairs, without what earlier writes in place left to hold room. */
export function repairedMetadata(header: Header, repairs: readonly Edit[]): readonly MetadataEntry[] {
  // A header that cannot be laid out again, since its tensors are cut off, has no repairs either.
  if (repairs.length === 0) return header.metadata.filter(({ key }) => !isFiller(key));
  return simulate(applyEdits(header, repairs)).metadata;
}

/**
 * Repairs as overrides of the engine, where it has them: it copies a key in a wrong type as it is. The others are done to
 * the result. An override can write a u32, which is the type of the keys that are known to be wrong.
 */
export function repairOverrides(header: Header, repairs: readonly Edit[]): KeyOverride[] {
  return repairs.flatMap((edit) => {
    if (edit.op !== 'retype-metadata' || edit.to !== 'uint32') return [];
    const entry = findEntry(header, edit.key);
    const value = entry === undefined || entry.type === 'array' ? undefined : Number(scalarValue(entry));
    if (value === undefined || !Number.isSafeInteger(value) || value < 0) return [];
    return [{ key: edit.key, type: 'int', value: String(value) } as const];
  });
}
