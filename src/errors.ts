/**
 * What each error code carries. An error means that *we* could not do the job;
 * what is wrong with a file is a finding, see `checks/`.
 */
export interface ErrorDetails {
  /** A source could not be opened or read. */
  'source-unreadable': { readonly uri: string };
  /** The bytes end before the item does. `at` is a byte offset in the file. */
  truncated: { readonly at: number; readonly need: number; readonly have: number };
  /** A count or length is larger than a limit of `limits.ts`. */
  'over-limit': { readonly at: number; readonly what: string; readonly value: string; readonly limit: number };
  /** The header stops making sense at `at`, so nothing after it can be read. */
  'header-unreadable': { readonly at: number; readonly problem: string };
  /** The writer refuses to produce bytes that ggml would reject. */
  'refused-by-writer': { readonly what: string };
  /** A named key, tensor, rule or recipe does not exist. */
  'not-found': { readonly kind: 'key' | 'tensor' | 'rule' | 'recipe' | 'undo-record' | 'file'; readonly name: string };
  /** A value does not fit the type that it should be written as. */
  'bad-value': { readonly what: string; readonly found: string; readonly expected: string };
  /** An option, flag or argument is wrong. */
  'bad-option': { readonly problems: readonly string[] };
  /** A tensor cannot be converted as asked. */
  'unsupported-conversion': { readonly tensor: string; readonly from: string; readonly to: string };
  /** A weight is NaN or infinite, so quantizing it would be meaningless. */
  'non-finite-weight': {
    readonly tensor: string;
    readonly row: number;
    readonly element: number;
    readonly value: 'NaN' | 'Inf';
  };
  /** Another process holds the lock of this file. */
  locked: { readonly path: string; readonly holder: string };
  /** An interrupted write left a journal; `ggufix recover` must run first. */
  'journal-present': { readonly path: string; readonly journal: string };
  /** A journal or undo record cannot be used. */
  'journal-unusable': { readonly journal: string; readonly why: string };
  /** The target must not be written: read-only, a directory, hard links. */
  'not-writable': { readonly path: string; readonly why: string };
  /** The file system has too little room. */
  'no-space': { readonly path: string; readonly need: number; readonly have: number };
  /** The file changed between reading and writing. */
  'file-changed': { readonly path: string; readonly what: string };
  /** What was written does not read back as planned. */
  'verification-failed': { readonly path: string; readonly what: string };
  /** Applying fixes brought in findings that were not there, or never settled. */
  'fix-regressed': { readonly introduced: readonly string[] };
  /** A worker thread died. */
  'worker-died': { readonly why: string };
  /** Files that belong together do not: they are of other models, texts or settings. */
  mismatch: { readonly path: string; readonly what: string; readonly found: string; readonly expected: string };
  /** The user or the caller asked to stop. */
  aborted: { readonly why: string };
  /** A program of llama.cpp ended with an error. `how` is its exit code or the signal that ended it. */
  'engine-failed': { readonly engine: string; readonly how: string; readonly lastWords: readonly string[] };
  /** A feature needs something that this machine lacks. */
  unavailable: { readonly what: string };
}

/** Every code of `GgufError`. */
export type ErrorCode = keyof ErrorDetails;

/** The one error class of ggufix. `message` is lower case and names place, found and expected. */
export class GgufError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'GgufError';
  readonly code: C;
  readonly details: ErrorDetails[C];

  constructor(code: C, message: string, details: ErrorDetails[C], options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/** The error for one option, flag or argument that is wrong. */
export function badOption(problem: string): GgufError<'bad-option'> {
  return new GgufError('bad-option', problem, { problems: [problem] });
}

/** Whether `error` is a `GgufError`, of `code` if one is given. */
export function isGgufError<C extends ErrorCode>(error: unknown, code?: C): error is GgufError<C> {
  return error instanceof GgufError && (code === undefined || error.code === code);
}

/** Ends an exhaustive `switch`; calling it is a bug. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
