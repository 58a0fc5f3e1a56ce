import { GgufError, isGgufError } from '../errors.js';
import type { Header } from '../gguf/model.js';
import { parseTensorType, TENSOR_TYPES, type TensorTypeName } from '../gguf/tensor-types.js';
import { openFile } from '../sources/file.js';
import { isQuantizable } from '../tensors/kernels/supported.js';
import { readWholeHeader } from './require-header.js';

/** One `PATTERN=TYPE` of the command line. */
export interface Assignment {
  readonly pattern: string;
  readonly type: TensorTypeName;
}

/** Reads the values of a flag that gives tensors types. `auto` means no choice and is left out. */
export function parseAssignments(flag: string, values: readonly string[]): Assignment[] {
  return values.flatMap((value) => {
    const at = value.lastIndexOf('=');
    if (at <= 0) return refuse(`${flag} is '${value}', expected TENSOR=TYPE`);
    const name = value.slice(at + 1);
    if (name.toLowerCase() === 'auto') return [];
    const type = parseTensorType(name);
    if (type !== undefined && isQuantizable(type)) return [{ pattern: value.slice(0, at), type }];
    const known = (Object.keys(TENSOR_TYPES) as TensorTypeName[]).filter(isQuantizable).join(', ');
    return refuse(`${flag} ${value}: ${type ?? `'${name}'`} is no type that ggufix writes, expected one of ${known}`);
  });
}

/** A file that tensors are taken from. Only its header is kept open: workers open it again when they convert. */
export interface Donor {
  readonly path: string;
  readonly header: Header;
}

/** The donor that `--from` names, parsed to its end. */
export async function openDonor(path: string | undefined, signal: AbortSignal): Promise<Donor | undefined> {
  if (path === undefined) return undefined;
  await using source = await openFile(path);
  const header = await readWholeHeader(source, signal).catch((cause: unknown) => {
    if (!isGgufError(cause, 'header-unreadable')) throw cause;
    throw new GgufError('header-unreadable', `--from ${path}: ${cause.message}`, cause.details, { cause });
  });
  return { path, header };
}

function refuse(problem: string): never {
  throw new GgufError('bad-option', problem, { problems: [problem] });
}
