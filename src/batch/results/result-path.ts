import path from 'node:path';

/**
 * A recorded path as results have it: seen from the output folder, with slashes. A model elsewhere is reached by `..`, so that
 * results are the same on machines that know the shared folder by other names; only one on another drive of Windows stays absolute.
 */
export function resultPath(root: string, recorded: string): string {
  return path.relative(root, path.resolve(root, recorded)).split(path.sep).join('/');
}
