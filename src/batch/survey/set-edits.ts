import { architectureOf } from '../../checks/facts/keys.js';
import { knownKey } from '../../checks/facts/known-keys.js';
import type { Edit } from '../../edit/edits.js';
import { parseValue, parseWantedType, type WantedType } from '../../edit/parse-value.js';
import { badOption } from '../../errors.js';
import { encodeEntry } from '../../gguf/encode-value.js';
import { findEntry, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import type { ManifestValue, ManifestValues } from '../manifest/manifest.js';

/**
 * The edits that give a file the values of a manifest. A value has the type that it names, else that of the key as it is, else
 * the one that converters write, else the nearest one. Throws `bad-value` where it does not fit, `bad-option` for a key that
 * says how the file is made. Pure.
 */
export function setEdits(header: Header, values: ManifestValues): readonly Edit[] {
  return Object.entries(values).map(([key, value]) => {
    if (RESERVED.test(key)) {
      throw badOption(`set: ${quoted(key)} says how the file is made, and is written by who makes it`);
    }
    const wanted = wantedType(header, key, value);
    const edit: Edit = { op: 'set-metadata', key, value: parseValue(key, textOf(value, wanted), wanted) };
    // What does not fit is told now, and not when the file was made.
    encodeEntry(key, edit.value);
    return edit;
  });
}

const RESERVED =
  /^(general\.(alignment|architecture|file_type|quantization_version)|ggufix\..*|split\..*|quantize\.imatrix\..*)$/;

function wantedType(header: Header, key: string, value: ManifestValue): WantedType {
  if (typeof value === 'object') return parseWantedType(value.type);
  const entry = findEntry(header, key);
  if (entry !== undefined && entry.type !== 'array') return { type: entry.type };
  const [known] = knownKey(key, architectureOf(header))?.types ?? [];
  if (known !== undefined && !known.startsWith('array')) return parseWantedType(known);
  return { type: nearestType(value) };
}

function nearestType(value: string | boolean | number): Exclude<WantedType['type'], 'array'> {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (!Number.isInteger(value)) return 'float32';
  if (value < 0) return value < -(2 ** 31) ? 'int64' : 'int32';
  return value < 2 ** 32 ? 'uint32' : 'uint64';
}

/** As it would be typed on the command line. */
function textOf(given: ManifestValue, { type }: WantedType): string {
  const value = typeof given === 'object' ? given.value : given;
  return type === 'array' ? JSON.stringify(value) : String(value);
}
