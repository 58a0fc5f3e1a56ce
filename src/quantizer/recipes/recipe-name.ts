import path from 'node:path';
import { MAX_RECIPE_NAME } from '../../limits.js';

/** What a recipe that is read off a model file is called: the file's name without `.gguf`, as much of it as a name may have. */
export function recipeNameOf(file: string): string {
  const name = path.basename(file);
  return (
    name
      // A file that is called nothing but `.gguf` keeps that.
      .replace(/(?<=.)\.gguf$/i, '')
      .slice(0, MAX_RECIPE_NAME)
      // Half a character at the cut goes too.
      .replace(/[\ud800-\udbff]$/, '')
  );
}
