import { matchesSequence, matchesWildcard } from '../checks/wildcard.js';

/**
 * Whether a path with slashes matches a glob: `*` and `?` stay inside one folder, `**` stands for any number of folders.
 * A glob without a slash is about the file name, in whatever folder.
 */
export function matchesGlob(glob: string, path: string): boolean {
  const pattern = glob.includes('/') ? glob.replace(/^\.\//, '') : `**/${glob}`;
  return matchesSequence(pattern.split('/'), path.split('/'), '**', matchesWildcard);
}
