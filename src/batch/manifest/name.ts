import { dominatingType } from '../../checks/facts/mix.js';
import { GgufError } from '../../errors.js';
import { fileTypeName } from '../../gguf/file-types.js';
import { findEntry, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { isIntegerType } from '../../gguf/value-types.js';
import { scalarValue, textStart } from '../../gguf/values.js';
import { MAX_OUTPUT_NAME_BYTES } from '../../limits.js';
import { parseBaseType } from '../../quantizer/recipes/base-types.js';
import { PRESET_TYPES } from '../../quantizer/recipes/presets/types.js';
import { parseShardName } from '../../sources/shard-name.js';
import type { Making } from './manifest.js';
import { nameStem } from './name-stem.js';
import { type NameField, parseNameTemplate } from './name-template.js';
import { safeName } from './safe-name.js';

/** What a model gives to the name of an output; `undefined` is what it does not say. */
export type NameFields = Readonly<Record<NameField, string | undefined>>;

/** What the manifest gives to it. */
export interface NameGiven {
  /** In place of what the file is called. */
  readonly model?: string | undefined;
  readonly label: string;
  /** Without it `{type}` is the type of the file itself. */
  readonly making?: Making | undefined;
}

/** The fields of the name of one output. `header` and `file` are the model's, of a set of shards the first one's. Pure. */
export function nameFields(header: Header, file: string, { model, label, making }: NameGiven): NameFields {
  const fields = {
    model: model ?? modelOf(file, making),
    label,
    type: making === undefined ? typeOf(header) : madeType(making, header),
    architecture: wordsOf(header, 'general.architecture'),
    base_name: wordsOf(header, 'general.basename'),
    size_label: wordsOf(header, 'general.size_label'),
    fine_tune: wordsOf(header, 'general.finetune'),
    version: wordsOf(header, 'general.version'),
  };
  return { ...fields, convention: convention(fields) };
}

/**
 * The path of an output below the output folder, with `/` on every system. Throws `not-found` for a field that the model
 * says nothing of, and `bad-value` for a name that is too long or that is one of a shard.
 */
export function expandName(template: string, fields: NameFields): string {
  const filled = parseNameTemplate(template)
    .map((part) => ('text' in part ? part.text : safeName(fieldValue(fields, part.field))))
    .join('');
  const named = /\.gguf$/i.test(filled) ? filled : `${filled}.gguf`;
  // Two pieces that are safe may not be side by side: a dot before a dot, or a field that is all of a reserved name.
  const name = named.split('/').map(safeName).join('/');
  refuseLong(name);
  if (parseShardName(name) === undefined) return name;
  throw badName(name, 'is the name of a shard', 'one without -00001-of-00002');
}

/** What keeps the types of a file keeps what its name says of them: else all fixed quants of a model had one name. */
function modelOf(file: string, making: Making | undefined): string {
  const { model, label } = nameStem(file);
  const isKept = making?.kind === 'fix' || making?.kind === 'requantize';
  return isKept && label !== undefined ? `${model}-${label}` : model;
}

/** File of the naming convention: `BaseName-SizeLabel-FineTune-Version-Label` (ggml, docs/gguf.md). */
function convention(fields: Omit<NameFields, 'convention'>): string {
  const { model, label, base_name: base, size_label: size, fine_tune: tune, version } = fields;
  // A file that does not name its base has all that there is in its own name.
  const parts = base === undefined ? [model] : [base, size, tune, version?.replace(/^(?=\d)/, 'v')];
  return [...parts, label].filter((part) => part !== undefined).join('-');
}

/** A text of the metadata, cut where it is too long for any name, its words joined as the convention does. */
function wordsOf(header: Header, key: string): string | undefined {
  const entry = findEntry(header, key);
  if (entry?.type !== 'string') return undefined;
  const words = textStart(entry, MAX_OUTPUT_NAME_BYTES + 1)
    .trim()
    .replace(/\s+/g, '-');
  return words === '' ? undefined : words;
}

function typeOf(header: Header): string | undefined {
  const entry = findEntry(header, 'general.file_type');
  const named = entry !== undefined && isIntegerType(entry.type) ? fileTypeName(Number(scalarValue(entry))) : undefined;
  return named ?? dominatingType(header);
}

/** The type of what is made; `undefined` where that is decided only when it is made. */
function madeType(making: Making, header: Header): string | undefined {
  if (making.kind === 'type') return making.name;
  if (making.kind === 'fix' || making.kind === 'requantize') return typeOf(header);
  if (making.kind !== 'recipe') return undefined;
  return PRESET_TYPES.find(({ name }) => name === making.name)?.fileType ?? parseBaseType(making.name);
}

function fieldValue(fields: NameFields, field: NameField): string {
  const value = fields[field];
  if (value !== undefined && value !== '') return value;
  const why = field === 'type' ? 'its type is known only when it is made' : `the model does not say its ${field}`;
  throw new GgufError('not-found', `{${field}} cannot be part of the name of an output: ${why}`, {
    kind: 'key',
    name: field,
  });
}

function refuseLong(name: string): void {
  const long = name.split('/').find((component) => Buffer.byteLength(component) > MAX_OUTPUT_NAME_BYTES);
  if (long === undefined) return;
  throw badName(long, `has ${Buffer.byteLength(long)} bytes`, `at most ${MAX_OUTPUT_NAME_BYTES}`);
}

function badName(name: string, found: string, expected: string): GgufError {
  return new GgufError('bad-value', `the output's name ${quoted(name)} ${found}, expected ${expected}`, {
    what: 'name of an output',
    found: name,
    expected,
  });
}
