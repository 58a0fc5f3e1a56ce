import { existsSync } from 'node:fs';

/** What a dry run says of files that the run would not replace unless it is forced to. */
export function takenNotes(
  files: readonly string[],
  { dryRun, force }: { readonly dryRun: boolean; readonly force: boolean },
): readonly string[] {
  if (!dryRun || force) return [];
  return files.filter((file) => existsSync(file)).map((file) => `${file} exists already: only --force replaces it`);
}
