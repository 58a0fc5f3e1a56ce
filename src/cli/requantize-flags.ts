import { refuseJournal } from '../edit/find-journal.js';
import { badOption, GgufError, isGgufError } from '../errors.js';
import type { Header } from '../gguf/model.js';
import { parseTensorType, TENSOR_TYPES, type TensorTypeName } from '../gguf/tensor-types.js';
import { type FileIdentity, openFile } from '../sources/file.js';
import { isQuantizable, type QuantizableType } from '../tensors/kernels/supported.js';
import { readWholeHeader } from './require-header.js';

/** One `PATTERN=TYPE` of the command line. */
export interface Assignment {
  readonly pattern: string;
  /** Absent for `auto`. */
  readonly type?: QuantizableType;
}

/** Reads the values of a flag that gives tensors types. */
export function parseAssignments(flag: string, values: readonly string[]): Assignment[] {
  return values.flatMap((value) => {
    const at = value.lastIndexOf('=');
    if (at <= 0) throw badOption(`${flag} is '${value}', expected TENSOR=TYPE`);
    const name = value.slice(at + 1);
    if (name.toLowerCase() === 'auto') return [{ pattern: value.slice(0, at) }];
    const type = parseTensorType(name);
    if (type !== undefined && isQuantizable(type)) return [{ pattern: value.slice(0, at), type }];
    const known = (Object.keys(TENSOR_TYPES) as TensorTypeName[]).filter(isQuantizable).join(', ');
    throw badOption(`${flag} ${value}: ${type ?? `'${name}'`} is no type that ggufix writes, expected one of ${known}`);
  });
}

/** A file that tensors are taken from. Only its header is kept open: workers open it again when they convert. */
export interface Donor {
  readonly path: string;
  readonly header: Header;
  readonly identity: FileIdentity;
}

/** The donor that `--from` names, parsed to its end. */
export async function openDonor(path: string | undefined, signal: AbortSignal): Promise<Donor | undefined> {
  if (path === undefined) return undefined;
  await refuseJournal(path);
  await using source = await openFile(path);
  const header = await readWholeHeader(source, signal).catch((cause: unknown) => {
    if (!isGgufError(cause, 'header-unreadable')) throw cause;
    throw new GgufError('header-unreadable', `--from ${path}: ${cause.message}`, cause.details, { cause });
  });
  return { path, header, identity: source.identity };
}
