import { GgufError } from '../errors.js';

/** Whether a source argument is one of the contract's that are not read yet. Two letters at least: `C:` is a drive. */
export function isRemote(arg: string): boolean {
  return /^(https?|hf|ollama):|^hf\.co\//i.test(arg);
}

/** The error for it. */
export function unsupported(source: string): GgufError<'unavailable'> {
  const what = `reading ${source.slice(0, source.search(/[:/]/))} sources`;
  return new GgufError('unavailable', `${what} is not supported yet`, { what });
}
