import { badOption } from '../../errors.js';
import { fileTypeId } from '../../gguf/file-types.js';
import { TENSOR_TYPES } from '../../gguf/tensor-types.js';
import type { KeyOverride } from '../engine/engine-arguments.js';
import { MAX_OVERRIDE_BYTES } from '../engine/override-text.js';
import { type BaseType, parseBaseType } from '../recipes/base-types.js';
import { parseTargetType } from '../recipes/target-types.js';

/** `PATTERN=TYPE` as llama.cpp takes it: a regular expression, and the id of a tensor type. */
export interface TypeOverride {
  readonly pattern: string;
  readonly typeId: number;
}

/** What llama-quantize's command line says. */
export interface QuantizeArguments {
  readonly input: string;
  /** Empty for a dry run without an output. */
  readonly output: string;
  /** Number of the file type, and its name. */
  readonly fileType: { readonly id: number; readonly name: BaseType };
  readonly threads: number;
  readonly imatrix?: string;
  readonly tensorTypes: readonly TypeOverride[];
  readonly keys: readonly KeyOverride[];
  readonly allowRequantize: boolean;
  readonly keepSplit: boolean;
  readonly dryRun: boolean;
  readonly maxBufferMiB?: number;
}

/**
 * Reads arguments as llama-quantize does: flags first, then `IN [OUT] TYPE [THREADS]`. `readFile` gives the text of a
 * `--tensor-type-file`. Throws `bad-option` for what llama-quantize refuses, and for its flags that ggufix never passes.
 */
export function parseQuantizeArguments(argv: readonly string[], readFile: (path: string) => string): QuantizeArguments {
  const { flags, values, rest } = split(argv);
  const [input, output, fileType, threads] = places(rest, flags.has('--dry-run'));
  const imatrix = values.get('--imatrix')?.at(-1);
  const maxBuffer = values.get('--max-buffer-size')?.at(-1);
  return {
    input,
    output,
    fileType: parseFileType(fileType),
    threads: wholeNumber('the number of threads', threads ?? '0'),
    ...(imatrix === undefined ? {} : { imatrix }),
    tensorTypes: (values.get('--tensor-type-file') ?? [])
      .flatMap((file) => readFile(file).split(/\s+/))
      .filter((line) => line !== '')
      .map(parseTypeOverride),
    keys: (values.get('--override-kv') ?? []).map(parseKeyOverride),
    allowRequantize: flags.has('--allow-requantize'),
    keepSplit: flags.has('--keep-split'),
    dryRun: flags.has('--dry-run'),
    ...(maxBuffer === undefined ? {} : { maxBufferMiB: wholeNumber('--max-buffer-size', maxBuffer) }),
  };
}

const SWITCHES: ReadonlySet<string> = new Set(['--allow-requantize', '--keep-split', '--dry-run']);
const WITH_VALUE: ReadonlySet<string> = new Set([
  '--imatrix',
  '--tensor-type-file',
  '--override-kv',
  '--max-buffer-size',
]);

interface Split {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly rest: readonly string[];
}

function split(argv: readonly string[]): Split {
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  let at = 0;
  while (argv[at]?.startsWith('--') === true) {
    const flag = argv[at]!;
    const value = argv[at + 1];
    if (SWITCHES.has(flag)) flags.add(flag);
    else if (!WITH_VALUE.has(flag)) throw badOption(`unknown flag ${flag}`);
    else if (value === undefined) throw badOption(`${flag} needs a value`);
    else values.set(flag, [...(values.get(flag) ?? []), value]);
    at += SWITCHES.has(flag) ? 1 : 2;
  }
  return { flags, values, rest: argv.slice(at) };
}

function places(rest: readonly string[], isDryRun: boolean): [string, string, string, string | undefined] {
  const [input = '', second = '', third, fourth] = rest;
  if (rest.length < 2) throw badOption('expected IN [OUT] TYPE [THREADS]');
  if (isDryRun && parseBaseType(second) !== undefined) return [input, '', second, third];
  if (third === undefined) throw badOption('missing file type');
  return [input, second, third, fourth];
}

function parseFileType(text: string): QuantizeArguments['fileType'] {
  const name = parseBaseType(text);
  const id = name === undefined ? undefined : fileTypeId(name);
  if (name === undefined || id === undefined) throw badOption(`invalid ftype '${text}'`);
  return { id, name };
}

/** Takes only types that can be made: at others, such as i8, llama.cpp would abort. Lower-cases patterns as llama-quantize does. */
function parseTypeOverride(text: string): TypeOverride {
  const at = text.indexOf('=');
  const type = parseTargetType(text.slice(at + 1));
  if (at <= 0 || type === undefined) throw badOption(`malformed tensor type '${text}'`);
  return { pattern: text.slice(0, at).toLowerCase(), typeId: TENSOR_TYPES[type].id };
}

function parseKeyOverride(text: string): KeyOverride {
  const [, key = '', type = '', value = ''] = /^([^=]+)=(int|float|bool|str):(.*)$/s.exec(text) ?? [];
  const isLong = [key, value].some((part) => Buffer.byteLength(part) > MAX_OVERRIDE_BYTES);
  if (!isOverrideType(type) || isLong || !VALUES[type].test(value))
    throw badOption(`malformed --override-kv '${text}'`);
  return { key, type, value };
}

/** What a value of each type looks like. */
const VALUES: Readonly<Record<KeyOverride['type'], RegExp>> = {
  int: /^-?\d{1,19}$/,
  float: /^-?\d*\.?\d+(?:e[-+]?\d+)?$/i,
  bool: /^(?:true|false)$/,
  str: /^/,
};

function isOverrideType(type: string): type is KeyOverride['type'] {
  return Object.hasOwn(VALUES, type);
}

function wholeNumber(what: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw badOption(`${what} is '${text}', expected a whole number`);
  return Number(text);
}
