import type { MetadataEntry } from '../gguf/model.js';
import { printable, printableLines } from '../gguf/printable.js';
import type { ValueTypeName } from '../gguf/value-types.js';
import { arrayItems, type Scalar, scalarValue, textStart } from '../gguf/values.js';

/** The type of an entry as people write it: `uint32`, `string[262144]`. */
export function typeText({ type, itemType, count }: MetadataEntry): string {
  return type === 'array' ? `${itemType ?? 'array'}[${count}]` : type;
}

/** The beginning of an entry's value on one line, safe to print: all of it, or more than `length` characters. */
export function shortValueText(entry: MetadataEntry, length: number): string {
  if (entry.type === 'string') return printable(textStart(entry, length + 1));
  if (entry.type !== 'array') return scalarText(scalarValue(entry), entry.type, length);
  const parts: string[] = [];
  // Length of the parts when they are joined.
  let used = -SEPARATOR.length;
  for (const item of arrayItems(entry)) {
    if (used > length) break;
    const text = itemText(item, entry, length);
    parts.push(text);
    used += text.length + SEPARATOR.length;
  }
  return parts.join(SEPARATOR);
}

const SEPARATOR = ', ';

/** An entry's whole value, safe to print: a scalar or text on as many lines as it has, an array one item a line. */
export function* wholeValueLines(entry: MetadataEntry): Generator<string, void, void> {
  if (entry.type !== 'array') {
    const value = scalarValue(entry);
    yield* (typeof value === 'string' ? printableLines(value) : scalarText(value, entry.type)).split('\n');
    return;
  }
  for (const item of arrayItems(entry)) yield itemText(item, entry);
}

/** One value as text on one line, safe to print. A float32 has no more digits than tell it from its neighbours. */
export function scalarText(value: Scalar, type: ValueTypeName, length = Number.POSITIVE_INFINITY): string {
  // One more than fits, so that the cut shows.
  if (typeof value === 'string') return printable(value.slice(0, length + 1));
  return type === 'float32' && typeof value === 'number' ? float32Text(value) : `${value}`;
}

function itemText(item: Scalar, { itemType }: MetadataEntry, length?: number): string {
  const text = scalarText(item, itemType ?? 'array', length);
  return itemType === 'string' ? `"${text}"` : text;
}

/** The shortest decimal that reads back as the same float32: `1e-6`, where a double would print 9.99…e-7. */
function float32Text(value: number): string {
  if (!Number.isFinite(value)) return `${value}`;
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return `${short}`;
  }
  return `${Number(value.toPrecision(9))}`;
}
