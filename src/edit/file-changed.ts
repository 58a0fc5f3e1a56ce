import { GgufError } from '../errors.js';

/** The error of a file that is not the one that the plan was made for. Only thrown while the file itself is untouched. */
export function fileChanged(path: string): GgufError {
  const message = `${path} changed since it was read; nothing was written`;
  return new GgufError('file-changed', message, { path, what: 'size, time or the file itself' });
}
