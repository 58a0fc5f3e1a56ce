import { GgufError } from '../errors.js';

/** The error for a file that the system does not let us read: its words are for programmers. `uri` is what the user calls it. */
export function unreadable(uri: string, cause: unknown): GgufError<'source-unreadable'> {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why = REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return unreadableBecause(uri, why, cause);
}

/** The same with a reason of our own. */
export function unreadableBecause(uri: string, why: string, cause?: unknown): GgufError<'source-unreadable'> {
  return new GgufError('source-unreadable', `cannot read ${uri}: ${why}`, { uri }, { cause });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  EMFILE: 'too many open files',
  EIO: 'the disk reports an error',
};
