import nodePath from 'node:path';
import { plainText } from './plain-text.js';

/** A path as a URI reference: relative where the path is. */
export function fileUri(source: string, separator: string = nodePath.sep): string {
  // Where the separator is a slash, a backslash is a part of the name.
  const path = source.replaceAll(separator, '/').replace(/^(?:\.\/)+/, '');
  const drive = /^[A-Za-z]:(?=\/)/.exec(path)?.[0];
  if (drive !== undefined) return `file:///${drive}${encodePath(path.slice(drive.length))}`;
  return path.startsWith('/') ? `file://${encodePath(path)}` : encodePath(path);
}

/** Whether a URI of `fileUri` stands for a place on this computer alone. */
export function isAbsoluteUri(uri: string): boolean {
  return uri.startsWith('file:');
}

function encodePath(path: string): string {
  return path
    .split('/')
    .map((part) => encodeURIComponent(plainText(part)))
    .join('/');
}
